"""Mailboxes (mbox, RFC 4155) and single letters (.eml), letter by letter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo
from functools import partial
from typing import IO

from dlp.chats.identity import DigestIds
from dlp.errors import InputFault
from dlp.records import Gap, GapReason, Message

LARGEST_LETTER = 64 << 20
LONGEST_LINE = 1 << 20


def read_mailbox(content: IO[bytes], name: str, zone: tzinfo | None) -> Iterator[Message | InputFault]:
    """The messages of a mailbox."""
    ids = DigestIds("mail")
    for start, letter, is_cut in letters_of(content):
        yield _message(letter, (name, f"byte {start}"), ids, zone=zone, is_cut=is_cut)


def read_letter(content: IO[bytes], name: str, zone: tzinfo | None) -> Iterator[Message | InputFault]:
    """The message of a file that is one letter."""
    letter = content.read(LARGEST_LETTER)
    yield _message(letter, (name, "byte 0"), DigestIds("mail"), zone=zone, is_cut=bool(content.read(1)))


def _message(letter: bytes, place: tuple[str, str], ids: DigestIds, *, zone: tzinfo | None, is_cut: bool) -> Message | InputFault:
    from dlp.chats.mail import message_of  # the mail package is slow to import

    try:
        message = message_of(letter, ids, zone)
    except ValueError as error:
        return InputFault(*place, f"a letter {error}")
    except Exception as error:  # the parser of the standard library fails on some letters in many ways
        return InputFault(*place, f"a letter cannot be read ({type(error).__name__})")
    if is_cut:
        return message._replace(gaps=(*message.gaps, Gap("body", GapReason.TOO_LARGE, f"cut after {LARGEST_LETTER} bytes")))
    return message


def letters_of(content: IO[bytes]) -> Iterator[tuple[int, bytes, bool]]:
    """The letters of a mailbox: the byte its "From " line begins at, the letter, and whether it was cut at the limit.

    A letter begins where "From " stands after a blank line; ">From " in it had its ">" added (RFC 4155, the mboxrd form).
    """
    start = position = length = 0
    gathered: list[bytes] = []
    blank = True
    for line in iter(partial(content.readline, LONGEST_LINE), b""):
        if blank and line.startswith(b"From "):
            if gathered:
                yield start, b"".join(gathered), length > LARGEST_LETTER
            start, length, gathered = position, 0, []
        elif length <= LARGEST_LETTER:
            gathered.append(line[1:] if line.startswith(b">") and line.lstrip(b">").startswith(b"From ") else line)
            length += len(line)
        blank = line in {b"\n", b"\r\n"}
        position += len(line)
    if gathered:
        yield start, b"".join(gathered), length > LARGEST_LETTER
