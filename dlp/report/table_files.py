"""Rows as JSONL, CSV and XLSX; nothing is ever left out: a sheet that is full is followed by another."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

_SHEET_ROWS: Final = 1_048_575  # of Excel's 1,048,576 one is for the titles (ECMA-376 part 1, 18.3.1.73)
_LONGEST_CELL: Final = 32_767
# A cell that begins like this is a formula to a spreadsheet: what a stranger wrote must not be run (CWE-1236).
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def jsonl(rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """One JSON object a line."""
    for row in rows:
        yield json.dumps(row, ensure_ascii=False).encode() + b"\n"


def csv_file(rows: Iterable[Mapping[str, Any]], titles: Sequence[str], *, semicolons: bool) -> Iterator[bytes]:
    """RFC 4180 in UTF-8 with a byte order mark; Russian spreadsheets part the columns by semicolons."""
    line = io.StringIO()
    writer = csv.writer(line, delimiter=";" if semicolons else ",")
    yield b"\xef\xbb\xbf"
    writer.writerow(titles)
    for row in rows:
        writer.writerow([_cell(value) for value in row.values()])
        if line.tell() > 1 << 16:
            yield _taken(line)
    yield _taken(line)


def xlsx(rows: Iterable[Mapping[str, Any]], titles: Sequence[str]) -> bytes:
    """A workbook (ECMA-376), all values as text or numbers, never as formulas or links."""
    from xlsxwriter import Workbook

    content = io.BytesIO()
    told = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(content, told) as workbook:
        bold = workbook.add_format({"bold": True})
        sheet, at = None, _SHEET_ROWS
        for row in rows:
            if sheet is None or at == _SHEET_ROWS:
                sheet, at = _sheet(workbook, titles, bold), 0
            at += 1
            for column, value in enumerate(row.values()):
                if value is not None:
                    sheet.write(at, column, value if isinstance(value, bool | int | float) else str(value)[:_LONGEST_CELL])
        if sheet is None:
            _sheet(workbook, titles, bold)
    return content.getvalue()


def _sheet(workbook: Any, titles: Sequence[str], bold: Any) -> Any:
    sheet = workbook.add_worksheet()
    sheet.write_row(0, 0, titles, bold)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(titles) - 1, 18)
    return sheet


def _cell(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return "" if value is None else value


def _taken(line: io.StringIO) -> bytes:
    written = line.getvalue().encode("utf-8", "replace")
    line.seek(0)
    line.truncate()
    return written
