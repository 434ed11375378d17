"""Exceptions out of false positives: a value that is no leak for one person, chat or rule, owned, reasoned, ending by itself."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import uuid_utils
from sqlalchemy import Connection, Select, func, insert, select, update

from dlp.errors import Conflict, NotFound, UsageError
from dlp.store.actor import SYSTEM, Actor
from dlp.store.audit import chain
from dlp.store.changes import changed
from dlp.store.incident_note import Officer, in_sight, note
from dlp.store.tables.access import users
from dlp.store.tables.duties import exceptions
from dlp.store.tables.record import incidents, occurrences

if TYPE_CHECKING:
    from dlp.store.exception_subject import Subject
    from dlp.store.vault.keys import Keys

LONGEST: Final = timedelta(days=366)


class Terms(NamedTuple):
    """What a person says of an exception: who answers for it, why, until when."""

    owner: str
    reason: str
    expires_at: datetime


class StoredException(NamedTuple):
    """One exception; the value itself is sealed and never told. `suppressed` counts the hits it took out."""

    id: str
    entity: str
    scope: str
    scope_value: str
    incident_id: str | None
    owner: str
    reason: str
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    ended_by: str | None
    incident_number: int | None
    suppressed: int
    last_suppressed_at: datetime | None


class SuppressedHit(NamedTuple):
    """A hit an exception took out; it stands in the ledger."""

    id: str
    ledger_seq: int
    policy: str
    rule: str
    severity: int
    decision: int
    received_at: datetime


class Asked(NamedTuple):
    """Which exceptions a list is to hold, newest first: live ones, ended ones, or (None) all; `after` is an id."""

    live: bool | None = True
    owner: str | None = None
    after: str | None = None
    limit: int = 50


_COLUMNS = tuple(exceptions.c[name] for name in StoredException._fields[:11])


# Whoever looks at an ended exception sees whose and why; what it let pass is nobody's any more.
FORGOTTEN: Final = {"value_sealed": b"", "digest": b""}


class Sealing(NamedTuple):
    """The value to be excepted, and the keys that digest and seal it."""

    keys: Keys
    value: str


def create(connection: Connection, subject: Subject, terms: Terms, sealing: Sealing, by: tuple[Actor, datetime]) -> str:
    """Saves an exception and returns its id; `by` is who and when. The caller renews the context. Raises UsageError, Conflict."""
    actor, now = by
    _demand_sound(connection, terms, now)
    keys = sealing.keys
    digest = keys.digest(subject.entity, sealing.value)
    _refuse_same(connection, subject, digest, now)
    exception_id = str(uuid_utils.uuid7())
    row = {
        "id": exception_id,
        "entity": subject.entity,
        "digest": digest,
        "digest_epoch": keys.digest_epoch,
        "value_sealed": keys.seal(_purpose(exception_id), sealing.value.encode("utf-8", "surrogatepass")),
        "scope": subject.scope,
        "scope_value": subject.scope_value,
        "incident_id": subject.incident_id,
        "owner": terms.owner,
        "reason": terms.reason.strip(),
        "created_at": now,
        "expires_at": terms.expires_at,
    }
    connection.execute(insert(exceptions).values(row))
    told = {"exception": exception_id, "entity": subject.entity, "scope": subject.scope, "owner": terms.owner}
    note(connection, subject.incident_id, "excepted", details=told, by=by)
    details = told | {"incident": subject.incident_id, "expires_at": terms.expires_at.isoformat(), "reason": row["reason"]}
    _noted(connection, actor, "exception.created", (exception_id, details), now)
    return exception_id


def end(connection: Connection, exception_id: str, why: str, officer: Officer, now: datetime) -> StoredException:
    """Ends an exception before its time and forgets its value. The caller renews the context. Raises NotFound, Conflict."""
    found = one(connection, exception_id, officer.departments)
    live = exceptions.c.ended_at.is_(None) & (exceptions.c.expires_at > now)
    ended = (
        update(exceptions)
        .where(exceptions.c.id == exception_id, live)
        .values(ended_at=now, ended_by=officer.actor.id, **FORGOTTEN)
    )
    if connection.execute(ended).rowcount == 0:
        raise Conflict("the exception has ended", code="exception_ended")
    _noted(connection, officer.actor, "exception.ended", (exception_id, {"why": why.strip()}), now)
    return found._replace(ended_at=now, ended_by=officer.actor.id)


def end_expired(connection: Connection, now: datetime) -> list[str]:
    """Notes the end of exceptions whose time is over (they stopped counting by themselves); their ids."""
    over = select(exceptions.c.id, exceptions.c.expires_at).where(exceptions.c.ended_at.is_(None), exceptions.c.expires_at <= now)
    ended = connection.execute(over.with_for_update(skip_locked=True)).all()
    for row in ended:
        values = {"ended_at": row.expires_at, "ended_by": SYSTEM.id, **FORGOTTEN}
        connection.execute(update(exceptions).where(exceptions.c.id == row.id).values(values))
        _noted(connection, SYSTEM, "exception.expired", (row.id, {}), now)
    return [row.id for row in ended]


def redigest(connection: Connection, keys: Keys, now: datetime) -> int:
    """Digests the values of live exceptions anew where the digest key has rotated since; how many. Call it after a rotation."""
    live = exceptions.c.ended_at.is_(None) & (exceptions.c.expires_at > now)
    stale = select(exceptions.c.id, exceptions.c.entity, exceptions.c.value_sealed).where(
        live, exceptions.c.digest_epoch != keys.digest_epoch
    )
    rows = connection.execute(stale.with_for_update()).all()
    for row in rows:
        value = keys.open(_purpose(row.id), row.value_sealed).decode("utf-8", "surrogatepass")
        values = {"digest": keys.digest(row.entity, value), "digest_epoch": keys.digest_epoch}
        connection.execute(update(exceptions).where(exceptions.c.id == row.id).values(values))
        changed(connection, "exception", row.id, 1, now)
    return len(rows)


def one(connection: Connection, exception_id: str, departments: Collection[str] | None = None) -> StoredException:
    """One exception. Raises NotFound, also where it came of an incident of another department."""
    row = connection.execute(_query().where(exceptions.c.id == exception_id, in_sight(departments))).first()
    if row is None:
        raise NotFound("there is no such exception", code="exception_not_found")
    return StoredException(*row)


def listed(connection: Connection, asked: Asked, departments: Collection[str] | None, now: datetime) -> list[StoredException]:
    """Exceptions, newest first."""
    query = _query().where(in_sight(departments)).order_by(exceptions.c.id.desc()).limit(asked.limit)
    live = exceptions.c.ended_at.is_(None) & (exceptions.c.expires_at > now)
    if asked.live is not None:
        query = query.where(live if asked.live else ~live)
    if asked.owner is not None:
        query = query.where(exceptions.c.owner == asked.owner)
    if asked.after is not None:
        query = query.where(exceptions.c.id < asked.after)
    return [StoredException(*row) for row in connection.execute(query)]


def hits_of(connection: Connection, exception_id: str, *, after: str | None = None, limit: int = 50) -> list[SuppressedHit]:
    """The hits an exception took out, newest first; `after` is an occurrence's id."""
    columns = (occurrences.c[name] for name in SuppressedHit._fields)
    query = select(*columns).where(occurrences.c.exception_id == exception_id).order_by(occurrences.c.id.desc()).limit(limit)
    if after is not None:
        query = query.where(occurrences.c.id < after)
    return [SuppressedHit(*row) for row in connection.execute(query)]


def _query() -> Select[Any]:
    hits = (
        select(occurrences.c.exception_id, func.count().label("hits"), func.max(occurrences.c.received_at).label("last"))
        .where(occurrences.c.exception_id.is_not(None))
        .group_by(occurrences.c.exception_id)
        .subquery()
    )
    joined = exceptions.outerjoin(incidents, incidents.c.id == exceptions.c.incident_id)
    joined = joined.outerjoin(hits, hits.c.exception_id == exceptions.c.id)
    return select(*_COLUMNS, incidents.c.number, func.coalesce(hits.c.hits, 0), hits.c.last).select_from(joined)


def _demand_sound(connection: Connection, terms: Terms, now: datetime) -> None:
    if not terms.reason.strip():
        raise UsageError("say why", code="reason_needed", pointer="/reason")
    if not now < terms.expires_at <= now + LONGEST:
        raise UsageError("an exception ends within a year", code="exception_until", pointer="/expires_at", days=LONGEST.days)
    owner = select(users.c.id).where(users.c.id == terms.owner, users.c.state == "active")
    if connection.execute(owner).first() is None:
        raise UsageError("the owner is no active user", code="owner", pointer="/owner")


def _refuse_same(connection: Connection, subject: Subject, digest: bytes, now: datetime) -> None:
    same = select(exceptions.c.id).where(
        exceptions.c.entity == subject.entity,
        exceptions.c.digest == digest,
        exceptions.c.scope == subject.scope,
        exceptions.c.scope_value == subject.scope_value,
        exceptions.c.ended_at.is_(None),
        exceptions.c.expires_at > now,
    )
    found = connection.execute(same.limit(1)).scalar()
    if found is not None:
        raise Conflict("there is such an exception", code="exception_exists", exception=found)


def _purpose(exception_id: str) -> str:
    return f"exception:{exception_id}"


def _noted(connection: Connection, actor: Actor, act: str, what: tuple[str, dict[str, Any]], now: datetime) -> None:
    exception_id, details = what
    chain.append(connection, actor, act, f"exception:{exception_id}", details, now)
    changed(connection, "exception", exception_id, 1, now)
