from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

import pytest

from tests.flow.command import CARD, dlp, lines, policies, records

GIVEN = lines({"id": "1", "text": f"вот {CARD}"}, {"id": "2", "text": "привет"}) + "{\n"


@pytest.fixture
def cards(tmp_path: Path) -> Path:
    return policies(tmp_path)


@pytest.mark.parametrize("form", ["json", "table", "csv"])
def test_values_are_masked_unless_asked_for(cards: Path, form: str) -> None:
    masked = dlp("scan", "--policies", cards, "--format", form, given=GIVEN)
    shown = dlp("scan", "--policies", cards, "--format", form, "--show-values", given=GIVEN)
    assert "1111" not in masked.stdout
    assert "1111" in shown.stdout
    assert (masked.returncode, shown.returncode) == (1, 1)


def test_a_finding_carries_its_value_where_asked_for(cards: Path) -> None:
    record = records(dlp("scan", "--policies", cards, "--show-values", given=GIVEN))[0]
    assert record["findings"][0]["value"] == "4111111111111111"


def test_a_table_has_a_row_for_what_was_found_and_a_summary(cards: Path) -> None:
    told = dlp("scan", "--policies", cards, "--format", "table", given=GIVEN).stdout
    head, blocked, broken, _, summary, *_ = told.split("\n")
    assert head.split() == ["DECISION", "MESSAGE", "CHAT", "SENDER", "WHY", "EXCERPT"]
    assert blocked.split()[:3] == ["block", "1", "cards/any-card"]
    assert broken.startswith("error     standard input: line 3: ")
    assert summary.startswith("2 messages in ")
    assert "decisions  allow 1 · block 1" in told
    assert "\x1b" not in told


def test_csv_has_a_row_for_each_finding_hit_and_fault(cards: Path) -> None:
    told = dlp("scan", "--policies", cards, "--format", "csv", given=GIVEN).stdout
    rows = list(csv.DictReader(StringIO(told)))
    assert [(row["id"], row["kind"]) for row in rows] == [("1", "finding"), ("1", "hit"), ("", "error")]
    assert rows[0]["decision"] == "block"


def test_several_processes_sum_up_as_one_does(cards: Path) -> None:
    told = dlp("scan", "--policies", cards, "--format", "table", "--jobs", "2", given=GIVEN).stdout
    assert "decisions  allow 1 · block 1" in told
    assert "input      unreadable places 1" in told
