"""The last word on a message: what policies say, in the mode that stands, less what exceptions take out; not in an emergency."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import NamedTuple

from dlp.decide.standing import NO_STANDING, LiveException, Standing
from dlp.decide.verdict import verdict_on
from dlp.records import Decision, Judgement, Message, RuleHit, Scan, Suppressed, Verdict

Judge = Callable[[Scan], Judgement]
_Rule = tuple[str, str]


class Ruling(NamedTuple):
    """`judgement` holds the hits left, in the mode they act in; `suppressed` those an exception took out."""

    judgement: Judgement
    verdict: Verdict
    suppressed: tuple[Suppressed, ...] = ()
    decided_by: str = "policy"


def rule_on(message: Message, scan: Scan, judge: Judge, standing: Standing = NO_STANDING, *, person: str | None = None) -> Ruling:
    """What is to happen to a message; `person` is the directory's name of its sender. Pure.

    Findings of a live exception are taken out and the message is judged again: a hit that vanishes is suppressed by the
    exception that made it vanish; no exception ever makes a verdict stricter or adds a hit.
    """
    judgement = judge(scan)
    if standing is NO_STANDING or not judgement.hits:
        return Ruling(judgement, verdict_on(message, judgement))
    in_mode = judgement._replace(hits=tuple(_in_mode(message, hit, standing) for hit in judgement.hits))
    left, suppressed = _without_exceptions(message, scan, in_mode, _Excepting(judge, standing, person))
    verdict = verdict_on(message, left)
    decided_by = "exception" if suppressed and _differ(verdict, verdict_on(message, in_mode)) else "policy"
    if verdict.decision > Decision.ALLOW and standing.emergency(message.connector, message.received_at):
        return Ruling(left, verdict._replace(decision=Decision.ALLOW), suppressed, "emergency")
    return Ruling(left, verdict, suppressed, decided_by)


class _Excepting(NamedTuple):
    judge: Judge
    standing: Standing
    person: str | None


class _Matched(NamedTuple):
    """An exception that stands for this message and the findings (by their place in the scan) it takes out."""

    exception: LiveException
    findings: frozenset[int]


def _in_mode(message: Message, hit: RuleHit, standing: Standing) -> RuleHit:
    mode = standing.mode(message, hit)
    return hit if mode is hit.mode else hit._replace(mode=mode)


def _differ(one: Verdict, other: Verdict) -> bool:
    return (one.decision, one.would) != (other.decision, other.would)


def _without_exceptions(
    message: Message, scan: Scan, judgement: Judgement, excepting: _Excepting
) -> tuple[Judgement, tuple[Suppressed, ...]]:
    matched = _matched(message, scan, excepting) if excepting.standing.exceptions else []
    if not matched:
        return judgement, ()

    again = _Again(scan, excepting.judge)
    left: list[RuleHit] = []
    suppressed: list[Suppressed] = []
    for hit in judgement.hits:
        for_rule = [match for match in matched if match.exception.scope != "rule" or match.exception.scope_value == _rule_of(hit)]
        other = again.hit(hit, for_rule) if for_rule else hit
        if other is None:
            suppressed.append(Suppressed(hit, _tipping(hit, for_rule, again).id))
        else:
            left.append(_milder(hit, other))
    gone = {(entry.hit.policy, entry.hit.rule) for entry in suppressed}
    unknown = tuple(entry for entry in judgement.unknown if (entry.policy, entry.rule) not in gone)
    return Judgement(tuple(left), unknown), tuple(suppressed)


class _Again:
    """Judges a scan again without the findings of some exceptions, each choice of findings once."""

    def __init__(self, scan: Scan, judge: Judge) -> None:
        self._scan = scan
        self._judge = judge
        self._judged: dict[frozenset[int], dict[_Rule, RuleHit]] = {}

    def hit(self, hit: RuleHit, matched: Sequence[_Matched]) -> RuleHit | None:
        """The hit of the same rule without the findings of these exceptions; None where it vanished."""
        taken = frozenset().union(*(match.findings for match in matched))
        hits = self._judged.get(taken)
        if hits is None:
            findings = tuple(finding for place, finding in enumerate(self._scan.findings) if place not in taken)
            again = self._judge(self._scan._replace(findings=findings))
            hits = self._judged[taken] = {(other.policy, other.rule): other for other in again.hits}
        return hits.get((hit.policy, hit.rule))


def _matched(message: Message, scan: Scan, excepting: _Excepting) -> list[_Matched]:
    """The exceptions that stand for this message, in the order of the findings they are for."""
    found: dict[str, tuple[LiveException, set[int]]] = {}
    for place, finding in enumerate(scan.findings):
        for exception in excepting.standing.of_finding(finding, message.received_at):
            if exception.scope == "rule" or exception.scope_value in _scope_values(message, exception.scope, excepting.person):
                found.setdefault(exception.id, (exception, set()))[1].add(place)
    return [_Matched(exception, frozenset(places)) for exception, places in found.values()]


def _scope_values(message: Message, scope: str, person: str | None) -> tuple[str | None, ...]:
    if scope == "person":
        return person, f"{message.connector}/{message.sender}" if message.connector and message.sender else None
    if scope == "chat":
        return (f"{message.connector}/{message.conversation}" if message.connector and message.conversation else None,)
    return ()


def _rule_of(hit: RuleHit) -> str:
    return f"{hit.policy}/{hit.rule}"


def _tipping(hit: RuleHit, matched: Sequence[_Matched], again: _Again) -> LiveException:
    """The exception that made the hit vanish: without it and those after it the hit is there."""

    def vanished(last: int) -> bool:
        return again.hit(hit, matched[: last + 1]) is None

    return matched[bisect_left(range(len(matched) - 1), True, key=vanished)].exception


def _milder(hit: RuleHit, again: RuleHit) -> RuleHit:
    """The hit as judged without the excepted findings, but never stricter than it was with them."""
    return again._replace(mode=hit.mode) if again.decision <= hit.decision else hit
