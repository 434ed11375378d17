"""What the automata look for, and whom each hit concerns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from dlp.detect import fold, numbers
from dlp.detect.catalogue import Listed, loaded
from dlp.detect.detector import AnyDetector
from dlp.detect.terms import Terms


class Target(NamedTuple):
    """Whom a hit concerns: the digit groups, the folded view, detectors and terms by index; `length` is a literal's."""

    numbers: bool = False
    folds: bool = False
    detectors: tuple[int, ...] = ()
    terms: tuple[int, ...] = ()
    length: int = 0


class Triggers:
    """`anchors` (expressions) and `literals` (terms' stems) for the automata; `targets` by a hit's index, literals after anchors.

    Detectors' words are anchors too: one automaton for the whole catalogue costs one call where two would cost two.
    """

    def __init__(self, listed: Sequence[Listed], terms: Terms) -> None:
        self._listed = listed
        self._loaded: dict[int, AnyDetector] = {}
        self.numbers = numbers.Numbers({index: entry.lengths for index, entry in enumerate(listed) if entry.lengths})
        anchors: dict[str, Target] = {numbers.ANCHOR: Target(numbers=True)} if self.numbers else {}
        anchors |= dict.fromkeys(fold.ANCHORS, Target(folds=True))
        for index, entry in enumerate(listed):
            for anchor in (*entry.anchors, *map(_escaped, entry.words)):
                target = anchors.get(anchor, Target())
                anchors[anchor] = target._replace(detectors=(*target.detectors, index))
        literals = {word: Target(terms=tuple(indexes), length=len(word)) for word, indexes in terms.literals.items()}
        self.anchors = tuple(anchors)
        self.literals = tuple(literals)
        self.targets = (*anchors.values(), *literals.values())

    def reach(self, index: int) -> tuple[int, int]:
        """How far around a trigger's end detector `index` looks: characters before and after."""
        return self._listed[index].before, self._listed[index].after

    def name(self, index: int) -> str:
        """The name of detector `index`."""
        return self._listed[index].name

    def detector(self, index: int) -> AnyDetector:
        """Detector `index` itself, its module imported when first asked for."""
        detector = self._loaded.get(index)
        if detector is None:
            detector = self._loaded[index] = loaded(self._listed[index])
        return detector


def _escaped(word: str) -> str:
    return "".join(f"\\{c}" if c in r"\.^$*+?()[]{}|/-#" else c for c in word)
