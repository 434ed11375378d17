"""Reads people.csv: strictly, every fault at its line."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from datetime import date
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from dlp.directory.people import People, Person, people_of, phone_of
from dlp.errors import Fault, FileFaults

COLUMNS = ("person", "name", "accounts", "phones", "emails", "department", "groups", "manager", "dismissed_on")
_EMAIL = re.compile(r"[^@\s<>]+@[^@\s<>.]+(?:\.[^@\s<>.]+)+")
_ACCOUNT = re.compile(r"[a-z][a-z0-9_]*:\S+")


class _Row(NamedTuple):
    line: int
    cells: dict[str, str]


def read_people(path: Path) -> People:
    """Reads people.csv (UTF-8; commas, or semicolons as spreadsheets in Russia write). Raises FileFaults with every fault.

    Columns are those of `COLUMNS` in any order, only `person` is required. Several accounts ("telegram:7"), addresses and
    groups stand apart by spaces or ";", several phones by ";" since a number may have spaces. `dismissed_on` is YYYY-MM-DD.
    """
    reader = _Reader(str(path))
    persons = tuple(map(reader.person, reader.rows(_text(path))))
    reader.check_managers()
    if reader.faults:
        raise FileFaults(tuple(sorted(reader.faults, key=lambda fault: fault.line)))
    return people_of(persons)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise FileFaults((Fault(str(path), 0, f"cannot be read: {error.strerror}"),)) from None
    except UnicodeDecodeError as error:
        raise FileFaults((Fault(str(path), 0, f"is not UTF-8 at byte {error.start}"),)) from None


class _Reader:
    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[Fault] = []
        self._taken: dict[tuple[str, str], int] = {}
        self._managers: list[tuple[int, str]] = []

    def rows(self, text: str) -> Iterator[_Row]:
        """The rows below the header that are not empty, each with the line it begins on."""
        heading = text.partition("\n")[0]
        between = ";" if ";" in heading and "," not in heading else ","
        records = csv.reader(StringIO(text, newline=""), delimiter=between, strict=True)
        header = [name.strip() for name in next(records, [])]
        if not self._header_holds(header):
            return
        line = records.line_num + 1
        try:
            for cells in records:
                if any(map(str.strip, cells)):
                    yield self._row(line, header, cells)
                line = records.line_num + 1
        except csv.Error as error:
            self._fault(line, f"is not CSV: {error}")

    def _header_holds(self, header: list[str]) -> bool:
        before = len(self.faults)
        for name in header:
            if name not in COLUMNS:
                self._fault(1, f'the column "{name}" is not known; there are {", ".join(COLUMNS)}')
        for name in COLUMNS:
            if header.count(name) > 1:
                self._fault(1, f'the column "{name}" stands twice')
        if "person" not in header:
            self._fault(1, 'the column "person" is missing')
        return len(self.faults) == before

    def _row(self, line: int, header: list[str], cells: list[str]) -> _Row:
        if len(cells) != len(header):
            self._fault(line, f"has {len(cells)} cells, the header has {len(header)}")
        return _Row(line, {name: cell.strip() for name, cell in zip(header, cells, strict=False)})

    def person(self, row: _Row) -> Person:
        """The person of a row; faults are noted and the faulty value left out."""
        cell = row.cells.get
        name = cell("person") or ""
        if not name:
            self._fault(row.line, "the person has no name in the column person")
        self._only_once(row.line, "person", name)
        if manager := cell("manager"):
            self._managers.append((row.line, manager))
        return Person(
            person=name,
            name=cell("name") or "",
            accounts=self._values(row, "accounts", _account),
            phones=self._values(row, "phones", phone_of, between=r"[;,]+"),
            emails=self._values(row, "emails", _email),
            department=cell("department") or None,
            groups=frozenset(filter(None, re.split(r"[\s;,]+", cell("groups") or ""))),
            manager=manager or None,
            dismissed_on=self._day(row),
        )

    def _values(self, row: _Row, column: str, read: Callable[[str], str | None], *, between: str = r"[\s;,]+") -> tuple[str, ...]:
        values = []
        for written in filter(None, map(str.strip, re.split(between, row.cells.get(column) or ""))):
            value = read(written)
            if value is None:
                self._fault(row.line, f'"{written}" is not one of {column}')
            elif self._only_once(row.line, column, value):
                values.append(value)
        return tuple(values)

    def _day(self, row: _Row) -> date | None:
        written = row.cells.get("dismissed_on")
        if not written:
            return None
        try:
            return date.fromisoformat(written)
        except ValueError:
            self._fault(row.line, f'dismissed_on "{written}" is not a day written YYYY-MM-DD')
            return None

    def _only_once(self, line: int, column: str, value: str) -> bool:
        first = self._taken.setdefault((column, value), line)
        if first != line:
            self._fault(line, f'"{value}" in {column} already stands on line {first}')
        return first == line

    def check_managers(self) -> None:
        """Notes every manager who is not a person of the file."""
        for line, manager in self._managers:
            if ("person", manager) not in self._taken:
                self._fault(line, f'the manager "{manager}" is no person of this file')

    def _fault(self, line: int, message: str) -> None:
        self.faults.append(Fault(self.file, line, message))


def _account(written: str) -> str | None:
    return written if _ACCOUNT.fullmatch(written) else None


def _email(written: str) -> str | None:
    return written.lower() if _EMAIL.fullmatch(written) else None
