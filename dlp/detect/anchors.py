"""The automata of anchors: one for every text, another for those in which many digits stand together."""

from __future__ import annotations

from collections.abc import Sequence

from dlp.cache import TrustedFolder
from dlp.detect.automaton import Automaton, Hit
from dlp.detect.triggers import Triggers

NO_HITS: Sequence[Hit] = ()


class Anchors:
    """Finds anchors in lowered bytes; a hit names its anchor by its place in `triggers.targets`."""

    def __init__(self, triggers: Triggers, cache: TrustedFolder | None = None) -> None:
        self._gate = len(triggers.sparse) - 1
        self._idle = triggers.idle
        self._sparse = Automaton(triggers.sparse, cache)
        self._dense = Automaton(triggers.dense, cache, first=len(triggers.sparse))

    def found(self, low: bytes) -> Sequence[Hit]:
        """The hits of a text; none where they only wake number detectors without a number."""
        hits = self._sparse.scan(low)
        return self.completed(hits, low) if hits else hits

    def found_joined(self, low: bytes) -> Sequence[Hit]:
        """The first automaton's hits in many texts at once, those of each text to be `completed`."""
        return self._sparse.scan(low)

    def completed(self, hits: list[Hit], low: bytes) -> Sequence[Hit]:
        """The first automaton's hits in a text, and those of the second."""
        gate, idle, matter, dense = self._gate, self._idle, False, False
        for _, index, _ in hits:
            if index == gate:
                dense = True
            elif index not in idle:
                matter = True
        more = self._dense.scan(low) if dense else None
        if more:
            return hits + more
        return hits if matter else NO_HITS
