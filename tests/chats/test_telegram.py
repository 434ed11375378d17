from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dlp.chats.telegram import TelegramChat, account_of, chat_of, dialog_id, message_of
from dlp.records import Attachment, ChatKind, GapReason, Message, Passage

SALES = TelegramChat("-1000000001001", "Sales", ChatKind.GROUP)


def a_record(**fields: Any) -> dict[str, Any]:
    """An ordinary record of an export."""
    return {
        "id": 1,
        "type": "message",
        "date": "2026-01-02T11:00:00",
        "date_unixtime": "1767340800",
        "from": "Ivan",
        "from_id": "user7",
        "text": "hello",
        "text_entities": [{"type": "plain", "text": "hello"}],
    } | fields


def read(**fields: Any) -> Message:
    return message_of(a_record(**fields), SALES)


def test_an_ordinary_message_is_read_whole() -> None:
    assert read() == Message(
        id="1",
        text="hello",
        connector="telegram",
        conversation="-1000000001001",
        sender="7",
        sender_name="Ivan",
        chat_title="Sales",
        chat_kind=ChatKind.GROUP,
        occurred_at=datetime(2026, 1, 2, 8, 0, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("kind", "bare", "known_to_bots"),
    [
        ("personal_chat", 7, "7"),
        ("private_group", 55, "-55"),
        ("private_supergroup", 1001, "-1000000001001"),
        ("public_channel", 1_234_567_890, "-1001234567890"),
    ],
)
def test_a_chat_has_the_id_bots_know_it_by(kind: str, bare: int, known_to_bots: str) -> None:
    assert dialog_id(kind, bare) == known_to_bots
    assert chat_of({"name": "x", "type": kind, "id": bare}).conversation == known_to_bots


@pytest.mark.parametrize(
    ("peer", "account"), [("user7", "7"), ("channel1234567890", "-1001234567890"), ("chat55", "-55"), (None, None), ("", None)]
)
def test_a_sender_has_the_id_bots_know_him_by(peer: str | None, account: str | None) -> None:
    assert account_of(peer) == account


def test_a_text_in_pieces_is_put_together() -> None:
    pieces = ["card ", {"type": "bank_card", "text": "4111 1111 1111 1111"}, " ok"]
    assert read(text=pieces).text == "card 4111 1111 1111 1111 ok"


def test_a_text_only_in_entities_is_read() -> None:
    record = a_record(text_entities=[{"type": "plain", "text": "a "}, {"type": "bold", "text": "b"}])
    del record["text"]
    assert message_of(record, SALES).text == "a b"


def test_the_address_behind_a_word_is_read() -> None:
    link = {"type": "text_link", "text": "here", "href": "https://files.example/secret"}
    assert read(text=[link], text_entities=[link]).passages == (Passage("links", "https://files.example/secret"),)


def test_an_edit_makes_a_revision() -> None:
    assert read(edited="2026-01-02T11:05:00", edited_unixtime="1767341100").revision == 1_767_341_100


def test_a_deleted_account_has_no_name() -> None:
    message = read(**{"from": None, "from_id": "user9"})
    assert (message.sender, message.sender_name) == ("9", None)


def test_a_service_message_tells_its_actor_and_title() -> None:
    record = {
        "id": 2,
        "type": "service",
        "date_unixtime": "1",
        "actor": "Ivan",
        "actor_id": "user7",
        "action": "edit_group_title",
    }
    message = message_of({**record, "title": "Новый проект", "members": ["A", None], "text": "", "text_entities": []}, SALES)
    assert message.service
    assert (message.sender, message.sender_name) == ("7", "Ivan")
    assert message.passages == (Passage("title", "Новый проект"),)


def test_a_poll_is_read() -> None:
    poll = {"question": "Куда?", "closed": False, "answers": [{"text": "в бар", "voters": 1}, {"text": "домой", "voters": 0}]}
    assert read(text="", poll=poll).passages == (Passage("poll", "Куда?\nв бар\nдомой"),)


def test_a_list_of_tasks_is_read() -> None:
    todo = {"title": "Сделать", "answers": [{"id": 1, "text": "отдать ключи"}]}
    assert read(text="", todo_list=todo).passages == (Passage("todo_list", "Сделать\nотдать ключи"),)


def test_a_contact_is_read_and_its_card_is_a_file() -> None:
    contact = {"first_name": "Лев", "last_name": "", "phone_number": "+7 900 000 00 00"}
    message = read(text="", contact_information=contact, contact_vcard="contacts/contact_1.vcard")
    assert message.passages == (Passage("contact_information", "Лев\n+7 900 000 00 00"),)
    assert message.attachments == (Attachment("contact_1.vcard", "text/vcard", None, "contacts/contact_1.vcard"),)


def test_buttons_of_a_bot_are_read() -> None:
    buttons = [[{"type": "url", "text": "Open", "data": "https://x.example"}]]
    assert read(inline_bot_buttons=buttons).passages == (Passage("inline_bot_buttons", "Open\nhttps://x.example"),)


def test_a_key_nobody_knows_yet_is_read_as_well() -> None:
    assert read(rich_message={"blocks": [{"type": "p", "text": "secret"}]}).passages == (Passage("rich_message", "secret"),)


def test_a_file_has_its_path_name_type_and_size() -> None:
    message = read(file="files/db (2).xlsx", file_name="db.xlsx", file_size=123, mime_type="application/x")
    assert message.attachments == (Attachment("db.xlsx", "application/x", 123, "files/db (2).xlsx"),)


@pytest.mark.parametrize(
    "sentence",
    [
        "(File not included. Change data exporting settings to download.)",
        "(File exceeds maximum size. Change data exporting settings to download.)",
        "(File unavailable, please try again later)",
        "animation (File not included. Change data exporting settings to download.)",
    ],
)
def test_a_file_left_out_is_missing(sentence: str) -> None:
    message = read(file=sentence, media_type="voice_message", mime_type="audio/ogg")
    assert message.attachments == (Attachment("voice_message", "audio/ogg", None, None, GapReason.MISSING),)


def test_a_photo_is_a_file() -> None:
    assert read(photo="photos/photo_1.jpg", photo_file_size=9).attachments == (
        Attachment("photo_1.jpg", "image/jpeg", 9, "photos/photo_1.jpg"),
    )


def test_a_forward_and_a_reply_are_told() -> None:
    message = read(forwarded_from="Ext", reply_to_message_id=12)
    assert (message.forwarded_from, message.reply_to) == ("Ext", "12")
    assert read(forwarded_from=None).forwarded_from == "unknown"


def test_an_unsupported_message_is_a_gap() -> None:
    message = message_of({"id": 3, "type": "unsupported"}, SALES)
    assert [(gap.origin, gap.reason) for gap in message.gaps] == [("body", GapReason.NOT_EXTRACTED)]


def test_an_old_export_without_unix_time_needs_a_zone() -> None:
    record = a_record()
    del record["date_unixtime"]
    assert message_of(record, SALES).occurred_at is None
    assert message_of(record, SALES, ZoneInfo("Europe/Moscow")).occurred_at == datetime(2026, 1, 2, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize("record", [{"type": "message"}, {"id": 1, "type": "poem"}, {"id": "1"}, a_record(text=5)])
def test_what_is_no_message_is_refused(record: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"has (no|a)"):
        message_of(record, SALES)
