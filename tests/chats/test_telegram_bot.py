from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from aiogram.types import Message as BotMessage
from aiogram.types import Update
from hypothesis import given
from hypothesis import strategies as st

from dlp.chats import telegram_content
from dlp.chats.events import Deletion
from dlp.chats.telegram import TelegramChat, message_of
from dlp.chats.telegram_bot import Place, events_of, place_of
from dlp.records import Attachment, ChatKind, Gap, GapReason, Message, Passage
from tests.chats.telegram_updates import BUSINESS, CLIENT, CONTENT, DATE, DELETED, EVERY, OTHERS, a_message, an_update


def read(update: dict[str, Any]) -> Message:
    events = events_of(update)
    assert len(events.messages) == 1
    return events.messages[0]


def content(name: str) -> Message:
    return read(an_update(**CONTENT[name]))


@pytest.mark.parametrize("update", EVERY, ids=",".join)
def test_aiogram_reads_the_same_updates(update: dict[str, Any]) -> None:
    assert Update.model_validate(update).update_id == update["update_id"]


def test_an_ordinary_message_is_read_whole() -> None:
    assert content("text") == Message(
        id="10",
        text="hello",
        connector="telegram",
        conversation="-1000000001001",
        sender="7",
        sender_name="Ivan Petrov",
        chat_title="Sales",
        chat_kind=ChatKind.GROUP,
        occurred_at=datetime(2026, 1, 2, 8, 0, tzinfo=UTC),
    )


def test_an_export_of_the_same_chat_gives_the_same_message() -> None:
    exported = {
        "id": 10, "type": "message", "date": "2026-01-02T11:00:00", "date_unixtime": str(DATE), "edited": "2026-01-02T11:01:00",
        "edited_unixtime": str(DATE + 60), "from": "Ivan Petrov", "from_id": "user7", "reply_to_message_id": 9,
        "text": ["see ", {"type": "text_link", "text": "here", "href": "https://x.example/k"}],
        "text_entities": [{"type": "plain", "text": "see "}, {"type": "text_link", "text": "here", "href": "https://x.example/k"}],
    }  # fmt: skip
    live = read(
        an_update("edited_message", **CONTENT["link"], edit_date=DATE + 60, reply_to_message=a_message(message_id=9, text="what"))
    )
    assert live == message_of(exported, TelegramChat("-1000000001001", "Sales", ChatKind.GROUP))


def test_an_edit_is_a_revision_of_the_same_message() -> None:
    edited = read(an_update("edited_message", text="fixed", edit_date=DATE + 60))
    assert (edited.conversation, edited.id) == (content("text").conversation, content("text").id)
    assert edited.revision == DATE + 60


def test_deleted_business_messages_are_deletions_in_the_conversation_they_were_read_in() -> None:
    events = events_of(DELETED)
    assert events.messages == ()
    assert events.deletions == (Deletion("bc1/9", "3"), Deletion("bc1/9", "4"))
    told = read(BUSINESS)
    assert (told.conversation, told.id, told.chat_kind, told.chat_title) == ("bc1/9", "3", ChatKind.DIRECT, "Client")


def test_two_employees_chats_with_one_client_do_not_hide_each_other() -> None:
    other = read(an_update("business_message", business_connection_id="bc2", chat=CLIENT, message_id=3, text="hello"))
    assert other.conversation != read(BUSINESS).conversation
    assert place_of("bc2/9") == Place("9", "bc2")
    assert place_of("-1000000001001") == Place("-1000000001001", None)


def test_who_speaks_as_a_chat_is_the_chat() -> None:
    assert content("anonymous").sender == "-1000000001001"
    assert content("anonymous").sender_name == "Sales"


@pytest.mark.parametrize(
    ("name", "said"), [("forward", "Ivan Petrov"), ("forward_hidden", "Ghost"), ("forward_channel", "News"), ("text", None)]
)
def test_where_a_message_is_from(name: str, said: str | None) -> None:
    assert content(name).forwarded_from == said


def test_a_caption_is_the_text_and_a_photo_one_file_in_its_largest_size() -> None:
    message = content("caption")
    assert message.text == "see"
    assert message.attachments == (Attachment("photo", "image/jpeg", 90_000, "large"),)


def test_a_file_keeps_its_name_and_the_id_it_is_fetched_by() -> None:
    assert content("document").attachments == (Attachment("db.xlsx", "application/vnd.ms-excel", 123_456, "BQAC"),)


def test_a_file_no_bot_can_fetch_says_so() -> None:
    assert content("large").attachments[0].missing is GapReason.TOO_LARGE


@pytest.mark.parametrize(
    ("name", "origin", "words"),
    [
        ("link", "links", "https://x.example/k"),
        ("quote", "quote", "паспорт 4509 123456"),
        ("poll", "poll", "Who gets 4111 1111 1111 1111?\nAnna\nBoris\nbecause"),
        ("checklist", "checklist", "Today\nsend the base\ncall"),
        ("contact", "contact", "+79161234567\nAnna\nBEGIN:VCARD\nEND:VCARD"),
        ("venue", "venue", "Office\nLenina 1"),
        ("invoice", "invoice", "Bill\nfor work\ns"),
        ("game", "game", "Game\nplay it\nscore"),
        ("buttons", "reply_markup", "Pay\nhttps://pay.example/1"),
        ("web_app", "web_app_data", "typed into a form\nSend"),
        ("external_reply", "external_reply", "Who gets 4111 1111 1111 1111?\nAnna\nBoris\nbecause"),
        ("renamed", "new_chat_title", "Sales and purchases"),
        ("topic", "forum_topic_created", "Plans for 2027"),
    ],
)
def test_words_are_found_wherever_they_hide(name: str, origin: str, words: str) -> None:
    assert Passage(origin, words) in content(name).passages


def test_marks_inside_a_rich_text_do_not_part_its_letters() -> None:
    assert content("rich").text == "Report\ncard 4111 1111 1111 1111\nname\nbalance\nthe base\n1.\nfirst"
    assert content("rich").attachments == (Attachment("db.xlsx", "application/vnd.ms-excel", 123_456, "BQAC"),)


def test_files_of_a_reply_from_elsewhere_and_of_paid_media_are_seen() -> None:
    assert content("external_reply").attachments[0].name == "db.xlsx"
    assert content("paid_media").attachments == (Attachment("photo", "image/jpeg", 90_000, "large"),)


def test_what_was_said_before_is_not_said_again() -> None:
    assert content("reply").passages == ()
    assert content("reply").reply_to == "9"
    assert content("pinned").passages == ()


def test_nobody_reads_a_telegram_passport() -> None:
    message = content("passport")
    assert message.gaps == (Gap("passport_data", GapReason.ENCRYPTED, "a Telegram Passport"),)
    assert message.passages == ()


def test_a_kind_of_content_from_the_future_is_read_or_named() -> None:
    message = read(
        an_update(
            hologram={"speech": ["card ", "4111"], "file": {"file_id": "h", "file_unique_id": "h"}},
            smell={"formula": [1, 2]},
            mood={"level": 3, "sketch": {"file_id": "s", "file_unique_id": "s"}},
        )
    )
    assert message.passages == (Passage("hologram", "card \n4111"),)
    assert [file.path for file in message.attachments] == ["h", "s"]
    assert [(gap.origin, gap.reason) for gap in message.gaps] == [("smell", GapReason.NOT_EXTRACTED)]


def test_no_part_aiogram_knows_is_passed_over_by_name_alone() -> None:
    silent = telegram_content._SILENT
    known = {field.alias or name for name, field in BotMessage.model_fields.items()}
    assert {"text", "caption", "chat", "from"} <= silent
    # Everything with words of people's own is read; what is silent here was looked at.
    assert known & silent >= {"new_chat_members", "dice"}
    assert not silent & {
        "poll", "checklist", "contact", "venue", "invoice", "game", "quote", "external_reply", "web_app_data", "document",
        "photo", "video", "voice", "audio", "animation", "video_note", "sticker", "paid_media", "gift", "unique_gift", "giveaway",
        "checklist_tasks_added", "poll_option_added", "forum_topic_created", "new_chat_title", "successful_payment",
    }  # fmt: skip


@pytest.mark.parametrize("kind", OTHERS)
def test_an_update_that_is_no_message_is_a_service_message_of_its_own(kind: str) -> None:
    message = read({"update_id": 5} | OTHERS[kind])
    assert message.service
    assert message.id == ("poll:555" if kind == "poll" else f"{kind}:5")


def test_what_is_typed_into_a_query_is_the_text() -> None:
    message = read({"update_id": 5} | OTHERS["inline_query"])
    assert (message.text, message.sender, message.sender_name) == ("card 4111 1111 1111 1111", "7", "Ivan Petrov")


def test_words_of_other_updates_are_passages() -> None:
    assert Passage("bio", "I sell databases") in read({"update_id": 5} | OTHERS["chat_join_request"]).passages
    assert Passage("data", "chosen") in read({"update_id": 5} | OTHERS["callback_query"]).passages
    assert all("said before" not in passage.text for passage in read({"update_id": 5} | OTHERS["callback_query"]).passages)


def test_a_message_without_chat_or_number_is_kept_as_damaged() -> None:
    message = read({"update_id": 5, "message": {"text": "card 4111"}})
    assert (message.id, message.service) == ("message:5", True)
    assert message.gaps[0].reason is GapReason.CORRUPT
    assert message.text == "card 4111"
    assert read({"update_id": 6, "message": 5}).gaps[0].reason is GapReason.CORRUPT


def test_deletions_of_unknown_form_are_not_passed_over() -> None:
    events = events_of({"update_id": 5, "deleted_business_messages": {"message_ids": "all"}})
    assert events.deletions == ()
    assert events.messages[0].id == "deleted_business_messages:5"


@pytest.mark.parametrize("update", [None, [], {}, {"update_id": "5"}, {"update_id": True}])
def test_what_is_no_update_is_refused(update: Any) -> None:
    with pytest.raises(ValueError, match="is no update"):
        events_of(update)


_KEYS = st.sampled_from("text id chat photo file_id blocks type url entities x".split())
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(
    parts=st.dictionaries(
        st.sampled_from([*a_message(), *(key for fields in CONTENT.values() for key in fields), "edit_date"]), _JSON, max_size=4
    )
)
def test_no_form_of_an_update_makes_reading_fail(parts: dict[str, Any]) -> None:
    for base in ({}, a_message()):
        events = events_of({"update_id": 1, "message": base | parts})
        assert len(events.messages) == 1
