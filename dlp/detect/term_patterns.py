"""Regular expressions policies ask for, rewritten for the automaton's alphabet."""

from __future__ import annotations

import re
from collections.abc import Sequence

import hyperscan

from dlp.cache import TrustedFolder
from dlp.detect.alphabet import SEPARATOR, WORD_BYTES, has_byte
from dlp.detect.automaton import LOCATE, Automaton, Hit
from dlp.records import TermPattern

_WORD = "0-9a-zа-я_"
_SPACE = r" \t\r\n"
_CLASSES = {"w": _WORD, "d": "0-9", "s": _SPACE}
_TOKEN = re.compile(r"\\.|\[\^?|\]|\(\?[^:)]|.", re.DOTALL)
_CLOSING_EDGE = re.compile(r"(?<!\\)(?:\\\\)*\\b\Z")
_IS_WORD = frozenset(WORD_BYTES)
_OUTER = f"\n{SEPARATOR}"


class PatternFaultError(ValueError):
    """An expression the one pass cannot take; says why."""


class TermPatterns:
    """The patterns of a demand; `gates` are their expressions, `found` tells where they stand."""

    def __init__(self, patterns: Sequence[TermPattern], cache_folder: TrustedFolder | None = None) -> None:
        self.keys = tuple(pattern.key for pattern in patterns)
        self.gates = tuple(rewritten(pattern.regex) for pattern in patterns)
        self._edges = [(opens, closes) for _, opens, closes in map(_without_edges, [p.regex for p in patterns])]
        self._automaton = Automaton(self.gates, cache_folder, flags=LOCATE)

    def found(self, low: bytes) -> list[Hit]:
        """The patterns that stand in lowered bytes, as (end, index of the pattern, start): of each start the longest match."""
        longest: dict[tuple[int, int], int] = {}
        for end, index, start in self._automaton.scan(low):
            longest[index, start] = max(end, longest.get((index, start), 0))
        return [(end, index, start) for (index, start), end in longest.items() if self._stands_free(index, low, start, end)]

    def _stands_free(self, index: int, low: bytes, start: int, end: int) -> bool:
        """False where a `\\b` at an edge of the pattern does not hold."""
        opens, closes = self._edges[index]
        if opens and start and low[start - 1] in _IS_WORD and low[start] in _IS_WORD:
            return False
        return not (closes and end < len(low) and low[end] in _IS_WORD and low[end - 1] in _IS_WORD)


def pattern_fault(regex: str) -> str | None:
    """Why a policy's expression cannot be used, or None where it can."""
    try:
        re.compile(regex)
        Automaton([rewritten(regex)], flags=LOCATE)
    except re.error as error:
        return f"is not a regular expression: {error}"
    except PatternFaultError as error:
        return str(error)
    except hyperscan.error as error:
        return f"cannot be searched in one pass ({error}); bound its repeats and use no look-around or back-reference"
    return None


def rewritten(regex: str) -> str:
    """The expression over lower-case letters, classes spelled out, `\\b` only allowed at its ends and left to `confirm`."""
    pieces: list[str] = []
    in_class = False
    body, opens, closes = _without_edges(regex)
    if (opens or closes) and _has_open_choice(body):
        raise PatternFaultError(r"has \b beside a choice; put the choice into (?:…)")
    for token in _TOKEN.findall(body):
        in_class, piece = _piece(token, in_class=in_class)
        pieces.append(piece)
    return "".join(pieces)


def _without_edges(regex: str) -> tuple[str, bool, bool]:
    """The expression without the word boundaries at its ends, and whether they were there."""
    opens = regex.startswith(r"\b")
    closes = _CLOSING_EDGE.search(regex) is not None
    return regex.removeprefix(r"\b")[: -2 if closes else None], opens, closes


def _has_open_choice(regex: str) -> bool:
    """True where a `|` stands outside every group and class."""
    depth, in_class = 0, False
    for token in _TOKEN.findall(regex):
        in_class = (in_class or token.startswith("[")) and token != "]"
        depth += 0 if in_class else (token.startswith("(")) - (token == ")")
        if token == "|" and not in_class and not depth:
            return True
    return False


def _piece(token: str, *, in_class: bool) -> tuple[bool, str]:
    if token.startswith("\\"):
        return in_class, _escape(token[1], in_class=in_class)
    if token.startswith("[") and not in_class:
        return True, token + (SEPARATOR if token == "[^" else "")
    if token == "]":
        return False, token
    if token == "." and not in_class:
        return in_class, f"[^{_OUTER}]"
    if len(token) > 1:
        raise PatternFaultError(f"uses {token}…, which one pass cannot search")
    lower = token.lower().replace("ё", "е")
    if not has_byte(lower):
        raise PatternFaultError(f"has the character U+{ord(token):04X}, which the alphabet has no place for")
    return in_class, lower


def _escape(letter: str, *, in_class: bool) -> str:
    if letter in "bB":
        raise PatternFaultError(r"has \b inside; a word boundary is known only at the ends of a pattern")
    spelled = _CLASSES.get(letter.lower())
    if spelled is None:
        return f"\\{letter}" if not letter.isalpha() or letter in "trn" else _refuse(letter)
    if letter.isupper():
        return _refuse(letter) if in_class else f"[^{spelled}{SEPARATOR}]"
    return spelled if in_class else f"[{spelled}]"


def _refuse(letter: str) -> str:
    raise PatternFaultError(f"uses \\{letter}, which one pass cannot search here")
