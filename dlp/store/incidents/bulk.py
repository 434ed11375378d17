"""The same act on many incidents: one call, checked against the count the caller saw, each incident with its own outcome."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import uuid_utils
from sqlalchemy import Connection, Row, insert, select, update

from dlp.clock import Clock
from dlp.errors import Conflict, DlpError, NotFound, UsageError
from dlp.store.actor import Actor
from dlp.store.audit import chain
from dlp.store.changes import changed
from dlp.store.columns import microseconds, moment_of
from dlp.store.database import Database
from dlp.store.incidents import undo, work
from dlp.store.incidents.work import Done, Hand, Resolution
from dlp.store.search import listing
from dlp.store.search.conditions import Asked
from dlp.store.search.query import Query, Viewer
from dlp.store.tables.duties import job_items, jobs
from dlp.store.tables.record import incident_history

AT_ONCE: Final = 500  # whoever asks waits for so many; more are left to the worker
KIND: Final = "bulk"
_CHUNK: Final = 25  # incidents a transaction: verdicts wait for the same writer
MOST: Final = 200_000
_KEPT: Final = timedelta(days=30)


class Selection(NamedTuple):
    """Named incidents, or all of a query as of a change but the excluded ones; `expected` is how many the caller saw."""

    ids: tuple[str, ...] | None = None
    query: Query | None = None
    as_of: int | None = None
    exclude: tuple[str, ...] = ()
    expected: int | None = None


class Operation(NamedTuple):
    """What is to be done to each: `kind` is a name of OPERATIONS, `value` what it takes (plain JSON)."""

    kind: str
    value: Any = None
    comment: str = ""


class Started(NamedTuple):
    """A job that waits for `run`; `at_once` says whoever asked runs it, else the worker does."""

    id: str
    total: int
    at_once: bool


def start(connection: Connection, selection: Selection, operation: Operation, hand: Hand, now: datetime) -> Started:
    """Writes down what `run` is to do. Raises Conflict with the real count where it differs from the expected one."""
    _check(operation)
    numbers = _numbers(connection, selection, hand, now)
    if selection.expected is not None and selection.expected != len(numbers):
        raise Conflict(
            "the list has another number of incidents now", code="count", count=len(numbers), expected=selection.expected
        )
    return _begin(connection, numbers, operation, hand, now)


def take_back(connection: Connection, job_id: str, hand: Hand, now: datetime) -> Started:
    """The same for taking a whole bulk act back, incident by incident."""
    job = find_job(connection, job_id, hand.actor.id)
    if job.kind != KIND or job.state != "ready":
        raise Conflict("only a bulk act that is done can be taken back", code="state", state=job.state)
    done = select(job_items.c.number).where(job_items.c.job_id == job_id, job_items.c.outcome == "done")
    numbers = list(connection.execute(done.order_by(job_items.c.number)).scalars())
    return _begin(connection, numbers, Operation("undo", job_id), hand, now)


def run(database: Database, job_id: str, clock: Clock) -> None:
    """Does a job in short transactions; may be called again after a crash, or by two at once, and goes on where it stopped."""
    while database.write(lambda connection: _chunk(connection, job_id, clock.now())):
        pass


def find_job(connection: Connection, job_id: str, owner: str) -> Row[Any]:
    """A job of somebody's own. Raises NotFound."""
    row = connection.execute(select(jobs).where(jobs.c.id == job_id, jobs.c.owner == owner)).first()
    if row is None:
        raise NotFound("there is no such job of yours", code="job")
    return row


def outcomes_of(connection: Connection, job_id: str, *, after: int = 0, limit: int = 500) -> list[Row[Any]]:
    """What became of each incident: `number`, `outcome`, `code`, by number."""
    found = select(job_items.c.number, job_items.c.outcome, job_items.c.code).where(
        job_items.c.job_id == job_id, job_items.c.number > after
    )
    return [*connection.execute(found.order_by(job_items.c.number).limit(limit))]


def _check(operation: Operation) -> None:
    if operation.kind not in OPERATIONS:
        raise UsageError("there is no such act", code="unknown_value", pointer="/operation/kind", known=sorted(OPERATIONS))


def _numbers(connection: Connection, selection: Selection, hand: Hand, now: datetime) -> list[int]:
    if (selection.ids is None) == (selection.query is None):
        raise UsageError("either ids or a query", code="selection", pointer="/ids")
    if selection.ids is not None:
        return [work.find(connection, id, hand.viewer).number for id in dict.fromkeys(selection.ids)]
    asked = Asked(selection.query or Query(), hand.viewer, now, selection.as_of)
    excluded = set(selection.exclude)
    numbers = [number for id, number in listing.ids_of(connection, asked) if id not in excluded]
    if len(numbers) > MOST:
        raise UsageError("too many at once", code="too_many", pointer="/query", most=MOST, count=len(numbers))
    return numbers


def _begin(connection: Connection, numbers: Sequence[int], operation: Operation, hand: Hand, now: datetime) -> Started:
    id, at_once = str(uuid_utils.uuid7()), len(numbers) <= AT_ONCE
    asked = {
        "numbers": list(numbers),
        "operation": operation._asdict(),
        "actor": list(hand.actor),
        "departments": hand.viewer.departments,
    }
    row = {
        "id": id, "kind": KIND, "state": "running" if at_once else "queued", "owner": hand.actor.id, "asked": asked,
        "total": len(numbers), "result": {},
        "created_at": now, "updated_at": now, "expires_at": now + _KEPT,
    }  # fmt: skip
    connection.execute(insert(jobs).values(row))
    details = {"kind": operation.kind, "incidents": len(numbers)}
    chain.append(connection, hand.actor, "incident.bulk", f"job:{id}", details, now)
    changed(connection, "job", id, 1, now)
    return Started(id, len(numbers), at_once)


def _chunk(connection: Connection, job_id: str, now: datetime) -> bool:
    """Does the next incidents of a job and notes how far it is; whether there is more to do."""
    job = connection.execute(select(jobs).where(jobs.c.id == job_id).with_for_update()).one()
    if job.state not in {"queued", "running"}:
        return False
    numbers = job.asked["numbers"][job.done : job.done + _CHUNK]
    operation = Operation(**job.asked["operation"])
    departments = job.asked["departments"]
    actor = Actor(*job.asked["actor"])
    hand = Hand(actor, Viewer(actor.id, None if departments is None else tuple(departments)), bulk=job_id)
    items = [_outcome(connection, number, operation, hand, now) for number in numbers]
    if items:
        connection.execute(insert(job_items), [{"job_id": job_id, **item} for item in items])
    result = Counter(job.result or {})
    result.update(item["outcome"] for item in items)
    done = job.done + len(items)
    ready = done >= job.total
    fields = {"done": done, "result": dict(result), "updated_at": now, "state": "ready" if ready else "running"}
    connection.execute(update(jobs).where(jobs.c.id == job_id).values(fields))
    changed(connection, "job", job_id, 2 + done, now)
    return not ready


def _outcome(connection: Connection, number: int, operation: Operation, hand: Hand, now: datetime) -> dict[str, Any]:
    try:
        with connection.begin_nested():  # a refused one leaves nothing behind
            id = work.find(connection, str(number), hand.viewer).id
            done = OPERATIONS[operation.kind](connection, id, operation, hand, now)
            if operation.comment and operation.kind not in _SPEAKING:
                done = work.comment(connection, id, operation.comment, hand, now)
    except DlpError as error:
        return {"number": number, "outcome": "refused", "code": error.code}
    return {"number": number, "outcome": "unchanged" if done.event is None else "done", "code": ""}


_Operate = Callable[[Connection, str, Operation, Hand, datetime], Done]


def _assign(connection: Connection, id: str, operation: Operation, hand: Hand, now: datetime) -> Done:
    return work.assign(connection, id, operation.value, hand, now)


def _take(connection: Connection, id: str, operation: Operation, hand: Hand, now: datetime) -> Done:
    return work.assign(connection, id, hand.actor.id, hand, now)


def _review(connection: Connection, id: str, operation: Operation, hand: Hand, now: datetime) -> Done:
    return work.start_review(connection, id, hand, now)


def _resolve(connection: Connection, id: str, operation: Operation, hand: Hand, now: datetime) -> Done:
    return work.resolve(connection, id, Resolution(str(operation.value), operation.comment), hand, now)


def _close(connection: Connection, id: str, operation: Operation, hand: Hand, now: datetime) -> Done:
    return work.close(connection, id, hand, now)


def _reopen(connection: Connection, id: str, operation: Operation, hand: Hand, now: datetime) -> Done:
    return work.reopen(connection, id, operation.comment, hand, now)


def _comment(connection: Connection, id: str, operation: Operation, hand: Hand, now: datetime) -> Done:
    return work.comment(connection, id, operation.comment, hand, now)


def _tag(connection: Connection, id: str, operation: Operation, hand: Hand, now: datetime) -> Done:
    return work.add_tags(connection, id, operation.value, hand, now)


def _untag(connection: Connection, id: str, operation: Operation, hand: Hand, now: datetime) -> Done:
    return work.remove_tags(connection, id, operation.value, hand, now)


def _snooze(connection: Connection, id: str, operation: Operation, hand: Hand, now: datetime) -> Done:
    return work.snooze(connection, id, _moment(operation), hand, now)


def _due(connection: Connection, id: str, operation: Operation, hand: Hand, now: datetime) -> Done:
    return work.set_due(connection, id, _moment(operation), hand, now)


def _moment(operation: Operation) -> datetime | None:
    return None if operation.value is None else moment_of(operation.value)


def _undo(connection: Connection, id: str, operation: Operation, hand: Hand, now: datetime) -> Done:
    entries = select(incident_history.c.id, incident_history.c.details).where(incident_history.c.incident_id == id)
    own = [
        entry.id
        for entry in connection.execute(entries.order_by(incident_history.c.id.desc()))
        if entry.details.get("bulk") == operation.value
    ]
    done: Done | None = None
    for event in own:
        done = undo.undo(connection, id, event, hand, now)
    if done is None:
        raise Conflict("there is nothing to take back", code="undone")
    return done


_SPEAKING: Final = frozenset({"resolve", "reopen", "comment", "undo"})
OPERATIONS: Final[Mapping[str, _Operate]] = MappingProxyType(
    {
        "assign": _assign,
        "take": _take,
        "start_review": _review,
        "resolve": _resolve,
        "close": _close,
        "reopen": _reopen,
        "comment": _comment,
        "tag": _tag,
        "untag": _untag,
        "snooze": _snooze,
        "set_due": _due,
        "undo": _undo,
    }
)


def moment_value(moment: datetime | None) -> int | None:
    """A time as an operation holds it."""
    return None if moment is None else microseconds(moment)
