"""Numbers about incidents and messages; each comes with the filter that lists what it counts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, Connection, func, select, type_coerce

from dlp.records import Decision, Severity
from dlp.store.columns import moment_of
from dlp.store.search.conditions import OPEN, PLAIN, Asked, conditions
from dlp.store.search.query import NONE, Query, Viewer
from dlp.store.sums import hour_of
from dlp.store.tables.duties import holds, reveals
from dlp.store.tables.record import actions, gaps, incidents, ledger_sums

_QUARTER: Final = 15 * 60 * 1_000_000  # every zone's days begin on a quarter of an hour
_EVERYTHING: Final = Query()
_STOPS: Final = (Decision.HOLD, Decision.BLOCK)


class Period(NamedTuple):
    """`[start, end)`, its days counted in a zone."""

    start: datetime
    end: datetime
    zone: ZoneInfo

    @property
    def previous(self) -> Period:
        """The time just before, of the same length."""
        return Period(self.start - (self.end - self.start), self.start, self.zone)

    def narrow(self, query: Query) -> Query:
        """The incidents of a query that were opened in the period."""
        return replace(query, opened_from=self.start, opened_until=self.end)


class Number(NamedTuple):
    """So many incidents, so many in the period before (None: not compared), and the query that lists them."""

    incidents: int
    previous: int | None
    query: Query


class Named(NamedTuple):
    """A number under a name; `labels` are the fields it stands for."""

    labels: dict[str, str]
    number: Number


class Day(NamedTuple):
    """The incidents opened on one day, by severity."""

    day: date
    numbers: dict[Severity, Number]


class Durations(NamedTuple):
    """How long incidents of a severity took from opening to resolution, in seconds."""

    severity: Severity
    number: Number
    median: float
    ninth_decile: float
    mean: float


class FalseAlarms(NamedTuple):
    """A rule's incidents that were no leak, among all of its resolved ones."""

    policy: str
    rule: str
    number: Number
    resolved: Number


class Work(NamedTuple):
    """What waits for one officer; `approvals` are holds and reveals another officer asked for."""

    new: Number
    mine: Number
    overdue: Number
    holds: int
    reveals: int


class Looking(NamedTuple):
    """Who looks, and when."""

    viewer: Viewer
    now: datetime


def per_day(connection: Connection, looking: Looking, period: Period) -> list[Day]:
    """Every day of the period, also those without incidents."""
    quarter = type_coerce(incidents.c.opened_at, BigInteger) // _QUARTER
    counts: dict[date, Counter[int]] = defaultdict(Counter)
    for (began, severity), count in _grouped(
        connection, looking, period.narrow(Query()), (quarter, incidents.c.severity)
    ).items():
        counts[moment_of(began * _QUARTER).astimezone(period.zone).date()][severity] += count
    return [Day(day, _by_severity(counts[day], _of_day(day, period))) for day in _days(period)]


def by_fields(
    connection: Connection, looking: Looking, period: Period, names: tuple[str, ...], query: Query = _EVERYTHING
) -> list[Named]:
    """The incidents of a period by the values of fields that a query filters by; the most frequent values first."""
    columns = tuple(PLAIN[name] for name in names)
    now = _grouped(connection, looking, period.narrow(query), columns)
    before = _grouped(connection, looking, period.previous.narrow(query), columns)
    told = []
    for values, count in now.items():
        labels = {name: _label(name, value) for name, value in zip(names, values, strict=True)}
        chosen = {name: (_typed(name, value),) for name, value in zip(names, values, strict=True)}
        listed = replace(period.narrow(query), **chosen)  # type: ignore[arg-type]
        told.append(Named(labels, Number(count, before.get(values, 0), listed)))
    return sorted(told, key=lambda one: (-one.number.incidents, sorted(one.labels.items())))


def times_to_resolve(connection: Connection, looking: Looking, period: Period) -> list[Durations]:
    """How long the incidents resolved in the period took, the worst severity first."""
    query = Query(resolved_from=period.start, resolved_until=period.end)
    took = type_coerce(incidents.c.resolved_at, BigInteger) - type_coerce(incidents.c.opened_at, BigInteger)
    found = select(incidents.c.severity, took.label("took")).where(*_where(connection, looking, query))
    seconds: dict[int, list[float]] = defaultdict(list)
    for severity, microseconds in connection.execute(found):
        seconds[severity].append(max(0, microseconds) / 1_000_000)
    return [_durations(Severity(one), sorted(seconds[one]), query) for one in sorted(seconds, reverse=True)]


def would_have_stopped(connection: Connection, looking: Looking, period: Period) -> list[Named]:
    """What observing policies would have held or blocked, by rule."""
    excluded = tuple(("decision", decision.label) for decision in _STOPS)
    return by_fields(connection, looking, period, ("policy", "rule"), Query(would=_STOPS, excluded=excluded))


def false_alarms(connection: Connection, looking: Looking, period: Period) -> list[FalseAlarms]:
    """The rules with most incidents of the period that were no leak."""
    resolved = Query(state=("confirmed_leak", "not_a_leak", "closed"))
    every = {_key(one): one.number for one in by_fields(connection, looking, period, ("policy", "rule"), resolved)}
    wrong = by_fields(connection, looking, period, ("policy", "rule"), Query(resolution=("false_positive",)))
    return [FalseAlarms(*_key(one), one.number, every.get(_key(one), one.number)) for one in wrong]


def number_of(connection: Connection, looking: Looking, query: Query) -> Number:
    """How many incidents a query lists."""
    found = select(func.count()).select_from(incidents).where(*_where(connection, looking, query))
    return Number(int(connection.execute(found).scalar_one()), None, query)


def work_of(connection: Connection, looking: Looking) -> Work:
    """What waits for whoever looks."""
    user = looking.viewer.user
    asked = select(func.count()).select_from(holds).where(holds.c.state == "waiting", holds.c.asked_by != user)
    pending = select(func.count()).select_from(reveals).where(reveals.c.state == "pending", reveals.c.asked_by != user)
    return Work(
        new=number_of(connection, looking, Query(state=("opened",), assignee=(NONE,), snoozed=False)),
        mine=number_of(connection, looking, Query(state=OPEN, assignee=(user,), snoozed=False)),
        overdue=number_of(connection, looking, Query(overdue=True)),
        holds=connection.execute(asked).scalar() or 0,
        reveals=connection.execute(pending).scalar() or 0,
    )


def oldest_open(connection: Connection, looking: Looking, least: Severity) -> tuple[datetime | None, Query]:
    """Since when the oldest open incident of at least a severity waits."""
    query = Query(state=OPEN, severity=least)
    found = select(func.min(incidents.c.opened_at)).where(*_where(connection, looking, query))
    return connection.execute(found).scalar(), query


def messages_by(connection: Connection, period: Period) -> dict[str, tuple[int, int]]:
    """The ledger's measures ("accepted", "decision:block", "would:hold", "gap:corrupt", …), and those of the period before."""
    now, before = _measures(connection, period), _measures(connection, period.previous)
    return {measure: (now.get(measure, 0), before.get(measure, 0)) for measure in sorted(now.keys() | before.keys())}


def unknown_outcomes(connection: Connection) -> int:
    """Actions nobody knows the outcome of."""
    found = select(func.count()).select_from(actions).where(actions.c.state == "unknown")
    return connection.execute(found).scalar() or 0


def open_gaps(connection: Connection) -> int:
    """What could not be read and nobody has retried or accepted."""
    return connection.execute(select(func.count()).select_from(gaps).where(gaps.c.state == "open")).scalar() or 0


def _where(connection: Connection, looking: Looking, query: Query) -> list[Any]:
    return conditions(Asked(query, looking.viewer, looking.now), connection.dialect.name)


def _grouped(connection: Connection, looking: Looking, query: Query, columns: Iterable[Any]) -> dict[tuple[Any, ...], int]:
    chosen = [column.label(f"value_{place}") for place, column in enumerate(columns)]
    found = select(*chosen, func.count()).where(*_where(connection, looking, query)).group_by(*(one.element for one in chosen))
    return {tuple(row[:-1]): row[-1] for row in connection.execute(found)}


def _days(period: Period) -> list[date]:
    first, last = period.start.astimezone(period.zone).date(), (period.end - timedelta.resolution).astimezone(period.zone).date()
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _of_day(day: date, period: Period) -> Query:
    begins = datetime(day.year, day.month, day.day, tzinfo=period.zone)
    following = day + timedelta(days=1)
    ends = datetime(following.year, following.month, following.day, tzinfo=period.zone)
    return Query(opened_from=max(begins, period.start), opened_until=min(ends, period.end))


def _by_severity(counts: Mapping[int, int], query: Query) -> dict[Severity, Number]:
    return {one: Number(counts.get(int(one), 0), None, replace(query, severity_is=(one,))) for one in Severity}


def _durations(severity: Severity, seconds: list[float], query: Query) -> Durations:
    ninth = seconds[min(len(seconds) - 1, (9 * len(seconds)) // 10)]
    number = Number(len(seconds), None, replace(query, severity_is=(severity,)))
    return Durations(severity, number, median(seconds), ninth, sum(seconds) / len(seconds))


def _measures(connection: Connection, period: Period) -> dict[str, int]:
    found = (
        select(ledger_sums.c.measure, func.sum(ledger_sums.c["count"]))
        .where(ledger_sums.c.hour >= hour_of(period.start), ledger_sums.c.hour < period.end)
        .group_by(ledger_sums.c.measure)
    )
    return {measure: int(count) for measure, count in connection.execute(found)}


def _key(one: Named) -> tuple[str, str]:
    return one.labels["policy"], one.labels["rule"]


def _typed(field: str, value: Any) -> Any:
    if field == "severity_is":
        return Severity(value)
    if field in {"decision", "would"}:
        return Decision(value)
    return NONE if value is None else value


def _label(field: str, value: Any) -> str:
    typed = _typed(field, value)
    return typed.label if isinstance(typed, Decision | Severity) else str(typed)
