"""How many incidents a list has, in all and by each value of each facet.

One pass over an index of the facets' columns counts every combination of values; the rest is arithmetic on combinations. So
each facet can be counted as if its own filter were not set, which is what a person choosing another value wants to know.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, func, select

from dlp.records import Decision, Severity
from dlp.store.search.conditions import PLAIN, Asked, conditions, opened_after, stored
from dlp.store.search.query import NONE
from dlp.store.tables.record import incidents

# Field of the query → column, in the order of the index ix_incidents_facets.
FACETS: Final = {
    "state": incidents.c.state, "severity_is": incidents.c.severity, "decision": incidents.c.decision,
    "connector": incidents.c.connector, "policy": incidents.c.policy, "rule": incidents.c.rule, "zone": incidents.c.zone,
    "department": incidents.c.department, "assignee": incidents.c.assignee, "resolution": incidents.c.resolution,
}  # fmt: skip
_Combination = tuple[Any, ...]


class Count(NamedTuple):
    """One value of a facet, as a filter takes it, and how many incidents have it."""

    value: str
    incidents: int


class Counts(NamedTuple):
    """How many incidents there are, and the counts by facet, the commonest value first."""

    total: int
    facets: dict[str, tuple[Count, ...]]


def counts_of(connection: Connection, asked: Asked, facets: Iterable[str] = FACETS) -> Counts:
    """The exact total and facets of a list."""
    combinations = _combinations(connection, asked._replace(as_of=None))
    if asked.as_of is not None:
        combinations.subtract(_opened_since(connection, asked, asked.as_of))
    kept = _kept(asked)
    wanted = tuple(facets)
    total, tallies = 0, {name: Counter[Any]() for name in wanted}
    places = {name: place for place, name in enumerate(FACETS)}
    for combination, count in combinations.items():
        failing = [name for name, keeps in kept.items() if not keeps(combination[places[name]])]
        if not failing:
            total += count
        for name in wanted:
            if not failing or failing == [name]:
                tallies[name][combination[places[name]]] += count
    return Counts(total, {name: _told(name, tally) for name, tally in tallies.items()})


def total_of(connection: Connection, asked: Asked) -> int:
    """The exact total of a list."""
    found = select(func.count()).select_from(incidents).where(*conditions(asked, connection.dialect.name))
    return int(connection.execute(found).scalar_one())


def newer_of(connection: Connection, asked: Asked, as_of: int) -> int:
    """How many incidents opened since a change belong to the list."""
    now = asked._replace(as_of=None)
    found = select(func.count()).select_from(incidents).where(*conditions(now, connection.dialect.name))
    return int(connection.execute(found.where(incidents.c.id.in_(opened_after(as_of)))).scalar_one())


def _combinations(connection: Connection, asked: Asked, *more: Any) -> Counter[_Combination]:
    columns = list(FACETS.values())
    where = conditions(asked, connection.dialect.name, without=(*FACETS, "severity"))
    found = select(*columns, func.count()).where(*where, *more).group_by(*columns)
    counted: Counter[_Combination] = Counter()
    for *combination, count in connection.execute(found):
        counted[tuple(combination)] = count
    return counted


def _opened_since(connection: Connection, asked: Asked, seq: int) -> Counter[_Combination]:
    if connection.execute(opened_after(seq).limit(1)).first() is None:
        return Counter()
    return _combinations(connection, asked._replace(as_of=None), incidents.c.id.in_(opened_after(seq)))


class _Keeps(NamedTuple):
    """Whether a value passes the filters of its field."""

    wanted: frozenset[Any] | None
    unwanted: frozenset[Any]
    least: int

    def __call__(self, value: Any) -> bool:
        return (
            (self.wanted is None or value in self.wanted)
            and value not in self.unwanted
            and (not self.least or value >= self.least)
        )


def _kept(asked: Asked) -> dict[str, _Keeps]:
    query, kept = asked.query, {}
    for name in FACETS:
        wanted = frozenset(stored(name, value) for value in getattr(query, name)) or None
        unwanted = frozenset(stored(name, value) for field, value in query.excluded if field == name)
        least = int(query.severity or 0) if FACETS[name] is PLAIN["severity_is"] else 0
        if wanted is not None or unwanted or least:
            kept[name] = _Keeps(wanted, unwanted, least)
    return kept


def _told(name: str, tally: Counter[Any]) -> tuple[Count, ...]:
    counts = [Count(_label(name, value), count) for value, count in tally.items() if count > 0]
    return tuple(sorted(counts, key=lambda one: (-one.incidents, one.value)))


def _label(name: str, value: Any) -> str:
    if value is None:
        return NONE
    if name == "severity_is":
        return Severity(value).label
    return Decision(value).label if name == "decision" else str(value)
