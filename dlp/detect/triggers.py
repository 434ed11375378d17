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
    """`anchors` and `literals` for the automata; `targets` by a hit's index, the literals' counted on after the anchors'."""

    def __init__(self, detectors: Sequence[AnyDetector], terms: Terms) -> None:
        self.numbers = numbers.Numbers([d for d in detectors if judges_numbers(d)])
        self.detectors: list[Detector] = [d for d in detectors if not judges_numbers(d)]
        anchors: dict[str, Target] = {numbers.ANCHOR: Target(numbers=True)} if self.numbers else {}
        anchors |= dict.fromkeys(fold.ANCHORS, Target(folds=True))
        literals = {word: Target(terms=tuple(indexes), length=len(word)) for word, indexes in terms.literals.items()}
        for index, detector in enumerate(self.detectors):
            for wanted, words in ((anchors, detector.anchors), (literals, detector.words)):
                for word in words:
                    target = wanted.get(word, Target(length=len(word)))
                    wanted[word] = target._replace(detectors=(*target.detectors, index))
        self.anchors = tuple(anchors)
        self.literals = tuple(literals)
        self.targets = (*anchors.values(), *literals.values())


def judges_numbers(detector: AnyDetector) -> TypeGuard[NumberDetector]:
    """True for a detector of digit groups."""
    return hasattr(detector, "lengths")
