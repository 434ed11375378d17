"""Two sets of words that pull a judgement in opposite directions; the nearer one decides."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from dlp.detect.detector import Pattern
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

    __slots__ = ("_pattern", "after", "before")

    def __init__(self, good: tuple[str, ...], bad: tuple[str, ...], *, before: int = 50, after: int = 25) -> None:
        self.before = before
        self.after = after
        self._pattern = Pattern(rf"(?<![^\W_])(?:(?P<good>{'|'.join(good)})|(?:{'|'.join(bad)}))")

    def pull(self, view: View, start: int, end: int) -> Pull:
        """Which way the words around `[start, end)` pull."""
        before = deque(self._pattern.finditer(view.lower, max(0, start - self.before), start), maxlen=1)
        found = before[0] if before else None
        if found is None:
            found = self._pattern.search(view.lower, end, min(len(view.lower), end + self.after))
            if found is None or (found["good"] is None and found.start() - end > _AGAINST_AFTER):
                return _NO_PULL
        return Pull(found.group(), found["good"] is not None, *found.span())

    def says(self, words: str) -> bool | None:
        """Which way words alone pull, as a table's heading does: the first that pulls for the entity, else against it."""
        kinds = {match["good"] is not None for match in self._pattern.finditer(words, 0, len(words))}
        return (True in kinds) if kinds else None
