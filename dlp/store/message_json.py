"""A whole Message as JSON bytes: what the vault seals and the intake keeps; fields at their default are left out."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from dlp.records import Attachment, ChatKind, Gap, GapReason, Message, Passage

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_DEFAULTS = Message._field_defaults


def bytes_of(message: Message) -> bytes:
    """The message in UTF-8 JSON; halves of UTF-16 pairs, which some clients let through, survive the way there and back."""
    told: dict[str, Any] = {"id": message.id, "text": message.text}
    for field, value in zip(message._fields[2:], message[2:], strict=True):
        if value != _DEFAULTS[field]:
            told[field] = _WRITERS[field](value) if field in _WRITERS else value
    return _encode(told).encode("utf-8", "surrogatepass")


def message_of(content: bytes) -> Message:
    """The message `bytes_of` wrote."""
    told = json.loads(content.decode("utf-8", "surrogatepass"))
    for field, read in _READERS.items():
        if field in told:
            told[field] = read(told[field])
    return Message(**told)


def _attachment(told: list[Any]) -> Attachment:
    file = Attachment(*told)
    return file if file.missing is None else file._replace(missing=GapReason(file.missing))


_WRITERS: dict[str, Any] = {
    "occurred_at": datetime.isoformat,
    "received_at": datetime.isoformat,
    "chat_kind": lambda kind: kind.value,
    "attachments": lambda files: [[*file[:-1], file.missing and file.missing.value] for file in files],
    "gaps": lambda gaps: [[gap.origin, gap.reason.value, gap.detail] for gap in gaps],
}
_READERS: dict[str, Any] = {
    "occurred_at": datetime.fromisoformat,
    "received_at": datetime.fromisoformat,
    "chat_kind": ChatKind,
    "recipients": tuple,
    "passages": lambda passages: tuple(Passage(*passage) for passage in passages),
    "attachments": lambda files: tuple(map(_attachment, files)),
    "gaps": lambda gaps: tuple(Gap(origin, GapReason(reason), detail) for origin, reason, detail in gaps),
}
