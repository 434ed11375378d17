"""Judging: which rules fire, what is unknown, what detection is asked for."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dlp.policy.load import load_policies
from dlp.policy.policy_set import NOTHING_JUDGED, PolicySet
from dlp.records import Decision, GapReason, HoldTerms, Message, Mode, Scan, Surroundings, Zone
from tests.builders import a_finding, a_gap, a_message, a_scan, a_term_hit, an_attachment, surroundings
from tests.policy.folder import ENTITIES, a_policy, a_rule, folder, policies

INN_ABROAD = {"all": [{"entities": {"of": ["RU_INN"]}}, {"chat": {"zone": ["foreign"]}}]}
FOUND = a_scan(a_finding())
NOWHERE = Surroundings()
ABROAD = surroundings(zone=Zone.FOREIGN)


def test_a_hit_carries_what_its_rule_says(tmp_path: Path) -> None:
    compiled = policies(tmp_path, a_rule(when=INN_ABROAD, tell=["sender"]), law=["152-FZ"], mode="observe")
    (hit,) = compiled.judge(a_message(), FOUND, ABROAD).hits
    assert (hit.policy, hit.rule, hit.decision, hit.mode) == ("subject", "any-inn", Decision.HOLD, Mode.OBSERVE)
    assert (hit.tell, hit.law, hit.by_unknown) == (("sender",), ("152-FZ",), False)
    assert hit.reason is not None
    assert [part.said for part in hit.reason.parts] == ["1 of 1 distinct identifier", "chat.zone was foreign"]


def test_a_hit_carries_the_terms_of_its_hold(tmp_path: Path) -> None:
    compiled = policies(tmp_path, a_rule(hold={"minutes": 5}), a_rule("plain"))
    held, plain = compiled.judge(a_message(), FOUND, ABROAD).hits
    assert (held.hold, plain.hold) == (HoldTerms(5), None)


@pytest.mark.parametrize(
    ("if_unknown", "decision"), [("hit", Decision.HOLD), ("alert", Decision.ALERT), (None, Decision.ALERT), ("miss", None)]
)
def test_if_unknown_decides_where_content_was_found(tmp_path: Path, if_unknown: str | None, decision: Decision | None) -> None:
    told = {} if if_unknown is None else {"if_unknown": if_unknown}
    judgement = policies(tmp_path, a_rule(when=INN_ABROAD, **told)).judge(a_message(), FOUND, NOWHERE)
    assert [hit.decision for hit in judgement.hits] == ([] if decision is None else [decision])
    assert all(hit.by_unknown for hit in judgement.hits)
    assert [unknown.missing for unknown in judgement.unknown] == [("chat.zone",)]


@pytest.mark.parametrize("if_unknown", ["hit", "alert", "miss"])
def test_unknown_without_content_is_a_counted_miss(tmp_path: Path, if_unknown: str) -> None:
    either = {"any": [{"entities": {"of": ["RU_INN"]}}, {"chat": {"zone": ["foreign"]}}]}
    judgement = policies(tmp_path, a_rule(when=either, if_unknown=if_unknown)).judge(a_message(), Scan(), NOWHERE)
    assert judgement.hits == ()
    assert [unknown.missing for unknown in judgement.unknown] == [("chat.zone",)]


def test_content_that_is_itself_unknown_is_no_content_found(tmp_path: Path) -> None:
    large_abroad = {"attachment": {"larger_than": "1MB"}, "chat": {"zone": ["foreign"]}}
    message = a_message(attachments=(an_attachment(),))
    judgement = policies(tmp_path, a_rule(when=large_abroad)).judge(message, Scan(), NOWHERE)
    assert judgement.hits == ()
    assert [unknown.missing for unknown in judgement.unknown] == [("attachment.size", "chat.zone")]


def test_what_is_false_anyway_is_not_unknown(tmp_path: Path) -> None:
    compiled = policies(tmp_path, a_rule(when=INN_ABROAD | {"none": [{"sender": {"group": ["hr"]}}]}))
    assert compiled.judge(a_message(), FOUND, surroundings(zone=Zone.ONPREM)) == NOTHING_JUDGED
    assert compiled.judge(a_message(), a_scan(a_finding("RU_SNILS")), NOWHERE) == NOTHING_JUDGED


def test_missing_names_only_what_leaves_the_rule_open(tmp_path: Path) -> None:
    when = INN_ABROAD | {"any": [{"sender": {"group": ["hr"]}}, {"audience": {"external": True}}]}
    around = ABROAD._replace(audience_external=False)
    (unknown,) = policies(tmp_path, a_rule(when=when)).judge(a_message(), FOUND, around).unknown
    assert unknown.missing == ("sender.group",)


def test_hits_stand_in_policy_order_whatever_the_findings_order(tmp_path: Path) -> None:
    rules = [a_rule(name, when={"entities": {"of": [entity]}}) for name, entity in (("b", "RU_SNILS"), ("a", "RU_INN"))]
    findings = (a_finding("RU_INN"), a_finding("RU_SNILS", "1"))
    judgement = policies(tmp_path, *rules).judge(a_message(), a_scan(*findings), NOWHERE)
    assert [hit.rule for hit in judgement.hits] == ["b", "a"]


@pytest.mark.parametrize(
    ("when", "message", "scan"),
    [
        ({"attachment": {"name": ["*.pfx"]}}, a_message(attachments=(an_attachment("k.pfx"),)), Scan()),
        ({"gap": {"reason": ["encrypted"]}}, a_message(), a_scan(gaps=(a_gap(GapReason.ENCRYPTED),))),
        ({"gap": {"origin": ["attachment:*"]}}, a_message(), a_scan(gaps=(a_gap(GapReason.CRASH),))),
        ({"text": {"literals": ["дсп"]}}, a_message(), a_scan(terms=(a_term_hit("exact:дсп"),))),
        ({"none": [{"text": {"literals": ["дсп"]}}]}, a_message(), Scan()),
        ({"chat": {"zone": ["foreign"]}}, a_message(), Scan()),
    ],
)
def test_a_rule_wakes_up_for_what_it_speaks_of(tmp_path: Path, when: dict[str, Any], message: Message, scan: Scan) -> None:
    assert policies(tmp_path, a_rule(when=when)).judge(message, scan, ABROAD).hits


@pytest.mark.parametrize(
    ("when", "judges"),
    [
        (INN_ABROAD, False),
        ({"any": [{"entities": {"of": ["RU_INN"]}}, {"gap": {"reason": ["crash"]}}]}, False),
        ({"any": [{"entities": {"of": ["RU_INN"]}}, {"time": {"working_hours": False}}]}, True),
        ({"none": [{"entities": {"of": ["RU_INN"]}}]}, True),
        ({"chat": {"zone": ["foreign"]}}, True),
    ],
)
def test_judges_clean_where_a_rule_needs_no_find(tmp_path: Path, when: dict[str, Any], judges: bool) -> None:
    assert policies(tmp_path, a_rule(when=when)).judges_clean is judges


def test_policies_for_another_profile_neither_apply_nor_ask(tmp_path: Path) -> None:
    compiled = policies(tmp_path, a_rule(), profile=["bank", "telecom"])
    assert compiled.judge(a_message(), FOUND, NOWHERE) == NOTHING_JUDGED
    assert compiled.demand().entities == frozenset()
    assert compiled.demand(every_profile=True).entities == frozenset({"RU_INN"})
    bank = compiled.of(compiled.organisation._replace(profile="bank"))
    assert bank.judge(a_message(), FOUND, NOWHERE).hits


def test_equal_terms_of_two_policies_are_asked_for_once(tmp_path: Path) -> None:
    rule = a_rule(
        when={"text": {"literals": ["дсп"], "regex": ["дсп.{1,3}[0-9]"]}, "dictionary": {"terms": {"ДСП": 1, "=секрет": 1}}}
    )
    files = {"one.yaml": a_policy(rule, policy="one"), "two.yaml": a_policy(rule, policy="two")}
    demand = load_policies(folder(tmp_path, files), ENTITIES).demand()
    assert sorted(term.key for term in demand.terms) == ["exact:дсп", "exact:секрет", "forms:дсп"]
    assert [pattern.key for pattern in demand.patterns] == ["regex:дсп.{1,3}[0-9]"]


def test_a_compiled_set_survives_pickling(tmp_path: Path) -> None:
    compiled = policies(tmp_path, a_rule(when=INN_ABROAD), organisation="name: Вектор")
    again: PolicySet = pickle.loads(pickle.dumps(compiled))  # noqa: S301 - our own bytes
    assert again.organisation == compiled.organisation
    assert again.demand() == compiled.demand()
    assert again.judge(a_message(), FOUND, ABROAD) == compiled.judge(a_message(), FOUND, ABROAD)


def test_explain_tells_the_rules_that_did_not_fire_too(tmp_path: Path) -> None:
    compiled = policies(tmp_path, a_rule(), a_rule("many", when={"entities": {"of": ["RU_INN"], "distinct": 3}}))
    fired, missed = compiled.explain(a_message(), FOUND, NOWHERE)
    assert fired.held is True
    assert fired.hit is not None
    assert (missed.held, missed.hit, missed.reason.said) == (False, None, "1 of 3 distinct identifiers")


FIELDS: dict[str, list[Any]] = {
    "zone": [None, Zone.FOREIGN, Zone.ONPREM],
    "external": [None, True, False],
    "audience_size": [None, 1, 100],
    "sender_groups": [None, frozenset(), frozenset({"hr"})],
}
LEAVES = [
    {"chat": {"zone": ["foreign"]}},
    {"chat": {"external": True}},
    {"audience": {"more_than": 50}},
    {"sender": {"group": ["hr"]}},
    {"entities": {"of": ["RU_INN"]}},
    {"entities": {"of": ["RU_SNILS"]}},
]
TREES = st.recursive(
    st.sampled_from(LEAVES),
    lambda inner: st.builds(
        lambda join, parts: {join: parts}, st.sampled_from(["all", "any", "none"]), st.lists(inner, min_size=1, max_size=3)
    ),
    max_leaves=8,
)
AROUND = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in FIELDS.items()})


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=TREES, around=AROUND, known=AROUND)
def test_knowing_more_never_turns_a_definite_answer(
    tmp_path: Path, tree: dict[str, Any], around: dict[str, Any], known: dict[str, Any]
) -> None:
    compiled = policies(tmp_path, a_rule(when=tree))
    more = {name: known[name] if value is None else value for name, value in around.items()}
    before = compiled.explain(a_message(), FOUND, Surroundings(**around))[0]
    after = compiled.explain(a_message(), FOUND, Surroundings(**more))[0]
    assert before.held is None or after.held is before.held


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=TREES, around=AROUND, scan=st.sampled_from([Scan(), FOUND]))
def test_judging_agrees_with_the_whole_tree(tmp_path: Path, tree: dict[str, Any], around: dict[str, Any], scan: Scan) -> None:
    compiled = policies(tmp_path, a_rule(when=tree))
    (explanation,) = compiled.explain(a_message(), scan, Surroundings(**around))
    judgement = compiled.judge(a_message(), scan, Surroundings(**around))
    assert judgement.hits == (() if explanation.hit is None else (explanation.hit,))
    assert bool(judgement.unknown) is (explanation.held is None)
    assert all(unknown.missing == explanation.reason.missing != () for unknown in judgement.unknown)
