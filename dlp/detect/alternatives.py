"""The alternatives of a regular expression, so that those of one first letter can be tried together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

_LETTER = re.compile(r"[^\W_](?![?*+{|])")


def word_beginning(fragments: Sequence[str]) -> str:
    """One expression for fragments that begin at a word's start, with the letter first: a search then leaps to such letters."""
    parts = alternatives("|".join(fragments))
    if not all(map(_LETTER.match, parts)):
        return rf"(?<!\w)(?:{'|'.join(fragments)})"
    by_first: dict[str, list[str]] = {}
    for part in parts:
        by_first.setdefault(part[0], []).append(part[1:])
    return "|".join([rf"{first}(?<!\w.)(?:{'|'.join(rests)})" for first, rests in by_first.items()])


def alternatives(source: str) -> list[str]:
    """The alternatives of an expression, those in a group that an alternative begins with taken apart."""
    cuts = [at for at, depth, sign in _depths(source) if sign == "|" and not depth]
    parts = [source[first + 1 : last] for first, last in pairwise((-1, *cuts, len(source)))]
    return [whole for part in parts for whole in _without_first_group(part)]


def _without_first_group(part: str) -> list[str]:
    if not part.startswith("(?:"):
        return [part]
    last = next(at for at, depth, sign in _depths(part) if sign == ")" and not depth)
    rest = part[last + 1 :]
    if rest.startswith(("*", "+", "{", "??", "?+")):
        return [part]
    optional = rest.startswith("?")
    rest = rest.removeprefix("?")
    within = [f"{inner}{rest}" for inner in alternatives(part[3:last])]
    return within + alternatives(rest) if optional else within


def _depths(source: str) -> Iterator[tuple[int, int, str]]:
    """Every sign of an expression that is no escaped one and in no class, with how many groups are open behind it."""
    depth = 0
    for match in re.finditer(r"\\.|\[[^\]]+\]|(.)", source):
        sign = match[1]
        if sign:
            depth += (sign == "(") - (sign == ")")
            yield match.start(), depth, sign
