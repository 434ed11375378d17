"""Reads the heading of a column in a table pasted into a chat: tabs, "|" or ";" between the cells."""

from __future__ import annotations

from dlp.detect.view import View

REACH = 16_000
_LONGEST_HEADING, _LONGEST_HEAD = 60, 1500


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
    delimiter = "\t" if "\t" in row else "|" if "|" in row else ";" if ";" in row else _delimiter_after(lower, start)
    if not delimiter:
        return ""
    column = row.count(delimiter)
    reached = max(0, line - REACH)
    blank = lower.rfind("\n\n", reached, line)
    top = blank + 2 if blank >= 0 else reached
    return _cell(lower[top : min(line - 1, top + _LONGEST_HEAD)], delimiter, column)


def _delimiter_after(lower: str, start: int) -> str:
    """The delimiter of a row whose first cell holds the character at `start`."""
    end = lower.find("\n", start)
    rest = lower[start : min(end if end >= 0 else len(lower), start + 40)]
    return next((delimiter for delimiter in "\t|;" if delimiter in rest), "")


def _cell(block: str, delimiter: str, column: int) -> str:
    for line in block.split("\n", 4)[:4]:
        cells = line.split(delimiter)
        if len(cells) > max(column, 1) and any(char.isalpha() for char in line):
            cell = cells[column].strip()
            return cell if len(cell) <= _LONGEST_HEADING and not any(char.isdigit() for char in cell) else ""
    return ""
