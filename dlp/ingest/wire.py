"""The wire form of a Message: JSON in and out, checked field by field; whatever is wrong is named by its place (RFC 6901)."""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from io import BytesIO
from itertools import islice
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from dlp.errors import UsageError
from dlp.ingest.json_stream import without_lone_surrogates
from dlp.records import Attachment, ChatKind, Gap, GapReason, Message, Passage

LONGEST_TEXT: Final = 1 << 20
LONGEST_IN_ALL: Final = 4 << 20
LONGEST_ID: Final = 512
LONGEST_ACCOUNT: Final = 256
LONGEST_NAME: Final = 512
MOST_PASSAGES: Final = 256
MOST_ATTACHMENTS: Final = 256
MOST_RECIPIENTS: Final = 10_000
MOST_GAPS: Final = 64
LARGEST_NUMBER: Final = (1 << 62) - 1
MOST_MESSAGES: Final = 10_000
JSONL_TYPES: Final = frozenset({"application/x-ndjson", "application/jsonl", "application/jsonlines", "application/x-jsonlines"})

_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = datetime(9000, 1, 1, tzinfo=UTC)
_KINDS = MappingProxyType({kind.value: kind for kind in ChatKind})
_REASONS = MappingProxyType({reason.value: reason for reason in GapReason})

Reader = Callable[[Any, str], Any]


class Rejected(NamedTuple):
    """A message of a batch that was not taken: its place in the batch, the place in it (RFC 6901), a stable code."""

    place: int
    pointer: str
    code: str


class Batch(NamedTuple):
    """The messages of a batch that can be read, in order, with their places in it; and those that cannot."""

    messages: tuple[Message, ...]
    places: tuple[int, ...]
    rejected: tuple[Rejected, ...]


def message_of(given: Any, pointer: str = "") -> Message:
    """The message of an object with fields of Message; what is null or left out is unknown.

    `id` and `text` are required. `received_at` is the server's to tell. Raises UsageError with code and pointer.
    """
    if type(given) is not dict:
        raise UsageError("a message is an object", code="not_an_object", pointer=pointer)
    told: dict[str, Any] = {}
    for key, value in given.items():
        read = _READERS.get(key)
        if read is None:
            raise UsageError("there is no such field", code="unknown_field", pointer=f"{pointer}/{_escaped(key)}")
        if value is not None:
            told[key] = read(value, f"{pointer}/{key}")
    for key in ("id", "text"):
        if key not in told:
            raise UsageError(f'a message needs "{key}"', code="missing", pointer=f"{pointer}/{key}")
    passages = told.get("passages")
    if passages and len(told["text"]) + sum(len(passage.text) for passage in passages) > LONGEST_IN_ALL:
        raise UsageError("the texts together are too long", code="too_large", pointer=f"{pointer}/passages", most=LONGEST_IN_ALL)
    return Message(**told)


def batch_of(values: Sequence[Any]) -> Batch:
    """The messages of a list; one that cannot be read is named and the rest is kept. Raises UsageError for too many."""
    if len(values) > MOST_MESSAGES:
        raise UsageError("too many messages in one batch", code="too_many", pointer="", most=MOST_MESSAGES)
    messages: list[Message] = []
    places: list[int] = []
    rejected: list[Rejected] = []
    for place, value in enumerate(values):
        try:
            if isinstance(value, UsageError):
                raise value
            messages.append(message_of(value))
            places.append(place)
        except UsageError as fault:
            rejected.append(Rejected(place, fault.pointer or "", fault.code))
    return Batch(tuple(messages), tuple(places), tuple(rejected))


def batch_from(body: bytes, content_type: str) -> Batch:
    """The messages of a request: a JSON list, an object with `messages`, or JSONL, as its content type says.

    Raises UsageError where the whole is unreadable; a broken line of JSONL is only that line's fault.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind in JSONL_TYPES:
        return batch_of(list(islice(_lines(body), MOST_MESSAGES + 1)))
    if kind and kind != "application/json":
        raise UsageError("send application/json or application/x-ndjson", code="content_type")
    whole = value_of(body)
    listed = whole.get("messages") if type(whole) is dict else whole
    if type(listed) is not list:
        raise UsageError("a batch is a list of messages", code="not_a_list", pointer="")
    return batch_of(listed)


def value_of(body: bytes) -> Any:
    """The JSON value of a request's body. Raises UsageError with code "json"."""
    try:
        # Not `json.loads(body)`: that takes UTF-16, too, and halves of its pairs that no UTF-8 may hold (RFC 8259, 8.1).
        value = json.loads(body.removeprefix(BOM_UTF8).decode())
    except UnicodeDecodeError:
        raise UsageError("the body is not UTF-8", code="json", pointer="") from None
    except json.JSONDecodeError as error:
        raise UsageError(f"the body is not JSON at line {error.lineno}", code="json", pointer="") from None
    except (RecursionError, ValueError):
        raise UsageError("the body cannot be read", code="json", pointer="") from None
    # Only an escape can make half of a UTF-16 pair, which no UTF-8 can hold.
    return without_lone_surrogates(value) if b"\\ud" in body or b"\\uD" in body else value


def wire_of(message: Message) -> dict[str, Any]:
    """The message as `message_of` reads it; what is unknown is left out."""
    told: dict[str, Any] = {}
    for field, value in zip(message._fields, message, strict=True):
        if field in {"id", "text"} or (field != "received_at" and value != Message._field_defaults[field]):
            told[field] = _WRITERS[field](value) if field in _WRITERS else value
    return told


def _lines(body: bytes) -> Iterator[Any]:
    for line in BytesIO(body):
        if line.strip():
            try:
                yield value_of(line)
            except UsageError as fault:
                yield fault


def _escaped(key: str) -> str:
    """A key as RFC 6901 writes it; cut, since whoever wrote it may have put anything there."""
    return key[:64].replace("~", "~0").replace("/", "~1")


def _label(longest: int) -> Reader:
    """A name people gave something: a character no database keeps is replaced."""

    def read(value: Any, pointer: str) -> str:
        if type(value) is not str:
            raise UsageError("is not text", code="not_text", pointer=pointer)
        if len(value) > longest:
            raise UsageError("is too long", code="too_large", pointer=pointer, most=longest)
        return value.replace("\0", "\ufffd") if "\0" in value else value

    return read


def _identity(longest: int) -> Reader:
    """A name programs know something by: never empty, never changed."""

    def read(value: Any, pointer: str) -> str:
        if type(value) is not str:
            raise UsageError("is not text", code="not_text", pointer=pointer)
        if not value or "\0" in value:
            raise UsageError("is empty or has a character no database keeps", code="not_an_id", pointer=pointer)
        if len(value) > longest:
            raise UsageError("is too long", code="too_large", pointer=pointer, most=longest)
        return value

    return read


def _text(value: Any, pointer: str) -> str:
    if type(value) is not str:
        raise UsageError("is not text", code="not_text", pointer=pointer)
    if len(value) > LONGEST_TEXT:
        raise UsageError("is too long", code="too_large", pointer=pointer, most=LONGEST_TEXT)
    return value


def _number(value: Any, pointer: str) -> int:
    if type(value) is not int or not 0 <= value <= LARGEST_NUMBER:
        raise UsageError("is not a whole number from 0", code="not_a_number", pointer=pointer)
    return value


def _truth(value: Any, pointer: str) -> bool:
    if type(value) is not bool:
        raise UsageError("is not true or false", code="not_a_truth", pointer=pointer)
    return value


def _moment(value: Any, pointer: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise UsageError("is not a time of RFC 3339", code="not_a_time", pointer=pointer) from None
    if moment.tzinfo is None:
        raise UsageError("has no time zone", code="no_zone", pointer=pointer)
    if not _EARLIEST <= moment <= _LATEST:
        raise UsageError("is a time no messenger can tell", code="not_a_time", pointer=pointer)
    return moment.astimezone(UTC)


def _one_of(names: MappingProxyType[str, Any]) -> Reader:
    def read(value: Any, pointer: str) -> Any:
        found = names.get(value) if type(value) is str else None
        if found is None:
            raise UsageError("is not one of the names there are", code="unknown_name", pointer=pointer, names=sorted(names))
        return found

    return read


def _list_of(read_item: Reader, most: int) -> Reader:
    def read(value: Any, pointer: str) -> tuple[Any, ...]:
        if type(value) is not list:
            raise UsageError("is not a list", code="not_a_list", pointer=pointer)
        if len(value) > most:
            raise UsageError("has too many items", code="too_many", pointer=pointer, most=most)
        return tuple([read_item(item, f"{pointer}/{at}") for at, item in enumerate(value)])

    return read


def _record(kind: Callable[..., Any], readers: dict[str, Reader], required: tuple[str, ...]) -> Reader:
    def read(value: Any, pointer: str) -> Any:
        if type(value) is not dict:
            raise UsageError("is not an object", code="not_an_object", pointer=pointer)
        told: dict[str, Any] = {}
        for key, part in value.items():
            reader = readers.get(key)
            if reader is None:
                raise UsageError("there is no such field", code="unknown_field", pointer=f"{pointer}/{_escaped(key)}")
            if part is not None:
                told[key] = reader(part, f"{pointer}/{key}")
        for key in required:
            if key not in told:
                raise UsageError(f'needs "{key}"', code="missing", pointer=f"{pointer}/{key}")
        return kind(**told)

    return read


_name = _label(LONGEST_NAME)
_reason = _one_of(_REASONS)
_PASSAGE = _record(Passage, {"origin": _identity(128), "text": _text}, ("origin", "text"))
_ATTACHMENT = _record(
    Attachment,
    {"name": _name, "media_type": _label(128), "size": _number, "path": _label(1024), "missing": _reason},
    ("name",),
)
_GAP = _record(Gap, {"origin": _identity(LONGEST_NAME), "reason": _reason, "detail": _label(256)}, ("origin", "reason"))

_READERS: dict[str, Reader] = {
    "id": _identity(LONGEST_ID),
    "text": _text,
    "connector": _identity(64),
    "conversation": _identity(LONGEST_ID),
    "revision": _number,
    "sender": _identity(LONGEST_ACCOUNT),
    "sender_name": _name,
    "chat_title": _name,
    "chat_kind": _one_of(_KINDS),
    "recipients": _list_of(_identity(LONGEST_ACCOUNT), MOST_RECIPIENTS),
    "occurred_at": _moment,
    "passages": _list_of(_PASSAGE, MOST_PASSAGES),
    "attachments": _list_of(_ATTACHMENT, MOST_ATTACHMENTS),
    "forwarded_from": _name,
    "reply_to": _identity(LONGEST_ID),
    "service": _truth,
    "gaps": _list_of(_GAP, MOST_GAPS),
}


def _plain(record: Any) -> dict[str, Any]:
    told = {field: value for field, value in zip(record._fields, record, strict=True) if value is not None}
    return {field: value.value if isinstance(value, GapReason) else value for field, value in told.items()}


_WRITERS: dict[str, Callable[[Any], Any]] = {
    "chat_kind": lambda kind: kind.value,
    "occurred_at": datetime.isoformat,
    "recipients": list,
    **dict.fromkeys(("passages", "attachments", "gaps"), lambda records: [_plain(record) for record in records]),
}
