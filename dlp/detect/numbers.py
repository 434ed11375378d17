"""Digit groups: every run of neighbouring groups of a wanted length is shown to the detectors of that length."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

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
ByLength = dict[int, tuple[int, ...]]


class Numbers:
    """Number detectors, by the lengths they want; a detector is known by its index."""

    def __init__(self, lengths: Mapping[int, frozenset[int]]) -> None:
        self._by_length: ByLength = {}
        for detector, wanted in lengths.items():
            for length in wanted:
                self._by_length[length] = (*self._by_length.get(length, ()), detector)
        self._longest = max(self._by_length, default=0)
        self._awake: dict[frozenset[int], ByLength] = {}

    def __bool__(self) -> bool:
        return bool(self._by_length)

    def candidates(self, view: View, anchor_ends: Sequence[int], asleep: frozenset[int] = frozenset()) -> Iterator[Candidate]:
        """What there is to judge in the clusters that the ends of the anchor's matches (ascending) stand in.

        Detectors `asleep` are not asked.
        """
        text, done, awake = view.text, 0, self._by_length_without(asleep)
        for anchor_end in anchor_ends:
            if anchor_end > done:
                end = anchor_end if text[anchor_end - 1].isdigit() else anchor_end - 1
                before = text[max(done, end - _LOOK_BACK) : end]
                start = end - len(before) + len(before.rstrip(_CLUSTER_CHARACTERS))
                cluster = _CLUSTER.search(text, start)
                done = max(anchor_end, cluster.end() if cluster else 0)
                if cluster:
                    groups = _groups(text, *cluster.span())
                    for first, last, detectors in _runs(groups, awake, self._longest):
                        yield _number(text, groups, first, last), detectors

    def _by_length_without(self, asleep: frozenset[int]) -> ByLength:
        """Who wants a length; worked out once for each set of sleepers, of which there are few."""
        awake = self._awake.get(asleep)
        if awake is None:
            kept = {length: tuple(d for d in detectors if d not in asleep) for length, detectors in self._by_length.items()}
            awake = self._awake[asleep] = {length: detectors for length, detectors in kept.items() if detectors}
        return awake


def _runs(groups: Groups, awake: ByLength, longest: int) -> list[tuple[int, int, tuple[int, ...]]]:
    """The first and last of every run of groups of a length somebody wants."""
    if len(groups) == 1:
        detectors = awake.get(groups[0][1] - groups[0][0])
        return [(0, 0, detectors)] if detectors else []
    sizes = [end - start for start, end in groups]
    found = []
    for first in range(len(sizes)):
        length = 0
        for last in range(first, len(sizes)):
            length += sizes[last]
            if length > longest:
                break
            detectors = awake.get(length)
            if detectors:
                found.append((first, last, detectors))
    return found


def _groups(text: str, start: int, end: int) -> Groups:
    return [(start, end)] if text[start:end].isdigit() else [match.span() for match in _GROUP.finditer(text, start, end)]


def _number(text: str, groups: Groups, first: int, last: int) -> Number:
    if first == last:
        start, end = groups[first]
        return Number(text[start:end], start, end, (end - start,), (), len(groups) == 1)
    run = groups[first : last + 1]
    separators = [text[before[1] : after[0]] for before, after in pairwise(run)]
    digits, sizes = "".join([text[start:end] for start, end in run]), tuple([end - start for start, end in run])
    return Number(digits, run[0][0], run[-1][1], sizes, tuple(separators), first == 0 and last == len(groups) - 1)
