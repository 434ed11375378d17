from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlp.errors import UsageError
from dlp.ingest import wire
from dlp.ingest.wire import batch_from, batch_of, message_of, value_of, wire_of
from dlp.ingest.wire_schema import MESSAGE_SCHEMA
from dlp.records import Attachment, ChatKind, Gap, GapReason, Message, Passage
from dlp.store import message_json

WHOLE = Message(
    id="42",
    text="see the file",
    connector="portal",
    conversation="sales",
    revision=3,
    sender="ivanov",
    sender_name="И. Иванов",
    chat_title="Продажи",
    chat_kind=ChatKind.GROUP,
    recipients=("petrov",),
    occurred_at=datetime(2026, 3, 4, 12, 0, tzinfo=UTC),
    passages=(Passage("quote", "earlier words"),),
    attachments=(Attachment("plan.pdf", "application/pdf", 100, "f-1"), Attachment("x", missing=GapReason.ENCRYPTED)),
    forwarded_from="Client",
    reply_to="41",
    service=True,
    gaps=(Gap("attachment:x", GapReason.ENCRYPTED, "zip"),),
)


def fault_of(given: Any) -> tuple[str, str | None]:
    with pytest.raises(UsageError) as raised:
        message_of(given)
    return raised.value.code, raised.value.pointer


def test_a_message_comes_back_from_the_wire_as_it_went() -> None:
    assert message_of(json.loads(json.dumps(wire_of(WHOLE)))) == WHOLE
    assert message_of(wire_of(Message("1", ""))) == Message("1", "")


def test_when_we_received_it_is_not_for_the_sender_to_say() -> None:
    assert "received_at" not in wire_of(WHOLE._replace(received_at=WHOLE.occurred_at))
    assert fault_of({"id": "1", "text": "x", "received_at": "2026-03-04T12:00:00Z"}) == ("unknown_field", "/received_at")


def test_null_is_unknown() -> None:
    assert message_of({"id": "1", "text": "x", "sender": None, "recipients": None}) == Message("1", "x")


def test_a_time_is_kept_in_utc() -> None:
    told = message_of({"id": "1", "text": "x", "occurred_at": "2026-03-04T15:00:00+03:00"}).occurred_at
    assert told is not None
    assert told.isoformat() == "2026-03-04T12:00:00+00:00"


@pytest.mark.parametrize(
    ("fields", "code", "pointer"),
    [
        ({"id": 7}, "not_text", "/id"),
        ({"id": ""}, "not_an_id", "/id"),
        ({"id": "a\0b"}, "not_an_id", "/id"),
        ({"id": "x" * 513}, "too_large", "/id"),
        ({"id": None}, "missing", "/id"),
        ({"text": None}, "missing", "/text"),
        ({"text": ["x"]}, "not_text", "/text"),
        ({"text": "x" * (wire.LONGEST_TEXT + 1)}, "too_large", "/text"),
        ({"sendr": "x"}, "unknown_field", "/sendr"),
        ({"a/b~c": "x"}, "unknown_field", "/a~1b~0c"),
        ({"revision": -1}, "not_a_number", "/revision"),
        ({"revision": True}, "not_a_number", "/revision"),
        ({"revision": 1 << 62}, "not_a_number", "/revision"),
        ({"service": 1}, "not_a_truth", "/service"),
        ({"chat_kind": "room"}, "unknown_name", "/chat_kind"),
        ({"chat_kind": ["group"]}, "unknown_name", "/chat_kind"),
        ({"occurred_at": "2026-03-04T12:00:00"}, "no_zone", "/occurred_at"),
        ({"occurred_at": "yesterday"}, "not_a_time", "/occurred_at"),
        ({"occurred_at": "0001-01-01T00:00:00+14:00"}, "not_a_time", "/occurred_at"),
        ({"occurred_at": 5}, "not_a_time", "/occurred_at"),
        ({"recipients": "petrov"}, "not_a_list", "/recipients"),
        ({"recipients": ["a", 5]}, "not_text", "/recipients/1"),
        ({"recipients": ["a"] * 10_001}, "too_many", "/recipients"),
        ({"passages": [{"origin": "poll"}]}, "missing", "/passages/0/text"),
        ({"passages": [{"origin": "poll", "text": 1}]}, "not_text", "/passages/0/text"),
        ({"passages": [{"origin": "poll", "text": "", "kind": "x"}]}, "unknown_field", "/passages/0/kind"),
        ({"passages": [{"origin": "p", "text": "x" * wire.LONGEST_TEXT}] * 5}, "too_large", "/passages"),
        ({"passages": [5]}, "not_an_object", "/passages/0"),
        ({"attachments": [{}]}, "missing", "/attachments/0/name"),
        ({"attachments": [{"name": "x"}] * 257}, "too_many", "/attachments"),
        ({"attachments": [{"name": "x", "missing": "lost"}]}, "unknown_name", "/attachments/0/missing"),
        ({"gaps": [{"origin": "body"}]}, "missing", "/gaps/0/reason"),
    ],
)
def test_what_is_wrong_is_named_by_its_place(fields: dict[str, Any], code: str, pointer: str) -> None:
    assert fault_of({"id": "1", "text": "x"} | fields) == (code, pointer)


@pytest.mark.parametrize("given", [None, [], "x", 5])
def test_a_message_is_an_object(given: Any) -> None:
    assert fault_of(given) == ("not_an_object", "")


def test_an_error_never_quotes_what_was_sent() -> None:
    with pytest.raises(UsageError) as raised:
        message_of({"id": "1", "text": "x", "chat_kind": "4111111111111111"})
    assert "4111" not in repr((raised.value, raised.value.params, raised.value.pointer))


def test_names_lose_the_one_character_no_database_keeps() -> None:
    assert message_of({"id": "1", "text": "x", "chat_title": "a\0b"}).chat_title == "a\ufffdb"


def test_the_good_messages_of_a_batch_are_kept_and_the_bad_ones_named() -> None:
    batch = batch_of([{"id": "1", "text": "a"}, {"id": "2"}, 5, {"id": "4", "text": "d"}])
    assert [message.id for message in batch.messages] == ["1", "4"]
    assert batch.places == (0, 3)
    assert list(batch.rejected) == [(1, "/text", "missing"), (2, "", "not_an_object")]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'[{"id":"1","text":"a"},{"id":"2","text":"b"}]', "application/json"),
        (b'{"messages":[{"id":"1","text":"a"},{"id":"2","text":"b"}]}', "application/json; charset=utf-8"),
        (b'{"id":"1","text":"a"}\n\n{"id":"2","text":"b"}\r\n', "application/x-ndjson"),
        (b'{"id":"1","text":"a"}\n{"id":"2","text":"b"}', "Application/JSONL"),
    ],
)
def test_a_batch_is_a_list_an_object_or_jsonl(body: bytes, kind: str) -> None:
    assert [message.id for message in batch_from(body, kind).messages] == ["1", "2"]


def test_a_broken_line_is_only_its_own_fault() -> None:
    batch = batch_from(b'{"id":"1","text":"a"}\n{"id"\n{"id":"3","text":"c"}', "application/x-ndjson")
    assert batch.places == (0, 2)
    assert list(batch.rejected) == [(1, "", "json")]


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [
        (b"[", "application/json", "json"),
        (b'"\xff"', "application/json", "json"),
        (b"[" * 100_000, "application/json", "json"),
        (b"1" * 5000, "application/json", "json"),
        (b"{}", "application/json", "not_a_list"),
        (b"5", "application/json", "not_a_list"),
        (b"[]", "text/html", "content_type"),
        (json.dumps([0] * 10_001).encode(), "application/json", "too_many"),
    ],
)
def test_a_batch_unreadable_as_a_whole_is_refused(body: bytes, kind: str, code: str) -> None:
    with pytest.raises(UsageError) as raised:
        batch_from(body, kind)
    assert raised.value.code == code


def test_half_a_character_is_replaced_so_that_it_can_be_written() -> None:
    assert value_of(rb'{"text": "a\ud83d"}') == {"text": "a\ufffd"}


def test_half_a_character_in_the_bytes_is_refused() -> None:
    with pytest.raises(UsageError):
        value_of(b'{"text": "a\xed\xa0\x80"}')
    assert value_of(b'\xef\xbb\xbf{"text": "a"}') == {"text": "a"}


def test_no_more_lines_are_read_than_a_batch_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[bytes] = []
    monkeypatch.setattr(wire, "value_of", read.append)
    with pytest.raises(UsageError):
        batch_from(b"{}\n" * 50_000, "application/x-ndjson")
    assert len(read) == 10_001


def test_the_schema_tells_the_fields_the_reader_reads() -> None:
    properties = cast("dict[str, Any]", MESSAGE_SCHEMA["properties"])
    assert set(properties) == set(Message._fields) - {"received_at"}
    for key, schema in properties.items():
        if schema["type"] == ["string", "null"] and "enum" not in schema and "format" not in schema:
            assert message_of({"id": "1", "text": "x", key: "y" * schema["maxLength"]})
            assert fault_of({"id": "1", "text": "x", key: "y" * (schema["maxLength"] + 1)}) == ("too_large", f"/{key}")


_TEXTS = st.text(max_size=20).filter(lambda text: "\0" not in text)


@given(text=st.text(max_size=50), sender=_TEXTS.filter(bool), title=_TEXTS, names=st.lists(_TEXTS, max_size=3))
def test_any_words_survive_the_way_to_the_wire_and_into_the_record(text: str, sender: str, title: str, names: list[str]) -> None:
    files = tuple(Attachment(name) for name in names)
    message = Message("1", text, sender=sender, chat_title=title, attachments=files)
    came = message_of(value_of(json.dumps(wire_of(message)).encode()))
    assert came == message
    assert message_json.message_of(message_json.bytes_of(came)) == came
