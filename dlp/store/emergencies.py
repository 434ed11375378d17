"""Emergency pass-through: who lets everything pass, why, until when; it expires by itself and is never silent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, NamedTuple

import uuid_utils
from sqlalchemy import Connection, insert, select, update

from dlp.errors import Conflict, NotFound, UsageError
from dlp.records import Severity
from dlp.store import alerts
from dlp.store.actor import SYSTEM, Actor
from dlp.store.audit import chain
from dlp.store.changes import changed
from dlp.store.tables.duties import connectors, emergencies

LONGEST: Final = timedelta(hours=24)  # from now, also where one is extended


class Emergency(NamedTuple):
    """One pass-through; `connector` None is everywhere. It is over at `until`, or at `ended_at` where somebody ended it."""

    id: str
    connector: str | None
    who: str
    why: str
    started_at: datetime
    until: datetime
    ended_at: datetime | None
    ended_by: str | None


class Declaration(NamedTuple):
    """What is asked for."""

    connector: str | None
    why: str
    until: datetime


class Extension(NamedTuple):
    """A later (or earlier) end of a current one, and why."""

    until: datetime
    why: str


_COLUMNS = tuple(emergencies.c[name] for name in Emergency._fields)


def declare(connection: Connection, asked: Declaration, actor: Actor, now: datetime) -> Emergency:
    """Lets everything pass until a time at most 24 hours away. The caller renews the context. Raises UsageError, NotFound."""
    _demand_reason(asked.why)
    _demand_time(asked.until, now)
    if asked.connector is not None:
        _demand_connector(connection, asked.connector)
    made = Emergency(str(uuid_utils.uuid7()), asked.connector, actor.id, asked.why.strip(), now, asked.until, None, None)
    connection.execute(insert(emergencies).values(made._asdict()))
    _noted(connection, actor, "emergency.declared", made, now)
    facts = {"connector": made.connector, "until": made.until.isoformat()}
    alerts.raise_alert(connection, alerts.Cause("emergency", Severity.CRITICAL, facts=facts, fold=made.id), now)
    return made


def extend(connection: Connection, emergency_id: str, asked: Extension, actor: Actor, now: datetime) -> Emergency:
    """Moves the end of a current emergency, to at most 24 hours from now. Raises UsageError, NotFound, Conflict."""
    _demand_reason(asked.why)
    _demand_time(asked.until, now)
    found = _current(connection, emergency_id, now)._replace(until=asked.until)
    connection.execute(update(emergencies).where(emergencies.c.id == emergency_id).values(until=asked.until))
    _noted(connection, actor, "emergency.extended", found._replace(why=asked.why.strip()), now)
    return found


def end(connection: Connection, emergency_id: str, why: str, actor: Actor, now: datetime) -> Emergency:
    """Ends a current emergency now. Raises UsageError, NotFound, Conflict."""
    _demand_reason(why)
    found = _current(connection, emergency_id, now)._replace(ended_at=now, ended_by=actor.id)
    connection.execute(update(emergencies).where(emergencies.c.id == emergency_id).values(ended_at=now, ended_by=actor.id))
    _noted(connection, actor, "emergency.ended", found._replace(why=why.strip()), now)
    return found


def end_expired(connection: Connection, now: datetime) -> list[str]:
    """Notes the end of those whose time is over (they stopped counting by themselves); their ids."""
    over = select(*_COLUMNS).where(emergencies.c.ended_at.is_(None), emergencies.c.until <= now).with_for_update(skip_locked=True)
    ended = [Emergency(*row) for row in connection.execute(over)]
    for found in ended:
        values = {"ended_at": found.until, "ended_by": SYSTEM.id}
        connection.execute(update(emergencies).where(emergencies.c.id == found.id).values(values))
        _noted(connection, SYSTEM, "emergency.expired", found, now)
    return [found.id for found in ended]


def current(connection: Connection, now: datetime) -> list[Emergency]:
    """Those that let things pass at this time, the newest first."""
    query = select(*_COLUMNS).where(emergencies.c.ended_at.is_(None), emergencies.c.until > now)
    return [Emergency(*row) for row in connection.execute(query.order_by(emergencies.c.id.desc()))]


def history(connection: Connection, *, before: str | None = None, limit: int = 50) -> list[Emergency]:
    """All there were, the newest first; `before` is an id."""
    query = select(*_COLUMNS).order_by(emergencies.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(emergencies.c.id < before)
    return [Emergency(*row) for row in connection.execute(query)]


def _current(connection: Connection, emergency_id: str, now: datetime) -> Emergency:
    query = select(*_COLUMNS).where(emergencies.c.id == emergency_id).with_for_update()
    row = connection.execute(query).first()
    if row is None:
        raise NotFound("there is no such emergency")
    found = Emergency(*row)
    if found.ended_at is not None or found.until <= now:
        raise Conflict("the emergency is over", code="emergency_over")
    return found


def _demand_reason(why: str) -> None:
    if not why.strip():
        raise UsageError("say why", code="reason_needed", pointer="/why")


def _demand_time(until: datetime, now: datetime) -> None:
    if not now < until <= now + LONGEST:
        hours = int(LONGEST.total_seconds() // 3600)
        raise UsageError(f"an emergency ends within {hours} hours", code="emergency_until", pointer="/until", hours=hours)


def _demand_connector(connection: Connection, name: str) -> None:
    if connection.execute(select(connectors.c.name).where(connectors.c.name == name)).first() is None:
        raise NotFound("there is no such connector", code="connector_not_found", pointer="/connector")


def _noted(connection: Connection, actor: Actor, act: str, found: Emergency, now: datetime) -> None:
    details = {"connector": found.connector, "until": found.until.isoformat(), "why": found.why}
    chain.append(connection, actor, act, f"emergency:{found.id}", details, now)
    changed(connection, "emergency", found.id, 1, now)
