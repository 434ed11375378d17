"""The duty roster: who is woken when, and where the roster has holes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import uuid_utils
from sqlalchemy import Connection, delete, insert, select

from dlp.errors import UsageError
from dlp.store.actor import Actor
from dlp.store.audit import chain
from dlp.store.changes import changed
from dlp.store.tables.access import users
from dlp.store.tables.duties import duty_roster


class Shift(NamedTuple):
    """A person's time on duty, `[starts_at, ends_at)`."""

    user_id: str
    starts_at: datetime
    ends_at: datetime


class OnDuty(NamedTuple):
    """Somebody on duty who can be reached."""

    user_id: str
    name: str
    email: str
    language: str


class Hole(NamedTuple):
    """A time nobody who can be reached is on duty, `[starts_at, ends_at)`."""

    starts_at: datetime
    ends_at: datetime


def replace(
    connection: Connection, shifts: Sequence[Shift], span: tuple[datetime, datetime], *, actor: Actor, now: datetime
) -> None:
    """Puts `shifts` in the place of all that begin within `span`. Raises UsageError."""
    begins, ends = span
    known = set(connection.execute(select(users.c.id).where(users.c.state != "disabled")).scalars())
    for number, shift in enumerate(shifts):
        pointer = f"/shifts/{number}"
        if shift.user_id not in known:
            raise UsageError("there is no such person", code="unknown_user", pointer=f"{pointer}/user_id")
        if not shift.starts_at < shift.ends_at:
            raise UsageError("a shift ends after it starts", code="shift_ends", pointer=f"{pointer}/ends_at")
        if not begins <= shift.starts_at < ends:
            raise UsageError("a shift begins within the period told", code="shift_begins", pointer=f"{pointer}/starts_at")
    connection.execute(delete(duty_roster).where(duty_roster.c.starts_at >= begins, duty_roster.c.starts_at < ends))
    if shifts:
        connection.execute(insert(duty_roster), [{"id": str(uuid_utils.uuid7()), **shift._asdict()} for shift in shifts])
    chain.append(connection, actor, "roster.changed", "roster", {"shifts": len(shifts)}, now)
    changed(connection, "roster", "roster", 1, now)


def shifts_between(connection: Connection, begins: datetime, ends: datetime) -> list[Shift]:
    """Shifts that touch `[begins, ends)`, in order."""
    query = (
        select(duty_roster.c.user_id, duty_roster.c.starts_at, duty_roster.c.ends_at)
        .where(duty_roster.c.starts_at < ends, duty_roster.c.ends_at > begins)
        .order_by(duty_roster.c.starts_at, duty_roster.c.user_id)
    )
    return [Shift(*row) for row in connection.execute(query)]


def on_duty(connection: Connection, now: datetime) -> list[OnDuty]:
    """Who is on duty now and can be reached: an active account with an e-mail address."""
    query = (
        select(users.c.id, users.c.name, users.c.email, users.c.language)
        .join(duty_roster, duty_roster.c.user_id == users.c.id)
        .where(duty_roster.c.starts_at <= now, duty_roster.c.ends_at > now)
        .where(users.c.state == "active", users.c.email.is_not(None), users.c.email != "")
        .distinct()
        .order_by(users.c.id)
    )
    return [OnDuty(*row) for row in connection.execute(query)]


def holes_between(connection: Connection, begins: datetime, ends: datetime) -> list[Hole]:
    """The times of `[begins, ends)` nobody who can be reached is on duty."""
    reachable = set(
        connection.execute(
            select(users.c.id).where(users.c.state == "active", users.c.email.is_not(None), users.c.email != "")
        ).scalars()
    )
    holes: list[Hole] = []
    covered = begins
    for shift in shifts_between(connection, begins, ends):
        if shift.user_id not in reachable:
            continue
        if shift.starts_at > covered:
            holes.append(Hole(covered, shift.starts_at))
        covered = max(covered, shift.ends_at)
    if covered < ends:
        holes.append(Hole(covered, ends))
    return holes
