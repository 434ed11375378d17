"""The compiled policies: light to load, and asked once for each message."""

from __future__ import annotations

from typing import NamedTuple

from dlp.policy.condition import Condition, Wake, content_leaves, missing, wakes
from dlp.policy.facts import Facts, Knowledge
from dlp.records import (
    Decision,
    Demand,
    HoldTerms,
    Judgement,
    Message,
    Mode,
    Organisation,
    Reason,
    RuleHit,
    RuleUnknown,
    Scan,
    Severity,
    Surroundings,
    Term,
    TermPattern,
)

NOTHING_JUDGED = Judgement()


class Rule(NamedTuple):
    """One rule. `if_unknown` is "hit", "alert" or "miss"; `entities`, `terms` and `patterns` are what it needs found."""

    rule: str
    severity: Severity
    decision: Decision
    when: Condition
    tell: tuple[str, ...] = ()
    if_unknown: str = "alert"
    entities: frozenset[str] = frozenset()
    terms: tuple[Term, ...] = ()
    patterns: tuple[TermPattern, ...] = ()
    title: tuple[tuple[str, str], ...] = ()
    hold: HoldTerms | None = None


class Policy(NamedTuple):
    """One policy; `profiles` empty means every organisation's. Texts are (language, text) pairs."""

    policy: str
    rules: tuple[Rule, ...]
    mode: Mode = Mode.ENFORCE
    profiles: frozenset[str] = frozenset()
    law: tuple[str, ...] = ()
    owner: str = ""
    title: tuple[tuple[str, str], ...] = ()
    why: tuple[tuple[str, str], ...] = ()


class RuleExplanation(NamedTuple):
    """Why a rule fired or not: its whole tree. `held` None is unknown; `hit` what it led to, if anything."""

    policy: str
    rule: str
    held: bool | None
    reason: Reason
    hit: RuleHit | None


class PolicySet:
    """The policies of one organisation; those for other profiles are kept and do not apply."""

    __slots__ = ("_always", "_attached", "_by_entity", "_by_gap", "_by_term", "_knowledge", "_rules", "organisation", "policies")

    def __init__(self, organisation: Organisation, policies: tuple[Policy, ...]) -> None:
        self.organisation = organisation
        self.policies = policies
        self._knowledge = Knowledge(organisation)
        self._rules = tuple((policy, rule) for policy in self.active for rule in policy.rules)
        masks = _masks(tuple(rule for _, rule in self._rules))
        self._always = masks.pop(_ALWAYS, 0)
        self._attached = masks.pop(_ATTACHED, 0)
        self._by_entity = _of_kind("entity", masks)
        self._by_term = _of_kind("term", masks)
        self._by_gap = _of_kind("gap", masks)

    @property
    def active(self) -> tuple[Policy, ...]:
        """The policies that apply to the organisation's profile."""
        profile = self.organisation.profile
        return tuple(policy for policy in self.policies if not policy.profiles or profile in policy.profiles)

    @property
    def judges_clean(self) -> bool:
        """True where some rule could fire on a message with no finding, term, gap and attachment."""
        return self._always != 0

    def of(self, organisation: Organisation) -> PolicySet:
        """The same policies for another organisation."""
        return PolicySet(organisation, self.policies)

    def demand(self, *, every_profile: bool = False) -> Demand:
        """What the active policies need detection to look for; terms and patterns that several share stand once.

        With `every_profile`, what all policies need: tests run them for the profiles they are for.
        """
        rules = [rule for policy in (self.policies if every_profile else self.active) for rule in policy.rules]
        return Demand(
            frozenset(entity for rule in rules for entity in rule.entities),
            tuple({term.key: term for rule in rules for term in rule.terms}.values()),
            tuple({pattern.key: pattern for rule in rules for pattern in rule.patterns}.values()),
        )

    def judge(self, message: Message, scan: Scan, surroundings: Surroundings) -> Judgement:
        """The rules that fire, and those that could not be judged. `scan.gaps` holds every gap of the message."""
        awake = self._awake(message, scan)
        if not awake:
            return NOTHING_JUDGED
        facts = Facts(message, scan, surroundings, self._knowledge)
        hits: list[RuleHit] = []
        unknown: list[RuleUnknown] = []
        while awake:
            lowest = awake & -awake
            awake ^= lowest
            policy, rule = self._rules[lowest.bit_length() - 1]
            held = rule.when.held(facts)
            if held is False:
                continue
            hit = _hit(policy, rule, held, facts)
            if hit is not None:
                hits.append(hit)
            if held is None:
                unknown.append(RuleUnknown(policy.policy, rule.rule, missing(rule.when, facts)))
        return Judgement(tuple(hits), tuple(unknown)) if hits or unknown else NOTHING_JUDGED

    def explain(self, message: Message, scan: Scan, surroundings: Surroundings) -> tuple[RuleExplanation, ...]:
        """The whole tree of every active rule, in policy order."""
        facts = Facts(message, scan, surroundings, self._knowledge)
        return tuple(_explanation(policy, rule, facts) for policy, rule in self._rules)

    def _awake(self, message: Message, scan: Scan) -> int:
        """The rules that are not certainly false, as bits by their number."""
        awake = self._always
        for finding in scan.findings:
            awake |= self._by_entity.get(finding.entity, 0)
        for hit in scan.terms:
            awake |= self._by_term.get(hit.key, 0)
        for gap in scan.gaps:
            awake |= self._by_gap.get(gap.reason.value, 0)
        return awake | self._attached if message.attachments else awake


_ALWAYS: Wake = ("always", "")
_ATTACHED: Wake = ("attachment", "")


def _masks(rules: tuple[Rule, ...]) -> dict[Wake, int]:
    masks: dict[Wake, int] = {}
    for number, rule in enumerate(rules):
        bound = wakes(rule.when)
        for wake in (_ALWAYS,) if bound is None else bound:
            masks[wake] = masks.get(wake, 0) | 1 << number
    return masks


def _of_kind(kind: str, masks: dict[Wake, int]) -> dict[str, int]:
    return {name: mask for (of, name), mask in masks.items() if of == kind}


def _hit(policy: Policy, rule: Rule, held: bool | None, facts: Facts) -> RuleHit | None:
    if held is False or (held is None and not _unknown_counts(rule, facts)):
        return None
    by_unknown = held is None
    return RuleHit(
        policy.policy,
        rule.rule,
        rule.severity,
        policy.mode,
        Decision.ALERT if by_unknown and rule.if_unknown == "alert" else rule.decision,
        rule.tell,
        policy.law,
        rule.when.reason(facts),
        by_unknown,
        rule.hold,
    )


def _unknown_counts(rule: Rule, facts: Facts) -> bool:
    """Unknown leads to anything only where content was found: else ordinary talk without a directory would flood."""
    return rule.if_unknown != "miss" and any(leaf.held(facts) is True for leaf in content_leaves(rule.when))


def _explanation(policy: Policy, rule: Rule, facts: Facts) -> RuleExplanation:
    reason = rule.when.reason(facts)
    return RuleExplanation(policy.policy, rule.rule, reason.held, reason, _hit(policy, rule, reason.held, facts))
