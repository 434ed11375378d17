"""Numbers for the overview; each tells the filter that lists what it counts."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from dlp.api.access import InstallationServices, Principal, allowed
from dlp.api.duty_wire import Time
from dlp.api.incident_wire import TimeTold, viewer_of
from dlp.api.permissions import Permission
from dlp.errors import UsageError
from dlp.records import Severity
from dlp.services import Services
from dlp.store import statistics
from dlp.store.search.conditions import OPEN
from dlp.store.search.query import Query as IncidentQuery
from dlp.store.search.query import params_of
from dlp.store.statistics import Looking, Named, Number, Period

router = APIRouter(tags=["statistics"])
_Reader = Annotated[Principal, allowed(Permission.STATISTICS_READ)]
_Officer = Annotated[Principal, allowed(Permission.INCIDENT_READ)]
_LONGEST = timedelta(days=400)


class PeriodAsked(BaseModel):
    """`[start, end)`; by default the last 30 days, days counted in `zone`."""

    start: TimeTold | None = None
    end: TimeTold | None = None
    zone: Annotated[str, Field(max_length=64)] = "Europe/Moscow"


class CountedOut(BaseModel):
    """A number of incidents, the same of the period before, and the filter of `GET /incidents` that lists them."""

    value: int
    previous: int | None
    filter: dict[str, Any]


class NamedOut(CountedOut):
    """A number under the values it stands for."""

    labels: dict[str, str]


class MeasureOut(BaseModel):
    """A number of messages, and the same of the period before; `GET /coverage` of the period lists where they come from."""

    value: int
    previous: int


class DayOut(BaseModel):
    """The incidents opened on a day."""

    day: date
    severities: dict[str, CountedOut]


class DurationsOut(CountedOut):
    """How long resolved incidents took, in seconds."""

    severity: str
    median: float
    ninth_decile: float
    mean: float


class PeriodOut(BaseModel):
    """The period the numbers are of."""

    start: Time
    end: Time
    zone: str


class OverviewOut(BaseModel):
    """The state of things; `oldest_open_high` is when the oldest open incident of at least high severity opened."""

    period: PeriodOut
    messages: dict[str, MeasureOut]
    open: CountedOut
    open_high: CountedOut
    oldest_open_high: Time | None
    overdue: CountedOut
    open_gaps: int
    unknown_outcomes: int
    decisions: list[NamedOut]
    per_day: list[DayOut]


class IncidentStatistics(BaseModel):
    """The incidents of the period by one field, and how long resolving took."""

    period: PeriodOut
    by: str
    items: list[NamedOut]
    time_to_resolve: list[DurationsOut]


class FalseAlarmsOut(BaseModel):
    """A rule's incidents that were no leak, among all of its resolved ones."""

    policy: str
    rule: str
    not_a_leak: CountedOut
    resolved: CountedOut


class RuleStatistics(BaseModel):
    """Rules of the period: incidents, those that were no leak, what observing policies would have held or blocked."""

    period: PeriodOut
    items: list[NamedOut]
    false_alarms: list[FalseAlarmsOut]
    would_have_stopped: list[NamedOut]


class WorkOut(BaseModel):
    """What waits for whoever asks; `approvals` are held messages and reveals somebody else asked for."""

    new: CountedOut
    mine: CountedOut
    overdue: CountedOut
    approvals: int
    holds_for_approval: int
    reveals_for_approval: int


class ByAsked(PeriodAsked):
    """The field to count by."""

    by: Literal["decision", "policy", "rule", "zone", "department", "connector", "state", "resolution", "severity_is"] = "policy"


@router.get("/statistics/overview")
def get_overview(principal: _Reader, services: InstallationServices, asked: Annotated[PeriodAsked, Query()]) -> OverviewOut:
    """Messages and incidents of a period, and what is open now."""
    looking, period = _looking(services, principal), _period(services, asked)
    open_now = IncidentQuery(state=OPEN)
    with services.database.reading() as connection:
        oldest, high = statistics.oldest_open(connection, looking, Severity.HIGH)
        return OverviewOut(
            period=_period_out(period),
            messages={
                name: MeasureOut(value=now, previous=before)
                for name, (now, before) in statistics.messages_by(connection, period).items()
            },
            open=_counted(statistics.number_of(connection, looking, open_now)),
            open_high=_counted(statistics.number_of(connection, looking, high)),
            oldest_open_high=oldest,
            overdue=_counted(statistics.number_of(connection, looking, IncidentQuery(overdue=True))),
            open_gaps=statistics.open_gaps(connection),
            unknown_outcomes=statistics.unknown_outcomes(connection),
            decisions=list(map(_named, statistics.by_fields(connection, looking, period, ("decision",)))),
            per_day=[
                DayOut(day=one.day, severities={severity.label: _counted(number) for severity, number in one.numbers.items()})
                for one in statistics.per_day(connection, looking, period)
            ],
        )


@router.get("/statistics/incidents")
def get_incident_statistics(
    principal: _Reader, services: InstallationServices, asked: Annotated[ByAsked, Query()]
) -> IncidentStatistics:
    """The incidents of a period by a field, and the time to resolve."""
    looking, period = _looking(services, principal), _period(services, asked)
    with services.database.reading() as connection:
        items = statistics.by_fields(connection, looking, period, (asked.by,))
        took = statistics.times_to_resolve(connection, looking, period)
    return IncidentStatistics(
        period=_period_out(period),
        by=asked.by,
        items=list(map(_named, items)),
        time_to_resolve=[
            DurationsOut(
                **_counted(one.number).model_dump(),
                severity=one.severity.label,
                median=one.median,
                ninth_decile=one.ninth_decile,
                mean=one.mean,
            )
            for one in took
        ],
    )


@router.get("/statistics/rules")
def get_rule_statistics(
    principal: _Reader, services: InstallationServices, asked: Annotated[PeriodAsked, Query()]
) -> RuleStatistics:
    """Rules by incidents, by false alarms, and by what they would have stopped had they been enforced."""
    looking, period = _looking(services, principal), _period(services, asked)
    with services.database.reading() as connection:
        wrong = statistics.false_alarms(connection, looking, period)
        return RuleStatistics(
            period=_period_out(period),
            items=list(map(_named, statistics.by_fields(connection, looking, period, ("policy", "rule")))),
            false_alarms=[
                FalseAlarmsOut(policy=one.policy, rule=one.rule, not_a_leak=_counted(one.number), resolved=_counted(one.resolved))
                for one in wrong
            ],
            would_have_stopped=list(map(_named, statistics.would_have_stopped(connection, looking, period))),
        )


@router.get("/statistics/work")
def get_my_work(principal: _Officer, services: InstallationServices) -> WorkOut:
    """What waits for whoever asks."""
    with services.database.reading() as connection:
        work = statistics.work_of(connection, _looking(services, principal))
    reveals = work.reveals if Permission.CONTENT_APPROVE in principal.permissions else 0
    holds = work.holds if Permission.ACTION_RELEASE in principal.permissions else 0
    return WorkOut(
        new=_counted(work.new),
        mine=_counted(work.mine),
        overdue=_counted(work.overdue),
        approvals=holds + reveals,
        holds_for_approval=holds,
        reveals_for_approval=reveals,
    )


def _looking(services: Services, principal: Principal) -> Looking:
    return Looking(viewer_of(principal), services.clock.now())


def _period(services: Services, asked: PeriodAsked) -> Period:
    if asked.zone not in available_timezones():
        raise UsageError("there is no such time zone", code="zone", pointer="/zone")
    zone = ZoneInfo(asked.zone)
    end = asked.end or services.clock.now() + timedelta.resolution  # what is opened now belongs to it
    start = asked.start if asked.start is not None else _midnight(end - timedelta(days=29), zone)
    if not timedelta(0) < end - start <= _LONGEST:
        raise UsageError("a period is up to 400 days", code="period", pointer="/start")
    return Period(start, end, zone)


def _midnight(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)


def _period_out(period: Period) -> PeriodOut:
    return PeriodOut(start=period.start, end=period.end, zone=period.zone.key)


def _counted(number: Number) -> CountedOut:
    return CountedOut(value=number.incidents, previous=number.previous, filter=params_of(number.query))


def _named(one: Named) -> NamedOut:
    return NamedOut(labels=one.labels, **_counted(one.number).model_dump())
