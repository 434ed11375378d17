"""Channels, routes and incidents for tests of alerts."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from dlp.records import Decision, Severity
from dlp.store import alert_routes, alerts, channels
from dlp.store.actor import SYSTEM
from dlp.store.alert_delivery import Alert
from dlp.store.alert_routes import Matches, Route, Target
from dlp.store.channels import Channel, Written
from dlp.store.database import Database
from dlp.store.outbox import Asked, Planned, Settlement, lease, listed
from dlp.store.tables.access import users
from dlp.store.tables.record import incidents

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
_SETTINGS: dict[str, dict[str, Any]] = {
    "mail": {"host": "127.0.0.1", "port": 1, "security": "none", "sender": "dlp@example.com"},
    "webhook": {"url": "http://127.0.0.1:1/alerts"},
    "syslog": {"host": "127.0.0.1", "port": 1, "transport": "tcp", "form": "cef"},
}


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def a_channel(database: Database, kind: str = "mail", *, sealed: bytes | None = None, **settings: Any) -> Channel:
    """An installed channel; settings by name replace the ordinary ones."""
    written = Written(kind, f"the {kind}", {**_SETTINGS.get(kind, {}), **settings}, sealed)
    return database.write(lambda c: channels.create(c, channels.new_id(), written, actor=SYSTEM, now=NOON))


def a_route(*targets: tuple[Channel, str | None], **fields: Any) -> Route:
    """A route over (channel, address) targets, tried in order; `matches` as the stored form."""
    fields["matches"] = Matches.of(fields.pop("matches", {}))
    fields["escalate_to"] = _targets(fields.pop("escalate_to", ()))
    return Route(id="", title=fields.pop("title", "security"), channels=_targets(targets), **fields)


def set_routes(database: Database, *routes: Route, now: datetime = NOON) -> list[Route]:
    return database.write(lambda c: alert_routes.replace(c, routes, actor=SYSTEM, now=now))


def _targets(told: Any) -> tuple[Target, ...]:
    return tuple(Target(channel.id, (address,) if address else ()) for channel, address in told)


def a_person(database: Database, email: str | None = "duty@example.com", *, state: str = "active", language: str = "ru") -> str:
    """Somebody with an account."""
    user_id = str(uuid.uuid4())
    row: dict[str, Any] = {"id": user_id, "login": user_id, "name": "Д. Ким", "email": email, "roles": ["officer"]}
    row |= {"state": state, "language": language, "zone": "Europe/Moscow", "preferences": {}, "created_at": NOON}
    database.write(lambda c: c.execute(insert(users).values(row)))
    return user_id


def an_incident(number: int = 1, severity: Severity = Severity.HIGH, **fields: Any) -> dict[str, Any]:
    """An incident's row, as recording hands it over."""
    row = {
        "id": str(uuid.UUID(int=number)),
        "number": number,
        "version": 1,
        "group_key": f"group {number}",
        "state": "opened",
        "severity": int(severity),
        "decision": int(Decision.ALERT),
        "would": int(Decision.ALERT),
        "policy": "ru-personal-data",
        "rule": "bulk-subjects",
        "connector": "telegram",
        "department": None,
        "zone": "foreign",
        "external": True,
        "opened_at": NOON,
        "updated_at": NOON,
        "held": False,
        "marked_demo": False,
    }
    return {**row, **fields}


def happen(database: Database, incident: dict[str, Any], now: datetime = NOON, *, stored: bool = False) -> None:
    """The incident is recorded: alerts hear of it."""

    def record(connection: Any) -> None:
        if stored:
            connection.execute(insert(incidents).values(incident))
        alerts.on_incident(connection, incident, now)

    database.write(record)


def tick(database: Database, now: datetime) -> None:
    database.write(lambda c: alerts.tick(c, now))


def all_alerts(database: Database) -> list[Alert]:
    """Every alert, oldest first."""
    with database.reading() as connection:
        return alerts.listed(connection, alerts.Asked(limit=1000))[::-1]


def all_actions(database: Database) -> list[Planned]:
    """Every action, oldest first."""
    with database.reading() as connection:
        return listed(connection, Asked(limit=1000))[::-1]


def told_to(database: Database) -> list[tuple[str, str]]:
    """(kind of notice, address or kind of channel) of every action, oldest first."""
    return [(action.payload["notice"], action.payload["to"] or action.kind) for action in all_actions(database)]


def take(database: Database, now: datetime = NOON, limit: int = 100) -> list[Planned]:
    """Leases what is due."""
    return database.write(lambda c: lease(c, now, limit=limit, busy={}, at_once=limit))


def end(database: Database, action: Planned, state: str, *, works: bool | None = True, now: datetime = NOON) -> None:
    """An attempt ended so."""
    settlement = Settlement(action.id, action.attempts, state, "said so")
    database.write(lambda c: alerts.settle(c, settlement, works=works, now=now))
