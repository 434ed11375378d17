"""Two sets of words that pull a judgement in opposite directions; the nearer one decides."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from typing import NamedTuple

from dlp.detect.alternatives import alternatives
from dlp.detect.view import View


class Pull(NamedTuple):
    """The nearest word at `[start, end)` and whether it speaks for the entity, against it, or there is none (None)."""

    word: str
    speaks_for: bool | None
    start: int = 0
    end: int = 0


_NO_PULL = Pull("", None)
# Behind a number a word of another thing mostly opens the next thought: "8 495 123-45-67 заказ №5".
_AGAINST_AFTER = 4


class Rivals:
    """Context words for and against: fragments of regular expressions that begin at a word's start, lower case, ё as е.

    The nearest word before decides, else the first one after: "заказ 17, карта …" is a card, "карта к заказу …" is not.
    """

    def __init__(self, good: tuple[str, ...], bad: tuple[str, ...], *, before: int = 50, after: int = 25) -> None:
        self.before = before
        self.after = after
        self._words = good, bad

    @cached_property
    def _next(self) -> Callable[[str, int, int], re.Match[str] | None]:
        """Matches up to the end of the first word from a place on; the last group is the second or later for a good one."""
        return re.compile(_words_skipped_to(*self._words)).match

    def pull(self, view: View, start: int, end: int) -> Pull:
        """Which way the words around `[start, end)` pull."""
        lower, find = view.lower, self._next
        last = None
        found = find(lower, max(0, start - self.before), start)
        while found:
            last = found
            found = find(lower, found.end(), start)
        if last is None:
            last = find(lower, end, end + self.after)
            if last is None or (last.lastindex == 1 and last.start(1) - end > _AGAINST_AFTER):
                return _NO_PULL
        first, stop = last.start(1), last.end()
        return Pull(lower[first:stop], last.lastindex != 1, first, stop)

    def says(self, words: str) -> bool | None:
        """Which way words alone pull, as a table's heading does: the first that pulls for the entity, else against it."""
        said = None
        found = self._next(words, 0, len(words))
        while found:
            if found.lastindex != 1:
                return True
            said = False
            found = self._next(words, found.end(), len(words))
        return said


def _words_skipped_to(good: tuple[str, ...], bad: tuple[str, ...]) -> str:
    """One expression for all fragments, which leaps from word to word and tries there those of the same first letter.

    A search tries every alternative at every character: four times the cost.
    """
    by_first: dict[str, list[str]] = {}
    for fragments, mark in ((good, "()"), (bad, "")):
        for fragment in alternatives("|".join(fragments)):
            by_first.setdefault(fragment[0], []).append(f"{fragment[1:]}{mark}")
    signs = "".join(first for first in by_first if not first.isalnum())
    gap = rf"(?:(?![{signs}])[\W_])*+" if signs else r"[\W_]*+"
    word = rf"(?:[^\W_]++|[{signs}])" if signs else r"[^\W_]++"
    rest_of_word = r"(?:(?<=[^\W_])[^\W_]++)?+"
    apart = r"(?<![^\W_].)"
    tried = "|".join(f"{first}{'' if first.isalnum() else apart}(?:{'|'.join(rest)})" for first, rest in by_first.items())
    return f"{rest_of_word}{gap}(?:{word}{gap})*?()(?:{tried})"
