"""What the automata look for, and whom each hit concerns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from dlp.detect import fold, numbers
from dlp.detect.automaton import Hit
from dlp.detect.catalogue import Listed, loaded
from dlp.detect.detector import AnyDetector


class Target(NamedTuple):
    """Whom a hit concerns: the digit groups, the folded view, the demanded patterns, detectors, number detectors it wakes."""

    numbers: bool = False
    folds: bool = False
    patterns: bool = False
    detectors: tuple[int, ...] = ()
    wakes: tuple[int, ...] = ()


class Triggers:
    """The expressions for the automaton, `anchors`, and whom a hit of each concerns, `targets`.

    Detectors' words and demanded patterns are anchors too: one automaton costs one call. A pattern's own automaton, which tells
    where a match starts and is slower for it, then runs only over texts it has something in.
    """

    def __init__(self, listed: Sequence[Listed], patterns: Sequence[str] = ()) -> None:
        self._listed = listed
        self._loaded: dict[int, AnyDetector] = {}
        self.numbers = numbers.Numbers({index: entry.lengths for index, entry in enumerate(listed) if entry.lengths})
        anchors: dict[str, Target] = {numbers.ANCHOR: Target(numbers=True)} if self.numbers else {}
        anchors |= dict.fromkeys(fold.ANCHORS, Target(folds=True))
        for index, entry in enumerate(listed):
            for anchor in (*entry.anchors, *map(_escaped, entry.words)):
                target = anchors.get(anchor, Target())
                anchors[anchor] = target._replace(detectors=(*target.detectors, index))
            for anchor in entry.wakes:
                target = anchors.get(anchor, Target())
                anchors[anchor] = target._replace(wakes=(*target.wakes, index))
        self.sleepers = frozenset(index for index, entry in enumerate(listed) if entry.wakes)
        for pattern in patterns:
            anchors[pattern] = anchors.get(pattern, Target())._replace(patterns=True)
        self._idle = frozenset(i for i, target in enumerate(anchors.values()) if target._replace(wakes=()) == Target())
        self.anchors = tuple(anchors)
        self.targets = tuple(anchors.values())

    def matter(self, hits: Sequence[Hit]) -> bool:
        """False where hits only wake number detectors: without digits there is nothing to wake them for."""
        idle = self._idle
        for _, index, _ in hits:  # noqa: SIM110 - any() over a generator costs four times as much, for every message with a hit
            if index not in idle:
                return True
        return False

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
