"""`dlp policies` as an author uses it."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from dlp.cli.policies import main
from dlp.errors import UsageError
from tests.policy.folder import a_policy, a_rule, folder

ABROAD = {"all": [{"entities": {"of": ["RU_INN"], "distinct": 2}}, {"chat": {"zone": ["foreign"]}}]}
POLICY = a_policy(a_rule("two-inns", when=ABROAD))
INNS = "ИНН 7707083893 и ИНН 7736050003"
CASES = f"""\
policy: subject
tests:
  - {{rule: two-inns, fires: true, message: {{text: "{INNS}"}}, surroundings: {{zone: foreign}}}}
  - {{rule: two-inns, fires: false, message: {{text: "ИНН 7707083893"}}, surroundings: {{zone: foreign}}}}
  - {{rule: two-inns, fires: unknown, message: {{text: "{INNS}"}}}}
"""


def ran(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    code = main([str(argument) for argument in arguments])
    return code, capsys.readouterr().out


def test_check_counts_what_is_sound(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = folder(tmp_path, {"a.yaml": POLICY, "a.test.yaml": CASES})
    assert ran(capsys, "check", place) == (0, "1 policies, 1 rules, 3 cases: no faults\n")


def test_check_prints_every_fault_and_exits_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = folder(tmp_path, {"a.yaml": "policy: a\nrule: []\n", "b.yaml": "policy: b\nrules: 1\n"})
    code, out = ran(capsys, "check", place)
    assert code == 2
    assert out.splitlines() == [
        f'{place}/a.yaml:1: the key "rules" is missing',
        f'{place}/a.yaml:2: the key "rule" is not known; did you mean "rules"?',
        f"{place}/b.yaml:2: rules: must be a list, e.g. [one, two]",
    ]


def test_check_reads_the_test_files_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cases = "policy: subject\ntests:\n  - {rule: two-inn, fires: true, message: {text: x}}\n"
    place = folder(tmp_path, {"a.yaml": POLICY, "a.test.yaml": cases, "b.test.yaml": cases.replace("subject", "subjekt")})
    code, out = ran(capsys, "check", place)
    assert code == 2
    assert out.splitlines() == [
        f'{place}/a.test.yaml:3: the policy has no rule "two-inn"; did you mean "two-inns"?',
        f'{place}/b.test.yaml:1: there is no policy "subjekt"; did you mean "subject"?',
    ]


def test_tests_that_hold_pass(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = folder(tmp_path, {"a.yaml": POLICY, "a.test.yaml": CASES})
    assert ran(capsys, "test", place) == (0, "3 cases, 0 failures\n")


def test_a_case_that_fails_is_told_at_its_line_with_the_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = CASES.replace("fires: false", "fires: true").replace("fires: unknown", "fires: false")
    code, out = ran(capsys, "test", folder(tmp_path, {"a.yaml": POLICY, "a.test.yaml": wrong}))
    assert code == 1
    assert f"{tmp_path}/a.test.yaml:4: subject/two-inns: stays silent, but the case says it fires: entities RU_INN" in out
    assert "1 of 2 distinct identifiers" in out
    assert (
        f"{tmp_path}/a.test.yaml:5: subject/two-inns: is undecided, but the case says it stays silent: chat.zone foreign" in out
    )
    assert "subject/two-inns: no case that stays silent" not in out


def test_what_an_exception_silenced_is_told_by_the_exception(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    when = {"entities": {"of": ["RU_INN"]}, "none": [{"sender": {"group": ["hr"]}}, {"chat": {"external": True}}]}
    around = "surroundings: {sender_groups: [hr], external: false}"
    cases = f"policy: subject\ntests:\n  - {{rule: r, fires: true, message: {{text: {INNS}}}, {around}}}\n"
    code, out = ran(capsys, "test", folder(tmp_path, {"a.yaml": a_policy(a_rule("r", when=when)), "a.test.yaml": cases}))
    assert code == 1
    assert out.splitlines()[0].endswith("stays silent, but the case says it fires: sender.group hr: sender.group was hr")


def test_a_rule_without_both_cases_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = ran(capsys, "test", folder(tmp_path, {"a.yaml": POLICY}))
    assert code == 1
    assert out.splitlines() == [
        "subject/two-inns: no case that fires",
        "subject/two-inns: no case that stays silent",
        "0 cases, 2 failures",
    ]


def test_cases_may_say_what_the_organisation_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bank = a_policy(a_rule("two-inns", when=ABROAD), profile=["bank"])
    files = {"a.yaml": bank, "a.test.yaml": CASES.replace("tests:", "organisation: {profile: bank}\ntests:")}
    assert ran(capsys, "test", folder(tmp_path, files)) == (0, "3 cases, 0 failures\n")
    code, out = ran(capsys, "test", folder(tmp_path, {"a.test.yaml": CASES}))
    assert code == 1
    assert 'a.test.yaml:3: subject/two-inns: is not for the profile "other"' in out


def test_cases_bring_gaps_files_and_the_packs_names_of_groups(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    when = {
        "all": [{"gap": {"reason": ["encrypted"]}}, {"attachment": {"name": ["*.zip"]}}],
        "none": [{"sender": {"group": ["hr"]}}, {"time": {"working_hours": True}}],
    }
    sent = "message: {attachments: [{name: a.zip, size: 1KB}]}, gaps: [{origin: attachment:a.zip, reason: encrypted}]"
    cases = f"""\
policy: subject
tests:
  - {{rule: r, fires: true, {sent}, surroundings: {{sender_groups: [it], local_time: 2026-03-04T22:00}}}}
  - {{rule: r, fires: false, {sent}, surroundings: {{sender_groups: [it], local_time: "2026-03-04T12:00"}}}}
  - {{rule: r, fires: false, {sent}, surroundings: {{sender_groups: [hr]}}}}
"""
    files = {"a.yaml": a_policy(a_rule("r", when=when)), "a.test.yaml": cases, "organisation.yaml": "groups: {hr: [кадры]}"}
    assert ran(capsys, "test", folder(tmp_path, files)) == (0, "3 cases, 0 failures\n")


def test_explain_draws_each_rule_and_by_how_much_it_missed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = folder(tmp_path, {"a.yaml": POLICY})
    code, out = ran(capsys, "explain", "ИНН 7707083893", "--policies", place)
    assert code == 0
    assert out.splitlines() == [
        "message 1",
        "✗ subject/two-inns",
        "  ✗ all: 0 of 2 hold",
        "    ✗ entities RU_INN at 0.5: 1 of 2 distinct identifiers",
        "    ? chat.zone foreign: chat.zone unknown",
    ]
    assert "→ alert (by what is unknown), enforce" in ran(capsys, "explain", INNS, "--policies", place)[1]
    known = ran(capsys, "explain", INNS, "--policies", place, "--surroundings", "zone=foreign", "--only", "subject")[1]
    assert "✓ subject/two-inns → hold, enforce" in known


@pytest.mark.parametrize("told", ["zone=abroad", "colour=red", "external=maybe", "local_time=noon"])
def test_surroundings_that_are_none_are_bad_usage(tmp_path: Path, told: str) -> None:
    place = folder(tmp_path, {"a.yaml": POLICY})
    with pytest.raises(UsageError):
        main(["explain", "x", "--policies", str(place), "--surroundings", told])


def test_explaining_a_rule_that_does_not_exist_is_bad_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing"):
        main(["explain", "x", "--policies", str(folder(tmp_path, {"a.yaml": POLICY})), "--only", "nothing"])


def test_try_says_what_a_scan_would_of_each_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [{"id": "a", "text": INNS}, {"id": "b", "text": "see you at lunch"}]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("\n".join([*map(json.dumps, lines), "{"]).encode())))
    place = folder(tmp_path, {"a.yaml": POLICY})
    code, out = ran(capsys, "try", "--policies", place, "--surroundings", "zone=foreign")
    said: list[dict[str, Any]] = [json.loads(line) for line in out.splitlines()]
    assert code == 1
    assert [(record["id"], record["decision"]) for record in said] == [("a", "hold"), ("b", "allow")]
    assert [hit["rule"] for hit in said[0]["hits"]] == ["two-inns"]


def test_schema_prints_a_json_schema(capsys: pytest.CaptureFixture[str]) -> None:
    code, out = ran(capsys, "schema", "--of", "test")
    assert code == 0
    assert "tests" in json.loads(out)["properties"]
