"""Alerts: somebody is woken once for what is alike, again by somebody else when nobody answers, and told in sums of the rest."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, Final, NamedTuple

import uuid_utils
from sqlalchemy import Connection, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from dlp.errors import Conflict
from dlp.records import Severity
from dlp.store import alert_routes, channels, duty, outbox
from dlp.store.actor import SYSTEM, Actor
from dlp.store.alert_delivery import ALERT_COLUMNS, ESCALATED, ONLY_TOLD, Alert, deliver, move_from, of_id, settled
from dlp.store.alert_routes import Route
from dlp.store.audit import chain, checkpoints
from dlp.store.changes import changed
from dlp.store.columns import microseconds
from dlp.store.tables import trust
from dlp.store.tables.duties import alerts, channel_health, digest_counts
from dlp.store.tables.record import actions, incidents

# About the product itself: where no route is for them, the first one there is tells them.
OURS: Final = frozenset({"channel_down", "duty_gap", "connector_silent", "checkpoint_failed", "emergency"})
_AT_ONCE: Final = 200


class Cause(NamedTuple):
    """Something to be told. `facts` are ids, names of rules and counts, never content."""

    kind: str
    severity: Severity
    policy: str = ""
    rule: str = ""
    department: str | None = None
    incident_id: str | None = None
    facts: Mapping[str, Any] = {}
    fold: str = ""  # what else must be alike to fold; two causes of one kind and rule fold where it is the same


def on_incident(connection: Connection, incident: Mapping[str, Any], now: datetime) -> None:
    """Tells of an incident that is new, opened again or worse than before; `incident` is its row.

    `reopened` and `was_severity` beside the row's columns say what happened to one that was there already.
    """
    worse = incident["severity"] > incident.get("was_severity", incident["severity"])
    if incident["marked_demo"] or not (incident["version"] == 1 or incident.get("reopened") or worse):
        return
    named = ("number", "policy", "rule", "connector", "zone", "external")
    cause = Cause(
        kind="incident",
        severity=Severity(incident["severity"]),
        policy=incident["policy"],
        rule=incident["rule"],
        department=incident["department"],
        incident_id=incident["id"],
        facts={name: incident[name] for name in named} | {"decision": incident["decision"], "held": incident["held"]},
    )
    raise_alert(connection, cause, now)


def raise_alert(connection: Connection, cause: Cause, now: datetime) -> list[str]:
    """Wakes whom the routes say, counts for digests; the ids of the alerts, those it was folded into among them."""
    enabled = [route for route in alert_routes.listed(connection) if route.enabled]
    fitting = [route for route in enabled if route.matches.fit(cause.kind, cause.severity, cause.policy, cause.department)]
    if not fitting and cause.kind in OURS:
        fitting = [route for route in enabled if not route.digest][:1]
    raised = []
    for route in fitting:
        if route.digest and cause.kind == "incident":
            _count(connection, route, cause.severity, now)
        else:
            raised.append(_raise_on(connection, route, cause, now))
        if not route.goes_on:
            break
    return raised


def acknowledge(connection: Connection, alert_id: str, actor: Actor, now: datetime) -> Alert:
    """Somebody answers: nobody else is woken for it. Raises NotFound, Conflict where somebody was faster."""
    alert = of_id(connection, alert_id)
    if alert.state == "acknowledged":
        raise Conflict("somebody answered before", code="acknowledged", by=alert.acknowledged_by or "")
    _acknowledged(connection, alert, actor.id, now)
    chain.append(connection, actor, "alert.acknowledged", f"alert:{alert_id}", {"kind": alert.kind}, now)
    return of_id(connection, alert_id)


def settle(connection: Connection, settlement: outbox.Settlement, *, works: bool | None, now: datetime) -> outbox.Planned | None:
    """Writes how an attempt ended, and all that follows: the channel's health, the next channel, an alert that one is down.

    `works` says whether the other side is alive; None where the attempt tells nothing about it.
    """
    action = outbox.settle(connection, settlement, now)
    if action is None:
        return None
    turned = "" if works is None else channels.note_attempt(connection, action.channel, settlement.said, works=works, now=now)
    if turned:
        changed(connection, "channel", action.channel[-36:], 1, now)
    if turned == "down":
        move_from(connection, action.channel, now)
        facts = {"channel": action.channel, "title": _title_of(connection, action.channel), "said": settlement.said[:200]}
        raise_alert(connection, Cause("channel_down", Severity.HIGH, facts=facts, fold=action.channel), now)
    settled(connection, action, now)
    if action.state == "done" and action.payload.get("notice") == "checkpoint":
        checkpoints.departed(connection, int(action.payload["facts"]["number"]), action.kind, now)
    return action


def tick(connection: Connection, now: datetime) -> None:
    """What time brings: second persons are woken, storms summed up, digests sent."""
    _escalate(connection, now)
    _sum_up(connection, now)
    for route in alert_routes.listed(connection):
        if route.enabled and route.digest:
            _digest(connection, route, now)
        if route.enabled and "checkpoint" in (route.matches.kinds or ()):
            _send_checkpoint(connection, route, now)


class Asked(NamedTuple):
    """Which alerts a list is to hold; None means all. `departments` bounds those of incidents."""

    states: Collection[str] | None = None
    departments: Collection[str] | None = None
    before: str | None = None  # an alert's id: only older ones
    limit: int = 50


def listed(connection: Connection, asked: Asked) -> list[Alert]:
    """Alerts, newest first."""
    query = select(*ALERT_COLUMNS).order_by(alerts.c.id.desc()).limit(asked.limit)
    if asked.states is not None:
        query = query.where(alerts.c.state.in_(asked.states))
    if asked.departments is not None:
        query = query.where(or_(alerts.c.incident_id.is_(None), alerts.c.department.in_(asked.departments)))
    if asked.before is not None:
        query = query.where(alerts.c.id < asked.before)
    return [Alert(*row) for row in connection.execute(query)]


class Standing(NamedTuple):
    """What needs a look: alerts nobody answered, alerts nobody got, channels that are down, actions by state."""

    waiting: int
    escalated: int
    undelivered: int
    channels_down: int
    actions: Mapping[str, int]


def standing(connection: Connection) -> Standing:
    """The counts of now."""
    states = select(alerts.c.state, func.count()).where(alerts.c.state != "acknowledged").group_by(alerts.c.state)
    found: dict[str, int] = dict(connection.execute(states).all())
    down = connection.execute(select(func.count()).where(channel_health.c.state == "down")).scalar_one()
    waiting, escalated, undelivered = (found.get(state, 0) for state in ("waiting", "escalated", "undelivered"))
    return Standing(waiting, escalated, undelivered, down, outbox.counts(connection))


def _raise_on(connection: Connection, route: Route, cause: Cause, now: datetime) -> str:
    fold_key = _fold_key(route, cause)
    if folded := _fold_into(connection, route, fold_key, now):
        return folded
    row = _new_row(route, cause, fold_key, now)
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    made = dialect.insert(alerts).values(row)
    # Another writer may have been faster by a moment: then this one is alike.
    once = made.on_conflict_do_update(index_elements=["fold_key", "bucket"], set_={"folded": alerts.c.folded + 1})
    alert = Alert(*connection.execute(once.returning(*ALERT_COLUMNS)).one())
    if alert.folded:
        _summary_due(connection, alert.id, alert.created_at + route.fold_window)
        return alert.id
    if route.duty and cause.kind != "duty_gap" and not duty.on_duty(connection, now):
        raise_alert(connection, Cause("duty_gap", Severity.HIGH, facts={"route": route.title}), now)
    deliver(connection, alert, route, now)
    return alert.id


def _new_row(route: Route, cause: Cause, fold_key: str, now: datetime) -> dict[str, Any]:
    answered = cause.kind not in ONLY_TOLD
    minutes = route.escalate_after_minutes
    return {
        "id": str(uuid_utils.uuid7()),
        "route_id": route.id,
        "incident_id": cause.incident_id,
        "kind": cause.kind,
        "severity": int(cause.severity),
        "department": cause.department,
        "facts": {"policy": cause.policy, "rule": cause.rule, **cause.facts},
        "fold_key": fold_key,
        "bucket": microseconds(now) // max(int(route.fold_window.total_seconds() * 1_000_000), 1),
        "folded": 0,
        "summed": 0,
        "stage": 0,
        "state": "waiting" if answered else "told",
        "created_at": now,
        "due_at": now + timedelta(minutes=minutes) if answered and minutes is not None else None,
    }


def _fold_key(route: Route, cause: Cause) -> str:
    alike = (route.id, cause.kind, cause.policy, cause.rule, cause.severity.label, cause.fold)
    return blake2b("\0".join(alike).encode(), digest_size=16).hexdigest()


def _fold_into(connection: Connection, route: Route, fold_key: str, now: datetime) -> str | None:
    since = now - route.fold_window
    query = select(alerts.c.id, alerts.c.created_at).where(alerts.c.fold_key == fold_key, alerts.c.created_at > since)
    alike = connection.execute(query.order_by(alerts.c.created_at.desc()).limit(1)).first()
    if alike is None:
        return None
    connection.execute(update(alerts).where(alerts.c.id == alike.id).values(folded=alerts.c.folded + 1))
    _summary_due(connection, alike.id, alike.created_at + route.fold_window)
    return str(alike.id)


def _summary_due(connection: Connection, alert_id: str, at: datetime) -> None:
    connection.execute(update(alerts).where(alerts.c.id == alert_id, alerts.c.summary_at.is_(None)).values(summary_at=at))


def _acknowledged(connection: Connection, alert: Alert, by: str, now: datetime) -> None:
    values = {"state": "acknowledged", "acknowledged_at": now, "acknowledged_by": by[:64]}
    connection.execute(update(alerts).where(alerts.c.id == alert.id).values(values))
    pending = select(actions.c.id).where(actions.c.alert_id == alert.id, actions.c.state == "planned")
    for action_id in connection.execute(pending).scalars().all():
        outbox.withdraw(connection, action_id, "answered before it was told", now)
    changed(connection, "alert", alert.id, ESCALATED, now)


def _escalate(connection: Connection, now: datetime) -> None:
    due = (
        select(*ALERT_COLUMNS)
        .where(alerts.c.state.in_(("waiting", "undelivered")), alerts.c.due_at <= now)
        .order_by(alerts.c.due_at)
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    routes = {route.id: route for route in alert_routes.listed(connection)}
    for alert in [Alert(*row) for row in connection.execute(due)]:
        connection.execute(update(alerts).where(alerts.c.id == alert.id).values(due_at=None))
        if taker := _taken_by(connection, alert):
            _acknowledged(connection, alert, taker, now)
            continue
        details = {"kind": alert.kind, "severity": Severity(alert.severity).label}
        chain.append(connection, SYSTEM, "alert.escalated", f"alert:{alert.id}", details, now)
        if route := routes.get(alert.route_id):
            deliver(connection, alert, route, now, stage=ESCALATED)


def _taken_by(connection: Connection, alert: Alert) -> str | None:
    """Whoever works on the incident already: taking it is an answer, too."""
    if alert.incident_id is None:
        return None
    query = select(incidents.c.assignee, incidents.c.state, incidents.c.resolved_by).where(incidents.c.id == alert.incident_id)
    row = connection.execute(query).first()
    if row is None or (row.assignee is None and row.state == "opened"):
        return None
    return str(row.assignee or row.resolved_by or "somebody")


def _sum_up(connection: Connection, now: datetime) -> None:
    due = select(*ALERT_COLUMNS).where(alerts.c.summary_at <= now).limit(_AT_ONCE).with_for_update(skip_locked=True)
    routes = {route.id: route for route in alert_routes.listed(connection)}
    for alert in [Alert(*row) for row in connection.execute(due)]:
        connection.execute(update(alerts).where(alerts.c.id == alert.id).values(summary_at=None, summed=alert.folded))
        if (route := routes.get(alert.route_id)) and alert.folded > alert.summed:
            facts = {**alert.facts, "of": alert.id, "kind": alert.kind, "count": alert.folded - alert.summed}
            cause = Cause("summary", Severity(alert.severity), department=alert.department, facts=facts, fold=alert.id)
            _raise_on(connection, route, cause._replace(incident_id=alert.incident_id), now)


def _count(connection: Connection, route: Route, severity: Severity, now: datetime) -> None:
    row = {"route_id": route.id, "day": route.day(now), "severity": int(severity), "count": 1}
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    added = {"count": digest_counts.c.count + 1}
    statement = dialect.insert(digest_counts).values(row)
    connection.execute(statement.on_conflict_do_update(index_elements=["route_id", "day", "severity"], set_=added))


def _digest(connection: Connection, route: Route, now: datetime) -> None:
    """Yesterday's digest, once, also of a day without incidents: no mail would not say whether there were none."""
    yesterday = route.day(now) - 1
    if route.minute(now) < route.digest_minutes or (route.created_at and route.day(route.created_at) > yesterday):
        return
    cause = Cause("digest", Severity.LOW, fold=f"day {yesterday}")
    if connection.execute(select(alerts.c.id).where(alerts.c.fold_key == _fold_key(route, cause)).limit(1)).first():
        return
    mine = (digest_counts.c.route_id == route.id, digest_counts.c.day <= yesterday)
    sums = select(digest_counts.c.severity, func.sum(digest_counts.c.count)).where(*mine).group_by(digest_counts.c.severity)
    counts = {Severity(severity).label: int(count) for severity, count in connection.execute(sums)}
    connection.execute(digest_counts.delete().where(*mine))
    _raise_on(connection, route, cause._replace(facts={"counts": counts, "count": sum(counts.values()), "day": yesterday}), now)


def _send_checkpoint(connection: Connection, route: Route, now: datetime) -> None:
    """The newest checkpoint leaves the machine, once, by a route that names checkpoints: an auditor's mail, a syslog."""
    newest = connection.execute(select(trust.checkpoints).order_by(trust.checkpoints.c.number.desc()).limit(1)).first()
    if newest is None:
        return
    cause = Cause("checkpoint", Severity.LOW, fold=f"checkpoint {newest.number}")
    if connection.execute(select(alerts.c.id).where(alerts.c.fold_key == _fold_key(route, cause)).limit(1)).first():
        return
    facts = {"number": newest.number, "line": checkpoints.of_row(newest).line}
    _raise_on(connection, route, cause._replace(facts=facts), now)


def _title_of(connection: Connection, channel: str) -> str:
    kind, _, name = channel.partition(":")
    if kind != "channel":
        return name
    return next((one.title for one in channels.listed(connection) if one.id == name), name)
