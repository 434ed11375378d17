from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from dlp.chats.matrix import MatrixRoom, event_id, message_of
from dlp.records import Attachment, ChatKind, GapReason, Message, Passage


def an_event(content: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """An event as the homeserver keeps it."""
    return {
        "type": "m.room.message",
        "content": {"msgtype": "m.text", "body": "hi"} if content is None else content,
        "room_id": "!r",
        "sender": "@a:x",
        "origin_server_ts": 1_700_000_000_500,
        "event_id": "$1",
    } | fields


def read(content: dict[str, Any] | None = None, **fields: Any) -> Message:
    message = message_of(an_event(content, **fields), MatrixRoom("!r"))
    assert message is not None
    return message


def test_an_ordinary_message_is_read_whole() -> None:
    assert read() == Message(
        id="$1",
        text="hi",
        connector="matrix",
        conversation="!r",
        sender="@a:x",
        chat_kind=ChatKind.GROUP,
        occurred_at=datetime(2023, 11, 14, 22, 13, 20, 500_000, tzinfo=UTC),
    )


def test_an_event_kept_without_its_id_gets_the_id_the_server_gives_it() -> None:
    event = an_event(
        {"msgtype": "m.text", "body": "Привет <b>\u2028"},
        depth=5,
        prev_events=["$p"],
        auth_events=["$q"],
        hashes={"sha256": "abc"},
        signatures={"x": {"ed25519:1": "s"}},
        unsigned={"age_ts": 1},
        origin_server_ts=1_700_000_000_000,
        room_id="!r:x",
    )
    del event["event_id"]
    # Both ids were computed by Synapse 1.163.2; up to room version 10 `origin` is part of what is hashed.
    assert event_id(event, "11") == "$XpuOl3qHF5rB5IRlPV64q6yMKl88PKxs7XU8gFXG7W0"
    assert event_id({**event, "origin": "x"}, "4") == "$5YHtqPt-vrzEJ5VhB_wFACUzO9hlzXAfi9-4MXfPJFc"


def test_an_edit_is_a_revision_of_the_message_it_replaces() -> None:
    content = {
        "msgtype": "m.text",
        "body": "* new",
        "m.new_content": {"msgtype": "m.text", "body": "new"},
        "m.relates_to": {"rel_type": "m.replace", "event_id": "$0"},
    }
    message = read(content)
    assert (message.id, message.text, message.revision) == ("$0", "new", 1_700_000_000_500)


def test_a_redacted_message_is_a_gap() -> None:
    assert [(gap.reason, gap.detail) for gap in read({}).gaps] == [(GapReason.MISSING, "redacted")]


def test_a_redaction_tells_its_reason() -> None:
    message = read({"redacts": "$0", "reason": "secret"}, type="m.room.redaction")
    assert message.service
    assert message.passages == (Passage("reason", "secret"),)


def test_an_encrypted_message_is_a_gap() -> None:
    message = read({"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "AwgA", "session_id": "s"}, type="m.room.encrypted")
    assert [gap.reason for gap in message.gaps] == [GapReason.END_TO_END_ENCRYPTED]


def test_a_file_s_name_is_no_text_and_a_caption_is() -> None:
    content = {"msgtype": "m.file", "body": "a.pdf", "url": "mxc://x/1", "info": {"mimetype": "application/pdf", "size": 5}}
    assert read(content).text == ""
    assert read(content).attachments == (Attachment("a.pdf", "application/pdf", 5, None, GapReason.MISSING),)
    assert read(content | {"filename": "a.pdf", "body": "look"}).text == "look"


def test_a_file_of_an_encrypted_room_cannot_be_read() -> None:
    message = read({"msgtype": "m.image", "body": "x.jpg", "file": {"url": "mxc://x/1", "key": {}, "iv": "i"}})
    assert [file.missing for file in message.attachments] == [GapReason.END_TO_END_ENCRYPTED]


def test_html_is_read_where_it_says_more() -> None:
    html = {"msgtype": "m.text", "body": "hi", "format": "org.matrix.custom.html"}
    assert read(html | {"formatted_body": "<b>hi</b>"}).passages == ()
    assert read(html | {"formatted_body": '<a href="https://x.example">hi</a>'}).passages == (
        Passage("html", "hi (https://x.example)"),
    )


def test_a_poll_is_read() -> None:
    poll = {"org.matrix.msc3381.poll.start": {"question": {"org.matrix.msc1767.text": "where?"}, "kind": "x", "answers": []}}
    assert "where?" in read(poll, type="org.matrix.msc3381.poll.start").passages[0].text


def test_what_state_events_say_is_known_of_later_messages() -> None:
    room = MatrixRoom("!r")
    state: list[dict[str, Any]] = [
        an_event({"room_version": "11"}, type="m.room.create", state_key=""),
        an_event({"membership": "join", "displayname": "Ann", "is_direct": True}, type="m.room.member", state_key="@a:x"),
    ]
    assert [message_of(event, room) for event in state] == [None, None]
    named = message_of(an_event({"name": "зал"}, type="m.room.name", state_key=""), room)
    assert named is not None
    assert named.service
    message = message_of(an_event(), room)
    assert message is not None
    assert (message.chat_title, message.sender_name, message.chat_kind) == ("зал", "Ann", ChatKind.DIRECT)


def test_an_event_without_sender_is_refused() -> None:
    with pytest.raises(ValueError, match="no type"):
        message_of({"type": "m.room.message", "content": {}}, MatrixRoom("!r"))
