"""What a policy's regular expression may be written with; whether one pass can search for it is detection's word."""

from __future__ import annotations

import re

_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_LAST_BOUNDARY = re.compile(r"(?<!\\)((?:\\\\)*)\\b$")
_KNOWN_LETTERS = frozenset("wWdDsStrn")


def regex_fault(regex: str) -> str | None:
    """What is wrong with a regular expression, or None."""
    try:
        compiled = re.compile(regex, re.IGNORECASE)
    except re.error as error:
        return f"is not a regular expression: {error.msg}" + ("" if error.pos is None else f" at character {error.pos + 1}")
    except (RecursionError, OverflowError):
        return "is not a regular expression: it is too deep, or repeats too often"
    inner = _LAST_BOUNDARY.sub(r"\1", regex.removeprefix(r"\b"))
    return _syntax_fault(inner) or ("matches empty text" if not inner or compiled.match("") else None)


def _syntax_fault(inner: str) -> str | None:
    bare = _ESCAPE.sub("", inner)
    if re.search(r"\(\?[^:)]", bare):
        return "look-around, back-references, flags and named groups are not supported"
    for letter in _ESCAPE.findall(inner):
        if letter == "b":
            return "\\b may stand only at the ends"
        if letter.isdigit() and letter != "0":
            return "back-references are not supported"
        if letter.isalnum() and letter not in _KNOWN_LETTERS:
            return f"\\{letter} is not supported"
    return None
