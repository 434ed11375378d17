"""Examples of secrets kept as templates: a whole one is never written in a source file, so no scanner takes it for live.

In a template `{36}` is a run of 36 letters and digits; a letter after the number names another alphabet: `x` hexadecimal,
`d` digits, `X` the same in capitals, `A` capitals and 2-7, `U` capitals and digits, `l` small letters and digits, `w` URL-safe and `b` plain base64, `B` Bech32;
`{u}` is a UUID.
"""

# ruff: noqa: E501 - a pattern or an example cut in two is harder to read than a long line.

from __future__ import annotations

import string
from collections.abc import Callable

from dlp.detect.detector import Pattern

_HOLE = Pattern(r"\{(\d*)([xXBdAUlwbu]?)\}")
_ALNUM = string.digits + string.ascii_letters
_ALPHABETS = {
    "": _ALNUM,
    "x": "0123456789abcdef",
    "X": "0123456789ABCDEF",
    "B": "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
    "d": string.digits,
    "A": string.ascii_uppercase + "234567",
    "U": string.digits + string.ascii_uppercase,
    "l": string.digits + string.ascii_lowercase,
    "w": _ALNUM,
    "b": _ALNUM,
}
_UUID = (8, 4, 4, 4, 12)


def expanded(template: str) -> str:
    """The template with every hole filled: the same on every call, of high entropy, plainly patterned."""
    return _filled(template, _patterned)


def masked(template: str) -> str:
    """The template with every hole filled with the letter x."""
    return _filled(template, lambda size, _: "x" * size)


def truncated(template: str) -> str:
    """The template with at most three characters in every hole."""
    return _filled(template, lambda size, alphabet: _patterned(min(size, 3), alphabet))


def _filled(template: str, run: Callable[[int, str], str]) -> str:
    return _HOLE.compiled.sub(lambda hole: _hole(hole.group(1), hole.group(2), run), template)


def _hole(size: str, kind: str, run: Callable[[int, str], str]) -> str:
    if kind == "u":
        return "-".join(run(length, _ALPHABETS["x"]) for length in _UUID)
    return run(int(size), _ALPHABETS[kind])


def _patterned(size: int, alphabet: str) -> str:
    return "".join(alphabet[(7 * place + 3 + 5 * (place // len(alphabet))) % len(alphabet)] for place in range(size))
