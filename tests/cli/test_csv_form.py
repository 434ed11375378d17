from __future__ import annotations

import csv
from io import StringIO

import pytest

from dlp.cli.csv_form import CsvForm
from dlp.errors import InputFault
from dlp.policy.policy_set import NOTHING_JUDGED
from dlp.records import ALLOWED, NOTHING_FOUND, Decision, Inspection, Judgement, RuleUnknown, Verdict
from tests.builders import a_finding, a_gap, a_hit, a_message, a_scan


def rows(form: CsvForm, *lines: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(form.head() + "".join(lines))))


def held(id: str = "m1", origin: str = "body") -> Inspection:
    judgement = Judgement((a_hit(),), (RuleUnknown("foreign", "to-foreign", ("chat.zone",)),))
    return Inspection(
        a_message(id=id), a_scan(a_finding(origin=origin), gaps=(a_gap(),)), judgement, Verdict(Decision.HOLD, Decision.HOLD)
    )


def test_each_finding_hit_undecided_rule_and_gap_is_a_row() -> None:
    found = rows(CsvForm(), CsvForm().line(held()))
    assert [(row["id"], row["decision"], row["kind"]) for row in found] == [
        ("m1", "hold", kind) for kind in ("finding", "hit", "unknown", "gap")
    ]
    assert (found[0]["entity"], found[0]["start"], found[0]["end"]) == ("RU_INN", "0", "10")
    assert (found[1]["policy"], found[1]["rule"], found[1]["severity"]) == ("ru-personal-data", "bulk-subjects", "high")
    assert found[2]["missing"] == "chat.zone"
    assert found[3]["reason"] == "not_extracted"


def test_a_clean_message_has_no_row() -> None:
    assert CsvForm().line(Inspection(a_message(), NOTHING_FOUND, NOTHING_JUDGED, ALLOWED)) == ""


def test_values_stand_in_a_column_of_their_own_only_where_asked_for() -> None:
    assert "7707083893" not in CsvForm().line(held())
    shown = CsvForm(show_values=True)
    assert rows(shown, shown.line(held()))[0]["value"] == "7707083893"


def test_an_unreadable_place_is_a_row() -> None:
    row = rows(CsvForm(), CsvForm().fault(InputFault("a.jsonl", "line 3", 'is not "JSON", is it')))[0]
    assert (row["kind"], row["error"]) == ("error", 'a.jsonl: line 3: is not "JSON", is it')


@pytest.mark.parametrize("formula", ["=1+1", "+cmd", "@x", "-2+3"])
def test_no_cell_is_a_formula(formula: str) -> None:
    assert rows(CsvForm(), CsvForm().line(held(id=formula, origin=formula)))[0]["id"] == f"'{formula}"


def test_a_negative_number_stays_a_number() -> None:
    assert rows(CsvForm(), CsvForm().line(held(id="-100123")))[0]["id"] == "-100123"
