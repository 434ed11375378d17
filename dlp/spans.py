"""Offset maps: from a derived text back to the code points it was made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Span(NamedTuple):
    """Code points `[start, end)`."""

    start: int
    end: int


class OffsetMap:
    """The way back from a derived text: character i of it came from `[starts[i], ends[i])` of the original."""

    __slots__ = ("ends", "starts")

    def __init__(self, starts: Sequence[int], ends: Sequence[int]) -> None:
        self.starts = starts
        self.ends = ends

    def back(self, start: int, end: int) -> Span:
        """The smallest span of the original that covers `[start, end)` of the derived text; `end` must exceed `start`."""
        return Span(self.starts[start], self.ends[end - 1])
