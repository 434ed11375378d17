"""Rows leave as they are: nothing is cut, nothing is run by a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from openpyxl import load_workbook

from dlp.report import table_files

ROWS: list[dict[str, Any]] = [
    {"number": "INC-1", "text": "=HYPERLINK(1)", "n": 3},
    {"number": "INC-2", "text": 'он сказал; "да",\nя — нет', "n": None},
]
TITLES = ["Номер", "Текст", "N"]


@pytest.mark.parametrize(("semicolons", "delimiter"), [(True, ";"), (False, ",")])
def test_csv_reads_back_as_it_was_and_formulas_are_text(semicolons: bool, delimiter: str) -> None:
    content = b"".join(table_files.csv_file(ROWS, TITLES, semicolons=semicolons))
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter))
    assert rows == [TITLES, ["INC-1", "'=HYPERLINK(1)", "3"], ["INC-2", 'он сказал; "да",\nя — нет', ""]]


def test_jsonl_is_an_object_a_line() -> None:
    assert [json.loads(line) for line in b"".join(table_files.jsonl(ROWS)).splitlines()] == ROWS


def test_a_workbook_reads_back_and_holds_no_formula() -> None:
    sheet = load_workbook(io.BytesIO(table_files.xlsx(iter(ROWS), TITLES))).active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]] == TITLES
    assert (sheet["B2"].value, sheet["B2"].data_type, sheet["C2"].value) == ("=HYPERLINK(1)", "s", 3)


def test_a_workbook_of_nothing_has_its_titles() -> None:
    sheet = load_workbook(io.BytesIO(table_files.xlsx(iter([]), TITLES))).active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]] == TITLES


def test_a_full_sheet_is_followed_by_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_files, "_SHEET_ROWS", 2)
    workbook = load_workbook(io.BytesIO(table_files.xlsx(({"a": n} for n in range(5)), ["a"])))
    assert [[row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] for sheet in workbook] == [[0, 1], [2, 3], [4]]
