"""JSON read piece by piece: of a file of any size only a window is in memory.

`json.JSONDecoder.raw_decode` over a growing window reads a Telegram export about a fifth faster than ijson's C backend does,
and unlike it can go on after a broken object.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import IO, Any

from dlp.errors import InputFault

CHUNK = 1 << 18
LARGEST_VALUE = 32 << 20
LONGEST_WORD = 16
_decode = json.JSONDecoder(strict=False).raw_decode
_BLANK = re.compile(r"[\s\ufeff]*")
_NEXT_OBJECT = re.compile(r"\s*,\s*(?=\{)")
_WRONG_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|(.))", re.DOTALL)
_LONE = re.compile("[\ud800-\udfff]")
_NUMBER_TAIL = frozenset("0123456789+-.eE")


class JsonStream:
    """Reads JSON from bytes: the caller says what must stand next. Faults tell the byte they stand at.

    Bytes that are no UTF-8 do not stop reading; `utf8_fault` then tells where the first stands.
    """

    def __init__(self, content: IO[bytes], name: str, chunk: int = CHUNK) -> None:
        self._content = content
        self._name = name
        self._chunk = chunk
        self._utf8 = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._window = ""
        self._at = 0
        self._fed = 0
        self._ended = False
        self._may_have_halves = False
        self.utf8_fault: InputFault | None = None

    def fault(self, message: str) -> InputFault:
        """A fault at the place reading has come to."""
        ahead = self._window[self._at :].encode("utf-8", "surrogateescape")
        return InputFault(self._name, f"byte {max(0, self._fed - len(ahead))}", message)

    def peek(self) -> str:
        """The next character that is no space, "" at the end."""
        while True:
            match = _BLANK.match(self._window, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._window):
                return self._window[self._at]
            if not self._grow():
                return ""

    def skip(self, character: str) -> bool:
        """Steps over `character` where it stands next; else says no."""
        if self.peek() != character:
            return False
        self._at += 1
        return True

    def items(self) -> Iterator[Any]:
        """The values of a list whose "[" was stepped over, up to its end. Raises InputFault."""
        while not self.skip("]"):
            yield self.value()
            yield from self._objects_in_window()
            if not self.skip(",") and self.peek() != "]":
                raise self.fault("is not JSON (the end of a list is expected)" if self.peek() else "ends too early")

    def _objects_in_window(self) -> Iterator[Any]:
        """The next objects of a list that are whole in the window: nearly all of a large export pass here."""
        while match := _NEXT_OBJECT.match(self._window, self._at):
            try:
                value, self._at = _decode(self._window, match.end())
            except (json.JSONDecodeError, RecursionError):
                return
            yield without_lone_surrogates(value) if self._may_have_halves or self.utf8_fault else value

    def value(self) -> Any:
        """The value that stands next. Raises InputFault, and then stands where the value begins."""
        self.peek()
        size = self._chunk
        while True:
            try:
                value, end = _decode(self._window, self._at)
            except (json.JSONDecodeError, RecursionError) as error:
                if self._is_for_want_of_more(error):
                    self._grow(size)
                    size *= 2
                elif "escape" not in _reason(error) or not self._repair():
                    raise self._refusal(error) from None
                continue
            # A number may go on in the next chunk.
            if end == len(self._window) and self._window[end - 1] in _NUMBER_TAIL and self._grow():
                continue
            self._at = end
            return without_lone_surrogates(value) if self._may_have_halves or self.utf8_fault else value

    def _is_for_want_of_more(self, error: Exception) -> bool:
        """Whether what is in the window may be right as far as it goes: the fault stands at its end, or in a text still open."""
        if self._ended or not isinstance(error, json.JSONDecodeError) or len(self._window) - self._at > LARGEST_VALUE:
            return False
        return error.pos + LONGEST_WORD >= len(self._window) or "Unterminated" in error.msg

    def go_on_at(self, pattern: re.Pattern[str], tail: int = 4096) -> re.Match[str] | None:
        """Steps forward to the next match and stands at its beginning; None at the end. The match is shorter than `tail`."""
        self._at += 1
        while True:
            match = pattern.search(self._window, self._at)
            if match and (self._ended or match.end() + 1 < len(self._window)):
                self._at = match.start()
                return match
            if self._ended:
                return None
            self._at = match.start() if match else max(self._at, len(self._window) - tail)
            self._grow()

    def _grow(self, size: int = 0) -> bool:
        if self._ended:
            return False
        try:
            chunk = self._content.read(max(size, self._chunk))
        except OSError as error:
            self._ended = True
            raise self.fault(str(error.strerror or error)) from None
        self._ended = not chunk
        self._fed += len(chunk)
        more = self._utf8.decode(chunk, self._ended)
        if self.utf8_fault is None and not _is_writable(more):
            self.utf8_fault = InputFault(self._name, self._place_of_wrong_byte(more), "is not UTF-8 (the byte is read as U+FFFD)")
        self._window = self._window[self._at :] + more
        self._may_have_halves = self._may_have_halves or "\\ud" in self._window or "\\uD" in self._window
        self._at = 0
        return not self._ended or bool(more)

    def _place_of_wrong_byte(self, more: str) -> str:
        wrong = _LONE.search(more)
        ahead = more[wrong.start() :] if wrong else ""
        return f"byte {self._fed - len(ahead.encode('utf-8', 'surrogateescape'))}"

    def _repair(self) -> bool:
        """Writes the escapes JSON does not have as it has them: Telegram Desktop writes control characters as `\\x1F`."""
        before = self._window[self._at :]
        after = _WRONG_ESCAPE.sub(_right_escape, before)
        self._fed += len(after) - len(before)
        self._window = self._window[: self._at] + after
        return after != before

    def _refusal(self, error: Exception) -> InputFault:
        place = self.fault("")
        if len(self._window) - self._at > LARGEST_VALUE:
            return InputFault(self._name, place.position, f"one value is over {LARGEST_VALUE >> 20} MiB")
        if isinstance(error, RecursionError):
            return InputFault(self._name, place.position, "is nested too deeply")
        return InputFault(self._name, place.position, f"is not JSON ({_reason(error)})")


def _is_writable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _reason(error: Exception) -> str:
    return error.msg.lower() if isinstance(error, json.JSONDecodeError) else "unreadable"


def _right_escape(escape: re.Match[str]) -> str:
    return f"\\u00{escape.group(1)}" if escape.group(1) else escape.group()


def without_lone_surrogates(value: Any) -> Any:
    """A JSON value in which halves of UTF-16 pairs and bytes that are no UTF-8 are U+FFFD: they cannot be written as UTF-8."""
    if isinstance(value, str):
        return _LONE.sub("\ufffd", value)
    if isinstance(value, list):
        return [without_lone_surrogates(part) for part in value]
    if isinstance(value, dict):
        return {without_lone_surrogates(key): without_lone_surrogates(part) for key, part in value.items()}
    return value
