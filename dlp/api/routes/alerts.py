"""Alerts: who was woken for what, the answer to one, the link that answers, the routes, the duty roster."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from dlp.act.acknowledgement import Acknowledgement, acknowledgement_in
from dlp.api.access import InstallationServices, Principal, allowed, public
from dlp.api.acknowledge_page import page
from dlp.api.channel_wire import Title
from dlp.api.duty_wire import Cursor, IdInPath, Name, PageSize, Time, allowed_any
from dlp.api.permissions import Permission
from dlp.errors import Conflict, NotFound, UsageError
from dlp.records import Severity
from dlp.services import Services
from dlp.store import alert_delivery, alert_routes, alerts, duty
from dlp.store.actor import Actor
from dlp.store.alert_delivery import Alert
from dlp.store.alert_routes import Matches, Route, Target

router = APIRouter(tags=["alerts"])
_Reader = Annotated[Principal, allowed_any(Permission.INCIDENT_READ, Permission.ALERT_EDIT)]
_Worker = Annotated[Principal, allowed_any(Permission.INCIDENT_WORK, Permission.ALERT_EDIT)]
_Editor = Annotated[Principal, allowed(Permission.ALERT_EDIT)]
_LONGEST_SPAN = timedelta(days=400)
State = Literal["waiting", "acknowledged", "escalated", "told", "undelivered"]
SeverityName = Literal["low", "medium", "high", "critical"]
Language = Literal["ru", "en"]
_PAGES: dict[int | str, dict[str, Any]] = {404: {"content": {"text/html": {}}}, 409: {"content": {"text/html": {}}}}
_Names = Annotated[list[Name], Field(max_length=100)]


def _known_zone(told: str) -> str:
    if told not in available_timezones():
        raise ValueError("is no time zone")
    return told


class AlertOut(BaseModel):
    """One alert. `folded` alike ones woke nobody again; `facts` are ids, names of rules and counts."""

    id: str
    route_id: str
    incident_id: str | None
    kind: str
    severity: SeverityName
    department: str | None
    facts: dict[str, Any]
    folded: int
    state: State
    created_at: Time
    due_at: Time | None
    acknowledged_at: Time | None
    acknowledged_by: str | None


class AlertsOut(BaseModel):
    """A page of alerts, newest first."""

    items: list[AlertOut]
    next: str | None


class AlertsAsked(BaseModel):
    """Which alerts."""

    state: list[State] | None = None
    after: Cursor | None = None
    limit: PageSize = 50


_Address = Annotated[str, StringConstraints(min_length=1, max_length=254, pattern=r"^[!-~]+$")]


class TargetWire(BaseModel):
    """A channel and who is told by it; nobody where the channel itself is the receiver."""

    channel: Annotated[str, StringConstraints(pattern=r"^[0-9a-f-]{36}$")]
    to: Annotated[list[_Address], Field(max_length=50)] = []


class MatchesWire(BaseModel):
    """What a route is for: at least this severity, policies by name or pattern, departments, kinds. Null is any."""

    severity: SeverityName | None = None
    policies: _Names | None = None
    departments: _Names | None = None
    kinds: _Names | None = None


class AlertRouteWire(BaseModel):
    """One route; an empty `id` is a new one. `channels` are tried in order until one works."""

    id: Annotated[str, StringConstraints(pattern=r"^([0-9a-f-]{36})?$")] = ""
    title: Title
    matches: MatchesWire = MatchesWire()
    channels: Annotated[list[TargetWire], Field(max_length=10)]
    duty: bool = False
    escalate_after_minutes: Annotated[int, Field(ge=1, le=7 * 24 * 60)] | None = None
    escalate_to: Annotated[list[TargetWire], Field(max_length=10)] = []
    digest: bool = False
    digest_minutes: Annotated[int, Field(ge=0, lt=24 * 60)] = 540
    fold_minutes: Annotated[int, Field(ge=0, le=24 * 60)] = 15
    goes_on: bool = False
    language: Language = "ru"
    zone: Annotated[str, AfterValidator(_known_zone)] = "Europe/Moscow"
    enabled: bool = True


class AlertRoutesWire(BaseModel):
    """All routes in the order they are asked in."""

    items: Annotated[list[AlertRouteWire], Field(max_length=100)]


class ShiftWire(BaseModel):
    """Somebody's time on duty, until but not including `ends_at`."""

    user_id: Annotated[str, StringConstraints(pattern=r"^[0-9a-f-]{36}$")]
    starts_at: Time
    ends_at: Time


class HoleOut(BaseModel):
    """A time nobody who can be reached is on duty."""

    starts_at: Time
    ends_at: Time


class OnDutyOut(BaseModel):
    """Somebody on duty who can be reached by mail."""

    user_id: str
    name: str


class RosterOut(BaseModel):
    """Shifts that touch the period, its holes, and who is on duty now."""

    shifts: list[ShiftWire]
    holes: list[HoleOut]
    on_duty: list[OnDutyOut]


class RosterIn(BaseModel):
    """The shifts that begin within the period; they take the place of those there were."""

    begins: Time
    ends: Time
    shifts: Annotated[list[ShiftWire], Field(max_length=2000)]


class RosterAsked(BaseModel):
    """Which period: two weeks from now where none is told."""

    begins: Time | None = None
    ends: Time | None = None


@router.get("/alerts")
def list_alerts(principal: _Reader, services: InstallationServices, asked: Annotated[AlertsAsked, Query()]) -> AlertsOut:
    """Alerts, newest first."""
    told = alerts.Asked(asked.state, principal.departments, asked.after, asked.limit)
    with services.database.reading() as connection:
        found = alerts.listed(connection, told)
    return AlertsOut(items=[_out(one) for one in found], next=found[-1].id if len(found) == asked.limit else None)


@router.get("/alerts/acknowledge", response_class=HTMLResponse, responses=_PAGES, dependencies=[public("the link is signed")])
def show_alert_link(
    request: Request, services: InstallationServices, token: Annotated[str, Query(max_length=300)] = ""
) -> HTMLResponse:
    """The page behind an alert's link: it only asks, so that a program that looks at links answers nothing."""
    told = _told_by(services, token)
    language = _language(request)
    if told is None:
        return page("over", language, status=404)
    with services.database.reading() as connection:
        state = alert_delivery.of_id(connection, told.alert_id).state
    return page("before", language) if state == "acknowledged" else page("ask", language, token=token)


@router.post("/alerts/acknowledge", response_class=HTMLResponse, responses=_PAGES, dependencies=[public("the link is signed")])
def follow_alert_link(
    request: Request, services: InstallationServices, token: Annotated[str, Form(max_length=300)] = ""
) -> HTMLResponse:
    """Answers the alert of a link, once. Audited."""
    told = _told_by(services, token)
    language = _language(request)
    if told is None:
        return page("over", language, status=404)
    actor = Actor(told.user_id, "user") if told.user_id else Actor("link", "system", "link")
    try:
        services.database.write(lambda c: alerts.acknowledge(c, told.alert_id, actor, services.clock.now()))
    except Conflict:
        return page("before", language, status=409)
    return page("thanks", language)


@router.post("/alerts/{alert_id}/acknowledge")
def acknowledge_alert(alert_id: IdInPath, principal: _Worker, services: InstallationServices) -> AlertOut:
    """Answers an alert: nobody else is woken for it. Audited."""
    now = services.clock.now()
    with services.database.reading() as connection:
        found = alert_delivery.of_id(connection, alert_id)
    if principal.departments is not None and found.incident_id is not None and found.department not in principal.departments:
        raise NotFound("there is no such alert")
    return _out(services.database.write(lambda connection: alerts.acknowledge(connection, alert_id, principal.actor, now)))


@router.get("/alert-routes")
def list_alert_routes(principal: _Editor, services: InstallationServices) -> AlertRoutesWire:
    """The routes in the order they are asked in."""
    with services.database.reading() as connection:
        return AlertRoutesWire(items=[_route_out(one) for one in alert_routes.listed(connection)])


@router.put("/alert-routes")
def replace_alert_routes(body: AlertRoutesWire, principal: _Editor, services: InstallationServices) -> AlertRoutesWire:
    """Makes these the routes, in this order. Audited."""
    routes, now = [_route_in(one) for one in body.items], services.clock.now()
    made = services.database.write(lambda c: alert_routes.replace(c, routes, actor=principal.actor, now=now))
    return AlertRoutesWire(items=[_route_out(one) for one in made])


@router.get("/duty-roster")
def get_duty_roster(principal: _Reader, services: InstallationServices, asked: Annotated[RosterAsked, Query()]) -> RosterOut:
    """Who is on duty when, and when nobody is."""
    now = services.clock.now()
    begins = asked.begins or now
    try:
        ends = asked.ends or begins + timedelta(days=14)
    except OverflowError:
        raise UsageError("time ends before the period does", code="period", pointer="/ends") from None
    return _roster(services, (begins, ends), now)


@router.put("/duty-roster")
def replace_duty_roster(body: RosterIn, principal: _Editor, services: InstallationServices) -> RosterOut:
    """Replaces the shifts that begin within a period. Audited."""
    now, span = services.clock.now(), (body.begins, body.ends)
    shifts = [duty.Shift(one.user_id, one.starts_at, one.ends_at) for one in body.shifts]
    _check_span(span)
    services.database.write(lambda connection: duty.replace(connection, shifts, span, actor=principal.actor, now=now))
    return _roster(services, span, now)


def _roster(services: Services, span: tuple[datetime, datetime], now: datetime) -> RosterOut:
    _check_span(span)
    with services.database.reading() as connection:
        shifts = duty.shifts_between(connection, *span)
        holes = duty.holes_between(connection, *span)
        people = duty.on_duty(connection, now)
    return RosterOut(
        shifts=[ShiftWire.model_validate(one._asdict()) for one in shifts],
        holes=[HoleOut.model_validate(one._asdict()) for one in holes],
        on_duty=[OnDutyOut(user_id=one.user_id, name=one.name) for one in people],
    )


def _check_span(span: tuple[datetime, datetime]) -> None:
    if not timedelta(0) < span[1] - span[0] <= _LONGEST_SPAN:
        raise UsageError("a period ends after it begins, within 400 days", code="period", pointer="/ends")


def _told_by(services: Services, token: str) -> Acknowledgement | None:
    return acknowledgement_in(services.keys.mac_key("acknowledge"), token, services.clock.now())


def _language(request: Request) -> str:
    return "en" if request.headers.get("accept-language", "").lower().startswith("en") else "ru"


def _out(alert: Alert) -> AlertOut:
    return AlertOut.model_validate({**alert._asdict(), "severity": Severity(alert.severity).label})


def _route_out(route: Route) -> AlertRouteWire:
    told = route._asdict() | {"matches": route.matches.stored()}
    for field in ("channels", "escalate_to"):
        told[field] = [target.stored() for target in getattr(route, field)]
    return AlertRouteWire.model_validate(told)


def _route_in(wire: AlertRouteWire) -> Route:
    told = wire.model_dump()
    told["matches"] = Matches.of(told["matches"])
    for field in ("channels", "escalate_to"):
        told[field] = tuple(map(Target.of, told[field]))
    return Route(**told)
