"""Mail: messages in the form of RFC 5322 with MIME parts (RFC 2045–2049), as .eml files and mailboxes keep them."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta, tzinfo
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message as Letter
from email.parser import BytesParser
from email.policy import compat32
from email.utils import getaddresses, parsedate_tz
from typing import TYPE_CHECKING, Any

from dlp.chats.html import text_of_html
from dlp.chats.identity import DigestIds
from dlp.chats.moment import local_moment
from dlp.records import Attachment, ChatKind, Gap, GapReason, Message, Passage

CONNECTOR = "mail"
TEXT_LIMIT = 4 << 20
NESTED_LETTERS = 10
_SEALED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted", "multipart/encrypted"})
_ZONE = re.compile(r"\d\d:\d\d(?::\d\d)?\s+(?:[+-]\d{4}|[A-Za-z]{1,5}\b)")
_PARSER = BytesParser(policy=compat32)

if TYPE_CHECKING:
    _Letter = Letter[str, str]


def message_of(content: bytes, ids: DigestIds, zone: tzinfo | None = None) -> Message:
    """The message of one letter.

    The id is Message-ID, the conversation the first letter of its thread (RFC 5322 3.6.4), so that an answer stands with what
    it answers. Accounts are lower-cased addresses; the subject, further text parts, HTML that says more than the plain text,
    and forwarded letters are passages. A Date without zone needs `zone`. Raises ValueError where there is no header at all.
    """
    letter = _PARSER.parsebytes(content)
    if not letter.keys():
        raise ValueError("has no header")
    senders: list[tuple[str, str | None]] = [*_addresses(letter, "From", "Sender"), ("", None)]
    sender_name, sender = senders[0]
    recipients = tuple(dict.fromkeys(address for _, address in _addresses(letter, "To", "Cc", "Bcc")))
    contents = _Contents()
    contents.take(letter)
    subject = _decoded(letter.get("Subject"))
    own = _first_id(letter.get("Message-ID")) or ids.next_id(str(letter.get("Date")), sender or "", subject + contents.body)
    return Message(
        id=own,
        text=contents.body,
        connector=CONNECTOR,
        conversation=_first_id(letter.get("References")) or _first_id(letter.get("In-Reply-To")) or own,
        sender=sender,
        sender_name=sender_name or None,
        chat_title=subject or None,
        chat_kind=ChatKind.MAIL,
        recipients=recipients,
        occurred_at=_moment(letter.get("Date"), zone),
        passages=((Passage("subject", subject),) if subject else ()) + tuple(contents.passages),
        attachments=tuple(contents.attachments),
        reply_to=_first_id(letter.get("In-Reply-To")),
        gaps=tuple(contents.gaps),
    )


class _Contents:
    """What is in a letter, gathered part by part."""

    def __init__(self) -> None:
        self.body = ""
        self.passages: list[Passage] = []
        self.attachments: list[Attachment] = []
        self.gaps: list[Gap] = []
        self._has_body = False

    def take(self, letter: _Letter, depth: int = 0) -> None:
        kind = letter.get_content_type()
        if kind in _SEALED and letter.get_param("smime-type") != "signed-data":
            self.gaps.append(Gap("body", GapReason.ENCRYPTED, kind))
        if kind == "message/rfc822":
            self._nested(letter, depth)
        elif letter.is_multipart():
            for part in letter.get_payload():
                if isinstance(part, Letter):
                    self.take(part, depth)
        elif letter.get_content_disposition() == "attachment" or letter.get_filename() or not kind.startswith("text/"):
            self.attachments.append(_attachment(letter, kind))
        else:
            self._text(letter, kind)

    def _nested(self, letter: _Letter, depth: int) -> None:
        inner = next((part for part in letter.get_payload() if isinstance(part, Letter)), None)
        if inner is None:
            return
        if depth >= NESTED_LETTERS:
            self.gaps.append(Gap("forwarded", GapReason.TOO_LARGE, "letters inside letters"))
            return
        headers = (_decoded(inner.get(name)) for name in ("From", "To", "Subject"))
        self.passages.append(Passage("forwarded", "\n".join(filter(None, headers))))
        self.take(inner, depth + 1)

    def _text(self, letter: _Letter, kind: str) -> None:
        text = _part_text(letter)
        if len(text) > TEXT_LIMIT:
            text = text[:TEXT_LIMIT]
            self.gaps.append(Gap("body", GapReason.TOO_LARGE, f"a text part over {TEXT_LIMIT} characters"))
        if kind == "text/html":
            text = text_of_html(text)
        if "-----BEGIN PGP MESSAGE-----" in text:
            self.gaps.append(Gap("body", GapReason.ENCRYPTED, "PGP"))
        if not self._has_body:
            self.body, self._has_body = text, True
        elif kind != "text/html" or not _says_the_same(text, self.body):
            self.passages.append(Passage("html" if kind == "text/html" else "part", text))


def _says_the_same(one: str, other: str) -> bool:
    return "".join(one.split()) == "".join(other.split())


def _part_text(letter: _Letter) -> str:
    payload = letter.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    charset = letter.get_content_charset() or "utf-8"
    try:
        text = content.decode(charset, "replace")
    except LookupError:
        text = content.decode("utf-8", "replace")
    return text.replace("\r\n", "\n").rstrip("\n")


def _attachment(letter: _Letter, kind: str) -> Attachment:
    payload: Any = letter.get_payload()
    length = len(payload) if isinstance(payload, str) else 0
    in_base64 = str(letter.get("Content-Transfer-Encoding") or "").strip().lower() == "base64"
    size = (length - payload.count("\n") - payload.count("\r")) * 3 // 4 - payload[-8:].count("=") if in_base64 else length
    return Attachment(_decoded(letter.get_filename()) or kind.replace("/", "."), kind, max(0, size))


def _decoded(value: Any) -> str:
    """A header's text: encoded words (RFC 2047) decoded, folding undone; what cannot be decoded stays as written."""
    if value is None:
        return ""
    text = str(value)
    if "=?" not in text:
        return _on_one_line(text)
    with suppress(HeaderParseError, LookupError, ValueError):
        text = str(make_header(decode_header(text)))
    return _on_one_line(text)


def _on_one_line(text: str) -> str:
    return " ".join(text.split()).encode("utf-8", "replace").decode("utf-8")


def _addresses(letter: _Letter, *names: str) -> list[tuple[str, str]]:
    fields = [str(field) for name in names for field in letter.get_all(name, [])]
    return [(_decoded(name), address.lower()) for name, address in getaddresses(fields) if "@" in address]


def _first_id(value: Any) -> str | None:
    words = str(value).split() if value is not None else []
    return words[0].strip("<>,") or None if words else None


def _moment(value: Any, zone: tzinfo | None) -> datetime | None:
    parts = parsedate_tz(str(value)) if value is not None else None
    if parts is None:
        return None
    try:
        as_utc = datetime(*parts[:6], tzinfo=UTC)
        if not _ZONE.search(str(value)):
            return local_moment(as_utc, zone)
        # RFC 5322 3.3: "-0000" is UTC whose local zone is not told.
        return as_utc - timedelta(seconds=parts[9] or 0)
    except (ValueError, OverflowError):
        return None
