"""Sessions of people: begun at sign-in, kept alive by use, ended by time, by their owner or by a change of rights."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import uuid_utils
from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select, update

from dlp.errors import NotFound
from dlp.store.access.secrets import digest_of, new_secret
from dlp.store.actor import Actor
from dlp.store.audit import chain
from dlp.store.tables.access import sessions, users

IDLE: Final = timedelta(minutes=30)
LONGEST: Final = timedelta(hours=12)
_TOUCH = timedelta(seconds=60)  # how coarsely use is noted: a write a minute, not one a request


class Held(NamedTuple):
    """What the browser is handed: the cookie's word and the word every unsafe request repeats."""

    id: str
    secret: str
    csrf: str


class Place(NamedTuple):
    """Where a session is used from."""

    address: str
    agent: str = ""


class Session(NamedTuple):
    """One session as its owner and an administrator may see it."""

    id: str
    user_id: str
    login: str
    address: str
    agent: str
    created_at: datetime
    seen_at: datetime
    ends_at: datetime
    proved_at: datetime


class Standing(NamedTuple):
    """A live session with its owner's rights."""

    id: str
    csrf: str
    user_id: str
    name: str
    roles: tuple[str, ...]
    departments: tuple[str, ...] | None
    created_at: datetime
    seen_at: datetime
    ends_at: datetime
    proved_at: datetime

    @property
    def expires_at(self) -> datetime:
        """When it ends if nobody uses it."""
        return min(self.seen_at + IDLE, self.ends_at)

    def wants_touch(self, now: datetime) -> bool:
        """Whether its last use lies so far back that this one is to be noted."""
        return now - self.seen_at >= _TOUCH


def begin(connection: Connection, user_id: str, place: Place, now: datetime) -> Held:
    """A new session of somebody who has just proved who they are."""
    held = Held(str(uuid_utils.uuid7()), new_secret(), new_secret())
    row = {
        "digest": digest_of(held.secret),
        "id": held.id,
        "user_id": user_id,
        "csrf": held.csrf,
        "address": place.address[:64],
        "agent": place.agent[:256],
        "created_at": now,
        "seen_at": now,
        "ends_at": now + LONGEST,
        "proved_at": now,
    }
    connection.execute(insert(sessions).values(row))
    connection.execute(update(users).where(users.c.id == user_id).values(last_seen_at=now))
    return held


def standing(connection: Connection, secret: str, now: datetime) -> Standing | None:
    """The live session of a cookie's word; None where it ended, expired, or its owner may not come in."""
    columns = (sessions, users.c.name, users.c.roles, users.c.departments)
    mine = and_(sessions.c.digest == digest_of(secret), users.c.state == "active", _lives(now))
    row = connection.execute(select(*columns).join(users, users.c.id == sessions.c.user_id).where(mine)).first()
    if row is None:
        return None
    return Standing(
        row.id,
        row.csrf,
        row.user_id,
        row.name,
        tuple(row.roles),
        None if row.departments is None else tuple(row.departments),
        row.created_at,
        row.seen_at,
        row.ends_at,
        row.proved_at,
    )


def lives(connection: Connection, session_id: str, now: datetime) -> bool:
    """Whether a session, by id, may still be served: a stream asks between its events."""
    mine = and_(sessions.c.id == session_id, users.c.state == "active", _lives(now))
    return connection.scalar(select(sessions.c.id).join(users, users.c.id == sessions.c.user_id).where(mine)) is not None


def touch(connection: Connection, session_id: str, now: datetime) -> None:
    """Notes that a session was used."""
    owner = select(sessions.c.user_id).where(sessions.c.id == session_id).scalar_subquery()
    connection.execute(update(sessions).where(sessions.c.id == session_id, sessions.c.seen_at < now).values(seen_at=now))
    connection.execute(update(users).where(users.c.id == owner).values(last_seen_at=now))


def prove_again(connection: Connection, session_id: str, now: datetime) -> Held:
    """Notes a fresh proof and gives the session new words: what somebody may have overheard before is worth nothing."""
    held = Held(session_id, new_secret(), new_secret())
    fresh = {"digest": digest_of(held.secret), "csrf": held.csrf, "proved_at": now, "seen_at": now}
    connection.execute(update(sessions).where(sessions.c.id == session_id).values(fresh))
    return held


def of_user(connection: Connection, user_id: str | None, now: datetime) -> tuple[Session, ...]:
    """The live sessions of a person (None: of everybody), the latest used first."""
    mine = _lives(now) if user_id is None else and_(sessions.c.user_id == user_id, _lives(now))
    query = select(sessions, users.c.login).join(users, users.c.id == sessions.c.user_id).where(mine)
    return tuple(_session_of(row) for row in connection.execute(query.order_by(sessions.c.seen_at.desc(), sessions.c.id)))


def owner_of(connection: Connection, session_id: str) -> str:
    """Whose session it is. Raises NotFound."""
    owner = connection.scalar(select(sessions.c.user_id).where(sessions.c.id == session_id, sessions.c.ended_at.is_(None)))
    if owner is None:
        raise NotFound("there is no such session", code="session_not_found")
    return str(owner)


def end_one(connection: Connection, actor: Actor, session_id: str, now: datetime) -> None:
    """Ends one session. Raises NotFound."""
    owner = owner_of(connection, session_id)
    connection.execute(update(sessions).where(sessions.c.id == session_id).values(ended_at=now))
    chain.append(connection, actor, "session.ended", f"user:{owner}", {"session": session_id}, now)


def end_everywhere(connection: Connection, actor: Actor, user_id: str, now: datetime, *, but: str | None = None) -> int:
    """Ends every session of a person, `but` one, as an act somebody accounts for; tells how many."""
    ended = end_all(connection, user_id, now, but=but)
    chain.append(connection, actor, "session.ended", f"user:{user_id}", {"sessions_ended": ended}, now)
    return ended


def end_all(connection: Connection, user_id: str, now: datetime, *, but: str | None = None) -> int:
    """Ends every session of a person, `but` one; tells how many."""
    mine = and_(sessions.c.user_id == user_id, sessions.c.ended_at.is_(None))
    if but is not None:
        mine = and_(mine, sessions.c.id != but)
    return connection.execute(update(sessions).where(mine).values(ended_at=now)).rowcount


def forget_ended(connection: Connection, before: datetime) -> int:
    """Removes sessions that ended before a moment; the audit chain keeps what mattered."""
    return connection.execute(delete(sessions).where(sessions.c.ends_at < before)).rowcount


def _lives(now: datetime) -> ColumnElement[bool]:
    return and_(sessions.c.ended_at.is_(None), sessions.c.ends_at > now, sessions.c.seen_at > now - IDLE)


def _session_of(row: Any) -> Session:
    return Session(
        row.id, row.user_id, row.login, row.address, row.agent, row.created_at, row.seen_at, row.ends_at, row.proved_at
    )
