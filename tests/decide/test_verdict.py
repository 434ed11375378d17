"""The strictest hit decides, and equal breaches of one sender in one conversation group together."""

from __future__ import annotations

from typing import Any

import pytest

from dlp.decide.verdict import verdict_on
from dlp.records import ALLOWED, Decision, Judgement, Mode, RuleUnknown, Severity
from tests.builders import a_hit, a_message

MESSAGE = a_message(connector="telegram", conversation="7", sender="42")


def test_nothing_hit_is_allowed() -> None:
    assert verdict_on(MESSAGE, Judgement()) is ALLOWED
    assert verdict_on(MESSAGE, Judgement(unknown=(RuleUnknown("p", "r", ("chat.zone",)),))) is ALLOWED


def test_the_strictest_hit_decides() -> None:
    hits = (a_hit(decision=Decision.ALERT), a_hit(decision=Decision.BLOCK), a_hit(decision=Decision.HOLD))
    verdict = verdict_on(MESSAGE, Judgement(hits))
    assert (verdict.decision, verdict.would) == (Decision.BLOCK, Decision.BLOCK)


def test_an_observing_rule_only_says_what_it_would_have_done() -> None:
    verdict = verdict_on(MESSAGE, Judgement((a_hit(decision=Decision.BLOCK, mode=Mode.OBSERVE), a_hit(decision=Decision.ALERT))))
    assert (verdict.decision, verdict.would) == (Decision.ALERT, Decision.BLOCK)
    alone = verdict_on(MESSAGE, Judgement((a_hit(decision=Decision.BLOCK, mode=Mode.OBSERVE),)))
    assert (alone.decision, alone.would) == (Decision.ALLOW, Decision.BLOCK)


def test_the_worst_severity_is_told() -> None:
    hits = (a_hit(severity=Severity.CRITICAL, decision=Decision.ALERT), a_hit(severity=Severity.LOW))
    assert verdict_on(MESSAGE, Judgement(hits)).severity is Severity.CRITICAL


def test_the_group_key_never_changes() -> None:
    assert verdict_on(MESSAGE, Judgement((a_hit(),))).group_key == "62e6032b74a019d0ae04"


def test_messages_of_one_breach_share_a_group() -> None:
    again = MESSAGE._replace(id="m2", text="something else", revision=3)
    assert _key() == verdict_on(again, Judgement((a_hit(),))).group_key


@pytest.mark.parametrize("field", ["connector", "conversation", "sender"])
def test_another_place_or_sender_is_another_group(field: str) -> None:
    given: list[dict[str, Any]] = [{field: "else"}, {field: None}, {field: ""}]
    keys = {verdict_on(MESSAGE._replace(**fields), Judgement((a_hit(),))).group_key for fields in given}
    assert len({_key()} | keys) == 4


def test_the_same_name_in_another_role_is_another_group() -> None:
    nobody = a_message(connector="telegram", conversation="7")
    nowhere = a_message(connector="telegram", sender="7")
    keys = {verdict_on(message, Judgement((a_hit(),))).group_key for message in (nobody, nowhere)}
    assert len(keys) == 2


def test_the_group_is_that_of_the_acting_hit_that_weighs_most() -> None:
    strict, mild = a_hit(rule="strict", decision=Decision.BLOCK), a_hit(rule="mild", decision=Decision.ALERT)
    observing = a_hit(rule="watched", decision=Decision.BLOCK, mode=Mode.OBSERVE)
    alone = verdict_on(MESSAGE, Judgement((strict,))).group_key
    assert verdict_on(MESSAGE, Judgement((observing, mild, strict))).group_key == alone
    assert verdict_on(MESSAGE, Judgement((strict, mild))).group_key == alone


def _key() -> str:
    return verdict_on(MESSAGE, Judgement((a_hit(),))).group_key
