"""JSONL: a message a line, either `{"id": "…", "text": "…"}` or a whole Message with its fields by name."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import IO, Any

from dlp.errors import InputFault
from dlp.ingest.json_stream import without_lone_surrogates
from dlp.ingest.source import Meter
from dlp.records import Attachment, ChatKind, Gap, GapReason, Message, Passage

LONGEST_LINE = 32 << 20
_decode = json.JSONDecoder(strict=False).raw_decode
_BARE = frozenset({"id", "text"})


class _FieldError(Exception):
    """A field is not of its type; the text says which and why."""


def read_jsonl(content: IO[bytes], name: str, *, meter: Meter | None = None) -> Iterator[Message | InputFault]:
    """The message of each line that is not blank, or the fault of the line.

    `id` (text or a whole number) and `text` are required, every other field of Message may be left out: it is unknown then.
    Times are ISO 8601 with a zone, `chat_kind` and reasons of gaps are written as in records. Keys that are no field of
    Message are remarks of whoever wrote the line (a label, a language) and are not read.
    """
    readline = partial(content.readline, LONGEST_LINE)
    for number, line in enumerate(iter(readline, b""), 1):
        if meter is not None:
            meter.position += len(line)
        try:
            if len(line) == LONGEST_LINE:
                _refuse_the_rest(line, readline, meter)
            record = _record(line)
            if record is None:
                continue
            if record.keys() == _BARE and type(record["id"]) is str and type(record["text"]) is str:
                yield Message(record["id"], record["text"])
            else:
                yield message_from(record)
        except _FieldError as error:
            yield InputFault(name, f"line {number}", str(error))


def _refuse_the_rest(line: bytes, readline: Callable[[], bytes], meter: Meter | None) -> None:
    while line and not line.endswith(b"\n"):
        line = readline()
        if meter is not None:
            meter.position += len(line)
    raise _FieldError(f"is over {LONGEST_LINE >> 20} MiB long")


def _record(line: bytes) -> dict[str, Any] | None:
    try:
        text = line.decode().strip(" \t\r\n\ufeff")
        if not text:
            return None
        record, end = _decode(text)
    except UnicodeDecodeError as error:
        raise _FieldError(f"is not UTF-8 at byte {error.start + 1}") from None
    except json.JSONDecodeError as error:
        raise _FieldError(f"is not JSON: {error.msg.lower()} at column {error.pos + 1}") from None
    except RecursionError:
        raise _FieldError("is nested too deeply") from None
    except ValueError:
        raise _FieldError("has a number too long to read") from None
    if end != len(text):
        raise _FieldError(f"is not JSON: more after the object at column {end + 1}")
    if type(record) is not dict:
        raise _FieldError("is not an object")
    # Only an escape can make half of a UTF-16 pair, which no UTF-8 can hold.
    return without_lone_surrogates(record) if b"\\ud" in line or b"\\uD" in line else record


def message_from(record: dict[str, Any]) -> Message:
    """The message of an object with fields of Message. Raises _FieldError."""
    given = {key: value for key, value in record.items() if value is not None}
    number = given.get("id")
    if type(number) is int:
        given["id"] = str(number)
    for key in ("id", "text"):
        if key not in given:
            raise _FieldError(f'has no "{key}"')
    return Message(**{key: read(key, given[key]) for key, read in _READERS.items() if key in given})


def _a(kind: type, described: str) -> Callable[[str, Any], Any]:
    def read(key: str, value: Any) -> Any:
        if type(value) is not kind:
            raise _FieldError(f'"{key}" is not {described}')
        return value

    return read


_text = _a(str, "text")


def _moment(key: str, value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise _FieldError(f'"{key}" is not a time in ISO 8601') from None
    if moment.tzinfo is None:
        raise _FieldError(f'"{key}" has no time zone')
    return moment


def _chat_kind(key: str, value: Any) -> ChatKind:
    try:
        return ChatKind(value)
    except ValueError:
        raise _FieldError(f'"{key}" is not one of {", ".join(kind.value for kind in ChatKind)}') from None


def _reason(key: str, value: Any) -> GapReason:
    try:
        return GapReason(value)
    except ValueError:
        raise _FieldError(f'"{key}" is not one of {", ".join(reason.value for reason in GapReason)}') from None


def _texts(key: str, value: Any) -> tuple[str, ...]:
    if type(value) is not list or not all(type(part) is str for part in value):
        raise _FieldError(f'"{key}" is not a list of texts')
    return tuple(value)


def _items(kind: Callable[..., Any], readers: dict[str, Callable[[str, Any], Any]], required: int) -> Callable[[str, Any], Any]:
    def read(key: str, value: Any) -> Any:
        if type(value) is not list or not all(type(part) is dict for part in value):
            raise _FieldError(f'"{key}" is not a list of objects')
        return tuple(map(partial(item, key), value))

    def item(key: str, part: dict[str, Any]) -> Any:
        for name in tuple(readers)[:required]:
            if part.get(name) is None:
                raise _FieldError(f'"{key}" has an item without "{name}"')
        return kind(**{name: check(f"{key}.{name}", part[name]) for name, check in readers.items() if part.get(name) is not None})

    return read


_READERS: dict[str, Callable[[str, Any], Any]] = {
    "id": _text,
    "text": _text,
    "connector": _text,
    "conversation": _text,
    "revision": _a(int, "a whole number"),
    "sender": _text,
    "sender_name": _text,
    "chat_title": _text,
    "chat_kind": _chat_kind,
    "recipients": _texts,
    "occurred_at": _moment,
    "received_at": _moment,
    "passages": _items(Passage, {"origin": _text, "text": _text}, 2),
    "attachments": _items(
        Attachment, {"name": _text, "media_type": _text, "size": _a(int, "a whole number"), "path": _text, "missing": _reason}, 1
    ),
    "forwarded_from": _text,
    "reply_to": _text,
    "service": _a(bool, "true or false"),
    "gaps": _items(Gap, {"origin": _text, "reason": _reason, "detail": _text}, 2),
}
