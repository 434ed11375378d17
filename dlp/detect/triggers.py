"""What the automata look for, and whom each hit concerns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeGuard

from dlp.detect import fold, numbers
from dlp.detect.detector import AnyDetector, Detector, NumberDetector
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

    def __init__(self, detectors: Sequence[AnyDetector], terms: Terms) -> None:
        self.numbers = numbers.Numbers([d for d in detectors if judges_numbers(d)])
        self.detectors = [d for d in detectors if looks_around(d)]
        anchors: dict[str, Target] = {numbers.ANCHOR: Target(numbers=True)} if self.numbers else {}
        anchors |= dict.fromkeys(fold.ANCHORS, Target(folds=True))
        for index, detector in enumerate(self.detectors):
            for anchor in (*detector.anchors, *map(_escaped, detector.words)):
                target = anchors.get(anchor, Target())
                anchors[anchor] = target._replace(detectors=(*target.detectors, index))
        literals = {word: Target(terms=tuple(indexes), length=len(word)) for word, indexes in terms.literals.items()}
        self.anchors = tuple(anchors)
        self.literals = tuple(literals)
        self.targets = (*anchors.values(), *literals.values())


def judges_numbers(detector: AnyDetector) -> TypeGuard[NumberDetector]:
    """True for a detector of digit groups."""
    return hasattr(detector, "lengths")


def looks_around(detector: AnyDetector) -> TypeGuard[Detector]:
    """True for a detector that has triggers of its own."""
    return not hasattr(detector, "lengths")


def _escaped(word: str) -> str:
    return "".join(f"\\{c}" if c in r"\.^$*+?()[]{}|/-#" else c for c in word)
