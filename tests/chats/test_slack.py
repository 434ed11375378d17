from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from dlp.chats.slack import SlackChat, chats_of, messages_of, plain_text
from dlp.records import Attachment, ChatKind, GapReason, Message, Passage

DEV = SlackChat("C1", "dev", ChatKind.GROUP, ("U1", "U2"))


def read(**fields: Any) -> Message:
    (message,) = messages_of(
        {"type": "message", "user": "U1", "text": "hi", "ts": "1355517523.000005"} | fields, DEV, {"U1": "Ivan"}
    )
    return message


def test_an_ordinary_message_is_read_whole() -> None:
    assert read() == Message(
        id="1355517523.000005",
        text="hi",
        connector="slack",
        conversation="C1",
        sender="U1",
        sender_name="Ivan",
        chat_title="dev",
        chat_kind=ChatKind.GROUP,
        recipients=("U1", "U2"),
        occurred_at=datetime(2012, 12, 14, 20, 38, 43, 5, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("<https://x.example/a?b=1&amp;c=2>", "https://x.example/a?b=1&c=2"),
        ("see <https://x.example|the report>", "see the report (https://x.example)"),
        ("<@U1> <#C1|general> <!channel>", "@U1 #general @channel"),
    ],
)
def test_a_text_reads_as_people_see_it(written: str, shown: str) -> None:
    assert plain_text(written) == shown


def test_a_file_is_a_link_whose_content_is_missing() -> None:
    file = {"id": "F1", "name": "a.pdf", "mimetype": "application/pdf", "size": 5, "url_private_download": "https://x"}
    assert read(subtype="file_share", files=[file]).attachments == (
        Attachment("a.pdf", "application/pdf", 5, None, GapReason.MISSING),
    )
    assert not read(subtype="file_share", files=[file]).service


def test_an_answer_in_a_thread_tells_what_it_answers() -> None:
    assert read(thread_ts="1355517500.000001").reply_to == "1355517500.000001"
    assert read(thread_ts="1355517523.000005").reply_to is None


def test_an_edit_makes_a_revision() -> None:
    assert read(edited={"user": "U1", "ts": "1355517536.000001"}).revision == 1_355_517_536_000_001


def test_both_texts_of_a_corporate_export_s_edit_are_read() -> None:
    record = {
        "type": "message",
        "subtype": "message_changed",
        "ts": "2.0",
        "message": {"user": "U1", "text": "new", "ts": "1.0", "edited": {"ts": "2.0"}},
        "previous_message": {"user": "U1", "text": "old", "ts": "1.0"},
    }
    assert [(m.id, m.text, m.revision) for m in messages_of(record, DEV, {})] == [("1.0", "new", 20), ("1.0", "old", 0)]


def test_a_forwarded_message_is_a_quote_and_a_preview_is_read() -> None:
    forwarded = {"is_msg_unfurl": True, "text": "card 4111", "author_name": "Ann", "from_url": "https://x"}
    preview = {"title": "Report", "fields": [{"title": "PIN", "value": "1234", "short": True}]}
    passages = read(attachments=[forwarded, preview]).passages
    assert [passage.origin for passage in passages] == ["quote", "unfurl"]
    assert "card 4111" in passages[0].text
    assert "PIN" in passages[1].text


def test_blocks_are_read_only_where_they_say_more() -> None:
    def rich(text: str) -> list[dict[str, Any]]:
        return [
            {
                "type": "rich_text",
                "block_id": "b",
                "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}],
            }
        ]

    assert read(blocks=rich("hi")).passages == ()
    assert read(blocks=rich("the password is x")).passages == (Passage("blocks", "the password is x\n"),)


def test_joining_a_channel_is_a_service_message() -> None:
    assert read(subtype="channel_join", text="<@U1> has joined the channel").service


def test_a_direct_chat_s_folder_is_its_id() -> None:
    assert chats_of("dms", [{"id": "D1", "members": ["U1", "U2"]}])["D1"].kind is ChatKind.DIRECT
    assert chats_of("channels", [{"id": "C1", "name": "dev"}])["dev"].conversation == "C1"


def test_a_record_without_ts_is_refused() -> None:
    with pytest.raises(ValueError, match="no ts"):
        messages_of({"type": "message", "text": "x"}, DEV, {})
