"""Which incidents have which value of which facet, a bit an incident: counting is an AND and a count of bits.

Made at the first question and kept up to date by the log of changes, which everybody who changes an incident writes to.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Connection, Engine, Row, Select, func, select

from dlp.store.search.conditions import FACETS, Asked, conditions, opened_after, stored
from dlp.store.search.query import Query
from dlp.store.tables.record import changes, incidents

_NAMES: Final = tuple(FACETS)
_ONE: Final = ord("1")
_LISTED: Final = "listed"  # not merged away, not of an import: what a list shows unless asked otherwise
_FIELDS: Final = (*_NAMES, _LISTED)
_ROWS: Final[Select[Any]] = select(
    incidents.c.number, *FACETS.values(), (incidents.c.merged_into.is_(None) & incidents.c.case_id.is_(None)).label(_LISTED)
)
_OLDEST: Final = func.coalesce(select(func.min(changes.c.seq)).scalar_subquery(), 0)
_NEWEST: Final = func.coalesce(select(func.max(changes.c.seq)).scalar_subquery(), 0)
_MOST_CHANGES: Final = 20_000  # to catch up with; beyond that all is read anew


class BitMaps:
    """The maps of one record. Bit n of a map stands for the incident of number `first + n`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seq = -1
        self._first = 1
        self._values: dict[int, tuple[Any, ...]] = {}
        self._maps: dict[str, dict[Any, int]] = {name: {} for name in _FIELDS}

    def counted(self, connection: Connection, asked: Asked, facets: tuple[str, ...]) -> tuple[int, dict[str, dict[Any, int]]]:
        """The total of a list, and how many incidents have each value of the facets."""
        narrowed = _narrowed(connection, asked)
        later = _numbers(connection, incidents.c.id.in_(opened_after(asked.as_of))) if asked.as_of is not None else ()
        with self._lock:
            self._catch_up(connection)
            base = self._maps[_LISTED].get(1, 0) if narrowed is None else self._bits(narrowed)
            base &= ~self._bits(later)
            if asked.viewer.departments is not None:
                base &= _union(self._maps["department"].get(name, 0) for name in asked.viewer.departments)
            masks = self._masks(asked)
            everything = base
            for mask in masks.values():
                everything &= mask
            tallies = {name: self._tally(name, base, masks) for name in facets}
            return everything.bit_count(), tallies

    def _tally(self, name: str, base: int, masks: dict[str, int]) -> dict[Any, int]:
        for other, mask in masks.items():
            if other != name:
                base &= mask
        return {value: (bits & base).bit_count() for value, bits in self._maps[name].items()}

    def _masks(self, asked: Asked) -> dict[str, int]:
        """For each facet that is filtered, the incidents that pass its filter."""
        query, masks = asked.query, {}
        for name in _NAMES:
            wanted = {stored(name, value) for value in getattr(query, name)}
            unwanted = {stored(name, value) for field, value in query.excluded if field == name}
            least = int(query.severity or 0) if name == "severity_is" else 0
            if wanted or unwanted or least:
                masks[name] = _union(
                    bits
                    for value, bits in self._maps[name].items()
                    if (not wanted or value in wanted) and value not in unwanted and (not least or value >= least)
                )
        return masks

    def _bits(self, numbers: Iterable[int]) -> int:
        places = [number - self._first for number in numbers if number >= self._first]
        if not places:
            return 0
        # A text of noughts and ones, the last number first, is the fastest way to a long integer.
        digits = bytearray(b"0") * (max(places) + 1)
        for place in places:
            digits[place] = _ONE
        digits.reverse()
        return int(digits, 2)

    def _catch_up(self, connection: Connection) -> None:
        first, seq = connection.execute(select(_OLDEST, _NEWEST)).one()
        # Changes that were tidied away before they were read here are lost to the maps.
        if self._seq < 0 or first > self._seq + 1 or not 0 <= seq - self._seq <= _MOST_CHANGES:
            self._read_all(connection)
        elif seq != self._seq:
            changed = select(changes.c.id).where(changes.c.seq > self._seq, changes.c.kind == "incident")
            self._put(connection.execute(_ROWS.where(incidents.c.id.in_(changed))).all())
        # Rows may also go without a word: with their time, or with a demonstration.
        if connection.execute(select(func.count()).select_from(incidents)).scalar() != len(self._values):
            self._read_all(connection)
        self._seq = seq

    def _read_all(self, connection: Connection) -> None:
        self._values = {}
        self._maps = {name: {} for name in _FIELDS}
        self._first = connection.execute(select(func.min(incidents.c.number))).scalar() or 1
        self._put(connection.execute(_ROWS).all())

    def _put(self, rows: Iterable[Row[Any]]) -> None:
        """Sets the bits of the rows' values and takes away those of their earlier values."""
        cleared: dict[tuple[str, Any], list[int]] = defaultdict(list)
        added: dict[tuple[str, Any], list[int]] = defaultdict(list)
        same: dict[tuple[Any, ...], tuple[Any, ...]] = {}
        for row in rows:
            number: int = row[0]
            told: tuple[Any, ...] = tuple(row[1:])
            values = same.setdefault(told, told)
            before = self._values.get(number, ())
            self._values[number] = values
            for name, was in zip(_FIELDS, before, strict=False):
                cleared[name, was].append(number)
            for name, value in zip(_FIELDS, values, strict=True):
                added[name, value].append(number)
        for (name, value), numbers in cleared.items():
            self._maps[name][value] &= ~self._bits(numbers)
        for (name, value), numbers in added.items():
            self._maps[name][value] = self._maps[name].get(value, 0) | self._bits(numbers)


def bit_maps(connection: Connection) -> BitMaps:
    """The maps of the record a connection leads to."""
    with _LOCK:
        return _OF_RECORD.setdefault(connection.engine, BitMaps())


def _narrowed(connection: Connection, asked: Asked) -> Sequence[int] | None:
    """The numbers of the incidents that pass everything that is no facet; None where nothing else is asked."""
    plain = asked._replace(as_of=None, viewer=asked.viewer._replace(departments=None))
    dialect = connection.dialect.name
    where = conditions(plain, dialect, without=(*_NAMES, "severity"))
    if not asked.query.case and len(where) == len(conditions(plain._replace(query=Query()), dialect)):
        return None
    return _numbers(connection, *where)


def _numbers(connection: Connection, *where: ColumnElement[bool]) -> Sequence[int]:
    # One long text is ten times faster to fetch than a hundred thousand rows.
    told = connection.execute(select(func.group_concat(incidents.c.number)).where(*where)).scalar()
    return [int(number) for number in told.split(",")] if told else ()


def _union(maps: Iterable[int]) -> int:
    union = 0
    for bits in maps:
        union |= bits
    return union


_LOCK: Final = threading.Lock()
_OF_RECORD: Final[WeakKeyDictionary[Engine, BitMaps]] = WeakKeyDictionary()
