"""Plain text: every line that is not blank is a message.

A line, not a paragraph: logs and pasted chats seldom have blank lines, and "line 12" is where a person looks. The line's number
is the message's id; it does not change when the file grows at its end.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from functools import partial
from typing import IO

from dlp.errors import InputFault
from dlp.records import Gap, GapReason, Message

CONNECTOR = "text"
LONGEST_LINE = 1 << 20
HEAD = 1 << 16


def encoding_of(head: bytes) -> str | None:
    """The encoding of a text by its first bytes: UTF-8, UTF-16 with a byte order mark, else Windows-1251; None for no text.

    Windows-1251 is taken where the bytes are no UTF-8 and mostly letters and signs of that code page.
    """
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in head or sum(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head) > len(head) // 100:
        return None
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError as error:
        # One bad byte in a UTF-8 text is a fault of its line, not another encoding.
        good = head[: error.start].decode("utf-8", "replace")
        return "utf-8" if not good.isascii() or error.start > HEAD // 2 else _cyrillic(head)
    return "utf-8"


def _cyrillic(head: bytes) -> str | None:
    high = [byte for byte in head if byte >= 0x80]
    letters = sum(byte >= 0xC0 or byte in (0xA8, 0xB8) for byte in high)
    return "cp1251" if letters >= 0.8 * len(high) else None


def read_text(
    content: IO[bytes], name: str, conversation: str | None = None, *, encoding: str = "utf-8"
) -> Iterator[Message | InputFault]:
    """The message of each line, its text without the line break and otherwise as it stands; or the fault of the line.

    A line of over a MiB is given in parts ("7", "7.1", …), each with a gap that says so.
    """
    lines = _lines_of_utf16(content) if encoding == "utf-16" else iter(partial(content.readline, LONGEST_LINE), b"")
    number, part, carried = 1, 0, b""
    for line in lines:
        ended = line.endswith(b"\n")
        text, carried = _decoded(carried + line, "utf-8" if encoding == "utf-16" else encoding, ended)
        if text is None:
            yield InputFault(name, f"line {number}", f"is not {encoding.upper()}")
        elif (text := text.removeprefix("\ufeff")).strip():
            cut = (_CUT,) if part or (not ended and len(line) == LONGEST_LINE) else ()
            yield Message(f"{number}.{part}" if part else str(number), text, CONNECTOR, conversation, gaps=cut)
        number, part = (number + 1, 0) if ended else (number, part + 1)


def _decoded(line: bytes, encoding: str, ended: bool) -> tuple[str | None, bytes]:
    """The text of a line and the bytes of a character cut in two at the end of a part."""
    try:
        return line.decode(encoding).rstrip("\r\n"), b""
    except UnicodeDecodeError as error:
        if ended or error.start < len(line) - 3:
            return None, b""
        return line[: error.start].decode(encoding), line[error.start :]


_CUT = Gap("body", GapReason.TOO_LARGE, f"a line of over {LONGEST_LINE} bytes was read in parts")


def _lines_of_utf16(content: IO[bytes]) -> Iterator[bytes]:
    # A stray half of a pair is no reason to lose a file.
    reader = codecs.getreader("utf-16")(content, "replace")
    while line := reader.readline(LONGEST_LINE):
        yield line.encode("utf-8", "replace")
