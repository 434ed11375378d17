"""A version is checked and tested as the command does it; two versions are compared by counts alone."""

from __future__ import annotations

from pathlib import Path

from dlp.wiring import context_from, policy_folder, shipped_files
from dlp.worker.policy_trial import Kept, compare, report_on
from tests.builders import a_message
from tests.installations import settings_in

RULE = """policy: phones
title: {{ru: Телефоны, en: Phones}}
why: phones must not leave
owner: privacy
rules:
  - rule: any
    severity: low
    when:
      all:
        - entities: {{of: [{entity}]}}
    decision: {decision}
"""
CASES = """policy: phones
tests:
  - {rule: any, fires: true, message: {text: "позвони +7 916 123-45-67"}}
  - {rule: any, fires: false, message: {text: "позвони завтра"}}
"""


def _files(entity: str = "PHONE_NUMBER", decision: str = "alert") -> dict[str, str]:
    return {"phones.yaml": RULE.format(entity=entity, decision=decision), "phones.test.yaml": CASES}


def test_the_shipped_packs_hold(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    report = report_on(settings, shipped_files(settings.policies))
    assert (report["holds"], report["faults"], report["failures"]) == (True, [], [])
    assert report["cases"] > report["rules"] > report["policies"] > 10


def test_a_fault_is_told_with_its_file_and_line(tmp_path: Path) -> None:
    report = report_on(settings_in(tmp_path), _files(entity="PHONE_NUMBR"))
    assert report["holds"] is False
    assert [(fault["file"], fault["line"]) for fault in report["faults"]] == [("phones.yaml", 10)]


def test_a_failing_case_is_told_with_its_line(tmp_path: Path) -> None:
    report = report_on(settings_in(tmp_path), _files(entity="EMAIL_ADDRESS"))
    assert report["holds"] is False
    (failure,) = report["failures"]
    assert (failure["file"], failure["line"], failure["rule"]) == ("phones.test.yaml", 3, "any")


def test_comparing_counts_what_is_new_gone_stricter_and_milder(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    contexts = [
        context_from(settings._replace(policies=policy_folder(settings, files)))
        for files in (_files(decision="alert"), _files(decision="block"), _files(entity="EMAIL_ADDRESS"))
    ]
    alert, block, mail = (context for context in contexts)
    texts = ["позвони +7 916 123-45-67", "пиши на ivan@example.org", "до завтра"]
    kept = [Kept(a_message(text, id=str(n), connector="slack"), confirmed_leak=n == 0) for n, text in enumerate(texts)]
    stricter = compare(kept, alert, block)
    other = compare(kept, alert, mail)
    assert (stricter["stricter"], stricter["same"], stricter["messages"]) == (1, 2, 3)
    assert (other["newly_hit"], other["no_longer_hit"], other["dropped_confirmed_leaks"]) == (1, 1, 1)
    assert {"change": "added", "policy": "phones", "rule": "any", "messages": 1} in other["rules"]
    assert compare(kept, block, alert)["milder"] == 1
