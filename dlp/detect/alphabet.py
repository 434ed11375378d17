"""One byte for one code point: the form of a text the automaton reads.

Latin, Cyrillic and the signs of ordinary typing have a byte each, so offsets in the bytes *are* code points, Cyrillic costs
half of UTF-8 to scan, and lower-casing, dashes, spaces and quotes fold in one `bytes.translate`. A character without a
byte becomes HARMLESS where nothing that matters could hide in it (an emoji, a Chinese letter), else SUSPICIOUS: then the
text also gets a folded view (`dlp/detect/fold.py`).
"""

from __future__ import annotations

import codecs
import re

HARMLESS = 0x1A
SUSPICIOUS = 0x1B
SEPARATOR = "\x1e"

_SPACES = "\u00a0\u2002\u2003\u2007\u2009\u200a\u202f"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
_DOUBLE_QUOTES = "«»“”„‟"
_QUOTES = "‘’‚‹›"
_CYRILLIC_UPPER = "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ"
_CYRILLIC_LOWER = _CYRILLIC_UPPER.lower()
_SIGNS = "№€₽£°·•×±§™®©…→✓"
_ACCENTED = "äöüßéèñçóá"

_LETTERS = "".join(map(chr, range(128))) + _CYRILLIC_UPPER + _CYRILLIC_LOWER + "Ёё"
_TABLE = _LETTERS + _SPACES + _DASHES + _DOUBLE_QUOTES + _QUOTES + _SIGNS + _ACCENTED
_NO_CHARACTER = "\ufffe"

_CANONICAL = {HARMLESS: "\ufffd", SUSPICIOUS: "\ufffd"}
_CANONICAL |= {_TABLE.index(c): " " for c in _SPACES}
_CANONICAL |= {_TABLE.index(c): "-" for c in _DASHES}
_CANONICAL |= {_TABLE.index(c): '"' for c in _DOUBLE_QUOTES}
_CANONICAL |= {_TABLE.index(c): "'" for c in _QUOTES}

_TEXT = "".join(_CANONICAL.get(i, c) for i, c in enumerate(_TABLE.ljust(256, "\ufffd")))
_LOWER_TEXT = _TEXT.lower().replace("ё", "е")
_BYTE_OF = {c: i for i, c in reversed(list(enumerate(_TABLE)))}
_LOWER_BYTES = bytes(_BYTE_OF.get(c, i) for i, c in enumerate(_LOWER_TEXT))
# The bytes of lowered text that are letters, digits or the underscore.
WORD_BYTES = bytes(i for i in range(256) if _LOWER_BYTES[i] == i and (_LOWER_TEXT[i].isalnum() or _LOWER_TEXT[i] == "_"))

_HARMLESS_CHARACTERS = re.compile(
    "(?:[\u00a1\u00a2\u00a4-\u00a8\u00ac\u00af\u00b4\u00b6\u00b8\u00bf\u0590-\u061b\u061d-\u065f\u0671-\u06ef\u0900-\u0965\u0e00-\u0e4f\u10a0-\u10ff\u2190-\u21ff\u2500-\u265f\u2670-\u2775\u2794-\u27bf"
    "\u2b00-\u2bff\u3001-\u3006\u3040-\u318f\u3400-\u9fff\uac00-\ud7a3\U0001f300-\U0001faff]"
    "|(?<=[^0-9A-Za-zА-яЁё])[\u200d\ufe0f])+"
)


def _replacement(error: UnicodeError) -> tuple[bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    harmless = _HARMLESS_CHARACTERS.fullmatch(error.object, error.start, error.end)
    return (b"\x1a" if harmless else b"\x1b") * (error.end - error.start), error.end


_ERRORS = "dlp.alphabet"
codecs.register_error(_ERRORS, _replacement)
_ENCODING = codecs.charmap_build(_TABLE.ljust(256, _NO_CHARACTER))
_encode = codecs.charmap_encode
_decode = codecs.charmap_decode


def narrow(text: str) -> bytes:
    """The text with one byte per code point, case kept."""
    return text.encode("ascii") if text.isascii() else _encode(text, _ERRORS, _ENCODING)[0]


def lowered(narrowed: bytes) -> bytes:
    """What the automaton scans: lower case, ё as е, one dash, one space, one quote of each kind."""
    return narrowed.translate(_LOWER_BYTES)


def canonical_text(narrowed: bytes) -> str:
    """The canonical text of narrow bytes, see `View.text`."""
    return _decode(narrowed, "strict", _TEXT)[0]


def lower_text(narrowed: bytes) -> str:
    """The lower-cased canonical text of narrow bytes, see `View.lower`."""
    return _decode(narrowed, "strict", _LOWER_TEXT)[0]


def has_byte(character: str) -> bool:
    """True where a character is of the alphabet."""
    return character in _BYTE_OF
