"""What a file is, told by its first bytes and never by its name."""

from __future__ import annotations

import json
import re
from enum import Enum

from dlp.ingest.plain_text import encoding_of

HEAD = 1 << 16


class Kind(Enum):
    """The kinds of files that are read."""

    EMPTY = "an empty file"
    ZIP = "a zip archive"
    TELEGRAM = "a Telegram Desktop export"
    WHATSAPP = "a WhatsApp chat"
    SLACK_DAY = "a day of a Slack export"
    SLACK_LISTING = "a listing of a Slack export"
    MATRIX = "events of a Matrix room"
    MAILBOX = "a mailbox"
    LETTER = "a letter"
    JSONL = "JSONL"
    TEXT = "plain text"
    UNKNOWN = "unknown"


_TELEGRAM = re.compile(r'"messages"\s*:\s*\[|"(?:left_)?chats"\s*:\s*\{|\{\s*"about"\s*:\s*"|"personal_information"\s*:\s*\{')
_MAIL_FIELD = re.compile(rb"[!-9;-~]{1,76}:")
_MAIL_FIELDS = re.compile(
    rb"^(?:from|return-path|received|delivered-to|message-id|date|mime-version|subject|to):", re.IGNORECASE | re.MULTILINE
)


def kind_of(head: bytes) -> Kind:
    """What a file with these first bytes (up to `HEAD`) is."""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return Kind.ZIP
    bare = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not bare:
        return Kind.EMPTY
    if bare[:1] in b"{[":
        return _kind_of_json(bare.decode("utf-8", "replace"), head)
    if head.startswith(b"From ") and _MAIL_FIELD.match(head.partition(b"\n")[2]):
        return Kind.MAILBOX
    if _is_letter(bare):
        return Kind.LETTER
    return _kind_of_text(head)


def _kind_of_json(text: str, head: bytes) -> Kind:
    first = _first_line(text)
    if text[0] == "{":
        if _TELEGRAM.search(text) and not (isinstance(first, dict) and "id" in first and "text" in first):
            return Kind.TELEGRAM
        if '"origin_server_ts"' in text and '"sender"' in text:
            return Kind.MATRIX
        return Kind.JSONL
    if '"ts"' in text and '"type"' in text:
        return Kind.SLACK_DAY
    return Kind.SLACK_LISTING if re.match(r'\[\s*(?:\]|\{\s*"id"\s*:\s*"[A-Z0-9]+")', text) else _kind_of_text(head)


def _first_line(text: str) -> object:
    try:
        return json.loads(text.partition("\n")[0])
    except (ValueError, RecursionError):
        return None


def _is_letter(head: bytes) -> bool:
    """Whether a header (RFC 5322) stands first: only fields and their continuations up to a blank line, two of them of mail."""
    header = re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]
    lines = header.splitlines()
    held = all(_MAIL_FIELD.match(line) or line[:1] in b" \t" for line in lines[:200] if line)
    return held and len({field.lower() for field in _MAIL_FIELDS.findall(header)}) >= 2


def _kind_of_text(head: bytes) -> Kind:
    encoding = encoding_of(head)
    if encoding is None:
        return Kind.UNKNOWN
    if encoding == "utf-8" and _is_whatsapp(head):
        return Kind.WHATSAPP
    return Kind.TEXT


def _is_whatsapp(head: bytes) -> bool:
    from dlp.chats.whatsapp_header import header_of  # its patterns are compiled where a text is met

    lines = [line for line in head.decode("utf-8", "replace").splitlines()[:50] if line.strip()]
    return any(header_of(line) is not None for line in lines[:2])
