"""Long work people wait for: queued with what was asked, run by one worker at a time, its progress and result kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import uuid_utils
from sqlalchemy import Connection, Row, insert, or_, select, update

from dlp.errors import Conflict, NotFound
from dlp.store.actor import Actor
from dlp.store.audit import chain
from dlp.store.changes import changed
from dlp.store.tables.duties import jobs

_STALE_AFTER: Final = timedelta(minutes=2)  # a running job that has not told of itself for so long was left by a dead worker
_KEPT: Final = timedelta(days=30)


class Job(NamedTuple):
    """One piece of work. `asked` is what was wanted, `result` what came of it; neither holds content of messages."""

    id: str
    kind: str
    state: str  # queued, running, ready, failed, cancelled
    owner: str
    asked: dict[str, Any]
    done: int
    total: int | None
    result: dict[str, Any] | None
    fault: str
    created_at: datetime
    updated_at: datetime


def queue(connection: Connection, kind: str, asked: Mapping[str, Any], *, actor: Actor, now: datetime) -> str:
    """Queues work and returns the job's id."""
    id = str(uuid_utils.uuid7())
    row = {
        "id": id,
        "kind": kind,
        "state": "queued",
        "owner": actor.id,
        "asked": dict(asked),
        "created_at": now,
        "updated_at": now,
    }
    connection.execute(insert(jobs).values(**row, expires_at=now + _KEPT))
    changed(connection, "job", id, 1, now)
    return id


def get(connection: Connection, id: str) -> Job:
    """One job. Raises NotFound."""
    row = connection.execute(select(jobs).where(jobs.c.id == id)).first()
    if row is None:
        raise NotFound("there is no such job")
    return _job(row)


def begin_next(connection: Connection, now: datetime) -> Job | None:
    """The oldest job that waits, or that a dead worker left; it is running from now on."""
    free = or_(jobs.c.state == "queued", (jobs.c.state == "running") & (jobs.c.updated_at < now - _STALE_AFTER))
    query = select(jobs).where(free).order_by(jobs.c.created_at).limit(1).with_for_update(skip_locked=True)
    row = connection.execute(query).first()
    if row is None:
        return None
    connection.execute(update(jobs).where(jobs.c.id == row.id).values(state="running", updated_at=now))
    changed(connection, "job", row.id, 2, now)
    return _job(row)._replace(state="running")


def progress(connection: Connection, id: str, done: int, total: int | None, *, now: datetime) -> bool:
    """Tells how far a job is; False where somebody cancelled it: it is to end."""
    told = update(jobs).where(jobs.c.id == id, jobs.c.state == "running").values(done=done, total=total, updated_at=now)
    return bool(connection.execute(told).rowcount)


def settle(connection: Connection, id: str, *, result: Mapping[str, Any] | None = None, fault: str = "", now: datetime) -> None:
    """Ends a job: ready with its result, or failed with the reason."""
    state = "failed" if fault else "ready"
    values = {"state": state, "result": None if result is None else dict(result), "fault": fault, "updated_at": now}
    connection.execute(update(jobs).where(jobs.c.id == id, jobs.c.state == "running").values(values))
    changed(connection, "job", id, 3, now)


def cancel(connection: Connection, id: str, *, actor: Actor, now: datetime) -> None:
    """Ends a job that waits or runs. Raises NotFound, Conflict where it has ended already."""
    job = get(connection, id)
    if job.state not in {"queued", "running"}:
        raise Conflict("the job has ended", code="job_ended", state=job.state)
    connection.execute(update(jobs).where(jobs.c.id == id).values(state="cancelled", updated_at=now))
    chain.append(connection, actor, "job.cancelled", id, {"kind": job.kind}, now)
    changed(connection, "job", id, 3, now)


def _job(row: Row[Any]) -> Job:
    return Job(*(getattr(row, field) for field in Job._fields))
