from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlp.chats.whatsapp import Line, WhatsAppChat, WhatsAppMessages, account_of, line_of, title_of
from dlp.chats.whatsapp_header import DateOrder, DateOrders, header_of
from dlp.records import Attachment, ChatKind, GapReason, Message

CHAT = WhatsAppChat("Поставка", ChatKind.GROUP)
NOON = datetime(2026, 3, 5, 12, 0)  # noqa: DTZ001 - a time as the phone shows it


def said(text: str, sender: str | None = "Анна", zone: str | None = None) -> Message:
    return WhatsAppMessages(CHAT, ZoneInfo(zone) if zone else None).message(Line(sender, text), NOON)


@pytest.mark.parametrize(
    ("line", "local"),
    [
        ("[05/03/2025, 10:14:33] Alice: text", "2025-03-05T10:14:33"),
        ("\u200e[05.03.2025, 10:14:33] Алиса: текст", "2025-03-05T10:14:33"),
        ("05.03.2025, 10:14 - Алиса: текст", "2025-03-05T10:14:00"),
        ("05/03/25, 9:52\u202fPM - Alice: text", "2025-03-05T21:52:00"),
        ("05/03/25, 12:05\u00a0am - Alice: text", "2025-03-05T00:05:00"),
        ("[05/03/25, 12:05:01 p. m.] Alice: text", "2025-03-05T12:05:01"),
        ("05.03.25 13:31 - Alice: text", "2025-03-05T13:31:00"),
        ("05/03/2025, 18.00 - Alice: text", "2025-03-05T18:00:00"),
    ],
)
def test_every_form_of_header_is_read(line: str, local: str) -> None:
    header = header_of(line)
    assert header is not None
    assert header.moment(DateOrder.DAY_FIRST) == datetime.fromisoformat(local)
    assert line[header.rest :].endswith(("text", "текст"))


@pytest.mark.parametrize("line", ["hello", "10:14 - x", "05.03.2025 we met", "1. 2. 3", "05.03.2025, 25:14 - A: x", "", "[x] y"])
def test_a_line_without_a_header_continues_the_message(line: str) -> None:
    assert header_of(line) is None


def order_of(*dates: str) -> DateOrder:
    orders = DateOrders()
    for date in dates:
        header = header_of(f"{date} - A: x")
        assert header is not None
        orders.see(header)
    return orders.order()


def test_a_day_over_twelve_anywhere_tells_the_order() -> None:
    assert order_of("01/02/25, 10:00", "13/02/25, 10:00") is DateOrder.DAY_FIRST
    assert order_of("01/02/25, 10:00", "02/13/25, 10:00") is DateOrder.MONTH_FIRST
    assert order_of("2025-02-01, 10:00") is DateOrder.YEAR_FIRST


def test_time_that_runs_forward_tells_the_order() -> None:
    assert order_of("01/10/25, 10:00", "01/11/25, 10:00", "02/01/25, 10:00") is DateOrder.MONTH_FIRST
    assert order_of("10/01/25, 10:00", "11/01/25, 10:00", "01/02/25, 10:00") is DateOrder.DAY_FIRST


def test_where_nothing_tells_the_order_a_clock_of_twelve_hours_does() -> None:
    assert order_of("01/02/25, 10:00 AM") is DateOrder.MONTH_FIRST
    assert order_of("01/02/25, 10:00") is DateOrder.DAY_FIRST


def test_a_sender_stands_before_the_colon() -> None:
    assert line_of("Анна: привет: да") == Line("Анна", "привет: да")
    assert line_of("~\u202fAnna: hi") == Line("Anna", "hi")


@pytest.mark.parametrize(
    "rest",
    [
        "Messages and calls are end-to-end encrypted. Tap to learn more.",
        'Анна изменила тему с "Проект: А" на "Проект: Б"',
        "Анна изменила тему с «Проект: А» на «Проект: Б»",
        "Группа: \u200eСообщения и звонки защищены сквозным шифрованием.",
    ],
)
def test_a_line_of_the_messenger_has_no_sender(rest: str) -> None:
    assert line_of(rest).sender is None


def test_a_marked_line_that_somebody_said_keeps_its_sender() -> None:
    assert line_of("Анна: \u200e<attached: 00000012-PHOTO-2025.jpg>").sender == "Анна"
    assert line_of("Анна: \u200eimage omitted").sender == "Анна"


@pytest.mark.parametrize(
    ("name", "account"),
    [
        ("+7 900 300-30-02", "79003003002"),
        ("\u202a+7\u00a0900\u2011300\u201130\u201102\u202c", None),
        ("Анна", None),
        ("2024", None),
    ],
)
def test_only_a_phone_number_is_an_account(name: str, account: str | None) -> None:
    assert account_of(name) == account


def test_direction_marks_around_a_number_are_left_out() -> None:
    sender = line_of("\u202a+7\u00a0900\u2011300\u201130\u201102\u202c: привет").sender
    assert sender is not None
    assert account_of(sender) == "79003003002"


@pytest.mark.parametrize(
    ("text", "name", "caption"),
    [
        ("IMG-20240315-WA0001.jpg (file attached)", "IMG-20240315-WA0001.jpg", ""),
        ("\u200eДоговор №5.pdf (файл добавлен)\nподпишите", "Договор №5.pdf", "подпишите"),
        ("\u200e<attached: 00000012-PHOTO-2025.jpg>", "00000012-PHOTO-2025.jpg", ""),
        ("схема \u200e<прикреплено: 00000013-plan.pdf>", "00000013-plan.pdf", "схема"),
    ],
)
def test_an_attached_file_is_named(text: str, name: str, caption: str) -> None:
    message = said(text)
    assert message.attachments == (Attachment(name, path=name),)
    assert message.text == caption


@pytest.mark.parametrize(
    "text", ["<Media omitted>", "<Без медиафайлов>", "\u200eimage omitted", "\u200eизображение отсутствует", "\u200eGIF omitted"]
)
def test_omitted_media_is_missing(text: str) -> None:
    message = said(text)
    assert [file.missing for file in message.attachments] == [GapReason.MISSING]
    assert message.text == ""


def test_talk_about_media_stays_talk() -> None:
    assert said("image omitted from the report").attachments == ()
    assert said("я видел (файл добавлен) в чате").attachments == ()


@pytest.mark.parametrize(
    "text", ["This message was deleted", "Данное сообщение удалено", "You deleted this message", "Вы удалили данное сообщение"]
)
def test_a_deleted_message_is_a_gap(text: str) -> None:
    message = said(text)
    assert message.text == ""
    assert [gap.reason for gap in message.gaps] == [GapReason.MISSING]


@pytest.mark.parametrize("mark", ["<This message was edited>", "\u200e<Сообщение изменено>"])
def test_an_edited_message_is_a_revision_without_the_mark(mark: str) -> None:
    message = said(f"цена 5 {mark}")
    assert (message.text, message.revision) == ("цена 5", 1)


def test_a_time_without_zone_is_unknown_until_a_zone_is_given() -> None:
    assert said("x").occurred_at is None
    assert said("x", zone="Europe/Moscow").occurred_at == datetime(2026, 3, 5, 9, 0, tzinfo=UTC)


def test_equal_messages_have_ids_of_their_own_that_do_not_change() -> None:
    def ids(texts: list[str]) -> list[str]:
        made = WhatsAppMessages(CHAT, None)
        return [made.message(Line("Анна", text), NOON).id for text in texts]

    short, longer = ids(["да", "да", "нет"]), ids(["да", "да", "нет", "да"])
    assert len(set(longer)) == 4
    assert longer[:3] == short


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("WhatsApp Chat with Sales.txt", "Sales"),
        ("WhatsApp Chat - Sales.zip", "Sales"),
        ("Чат WhatsApp с контактом Поставка стали.txt", "Поставка стали"),
        ("_chat.txt", None),
    ],
)
def test_the_chat_s_title_is_in_the_file_s_name(name: str, title: str | None) -> None:
    assert title_of(name) == title


@given(st.text(max_size=200))
def test_any_line_is_read_somehow(text: str) -> None:
    header_of(text)
    line = line_of(text)
    assert isinstance(said(line.text, line.sender).id, str)
