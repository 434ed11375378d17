"""One JSON object a message, in the keys the contract of `dlp scan` fixes (design.md, "Contracts")."""

from __future__ import annotations

from json.encoder import encode_basestring_ascii as quoted
from typing import TYPE_CHECKING, Final, NamedTuple

from dlp.policy.policy_set import NOTHING_JUDGED
from dlp.records import ALLOWED, NOTHING_FOUND, Decision, Finding, Gap, Inspection, RuleHit, RuleUnknown

if TYPE_CHECKING:
    from dlp.cli.tally import Tally
    from dlp.errors import InputFault

# Most messages are clean, and a general encoder costs more than scanning them: their line is their id and this.
_CLEAN: Final = ', "decision": "allow", "findings": [], "hits": [], "unknown": [], "gaps": []}\n'


class JsonForm(NamedTuple):
    """JSON lines in ASCII, which no locale can spoil; `show_values` adds each finding's normalised value."""

    show_values: bool = False

    def head(self) -> str:
        return ""

    def line(self, inspection: Inspection) -> str:
        message, scan, judgement, verdict, *_ = inspection
        if scan is NOTHING_FOUND and judgement is NOTHING_JUDGED and verdict is ALLOWED:
            return f'{{"id": {quoted(message.id)}{_CLEAN}'
        would = "" if verdict.would == verdict.decision else f', "would": "{verdict.would.label}"'
        finding = _finding_with_value if self.show_values else _finding
        return (
            f'{{"id": {quoted(message.id)}, "decision": "{_DECISIONS[verdict.decision]}"{would}, '
            f'"findings": [{", ".join(map(finding, scan.findings))}], '
            f'"hits": [{", ".join(map(_hit, judgement.hits))}], '
            f'"unknown": [{", ".join(map(_unknown, judgement.unknown))}], '
            f'"gaps": [{", ".join(map(_gap, scan.gaps))}]}}\n'
        )

    def fault(self, fault: InputFault) -> str:
        return f'{{"id": null, "error": {quoted(str(fault))}}}\n'

    def foot(self, tally: Tally, seconds: float) -> str:
        return ""


_DECISIONS: Final = {decision: decision.label for decision in Decision}


def _finding(finding: Finding) -> str:
    return (
        f'{{"entity": {quoted(finding.entity)}, "detector": {quoted(finding.detector)}, "start": {finding.start}, '
        f'"end": {finding.end}, "confidence": {finding.confidence:.4g}, "origin": {quoted(finding.origin)}}}'
    )


def _finding_with_value(finding: Finding) -> str:
    return f'{_finding(finding)[:-1]}, "value": {quoted(finding.value)}}}'


def _hit(hit: RuleHit) -> str:
    return (
        f'{{"policy": {quoted(hit.policy)}, "rule": {quoted(hit.rule)}, '
        f'"severity": "{hit.severity.label}", "mode": "{hit.mode.value}"}}'
    )


def _unknown(unknown: RuleUnknown) -> str:
    missing = ", ".join(map(quoted, unknown.missing))
    return f'{{"policy": {quoted(unknown.policy)}, "rule": {quoted(unknown.rule)}, "missing": [{missing}]}}'


def _gap(gap: Gap) -> str:
    return f'{{"origin": {quoted(gap.origin)}, "reason": "{gap.reason.value}"}}'
