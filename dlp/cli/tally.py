"""Counts over a scan, for the summary a person reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from dlp.records import ALLOWED, NOTHING_FOUND, Inspection


class Tally:
    """How many messages, by decision, policy and gap reason; tallies of shards add up."""

    __slots__ = ("decisions", "entities", "faults", "gaps", "messages", "policies", "unknown")

    def __init__(self) -> None:
        self.messages = 0
        self.faults = 0
        self.unknown = 0
        self.decisions: Counter[str] = Counter()
        self.policies: Counter[str] = Counter()
        self.entities: Counter[str] = Counter()
        self.gaps: Counter[str] = Counter()

    def count(self, inspections: Iterable[Inspection]) -> None:
        """Counts what was decided of each message."""
        clean = 0
        for _, scan, judgement, verdict, *_ in inspections:
            if verdict is ALLOWED and scan is NOTHING_FOUND:
                clean += 1
                continue
            self.messages += 1
            self.decisions[verdict.decision.label] += 1
            self.unknown += len(judgement.unknown)
            self.policies.update({hit.policy for hit in judgement.hits})
            self.entities.update(finding.entity for finding in scan.findings)
            self.gaps.update(gap.reason.value for gap in scan.gaps)
        self.messages += clean
        self.decisions["allow"] += clean

    def add(self, other: Tally) -> None:
        """Adds what another tally counted."""
        self.messages += other.messages
        self.faults += other.faults
        self.unknown += other.unknown
        for mine, theirs in (
            (self.decisions, other.decisions),
            (self.policies, other.policies),
            (self.entities, other.entities),
            (self.gaps, other.gaps),
        ):
            mine.update(theirs)
