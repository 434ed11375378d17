"""One place in a text is one thing: of findings that overlap, which stay."""

from __future__ import annotations

from collections.abc import Iterable

from dlp.records import Finding

# A surer finding inside a wider one wins only where it is this much surer: an address keeps its numbers, a key its lines.
_MARGIN = 0.3


def settled(findings: Iterable[Finding]) -> list[Finding]:
    """The findings of one text without those another one explains better, by start."""
    kept: list[Finding] = []
    for finding in sorted(findings, key=lambda f: (f.start, -f.end, -f.confidence)):
        while kept and kept[-1].end > finding.start:
            if _yields(finding, kept[-1]):
                break
            kept.pop()
        else:
            kept.append(finding)
    return kept


def _yields(later: Finding, earlier: Finding) -> bool:
    """True where `later`, which starts no earlier, gives way."""
    if earlier.start == later.start and earlier.end == later.end:
        return later.confidence <= earlier.confidence
    if later.end <= earlier.end:
        return later.confidence < earlier.confidence + _MARGIN or later.entity == earlier.entity
    if earlier.start == later.start:
        return earlier.confidence >= later.confidence + _MARGIN
    return later.confidence <= earlier.confidence
