"""What of access nobody needs any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, update

from dlp.store.access import attempts, sessions
from dlp.store.tables.access import invitations, pulses

_KEPT = timedelta(days=30)


def tidy(connection: Connection, now: datetime) -> None:
    """Removes sessions, links and tries that ended a month ago; what they did stays in the audit chain."""
    sessions.forget_ended(connection, now - _KEPT)
    connection.execute(delete(invitations).where(invitations.c.expires_at < now - _KEPT))
    attempts.forget_old(connection, now)


def pulse(connection: Connection, name: str, now: datetime) -> None:
    """Writes a row: what a part of a process does to see that the record can be written."""
    if connection.execute(update(pulses).where(pulses.c.name == name).values(at=now)).rowcount == 0:
        connection.execute(insert(pulses).values(name=name, at=now))
