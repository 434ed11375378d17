"""What people prove themselves with: the password's hash and the sealed second factor."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, or_, select, update

from dlp.store.access import attempts, sessions
from dlp.store.access.attempts import Door
from dlp.store.access.sessions import Held, Place
from dlp.store.access.users import folded_login
from dlp.store.actor import SYSTEM, Actor
from dlp.store.audit import chain
from dlp.store.tables.access import users


class Credentials(NamedTuple):
    """What is needed to check a person's proof; never leaves the server."""

    user_id: str
    login: str
    name: str
    state: str
    password: str | None
    totp_sealed: bytes | None
    totp_pending: bytes | None


class Proof(NamedTuple):
    """What a person showed: whether by a code (its time step), and the password's new hash where the old is outdated."""

    step: int | None = None
    rehashed: str | None = None


def of_login(connection: Connection, login: str) -> Credentials | None:
    """What the person with this login proves himself with."""
    return _found(connection, users.c.login == folded_login(login))


def of_user(connection: Connection, user_id: str) -> Credentials | None:
    """The same by id."""
    return _found(connection, users.c.id == user_id)


def _found(connection: Connection, mine: object) -> Credentials | None:
    columns = [users.c[name.replace("user_id", "id")] for name in Credentials._fields]
    row = connection.execute(select(*columns).where(mine)).first()  # type: ignore[arg-type] # a comparison of columns
    return None if row is None else Credentials(*row)


def spend_step(connection: Connection, user_id: str, step: int) -> bool:
    """Marks a code's time step as used; False where it, or a later one, was used before (RFC 6238, 5.2)."""
    unused = or_(users.c.totp_last.is_(None), users.c.totp_last < step)
    return connection.execute(update(users).where(users.c.id == user_id, unused).values(totp_last=step)).rowcount == 1


class Entry(NamedTuple):
    """Somebody about to come in, whose password (and code) was right."""

    person: Credentials
    account: Door
    address: Door
    place: Place
    proof: Proof


def come_in(connection: Connection, entry: Entry, now: datetime) -> Held | None:
    """Begins a session and audits the sign-in; None where the code was used before."""
    person, proof = entry.person, entry.proof
    if proof.step is not None and not spend_step(connection, person.user_id, proof.step):
        return None
    if proof.rehashed is not None:
        connection.execute(update(users).where(users.c.id == person.user_id).values(password=proof.rehashed))
    attempts.succeeded(connection, entry.account, entry.address)
    held = sessions.begin(connection, person.user_id, entry.place, now)
    details = {"session": held.id, "address": entry.place.address, "second_factor": proof.step is not None}
    actor = Actor(person.user_id, "user", person.name)
    chain.append(connection, actor, "session.begun", f"user:{person.user_id}", details, now)
    return held


def refused(connection: Connection, user_id: str | None, address: str, now: datetime, *, locks: bool) -> None:
    """Audits a refused try: of somebody unknown too, so that the time it takes tells nothing. Locks bound how many there are."""
    details = {"address": address, "locks": locks}
    chain.append(connection, SYSTEM, "session.refused", f"user:{user_id or 'unknown'}", details, now)


def step_up(connection: Connection, person: Credentials, session_id: str, proof: Proof, now: datetime) -> Held | None:
    """Notes a fresh proof of a session; None where the code was used before."""
    if proof.step is not None and not spend_step(connection, person.user_id, proof.step):
        return None
    held = sessions.prove_again(connection, session_id, now)
    actor = Actor(person.user_id, "user", person.name)
    chain.append(connection, actor, "session.proved", f"user:{person.user_id}", {"session": session_id}, now)
    return held


def set_password(connection: Connection, actor: Actor, hashed: str, session_id: str, now: datetime) -> Held:
    """A person's own new password: every other session ends, this one gets new words."""
    connection.execute(update(users).where(users.c.id == actor.id).values(password=hashed))
    ended = sessions.end_all(connection, actor.id, now, but=session_id)
    chain.append(connection, actor, "password.changed", f"user:{actor.id}", {"sessions_ended": ended}, now)
    return sessions.prove_again(connection, session_id, now)


def offer_totp(connection: Connection, user_id: str, sealed: bytes) -> None:
    """Keeps a second factor until its first code shows that it arrived."""
    connection.execute(update(users).where(users.c.id == user_id).values(totp_pending=sealed))


def confirm_totp(connection: Connection, actor: Actor, step: int, now: datetime) -> None:
    """The offered second factor becomes the one; the code that showed it is spent."""
    fresh = {"totp_sealed": users.c.totp_pending, "totp_pending": None, "totp_last": step}
    connection.execute(update(users).where(users.c.id == actor.id).values(fresh))
    chain.append(connection, actor, "totp.added", f"user:{actor.id}", {}, now)


def drop_totp(connection: Connection, actor: Actor, now: datetime) -> None:
    """A person's own second factor is no more."""
    bare = {"totp_sealed": None, "totp_pending": None, "totp_last": None}
    connection.execute(update(users).where(users.c.id == actor.id).values(bare))
    chain.append(connection, actor, "totp.removed", f"user:{actor.id}", {}, now)
