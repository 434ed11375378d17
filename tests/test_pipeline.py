from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dlp.detect.engine import Engine
from dlp.directory.load import load_directory
from dlp.pipeline import Context, crashed, inspect, inspect_many
from dlp.policy.load import load_policies
from dlp.policy.policy_set import NOTHING_JUDGED
from dlp.records import ALLOWED, NOTHING_FOUND, Decision, GapReason, Message
from tests.builders import a_gap, a_message, an_attachment

CARD = "карта 4111 1111 1111 1111"
POLICIES = """
policy: cards
title: {ru: Карты, en: Cards}
owner: security
why: Card numbers stay inside.
rules:
  - rule: any-card
    severity: high
    when: {all: [{entities: {of: [CREDIT_CARD]}}]}
    decision: block
  - rule: unreadable
    severity: low
    when: {all: [{gap: {reason: [encrypted]}}]}
    decision: hold
"""
ALWAYS = """
policy: night
title: {ru: Ночь, en: Night}
owner: security
why: A rule that looks at no content.
rules:
  - rule: telegram
    severity: low
    when: {all: [{chat: {platform: [telegram]}}]}
    decision: alert
"""


def context(folder: Path, *policies: str) -> Context:
    for number, text in enumerate(policies):
        (folder / f"policy{number}.yaml").write_text(text, encoding="utf-8")
    loaded = load_policies(folder, frozenset({"CREDIT_CARD"}))
    return Context(Engine(loaded.demand()), loaded, load_directory(None, None, loaded.organisation))


@pytest.fixture
def cards(tmp_path: Path) -> Context:
    return context(tmp_path, POLICIES)


def test_a_message_is_found_judged_and_decided(cards: Context) -> None:
    inspection = inspect(a_message(CARD), cards)
    assert [finding.value for finding in inspection.scan.findings] == ["4111111111111111"]
    assert [hit.rule for hit in inspection.judgement.hits] == ["any-card"]
    assert inspection.verdict.decision is Decision.BLOCK


def test_a_clean_message_shares_the_records_of_nothing(cards: Context) -> None:
    for inspection in (inspect(a_message(), cards), *inspect_many([a_message(), a_message("")], cards)):
        assert inspection.scan is NOTHING_FOUND
        assert inspection.judgement is NOTHING_JUDGED
        assert inspection.verdict is ALLOWED


def test_what_was_not_read_is_told_and_policies_can_speak_of_it(cards: Context) -> None:
    read, locked = inspect_many(
        [a_message(attachments=(an_attachment(),)), a_message(gaps=(a_gap(GapReason.ENCRYPTED, "attachment:plan.zip"),))], cards
    )
    assert [gap.reason for gap in read.scan.gaps] == [GapReason.NOT_EXTRACTED]
    assert read.verdict.decision is Decision.ALLOW
    assert [hit.rule for hit in locked.judgement.hits] == ["unreadable"]


def test_many_messages_are_inspected_as_each_alone_and_in_order(cards: Context) -> None:
    messages = [a_message(text, id=text) for text in ("one", CARD, "", "two", CARD + ".")]
    messages.append(a_message("three", quote=CARD))
    assert inspect_many(messages, cards) == [inspect(message, cards) for message in messages]


def test_a_passage_is_searched_under_its_own_name(cards: Context) -> None:
    assert [finding.origin for finding in inspect(a_message("see", quote=CARD), cards).scan.findings] == ["quote"]


def test_a_rule_without_content_judges_clean_messages_too(tmp_path: Path) -> None:
    everything = context(tmp_path, ALWAYS)
    one, other = inspect_many([a_message(connector="telegram"), a_message(connector="matrix")], everything)
    assert [hit.rule for hit in one.judgement.hits] == ["telegram"]
    assert not other.judgement.hits


def broken(**fields: Any) -> Message:
    """A message whose field is of a type no reader makes: whatever reads it crashes."""
    return a_message(CARD, **fields)


@pytest.mark.parametrize("field", [{"passages": 7}, {"attachments": 7}, {"occurred_at": "yesterday"}])
def test_a_step_that_crashes_is_a_gap_that_tells_the_class_of_the_error_alone(cards: Context, field: dict[str, Any]) -> None:
    context = cards._replace(directory=cards.directory._replace(zone="Europe/Moscow"))
    inspections = inspect_many([a_message("one"), broken(**field), a_message(CARD)], context)
    assert [inspection.verdict.decision for inspection in inspections[::2]] == [Decision.ALLOW, Decision.BLOCK]
    gap = inspections[1].scan.gaps[-1]
    assert gap.reason is GapReason.CRASH
    assert gap.detail in {"TypeError", "AttributeError"}
    assert inspections[1].message.id == "m1"


def test_a_message_nobody_could_judge_is_no_harmless_one(cards: Context) -> None:
    assert inspect(broken(attachments=7), cards).verdict.decision is Decision.ALERT
    lost = crashed(a_message(gaps=(a_gap(),)), "worker")
    assert [gap.reason for gap in lost.scan.gaps] == [GapReason.NOT_EXTRACTED, GapReason.CRASH]
    assert lost.verdict.decision is Decision.ALERT
