"""The confirming of one text: hits of the one pass to findings."""

from __future__ import annotations

from collections.abc import Sequence

from dlp.detect.automaton import Hit
from dlp.detect.detector import AnyDetector, Detector, Found, NumberDetector
from dlp.detect.triggers import Triggers
from dlp.detect.view import View
from dlp.detect.work import Work, WorkSpentError
from dlp.records import Finding, Gap, GapReason, TermHit

# Below it a find is a guess nobody should be troubled with.
LEAST_CONFIDENCE = 0.5
_CHARACTERS_A_UNIT = 16


class Reading:
    """What has been confirmed in one text so far, over all of its views."""

    __slots__ = ("_crashed", "_findings", "_origin", "_terms", "_work")

    def __init__(self, origin: str, work: Work) -> None:
        self._origin = origin
        self._work = work
        self._findings: dict[tuple[str, int, int], Finding] = {}
        self._terms: dict[TermHit, None] = {}
        self._crashed: dict[str, None] = {}

    @property
    def is_empty(self) -> bool:
        """True where nothing was found, noted or crashed."""
        return not (self._findings or self._terms or self._crashed)

    @property
    def findings(self) -> list[Finding]:
        """Findings of every view, in no order; the surest of those alike."""
        return list(self._findings.values())

    @property
    def terms(self) -> list[TermHit]:
        """Demanded terms and patterns, by start."""
        return sorted(self._terms, key=lambda hit: (hit.start, hit.end)) if self._terms else []

    @property
    def gaps(self) -> list[Gap]:
        """One gap for each detector that crashed."""
        return [Gap(self._origin, GapReason.CRASH, name) for name in self._crashed]

    def confirm(self, view: View, hits: Sequence[Hit], triggers: Triggers) -> bool:
        """Confirms the hits of one view; true where one of them asks for the folded view."""
        targets, folds = triggers.targets, False
        number_ends: list[int] = []
        ends: dict[int, list[int]] = {}
        woken: list[int] = []
        for end, index, _ in hits:
            numbers, fold, _, detectors, wakes = targets[index]
            if numbers:
                number_ends.append(end)
            folds = folds or fold
            woken += wakes
            for detector in detectors:
                if detector in ends:
                    ends[detector].append(end)
                else:
                    ends[detector] = [end]
        if number_ends:
            asleep = triggers.sleepers.difference(woken) if woken else triggers.sleepers
            self._judge_numbers(view, number_ends, (triggers, asleep))
        for index in sorted(ends) if len(ends) > 1 else ends:
            self._look(view, triggers, index, ends[index])
        return folds

    def note(self, view: View, hits: Sequence[Hit], keys: Sequence[str]) -> None:
        """Notes demanded terms or patterns found in one view, known by their place in `keys`."""
        for end, index, start in hits:
            self._work.spend(1)
            self._terms[TermHit(keys[index], *view.original(start, end), self._origin)] = None

    def _judge_numbers(self, view: View, ends: list[int], awake: tuple[Triggers, frozenset[int]]) -> None:
        triggers, asleep = awake
        for number, detectors in triggers.numbers.candidates(view, ends, asleep):
            self._work.spend(len(detectors))
            for index in detectors:
                try:
                    detector: NumberDetector = triggers.detector(index)  # type: ignore[assignment]  # lengths are its alone
                    judged = detector.judge(number, view)
                except Exception:
                    self._crashed[triggers.name(index)] = None
                    continue
                if judged:
                    self._add(detector, view, Found(number.start, number.end, number.digits, *judged))

    def _look(self, view: View, triggers: Triggers, index: int, ends: list[int]) -> None:
        try:
            detector: Detector = triggers.detector(index)  # type: ignore[assignment]  # it has triggers of its own
            for start, end in _windows(ends, (detector.before, detector.after), len(view.text)):
                self._work.spend(2 + (end - start) // _CHARACTERS_A_UNIT)
                for found in detector.find(view, start, end):
                    self._work.spend(1)
                    self._add(detector, view, found)
        except WorkSpentError:
            raise
        except Exception:
            self._crashed[triggers.name(index)] = None

    def _add(self, detector: AnyDetector, view: View, found: Found) -> None:
        if found.confidence < LEAST_CONFIDENCE:
            return
        start, end = (found.start, found.end) if view.back is None else view.original(found.start, found.end)
        key = (detector.entity, start, end)
        known = self._findings.get(key)
        if known is None or known.confidence < found.confidence:
            self._findings[key] = Finding(
                detector.entity, detector.name, start, end, found.confidence, self._origin, found.value, found.why
            )


def _windows(ends: list[int], reach: tuple[int, int], length: int) -> Sequence[tuple[int, int]]:
    """The windows around trigger ends, those that overlap joined."""
    before, after = reach
    if len(ends) == 1:
        return ((max(0, ends[0] - before), min(ends[0] + after, length)),)
    ends.sort()
    windows = []
    start, stop = max(0, ends[0] - before), ends[0] + after
    for end in ends:
        if end - before > stop:
            windows.append((start, stop))
            start = end - before
        stop = end + after
    windows.append((start, min(stop, length)))
    return windows
