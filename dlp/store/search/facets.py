"""How many incidents a list has, in all and by each value of each facet.

Each facet is counted as if its own filter were not set, which is what a person choosing another value wants to know. SQLite
would need a pass over the incidents for each facet: there the counts come of bit maps (dlp/store/search/bit_maps.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, func, select

from dlp.records import Decision, Severity
from dlp.store.search.bit_maps import bit_maps
from dlp.store.search.conditions import FACETS, Asked, conditions, opened_after
from dlp.store.search.query import NONE
from dlp.store.tables.record import incidents

ALL_FACETS: Final = tuple(FACETS)


class Count(NamedTuple):
    """One value of a facet, as a filter takes it, and how many incidents have it."""

    value: str
    incidents: int


class Counts(NamedTuple):
    """How many incidents there are, and the counts by facet, the commonest value first."""

    total: int
    facets: dict[str, tuple[Count, ...]]


def counts_of(connection: Connection, asked: Asked, facets: Iterable[str] = ALL_FACETS) -> Counts:
    """The exact total and facets of a list."""
    if connection.dialect.name != "sqlite":
        return counted_by_sql(connection, asked, facets)
    total, tallies = bit_maps(connection).counted(connection, asked, tuple(facets))
    return Counts(total, {name: _told(name, tally) for name, tally in tallies.items()})


def counted_by_sql(connection: Connection, asked: Asked, facets: Iterable[str] = ALL_FACETS) -> Counts:
    """The same, asked of the database facet by facet."""
    return Counts(total_of(connection, asked), {name: _told(name, _tally(connection, asked, name)) for name in facets})


def total_of(connection: Connection, asked: Asked) -> int:
    """The exact total of a list."""
    found = select(func.count()).select_from(incidents).where(*conditions(asked, connection.dialect.name))
    return int(connection.execute(found).scalar_one())


def newer_of(connection: Connection, asked: Asked, as_of: int) -> int:
    """How many incidents opened since a change belong to the list."""
    if connection.execute(opened_after(as_of).limit(1)).first() is None:
        return 0
    where = conditions(asked._replace(as_of=None), connection.dialect.name)
    found = select(func.count()).select_from(incidents).where(incidents.c.id.in_(opened_after(as_of)), *where)
    return int(connection.execute(found).scalar_one())


def _tally(connection: Connection, asked: Asked, name: str) -> dict[Any, int]:
    column = FACETS[name]
    where = conditions(asked, connection.dialect.name, without={name, "severity"} if name == "severity_is" else {name})
    found = select(column.label("value"), func.count().label("incidents")).where(*where).group_by(column)
    return {row.value: row.incidents for row in connection.execute(found)}


def _told(name: str, tally: dict[Any, int]) -> tuple[Count, ...]:
    counts = [Count(_label(name, value), count) for value, count in tally.items() if count > 0]
    return tuple(sorted(counts, key=lambda one: (-one.incidents, one.value)))


def _label(name: str, value: Any) -> str:
    if value is None:
        return NONE
    if name == "severity_is":
        return Severity(value).label
    return Decision(value).label if name == "decision" else str(value)
