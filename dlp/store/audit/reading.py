"""Looking through the audit trail: who did what to what, and when."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, select

from dlp.store.tables.access import tokens, users
from dlp.store.tables.trust import audit


class Asked(NamedTuple):
    """Which records a list is to hold; None means all.

    `act` and `object` that end in "." or ":" stand for all that begin so: "incident." and "user:". `before` is a record's
    number: only older ones.
    """

    actor: str | None = None
    act: str | None = None
    object: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


class Record(NamedTuple):
    """One act. `details` is None where they were erased; `actor_name` where the actor is no user or token (any more)."""

    seq: int
    at: datetime
    actor: str
    actor_kind: str
    actor_name: str | None
    act: str
    object: str
    details: dict[str, Any] | None


def listed(connection: Connection, asked: Asked, limit: int = 50) -> list[Record]:
    """Records, the newest first."""
    query = select(audit).where(*_conditions(asked)).order_by(audit.c.seq.desc()).limit(limit)
    rows = connection.execute(query).all()
    names = _names(connection, {row.actor for row in rows})
    return [
        Record(row.seq, row.at, row.actor, row.actor_kind, names.get(row.actor), row.act, row.object, row.details) for row in rows
    ]


def _conditions(asked: Asked) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if asked.actor is not None:
        conditions.append(audit.c.actor == asked.actor)
    for column, told in ((audit.c.act, asked.act), (audit.c.object, asked.object)):
        if told is not None:
            conditions.append(column.startswith(told, autoescape=True) if told.endswith((".", ":")) else column == told)
    if asked.since is not None:
        conditions.append(audit.c.at >= asked.since)
    if asked.until is not None:
        conditions.append(audit.c.at < asked.until)
    if asked.before is not None:
        conditions.append(audit.c.seq < asked.before)
    return conditions


def _names(connection: Connection, ids: set[str]) -> dict[str, str]:
    return {
        id: name
        for table in (users, tokens)
        for id, name in connection.execute(select(table.c.id, table.c.name).where(table.c.id.in_(ids)))
    }
