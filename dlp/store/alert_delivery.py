"""Who is told of an alert and by which channel: each of a route's channels in turn until one works."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, select, update

from dlp.errors import NotFound
from dlp.records import Severity
from dlp.store import alert_routes, channels, duty, outbox
from dlp.store.alert_routes import Route, Target
from dlp.store.changes import changed
from dlp.store.tables.access import users
from dlp.store.tables.duties import alerts
from dlp.store.tables.record import actions

ESCALATED: Final = 100  # stages from here on are of `escalate_to`
ONLY_TOLD: Final = frozenset({"summary", "digest", "test", "checkpoint"})  # nobody has to answer these
_ALONE: Final = {"webhook": "webhook", "syslog": "syslog"}  # channels that are a receiver themselves
_ADDRESSED: Final = {"mail": "mail", "telegram": "telegram.reply"}


class Alert(NamedTuple):
    """A stored alert."""

    id: str
    route_id: str
    incident_id: str | None
    kind: str
    severity: int
    department: str | None
    facts: Mapping[str, Any]
    folded: int
    summed: int
    stage: int
    state: str
    created_at: datetime
    due_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None


class _Recipient(NamedTuple):
    address: str
    user_id: str = ""
    language: str = ""


ALERT_COLUMNS: Final = tuple(alerts.c[name] for name in Alert._fields)


def deliver(connection: Connection, alert: Alert, route: Route, now: datetime, *, stage: int = 0) -> bool:
    """Plans telling by the first channel from `stage` on that works; False where none does.

    Then it waits for the first that may work again, and the alert is undelivered until then.
    """
    found = _first_working(connection, alert, route, now, stage=stage)
    if not found and stage < ESCALATED:
        # The second persons are asked at once when nobody of the first can be reached.
        found = _first_working(connection, alert, route, now, stage=ESCALATED)
    if found:
        _note(connection, alert, found, _awaiting(alert, found), now)
        return True
    for placed in _targets(route, 0):
        if _plan_stage(connection, alert, route, placed, now):
            break
    _note(connection, alert, alert.stage, "undelivered", now)
    return False


def settled(connection: Connection, action: outbox.Planned, now: datetime) -> None:
    """What follows for an alert when telling somebody of it ended."""
    alert = _of(connection, action)
    if alert is None or action.state not in outbox.ENDED:
        return
    stage = int(action.payload.get("stage", 0))
    if action.state == "done":
        if alert.state == "undelivered":
            _note(connection, alert, stage, _awaiting(alert, stage), now)
        return
    if _still_hopes(connection, alert, stage) or alert.state == "acknowledged" or alert.stage > stage:
        return
    if route := _route_of(connection, alert):
        deliver(connection, alert, route, now, stage=stage + 1)


def move_from(connection: Connection, channel: str, now: datetime) -> None:
    """Tells by the next channel what waits for one that is down; what has no next one stays and waits."""
    waiting = select(actions.c.id).where(
        actions.c.channel == channel, actions.c.state == "planned", actions.c.alert_id.is_not(None)
    )
    moved: dict[str, bool] = {}
    waiting = waiting.where(actions.c.alert_id.is_not(None)).order_by(actions.c.id).limit(1000)
    for action_id in connection.execute(waiting).scalars().all():
        action = outbox.action(connection, action_id)
        alert = _of(connection, action)
        if alert is None:
            continue
        if alert.id not in moved:
            moved[alert.id] = _move(connection, alert, int(action.payload.get("stage", 0)), now)
        if moved[alert.id]:
            outbox.withdraw(connection, action_id, "told by the next channel", now)


def of_id(connection: Connection, alert_id: str) -> Alert:
    """One alert. Raises NotFound."""
    row = connection.execute(select(*ALERT_COLUMNS).where(alerts.c.id == alert_id)).first()
    if row is None:
        raise NotFound("there is no such alert")
    return Alert(*row)


def _move(connection: Connection, alert: Alert, stage: int, now: datetime) -> bool:
    route = _route_of(connection, alert)
    if route is None:
        return False
    found = _first_working(connection, alert, route, now, stage=stage + 1)
    if found:
        _note(connection, alert, found, alert.state, now)
    return bool(found)


def _of(connection: Connection, action: outbox.Planned) -> Alert | None:
    if action.alert_id is None:
        return None
    row = connection.execute(select(*ALERT_COLUMNS).where(alerts.c.id == action.alert_id)).first()
    return Alert(*row) if row else None


def _route_of(connection: Connection, alert: Alert) -> Route | None:
    try:
        return alert_routes.route(connection, alert.route_id)
    except NotFound:
        return None  # somebody removed it since


def _awaiting(alert: Alert, stage: int) -> str:
    if alert.kind in ONLY_TOLD:
        return "told"
    return "escalated" if stage >= ESCALATED else "waiting"


def _note(connection: Connection, alert: Alert, stage: int, state: str, now: datetime) -> None:
    connection.execute(update(alerts).where(alerts.c.id == alert.id).values(stage=stage, state=state))
    changed(connection, "alert", alert.id, stage, now)


def _still_hopes(connection: Connection, alert: Alert, stage: int) -> bool:
    """Whether somebody of this stage was told, or may yet be."""
    others = select(actions.c.payload).where(actions.c.alert_id == alert.id, actions.c.state.in_(("planned", "sent", "done")))
    return any(payload.get("stage", 0) == stage for payload in connection.execute(others).scalars())


def _targets(route: Route, stage: int) -> list[tuple[int, Target]]:
    """Numbered from 1, so that 0 means none; those of `escalate_to` from ESCALATED on."""
    first, targets = (ESCALATED, route.escalate_to) if stage >= ESCALATED else (1, route.channels)
    return [(first + place, target) for place, target in enumerate(targets) if first + place >= stage]


def _first_working(connection: Connection, alert: Alert, route: Route, now: datetime, *, stage: int) -> int:
    for place, target in _targets(route, stage):
        down = channels.is_down(connection, channels.key_of(target.channel))
        if not down and _plan_stage(connection, alert, route, (place, target), now):
            return place
    return 0


def _plan_stage(connection: Connection, alert: Alert, route: Route, placed: tuple[int, Target], now: datetime) -> bool:
    """Plans telling by one target; False where nobody is to be told by it, or it is switched off."""
    stage, target = placed
    try:
        channel = channels.channel(connection, target.channel)
    except NotFound:
        return False
    if not channel.enabled:
        return False
    key = channels.key_of(channel.id)
    recipients = _recipients(connection, channel.kind, target, now, duty_too=route.duty and stage < ESCALATED)
    kind = _ALONE.get(channel.kind) or _ADDRESSED[channel.kind]
    for number, recipient in enumerate(recipients):
        payload = {**told_of(alert), "to": recipient.address, "user": recipient.user_id, "stage": stage}
        payload["language"] = recipient.language or route.language
        if channel.kind == "telegram":
            payload |= {"chat_id": recipient.address}
        told = outbox.Plan(kind, f"alert:{alert.id}:{stage}:{number}", payload, channel=key)
        outbox.plan(connection, told._replace(alert_id=alert.id, incident_id=alert.incident_id), now)
    return bool(recipients)


def told_of(alert: Alert) -> dict[str, Any]:
    """What an alert's action carries: ids, names of rules, counts; never text, file names or people."""
    return {
        "notice": alert.kind,
        "alert": alert.id,
        "incident": alert.incident_id,
        "severity": Severity(alert.severity).label,
        "at": alert.created_at.isoformat(),
        "facts": dict(alert.facts),
    }


def _recipients(connection: Connection, kind: str, target: Target, now: datetime, *, duty_too: bool) -> Sequence[_Recipient]:
    if kind in _ALONE:
        return [_Recipient("")]
    found: dict[str, _Recipient] = {}
    if duty_too and kind == "mail":
        for person in duty.on_duty(connection, now):
            found[person.email.lower()] = _Recipient(person.email, person.user_id, person.language)
    for address in target.to:
        found.setdefault(address.lower(), _known(connection, address) if kind == "mail" else _Recipient(address))
    return list(found.values())


def _known(connection: Connection, address: str) -> _Recipient:
    query = select(users.c.id, users.c.language).where(users.c.email == address, users.c.state == "active")
    row = connection.execute(query.limit(1)).first()
    return _Recipient(address, row.id, row.language) if row else _Recipient(address)
