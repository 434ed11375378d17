"""Reads the heading of a column in a table pasted into a chat: tabs, "|", ";", "," or spaces between the cells."""

from __future__ import annotations

import re

from dlp.detect.view import View

REACH = 16_000
_LONGEST_HEADING, _LONGEST_HEAD = 60, 1500
_MOST_WORDS = 4
_WIDE = "  "
_SIGNS = ("\t", "|", ";", _WIDE, ",")
# Commas and spaces stand in sentences too: there a heading has as many cells as the row.
_SURE = frozenset("\t|;")
_GAP = re.compile(r" {2,}")


def heading(view: View, start: int) -> str:
    """The heading, lower-cased, of the column the character at `start` stands in, or "" where there is no table.

    The heading is looked for in the first lines of the block of lines (no empty line between) and at most `REACH`
    characters back, so a huge table costs the same for every number in it.
    """
    lower = view.lower
    line = lower.rfind("\n", max(0, start - 400), start) + 1
    if line == 0:
        return ""
    row = lower[line:start]
    delimiter = next((sign for sign in _SIGNS if sign in row), "") or _delimiter_after(lower, start)
    if not delimiter:
        return ""
    column = len(_GAP.findall(row)) if delimiter == _WIDE else row.count(delimiter)
    if delimiter not in _SURE and any(map(str.isalpha, row[row.rfind(delimiter) + 1 :] if column else row)):
        return ""
    end = lower.find("\n", start, start + 400)
    width = 0 if delimiter in _SURE else len(_cells(lower[line : end if end >= 0 else start + 400], delimiter))
    reached = max(0, line - REACH)
    blank = lower.rfind("\n\n", reached, line)
    top = blank + 2 if blank >= 0 else reached
    return _cell(lower[top : min(line - 1, top + _LONGEST_HEAD)], delimiter, column, width)


def _delimiter_after(lower: str, start: int) -> str:
    """The delimiter of a row whose first cell holds the character at `start`."""
    end = lower.find("\n", start)
    rest = lower[start : min(end if end >= 0 else len(lower), start + 40)]
    return next((delimiter for delimiter in _SIGNS if delimiter in rest), "")


def _cells(line: str, delimiter: str) -> list[str]:
    return _GAP.split(line) if delimiter == _WIDE else line.split(delimiter)


def _cell(block: str, delimiter: str, column: int, width: int) -> str:
    """The heading in the first line of cells; `width` is how many cells it must have, 0 for any number."""
    for line in block.split("\n", 4)[:4]:
        cells = _cells(line, delimiter)
        if len(cells) > max(column, 1) and any(char.isalpha() for char in line):
            if width and (width != len(cells) or any(len(cell.split()) > _MOST_WORDS for cell in cells)):
                return ""
            cell = cells[column].strip()
            return cell if len(cell) <= _LONGEST_HEADING and not any(char.isdigit() for char in cell) else ""
    return ""
