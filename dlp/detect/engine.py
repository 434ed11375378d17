"""The one pass: texts in, facts with spans out."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, chain, pairwise

from dlp.cache import TrustedFolder
from dlp.detect.alphabet import SEPARATOR, SUSPICIOUS, canonical_text, lower_text, lowered, narrow
from dlp.detect.anchors import NO_HITS, Anchors
from dlp.detect.automaton import Hit
from dlp.detect.catalogue import listed
from dlp.detect.fold import folded_view
from dlp.detect.overlap import settled
from dlp.detect.reading import Reading
from dlp.detect.term_patterns import TermPatterns
from dlp.detect.terms import Terms
from dlp.detect.triggers import Triggers
from dlp.detect.view import View
from dlp.detect.work import Work, WorkSpentError
from dlp.records import NOTHING_FOUND, Demand, Gap, GapReason, Scan, Text

LONGEST_TEXT = 4_000_000
UNITS_FOR_A_TEXT = 250_000
_JOINED_AT_MOST = 200_000


class Engine:
    """Looks for what a demand asks; built once, then shared by any number of threads.

    The automata are kept in `cache` where one is given, and come from there in milliseconds. `folding` off leaves out the
    folded views. Raises PatternFaultError for a demanded pattern that cannot be searched.
    """

    def __init__(self, demand: Demand, cache: TrustedFolder | None = None, *, folding: bool = True) -> None:
        wanted = demand.entities
        self._folding = folding
        self._terms = Terms(demand.terms, cache)
        self._patterns = TermPatterns(demand.patterns, cache)
        entries = [entry for entry in listed(cache) if wanted is None or entry.entity in wanted]
        self._triggers = Triggers(entries, self._patterns.gates)
        self._anchors = Anchors(self._triggers, cache)
        self._has_terms = bool(self._terms.keys)

    def scan(self, texts: tuple[Text, ...]) -> Scan:
        """What stands in the texts of one message; NOTHING_FOUND itself where nothing does."""
        if len(texts) == 1:
            return self._scan_one(texts[0])
        return _merged([self._scan_one(text) for text in texts])

    def scan_many(self, messages: Sequence[tuple[Text, ...]]) -> list[Scan]:
        """The same for many messages at once, in order."""
        texts = [text for message in messages for text in message]
        scans = [scan for batch in _batches(texts) for scan in self._scan_joined(batch)]
        if len(texts) == len(messages) and all(map(len, messages)):
            return scans
        bounds = list(accumulate(map(len, messages), initial=0))
        return [_merged(scans[start:end]) for start, end in pairwise(bounds)]

    def _scan_one(self, text: Text) -> Scan:
        _, content = text
        if len(content) > LONGEST_TEXT:
            scan = self._scan_one(text._replace(text=content[:LONGEST_TEXT]))
            return scan._replace(gaps=(*scan.gaps, Gap(text.origin, GapReason.TOO_LARGE, f"over {LONGEST_TEXT} characters")))
        narrowed = narrow(content)
        low = lowered(narrowed)
        hits = self._anchors.found(low)
        terms = self._terms.found(low) if self._has_terms else NO_HITS
        if hits or terms or SUSPICIOUS in narrowed:
            return self._read(text, narrowed, hits, terms)
        return NOTHING_FOUND

    def _scan_joined(self, texts: Sequence[Text]) -> list[Scan]:
        if len(texts) == 1:
            return [self._scan_one(texts[0])]
        narrowed = narrow(SEPARATOR.join([text.text for text in texts]))
        low = lowered(narrowed)
        starts = list(accumulate([len(text.text) + 1 for text in texts], initial=0))
        found = _by_text(self._anchors.found_joined(low), starts)
        terms = _by_text(self._terms.found(low), starts)
        suspicious = _suspicious(narrowed, starts)
        scans = [NOTHING_FOUND] * len(texts)
        for index in sorted(found.keys() | terms.keys() | suspicious):
            start, end = starts[index], starts[index + 1] - 1
            hits = self._anchors.completed(found[index], low[start:end]) if index in found else NO_HITS
            if hits or index in terms or index in suspicious:
                scans[index] = self._read(texts[index], narrowed[start:end], hits, terms.get(index, ()))
        return scans

    def _read(self, text: Text, narrowed: bytes, hits: Sequence[Hit], terms: Sequence[Hit]) -> Scan:
        reading = Reading(text.origin, Work(UNITS_FOR_A_TEXT))
        gaps: list[Gap] = []
        try:
            folds = self._read_view(View(canonical_text(narrowed), lower_text(narrowed)), hits, terms, reading)
            folded = folded_view(text.text) if self._folding and (folds or SUSPICIOUS in narrowed) else None
            if folded is not None:
                low = lowered(narrow(folded.text))
                self._read_view(folded, self._anchors.found(low), self._terms.found(low), reading)
        except WorkSpentError:
            gaps.append(Gap(text.origin, GapReason.WORK, f"over {UNITS_FOR_A_TEXT} units"))
        if reading.is_empty and not gaps:
            return NOTHING_FOUND
        findings = reading.findings
        return Scan(tuple(settled(findings) if len(findings) > 1 else findings), tuple(reading.terms), (*gaps, *reading.gaps))

    def _read_view(self, view: View, hits: Sequence[Hit], terms: Sequence[Hit], reading: Reading) -> bool:
        """Reads one view into `reading`; true where it asks for the folded view."""
        if terms:
            reading.note(view, terms, self._terms.keys)
        if self._patterns.keys and any(self._triggers.targets[index].patterns for _, index, _ in hits):
            reading.note(view, self._patterns.found(lowered(narrow(view.text))), self._patterns.keys)
        return reading.confirm(view, hits, self._triggers)


def _batches(texts: Sequence[Text]) -> Iterator[Sequence[Text]]:
    """Neighbouring texts in batches of bounded length; a long text is a batch of its own."""
    if texts and sum([len(text.text) for text in texts]) <= _JOINED_AT_MOST:
        yield texts
        return
    first, length = 0, 0
    for index, text in enumerate(texts):
        if length + len(text.text) > _JOINED_AT_MOST and index > first:
            yield texts[first:index]
            first, length = index, 0
        length += len(text.text)
    if first < len(texts):
        yield texts[first:]


def _by_text(hits: Sequence[Hit], starts: Sequence[int]) -> dict[int, list[Hit]]:
    """Hits in joined texts by text, with offsets inside it."""
    by_text: dict[int, list[Hit]] = {}
    start = stop = -1
    own: list[Hit] = []
    for end, index, first in hits:
        if end > stop:
            # What an expression wants after a match may be the separator, which no text begins with.
            at = bisect_right(starts, end - 1) - 1
            start, stop = starts[at], starts[at + 1]
            own = by_text.setdefault(at, [])
        own.append((min(end, stop - 1) - start, index, first - start))
    return by_text


def _suspicious(narrowed: bytes, starts: Sequence[int]) -> set[int]:
    """The texts with a character worth folding."""
    found: set[int] = set()
    at = narrowed.find(SUSPICIOUS)
    while at >= 0:
        index = bisect_right(starts, at) - 1
        found.add(index)
        at = narrowed.find(SUSPICIOUS, starts[index + 1])
    return found


def _merged(scans: Sequence[Scan]) -> Scan:
    """The scans of a message's texts as one."""
    told = [scan for scan in scans if scan is not NOTHING_FOUND]
    if len(told) < 2:
        return told[0] if told else NOTHING_FOUND
    return Scan(
        findings=tuple(chain.from_iterable(scan.findings for scan in told)),
        terms=tuple(chain.from_iterable(scan.terms for scan in told)),
        gaps=tuple(chain.from_iterable(scan.gaps for scan in told)),
    )
