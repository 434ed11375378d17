"""Exceptions take hits out and never add or harden one; observing never acts; in an emergency everything passes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlp.decide.ruling import Ruling, rule_on
from dlp.decide.standing import NO_STANDING, Emergency, LiveException, Standing, standing_of
from dlp.decide.verdict import verdict_on
from dlp.records import ALLOWED, Decision, Judgement, Message, Mode, RuleHit, RuleUnknown, Scan, Severity
from tests.builders import WEDNESDAY_NOON, a_finding, a_message, a_scan

MESSAGE = a_message(connector="telegram", conversation="7", sender="42", received_at=WEDNESDAY_NOON)
LATER = WEDNESDAY_NOON + timedelta(hours=1)
ALICE, BOB, CAROL = (a_finding("RU_INN", value) for value in ("1", "2", "3"))


class ARule(NamedTuple):
    """A rule of the tests: so many distinct values of an entity, and none of another."""

    rule: str
    at_least: int = 1
    decision: Decision = Decision.HOLD
    mode: Mode = Mode.ENFORCE
    entity: str = "RU_INN"
    none: str = ""


class TheRules:
    """Judges a scan by rules and counts how often it was asked."""

    def __init__(self, *rules: ARule) -> None:
        self.rules = rules
        self.asked = 0

    def __call__(self, scan: Scan) -> Judgement:
        self.asked += 1
        return Judgement(tuple(_hit(rule) for rule in self.rules if _fires(rule, scan)))


def _fires(rule: ARule, scan: Scan) -> bool:
    values = {finding.value for finding in scan.findings if finding.entity == rule.entity}
    return len(values) >= rule.at_least and all(finding.entity != rule.none for finding in scan.findings)


def _hit(rule: ARule) -> RuleHit:
    return RuleHit("p", rule.rule, Severity.HIGH, rule.mode, rule.decision)


def digest(entity: str, value: str) -> bytes:
    return f"{entity}={value}".encode()


def an_exception(value: str = "1", id: str = "e1", **fields: Any) -> LiveException:
    told = {"entity": "RU_INN", "scope": "chat", "scope_value": "telegram/7", "expires_at": LATER, **fields}
    return LiveException(id=id, digest=digest(told["entity"], value), **told)


def a_standing(*exceptions: LiveException, **fields: Any) -> Standing:
    return standing_of(digest, exceptions=exceptions, **fields)


def test_with_nothing_standing_it_is_the_verdict_on_the_judgement() -> None:
    rules = TheRules(ARule("any"))
    ruling = rule_on(MESSAGE, a_scan(ALICE), rules)
    assert ruling == Ruling(Judgement((_hit(ARule("any")),)), verdict_on(MESSAGE, ruling.judgement))
    assert rules.asked == 1


def test_a_hit_that_vanishes_without_the_excepted_value_is_suppressed() -> None:
    ruling = rule_on(MESSAGE, a_scan(ALICE), TheRules(ARule("any")), a_standing(an_exception()))
    assert ruling.verdict is ALLOWED
    assert [(entry.hit.rule, entry.exception_id) for entry in ruling.suppressed] == [("any", "e1")]
    assert (ruling.judgement.hits, ruling.decided_by) == ((), "exception")


def test_other_values_of_the_message_still_count() -> None:
    rules = TheRules(ARule("any"), ARule("two", at_least=2, decision=Decision.BLOCK))
    ruling = rule_on(MESSAGE, a_scan(ALICE, BOB), rules, a_standing(an_exception()))
    assert [hit.rule for hit in ruling.judgement.hits] == ["any"]
    assert [entry.hit.rule for entry in ruling.suppressed] == ["two"]
    assert (ruling.verdict.decision, ruling.decided_by) == (Decision.HOLD, "exception")


def test_suppression_that_changes_nothing_leaves_the_policy_to_decide() -> None:
    rules = TheRules(ARule("any", decision=Decision.BLOCK), ARule("two", at_least=2))
    ruling = rule_on(MESSAGE, a_scan(ALICE, BOB), rules, a_standing(an_exception()))
    assert (len(ruling.suppressed), ruling.verdict.decision, ruling.decided_by) == (1, Decision.BLOCK, "policy")


@pytest.mark.parametrize(
    ("scope", "scope_value", "person", "stands"),
    [
        ("chat", "telegram/7", None, True),
        ("chat", "telegram/8", None, False),
        ("chat", "slack/7", None, False),
        ("person", "telegram/42", None, True),
        ("person", "telegram/43", None, False),
        ("person", "i.petrov", "i.petrov", True),
        ("person", "i.petrov", "m.ivanov", False),
        ("rule", "p/any", None, True),
        ("rule", "p/other", None, False),
        ("weekday", "telegram/7", None, False),
    ],
)
def test_an_exception_stands_only_within_its_scope(scope: str, scope_value: str, person: str | None, stands: bool) -> None:
    standing = a_standing(an_exception(scope=scope, scope_value=scope_value))
    ruling = rule_on(MESSAGE, a_scan(ALICE), TheRules(ARule("any")), standing, person=person)
    assert bool(ruling.suppressed) is stands


def test_an_unknown_sender_or_chat_has_no_exception() -> None:
    standing = a_standing(an_exception(scope_value="None/None"), an_exception(id="e2", scope="person", scope_value="None/None"))
    ruling = rule_on(a_message(received_at=WEDNESDAY_NOON), a_scan(ALICE), TheRules(ARule("any")), standing)
    assert ruling.suppressed == ()


def test_an_exception_for_a_rule_leaves_other_rules_alone() -> None:
    rules = TheRules(ARule("any"), ARule("also", decision=Decision.BLOCK))
    ruling = rule_on(MESSAGE, a_scan(ALICE), rules, a_standing(an_exception(scope="rule", scope_value="p/any")))
    assert ([hit.rule for hit in ruling.judgement.hits], [entry.hit.rule for entry in ruling.suppressed]) == (["also"], ["any"])


def test_an_exception_ends_by_itself() -> None:
    standing = a_standing(an_exception())
    before, after = (MESSAGE._replace(received_at=LATER + timedelta(microseconds=step)) for step in (-1, 0))
    assert rule_on(before, a_scan(ALICE), TheRules(ARule("any")), standing).suppressed
    assert not rule_on(after, a_scan(ALICE), TheRules(ARule("any")), standing).suppressed
    assert not rule_on(MESSAGE._replace(received_at=None), a_scan(ALICE), TheRules(ARule("any")), standing).suppressed


def test_the_same_value_of_another_entity_is_another_value() -> None:
    standing = a_standing(an_exception(entity="RU_SNILS"))
    assert not rule_on(MESSAGE, a_scan(ALICE), TheRules(ARule("any")), standing).suppressed


def test_the_exception_that_tipped_is_named() -> None:
    exceptions = [an_exception(value, f"e{value}") for value in "123"]
    ruling = rule_on(MESSAGE, a_scan(ALICE, BOB, CAROL), TheRules(ARule("two", at_least=2)), a_standing(*exceptions))
    assert [entry.exception_id for entry in ruling.suppressed] == ["e2"]


def test_taking_a_finding_out_never_adds_a_hit() -> None:
    rules = TheRules(ARule("any"), ARule("lonely", entity="RU_SNILS", none="RU_INN", decision=Decision.BLOCK))
    ruling = rule_on(MESSAGE, a_scan(ALICE, a_finding("RU_SNILS")), rules, a_standing(an_exception()))
    assert ruling.judgement.hits == ()


def test_a_hit_never_becomes_stricter_and_may_become_milder() -> None:
    def judge(scan: Scan) -> Judgement:
        return Judgement((_hit(ARule("any", decision=Decision.COACH if BOB in scan.findings else Decision.BLOCK)),))

    harder = rule_on(MESSAGE, a_scan(ALICE, BOB), judge, a_standing(an_exception("2")))
    milder = rule_on(
        MESSAGE, a_scan(ALICE), lambda scan: judge(scan if scan.findings else a_scan(BOB)), a_standing(an_exception())
    )
    assert (harder.verdict.decision, milder.verdict.decision) == (Decision.COACH, Decision.COACH)


def test_what_is_suppressed_is_no_longer_unknown_either() -> None:
    unknown = (RuleUnknown("p", "any", ("chat.zone",)), RuleUnknown("p", "other", ("chat.zone",)))
    rules = TheRules(ARule("any"))
    ruling = rule_on(MESSAGE, a_scan(ALICE), lambda scan: rules(scan)._replace(unknown=unknown), a_standing(an_exception()))
    assert ruling.judgement.unknown == unknown[1:]


def test_an_observing_connector_only_says_what_it_would_have_done() -> None:
    standing = a_standing(connector_modes={"telegram": Mode.OBSERVE})
    ruling = rule_on(MESSAGE, a_scan(ALICE), TheRules(ARule("any")), standing)
    assert (ruling.verdict.decision, ruling.verdict.would, ruling.decided_by) == (Decision.ALLOW, Decision.HOLD, "policy")
    assert [hit.mode for hit in ruling.judgement.hits] == [Mode.OBSERVE]
    elsewhere = rule_on(MESSAGE._replace(connector="slack"), a_scan(ALICE), TheRules(ARule("any")), standing)
    assert elsewhere.verdict.decision is Decision.HOLD


@pytest.mark.parametrize(("own", "told"), [(Mode.ENFORCE, Mode.OBSERVE), (Mode.OBSERVE, Mode.ENFORCE)])
def test_the_operators_mode_stands_over_the_policys_own(own: Mode, told: Mode) -> None:
    rules = TheRules(ARule("any", mode=own))
    ruling = rule_on(MESSAGE, a_scan(ALICE), rules, a_standing(policy_modes={"p": told}))
    assert (ruling.verdict.decision is Decision.HOLD) is (told is Mode.ENFORCE)
    observing = a_standing(policy_modes={"p": told}, connector_modes={"telegram": Mode.OBSERVE})
    assert rule_on(MESSAGE, a_scan(ALICE), rules, observing).verdict.decision is Decision.ALLOW


@pytest.mark.parametrize("connector", [None, "telegram"])
def test_in_an_emergency_everything_passes_and_is_still_told(connector: str | None) -> None:
    standing = a_standing(emergencies=(Emergency("x", connector, WEDNESDAY_NOON, LATER),))
    ruling = rule_on(MESSAGE, a_scan(ALICE), TheRules(ARule("any")), standing)
    assert (ruling.verdict.decision, ruling.verdict.would, ruling.decided_by) == (Decision.ALLOW, Decision.HOLD, "emergency")
    assert len(ruling.judgement.hits) == 1


@pytest.mark.parametrize(
    ("connector", "received_at"),
    [
        ("slack", WEDNESDAY_NOON),
        ("telegram", LATER),
        ("telegram", WEDNESDAY_NOON - timedelta(seconds=1)),
        ("telegram", None),
    ],
)
def test_an_emergency_is_for_its_connector_and_its_time(connector: str, received_at: Any) -> None:
    standing = a_standing(emergencies=(Emergency("x", "telegram", WEDNESDAY_NOON, LATER),))
    message = MESSAGE._replace(connector=connector, received_at=received_at)
    assert rule_on(message, a_scan(ALICE), TheRules(ARule("any")), standing).verdict.decision is Decision.HOLD


VALUES = st.sampled_from("1234")
RULES = st.lists(
    st.builds(
        ARule,
        rule=st.sampled_from("abcdef"),
        at_least=st.integers(1, 3),
        decision=st.sampled_from(Decision),
        mode=st.sampled_from(Mode),
        none=st.sampled_from(["", "RU_SNILS"]),
    ),
    max_size=4,
    unique_by=lambda rule: rule.rule,
)
FINDINGS = st.lists(st.builds(a_finding, st.sampled_from(["RU_INN", "RU_SNILS"]), VALUES), max_size=6)
EXCEPTIONS = st.lists(
    st.builds(
        lambda number, value, entity, scope: an_exception(
            value, f"e{number}", entity=entity, scope=scope[0], scope_value=scope[1]
        ),
        st.integers(0, 99),
        VALUES,
        st.sampled_from(["RU_INN", "RU_SNILS"]),
        st.sampled_from(
            [("chat", "telegram/7"), ("person", "telegram/42"), ("rule", "p/a"), ("rule", "p/b"), ("chat", "telegram/9")]
        ),
    ),
    max_size=5,
    unique_by=lambda exception: exception.id,
)


@given(RULES, FINDINGS, EXCEPTIONS)
def test_every_hit_is_either_left_or_suppressed(rules: list[ARule], findings: list[Any], exceptions: list[LiveException]) -> None:
    scan = a_scan(*findings)
    before = rule_on(MESSAGE, scan, TheRules(*rules))
    after = rule_on(MESSAGE, scan, TheRules(*rules), a_standing(*exceptions))
    assert sorted(_names(after)) == [hit.rule for hit in sorted(before.judgement.hits, key=lambda hit: hit.rule)]
    assert after.verdict.decision <= before.verdict.decision
    assert after.verdict.would <= before.verdict.would
    known = {exception.id for exception in exceptions if exception.scope_value != "telegram/9"}
    assert {entry.exception_id for entry in after.suppressed} <= known
    changed = (before.verdict.decision, before.verdict.would) != (after.verdict.decision, after.verdict.would)
    assert after.decided_by == ("exception" if changed else "policy")


def _names(ruling: Ruling) -> list[str]:
    return [*(hit.rule for hit in ruling.judgement.hits), *(entry.hit.rule for entry in ruling.suppressed)]


@given(RULES, FINDINGS, EXCEPTIONS)
def test_neither_emergency_nor_observing_connector_ever_acts(
    rules: list[ARule], findings: list[Any], exceptions: list[LiveException]
) -> None:
    scan = a_scan(*findings)
    plain = rule_on(MESSAGE, scan, TheRules(*rules), a_standing(*exceptions))
    passing = a_standing(*exceptions, emergencies=(Emergency("x", None, WEDNESDAY_NOON, LATER),))
    observing = a_standing(*exceptions, connector_modes={"telegram": Mode.OBSERVE})
    for standing in (passing, observing):
        ruling = rule_on(MESSAGE, scan, TheRules(*rules), standing)
        assert (ruling.verdict.decision, ruling.verdict.would) == (Decision.ALLOW, plain.verdict.would)
        assert sorted(_names(ruling)) == sorted(_names(plain))


def test_one_value_excepted_a_thousand_times_over_is_judged_a_bounded_number_of_times() -> None:
    findings = [a_finding("RU_INN", str(number)) for number in range(1000)]
    exceptions = [an_exception(str(number), f"e{number}") for number in range(1000)]
    rules = TheRules(ARule("many", at_least=500))
    ruling = rule_on(MESSAGE, a_scan(*findings), rules, a_standing(*exceptions))
    assert [entry.exception_id for entry in ruling.suppressed] == ["e500"]
    assert rules.asked <= 12


def test_a_message_without_hits_is_never_looked_at_again() -> None:
    rules, standing = TheRules(), a_standing(an_exception())
    assert rule_on(Message("m", ""), a_scan(ALICE), rules, standing).verdict is ALLOWED
    assert (rules.asked, NO_STANDING.exceptions) == (1, {})
