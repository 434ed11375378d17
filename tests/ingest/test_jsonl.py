from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from dlp.errors import InputFault
from dlp.ingest.exports import read_lines
from dlp.ingest.source import Meter
from dlp.records import Attachment, ChatKind, Gap, GapReason, Message, Passage


def read(*lines: str | bytes) -> list[Message | InputFault]:
    content = b"\n".join(line if isinstance(line, bytes) else line.encode("utf-8") for line in lines)
    return list(read_lines(io.BytesIO(content), "in"))


def fault_of(line: str | bytes) -> str:
    (fault,) = read(line)
    assert isinstance(fault, InputFault)
    return str(fault)


def test_a_bare_message_knows_nothing_of_its_chat() -> None:
    assert read('{"id": "1", "text": "привет"}', "", '{"text": "b", "id": "2"}') == [Message("1", "привет"), Message("2", "b")]


def test_remarks_of_whoever_wrote_the_line_are_not_read() -> None:
    assert read('{"id": 5, "lang": "ru", "text": "x", "spans": [[0, 1, "A"]], "neg": null}') == [Message("5", "x")]


def test_a_whole_message_is_read() -> None:
    whole: dict[str, Any] = {
        "id": "1",
        "text": "t",
        "connector": "telegram",
        "conversation": "-5",
        "revision": 3,
        "sender": "7",
        "sender_name": "Ivan",
        "chat_title": "Sales",
        "chat_kind": "group",
        "recipients": ["8", "9"],
        "occurred_at": "2026-01-02T11:00:00+03:00",
        "received_at": "2026-01-02T08:00:01Z",
        "passages": [{"origin": "poll", "text": "where?"}],
        "attachments": [{"name": "a.pfx", "media_type": "application/x-pkcs12", "size": 5, "path": None, "missing": "missing"}],
        "forwarded_from": "Ext",
        "reply_to": "0",
        "service": True,
        "gaps": [{"origin": "body", "reason": "encrypted"}],
    }
    (message,) = read(json.dumps(whole))
    assert message == Message(
        id="1",
        text="t",
        connector="telegram",
        conversation="-5",
        revision=3,
        sender="7",
        sender_name="Ivan",
        chat_title="Sales",
        chat_kind=ChatKind.GROUP,
        recipients=("8", "9"),
        occurred_at=datetime(2026, 1, 2, 8, 0, tzinfo=UTC),
        received_at=datetime(2026, 1, 2, 8, 0, 1, tzinfo=UTC),
        passages=(Passage("poll", "where?"),),
        attachments=(Attachment("a.pfx", "application/x-pkcs12", 5, None, GapReason.MISSING),),
        forwarded_from="Ext",
        reply_to="0",
        service=True,
        gaps=(Gap("body", GapReason.ENCRYPTED),),
    )
    assert set(whole) == set(Message._fields)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("[1]", "is not an object"),
        ('{"id": "1"}', 'has no "text"'),
        ('{"text": "1"}', 'has no "id"'),
        ('{"id": "1", "text": null}', 'has no "text"'),
        ('{"id": "1", "text": 5}', '"text" is not text'),
        ('{"id": true, "text": "x"}', '"id" is not text'),
        ('{"id": "1", "text": "x", "service": 1}', '"service" is not true or false'),
        ('{"id": "1", "text": "x", "revision": true}', '"revision" is not a whole number'),
        ('{"id": "1", "text": "x", "occurred_at": "today"}', '"occurred_at" is not a time'),
        ('{"id": "1", "text": "x", "occurred_at": "2026-01-02T11:00:00"}', '"occurred_at" has no time zone'),
        ('{"id": "1", "text": "x", "chat_kind": "pub"}', '"chat_kind" is not one of direct, group'),
        ('{"id": "1", "text": "x", "recipients": "a"}', '"recipients" is not a list of texts'),
        ('{"id": "1", "text": "x", "passages": [{"text": "a"}]}', '"passages" has an item without "origin"'),
        ('{"id": "1", "text": "x", "attachments": [{"name": "a", "size": "5"}]}', '"attachments.size" is not a whole number'),
        ('{"id": "1", "text": "x", "gaps": [{"origin": "a", "reason": "bored"}]}', '"gaps.reason" is not one of'),
        ('{"id": "1", "text": "x"} {}', "more after the object at column 25"),
        ('{"id": "1" "text": "x"}', "is not JSON: expecting ',' delimiter at column 12"),
        (b'{"id": "1", "text": "\xff"}', "is not UTF-8 at byte 22"),
        ('{"id": ' + "9" * 5000 + ', "text": "x"}', "a number too long"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_a_bad_line_is_told_in_one_sentence(line: str | bytes, said: str) -> None:
    assert said in fault_of(line)
    assert "in: line 1: " in fault_of(line)


def test_a_bad_line_costs_no_other() -> None:
    found = read('{"id": "1", "text": "a"}', "nonsense", '{"id": "3", "text": "c"}')
    assert [one.position if isinstance(one, InputFault) else one.id for one in found] == ["1", "line 2", "3"]


def test_no_fault_repeats_what_was_written() -> None:
    assert "s3cret" not in fault_of('{"id": "1", "text": "s3cret" oops}')


def test_half_a_pair_becomes_a_character_that_can_be_written() -> None:
    assert read('{"id": "1", "text": "a\\ud83d"}') == [Message("1", "a\ufffd")]


def test_the_meter_counts_bytes() -> None:
    meter = Meter()
    content = b'{"id": "1", "text": "a"}\n\n{"id": "2", "text": "b"}'
    assert len(list(read_lines(io.BytesIO(content), "in", meter=meter))) == 2
    assert (meter.position, meter.size) == (len(content), 0)
