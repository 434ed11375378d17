"""The wire form of a Message as JSON Schema (OpenAPI 3.1): what `dlp/ingest/wire.py` takes, for whoever writes a client."""

from __future__ import annotations

from typing import Any, Final

from dlp.ingest import wire
from dlp.records import ChatKind, GapReason

_REASONS = {"type": "string", "enum": [reason.value for reason in GapReason]}


def _maybe(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema, or null: unknown."""
    told = dict(schema)
    told["type"] = [schema["type"], "null"]
    if "enum" in told:
        told["enum"] = [*schema["enum"], None]
    return told


def _text(longest: int, shortest: int = 0) -> dict[str, Any]:
    return {"type": "string", "minLength": shortest, "maxLength": longest}


def _identity(longest: int) -> dict[str, Any]:
    return {**_text(longest, 1), "pattern": "^[^\\u0000]*$"}


def _object(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "required": required, "properties": properties}


def _list(items: dict[str, Any], most: int) -> dict[str, Any]:
    return {"type": "array", "maxItems": most, "items": items}


_NUMBER = {"type": "integer", "minimum": 0, "maximum": wire.LARGEST_NUMBER}
_PASSAGE = _object(["origin", "text"], origin=_identity(128), text=_text(wire.LONGEST_TEXT))
_ATTACHMENT = _object(
    ["name"],
    name=_text(wire.LONGEST_NAME),
    media_type=_maybe(_text(128)),
    size=_maybe(_NUMBER),
    path=_maybe(_text(1024)),
    missing=_maybe(_REASONS),
)
_GAP = _object(["origin", "reason"], origin=_identity(wire.LONGEST_NAME), reason=_REASONS, detail=_maybe(_text(256)))

MESSAGE_SCHEMA: Final[dict[str, Any]] = _object(
    ["id", "text"],
    id=_identity(wire.LONGEST_ID),
    text=_text(wire.LONGEST_TEXT),
    connector=_maybe(_identity(64)),
    conversation=_maybe(_identity(wire.LONGEST_ID)),
    revision=_maybe(_NUMBER),
    sender=_maybe(_identity(wire.LONGEST_ACCOUNT)),
    sender_name=_maybe(_text(wire.LONGEST_NAME)),
    chat_title=_maybe(_text(wire.LONGEST_NAME)),
    chat_kind=_maybe({"type": "string", "enum": [kind.value for kind in ChatKind]}),
    recipients=_maybe(_list(_identity(wire.LONGEST_ACCOUNT), wire.MOST_RECIPIENTS)),
    occurred_at=_maybe({"type": "string", "format": "date-time"}),
    passages=_maybe(_list(_PASSAGE, wire.MOST_PASSAGES)),
    attachments=_maybe(_list(_ATTACHMENT, wire.MOST_ATTACHMENTS)),
    forwarded_from=_maybe(_text(wire.LONGEST_NAME)),
    reply_to=_maybe(_identity(wire.LONGEST_ID)),
    service=_maybe({"type": "boolean"}),
    gaps=_maybe(_list(_GAP, wire.MOST_GAPS)),
)
