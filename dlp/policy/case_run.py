"""Runs policy tests: each case through the same judging as a real message."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from dlp.policy.cases import Case
from dlp.policy.policy_set import PolicySet, RuleExplanation
from dlp.policy.reason_tree import decisive
from dlp.records import Message, Organisation, Scan

_OUTCOMES = {True: "fires", False: "stays silent", None: "is undecided"}


class Failure(NamedTuple):
    """A case that came out otherwise than written, or a rule without its cases."""

    file: str
    line: int
    policy: str
    rule: str
    told: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}: " if self.file else ""
        return f"{where}{self.policy}/{self.rule}: {self.told}"


def failures(cases: Iterable[Case], policies: PolicySet, scan: Callable[[Message], Scan]) -> Iterator[Failure]:
    """The cases that fail. `scan` is what detection says of a message, its gaps included."""
    sets: dict[Organisation, PolicySet] = {}
    for case in cases:
        active = sets.get(case.organisation) or sets.setdefault(case.organisation, policies.of(case.organisation))
        told = _fault(case, active, scan)
        if told:
            note = f" ({case.note})" if case.note else ""
            yield Failure(case.file, case.line, case.policy, case.rule, told + note)


def _fault(case: Case, policies: PolicySet, scan: Callable[[Message], Scan]) -> str:
    message = case.message._replace(gaps=case.gaps)
    explanations = policies.explain(message, found := scan(message), case.surroundings)
    explained = next((e for e in explanations if (e.policy, e.rule) == (case.policy, case.rule)), None)
    if explained is None:
        return f'is not for the profile "{case.organisation.profile}": tell `organisation: {{profile: …}}` in the test file'
    judgement = policies.judge(message, found, case.surroundings)
    name = (case.policy, case.rule)
    outcome = any((hit.policy, hit.rule) == name for hit in judgement.hits)
    undecided = any((unknown.policy, unknown.rule) == name for unknown in judgement.unknown)
    return _told(case, None if undecided else outcome, explained)


def _told(case: Case, outcome: bool | None, explained: RuleExplanation) -> str:
    if outcome is case.fires:
        return ""
    return f"{_OUTCOMES[outcome]}, but the case says it {_OUTCOMES[case.fires]}: {'; '.join(decisive(explained.reason))}"
