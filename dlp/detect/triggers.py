"""What the automata look for, and whom each hit concerns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from dlp.detect import fold, numbers
from dlp.detect.catalogue import Listed, loaded
from dlp.detect.detector import AnyDetector


class Target(NamedTuple):
    """Whom a hit concerns: the digit groups, the folded view, the demanded patterns, detectors, number detectors it wakes."""

    numbers: bool = False
    folds: bool = False
    patterns: bool = False
    detectors: tuple[int, ...] = ()
    wakes: tuple[int, ...] = ()


# What makes a text dense: where a dense anchor matches, so does this. It ends where a group of digits does: few hits, not many.
GATE = r"[0-9](?:[ .\-()]{0,4}[0-9]){8}(?:[^0-9]|$)"


class Triggers:
    """The expressions for the automata, `sparse` and `dense`, and whom a hit of each concerns, `targets`, in this order.

    Detectors' words and demanded patterns are anchors too: one automaton costs one call. A pattern's own automaton, which tells
    where a match starts and is slower for it, then runs only over texts it has something in. Dense anchors are a third of all
    the work and concern few texts, so theirs runs only over those with a hit of `GATE`, the last one of `sparse`.
    `idle` are anchors whose hits alone mean nothing: they only wake number detectors.
    """

    def __init__(self, listed: Sequence[Listed], patterns: Sequence[str] = ()) -> None:
        self._listed = listed
        self._loaded: dict[int, AnyDetector] = {}
        self.numbers = numbers.Numbers({index: entry.lengths for index, entry in enumerate(listed) if entry.lengths})
        sparse: dict[str, Target] = dict.fromkeys(fold.ANCHORS, Target(folds=True))
        sparse |= {numbers.ANCHOR: Target(numbers=True)} if self.numbers else {}
        dense: dict[str, Target] = {}
        for index, entry in enumerate(listed):
            for anchor in (*entry.anchors, *map(_escaped, entry.words)):
                target = sparse.get(anchor, Target())
                sparse[anchor] = target._replace(detectors=(*target.detectors, index))
            for anchor in entry.dense:
                target = dense.get(anchor, Target())
                dense[anchor] = target._replace(detectors=(*target.detectors, index))
            for anchor in entry.wakes:
                target = sparse.get(anchor, Target())
                sparse[anchor] = target._replace(wakes=(*target.wakes, index))
        self.sleepers = frozenset(index for index, entry in enumerate(listed) if entry.wakes)
        for pattern in patterns:
            sparse[pattern] = sparse.get(pattern, Target())._replace(patterns=True)
        self.idle = frozenset(i for i, target in enumerate(sparse.values()) if target._replace(wakes=()) == Target())
        self.sparse = (*sparse, GATE)
        self.dense = tuple(dense)
        self.targets = (*sparse.values(), Target(), *dense.values())

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
