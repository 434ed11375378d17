"""Digit groups: every run of neighbouring groups of a wanted length is shown to the detectors of that length."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from dlp.detect.detector import Number
from dlp.detect.view import View

SHORTEST = 9
_SIGNS = r" \t\r\n.\-_*~|/`"
# Its end is a group's, not each digit's.
ANCHOR = rf"[0-9](?:[{_SIGNS}]{{0,3}}[0-9]){{{SHORTEST - 1}}}(?:[^0-9]|$)"

_CLUSTER = re.compile(rf"[0-9]+(?:[{_SIGNS}]{{1,3}}[0-9]+)*+")
_GROUP = re.compile(r"[0-9]+")
_CLUSTER_CHARACTERS = "0123456789 \t\r\n.-_*~|/`"
_LOOK_BACK = 200

Groups = list[tuple[int, int]]


Candidate = tuple[Number, tuple[int, ...]]


class Numbers:
    """Number detectors, by the lengths they want; a detector is known by its index."""

    def __init__(self, lengths: Mapping[int, frozenset[int]]) -> None:
        self._by_length: dict[int, tuple[int, ...]] = {}
        for detector, wanted in lengths.items():
            for length in wanted:
                self._by_length[length] = (*self._by_length.get(length, ()), detector)
        self._longest = max(self._by_length, default=0)

    def __bool__(self) -> bool:
        return bool(self._by_length)

    def candidates(self, view: View, anchor_ends: Sequence[int]) -> Iterator[Candidate]:
        """What there is to judge in the clusters that the ends of the anchor's matches (ascending) stand in."""
        text, done = view.text, 0
        for anchor_end in anchor_ends:
            if anchor_end > done:
                end = anchor_end if text[anchor_end - 1].isdigit() else anchor_end - 1
                before = text[max(done, end - _LOOK_BACK) : end]
                start = end - len(before) + len(before.rstrip(_CLUSTER_CHARACTERS))
                cluster = _CLUSTER.search(text, start)
                done = max(anchor_end, cluster.end() if cluster else 0)
                if cluster:
                    yield from self._in_cluster(text, _groups(text, *cluster.span()))

    def _in_cluster(self, text: str, groups: Groups) -> Iterator[Candidate]:
        for first in range(len(groups)):
            length = 0
            for last in range(first, len(groups)):
                length += groups[last][1] - groups[last][0]
                if length > self._longest:
                    break
                detectors = self._by_length.get(length)
                if detectors:
                    yield _number(text, groups, first, last), detectors


def _groups(text: str, start: int, end: int) -> Groups:
    return [(start, end)] if text[start:end].isdigit() else [match.span() for match in _GROUP.finditer(text, start, end)]


def _number(text: str, groups: Groups, first: int, last: int) -> Number:
    if first == last:
        start, end = groups[first]
        return Number(text[start:end], start, end, (end - start,), (), len(groups) == 1)
    run = groups[first : last + 1]
    return Number(
        digits="".join([text[start:end] for start, end in run]),
        start=run[0][0],
        end=run[-1][1],
        groups=tuple([end - start for start, end in run]),
        separators=tuple([text[run[i][1] : run[i + 1][0]] for i in range(len(run) - 1)]),
        alone=first == 0 and last == len(groups) - 1,
    )
