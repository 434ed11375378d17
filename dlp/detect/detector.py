"""What a detector is: where to look, what to find there, and how sure to be."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple, Protocol

from dlp.detect.alternatives import word_beginning
from dlp.detect.view import View


class Found(NamedTuple):
    """A detector's find at characters `[start, end)` of the view; `value` is normalised, `why` names what confirmed it."""

    start: int
    end: int
    value: str
    confidence: float
    why: str


class Detector(Protocol):
    """Looks around its triggers in a view.

    `anchors` are Vectorscan expressions and `words` plain strings, both over the *lower* view (so written in lower case,
    ё as е) and both found in the one pass. An anchor has no `\\b`, no look-around, no unbounded tail (`{20}`, not
    `{20,}`): only the end of its match is told, so the fewer ends the cheaper. `\\w`, `\\d`, `\\s` are ASCII in it.
    A detector may have `dense` anchors, too: each match of them holds nine digits with at most four of " .-()" between two.
    They are looked for only in texts where that stands, so they may be costly.
    For each trigger ending at e, `find` is called with the window `[e - before, e + after)`, windows that overlap
    joined; it yields what it finds starting inside the window and may read the view beyond it.
    `matches` are texts in each of which the detector finds something; `ignores` stay silent, one step from the border.
    """

    name: str
    entity: str
    anchors: tuple[str, ...]
    words: tuple[str, ...]
    before: int
    after: int
    matches: tuple[str, ...]
    ignores: tuple[str, ...]

    def find(self, view: View, start: int, end: int) -> Iterator[Found]: ...


class Number(NamedTuple):
    """A run of digit groups in a view: "4111 1111 1111 1111" has groups (4, 4, 4, 4) and separators (" ", " ", " ").

    `alone` is true where no other digit group stands within a separator's reach on either side.
    """

    digits: str
    start: int
    end: int
    groups: tuple[int, ...]
    separators: tuple[str, ...]
    alone: bool


class Judged(NamedTuple):
    """How sure a number detector is and what confirmed it."""

    confidence: float
    why: str


class NumberDetector(Protocol):
    """Judges digit groups: every run of neighbouring groups whose digits add up to one of `lengths` is shown to it.

    Groups are separated by at most three characters out of space, tab, line break, `.-_*~|/` and backquote; other groups may
    stand on either side ("2024 4111 1111 1111 1111"), so `judge` sees good and bad cuts and must refuse the bad ones
    (check digits, the shape of the groups, a word near). A detector may have `wakes`, anchors of the words without which it
    finds nothing: it is asked only in texts where one of them stands.
    """

    name: str
    entity: str
    lengths: frozenset[int]
    matches: tuple[str, ...]
    ignores: tuple[str, ...]

    def judge(self, number: Number, view: View) -> Judged | None: ...


class Pattern:
    """A regular expression compiled when first used: two hundred of them would delay the first result of a scan.

    `finditer`, `search`, `match` and `fullmatch` are those of `re.Pattern`; look-behind sees what stands before their start.
    """

    __slots__ = ("_compiled", "finditer", "flags", "fullmatch", "match", "search", "source")

    finditer: Callable[[str, int, int], Iterator[re.Match[str]]]
    search: Callable[[str, int, int], re.Match[str] | None]
    match: Callable[[str, int, int], re.Match[str] | None]
    fullmatch: Callable[[str, int, int], re.Match[str] | None]

    def __init__(self, source: str, flags: int = 0) -> None:
        self.source = source
        self.flags = flags
        self._compiled: re.Pattern[str] | None = None
        for method in ("finditer", "search", "match", "fullmatch"):
            setattr(self, method, partial(self._first_use, method))

    def _first_use(self, method: str, text: str, start: int, end: int) -> object:
        return getattr(self.compiled, method)(text, start, end)

    @property
    def compiled(self) -> re.Pattern[str]:
        """The compiled expression; from now on it is asked directly."""
        if self._compiled is None:
            compiled = self._compiled = re.compile(self.source, self.flags)
            self.finditer, self.search = compiled.finditer, compiled.search
            self.match, self.fullmatch = compiled.match, compiled.fullmatch
        return self._compiled


class Near:
    """Context words: fragments of regular expressions that begin at a word's start (`инн\\b`, `паспорт`), lower case, ё as е."""

    __slots__ = ("_compiled", "_fragments", "after", "before")

    def __init__(self, *fragments: str, before: int = 60, after: int = 30) -> None:
        self.before = before
        self.after = after
        self._fragments = fragments
        self._compiled: re.Pattern[str] | None = None

    @property
    def _pattern(self) -> re.Pattern[str]:
        if self._compiled is None:
            self._compiled = re.compile(word_beginning(self._fragments))
        return self._compiled

    def word(self, view: View, start: int, end: int) -> str:
        """The context word nearest before `[start, end)`, else the first after it, else "" ."""
        pattern = self._pattern
        before = deque(pattern.finditer(view.lower, max(0, start - self.before), start), maxlen=1)
        found = before.pop() if before else pattern.search(view.lower, end, min(len(view.lower), end + self.after))
        return found.group() if found else ""

    def within(self, words: str) -> str:
        """The first context word of some words alone, as of a table's heading, else ""."""
        found = self._pattern.search(words, 0, len(words))
        return found.group() if found else ""


AnyDetector = Detector | NumberDetector
