"""Long work: one act on many incidents, and how far any job of one's own is."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from dlp.api.access import InstallationServices, Principal, allowed
from dlp.api.duty_wire import Time
from dlp.api.incident_wire import IncidentFilter, ResolutionCode, TimeTold, Words, query_asked, viewer_of
from dlp.api.permissions import Permission
from dlp.errors import NotFound, UsageError
from dlp.services import Services
from dlp.store import jobs
from dlp.store.incidents import bulk, states
from dlp.store.incidents.bulk import Operation, Selection, Started
from dlp.store.incidents.work import Hand
from dlp.store.jobs import Job

router = APIRouter(tags=["jobs"])
_Worker = Annotated[Principal, allowed(Permission.INCIDENT_WORK)]
_Anybody = Annotated[Principal, allowed()]
_JobId = Annotated[str, Path(pattern=r"^[0-9a-f-]{36}$")]
_Id = Annotated[str, Field(pattern=r"^[0-9a-f-]{36}$")]
_LISTED = 500


class OperationIn(BaseModel):
    """What to do to each: `assignee` for assign (null: to nobody), `resolution` for resolve, `tags` for tag and untag,
    `until` for snooze and set_due (null takes it away).
    """

    kind: Literal[
        "assign", "take", "start_review", "resolve", "close", "reopen", "comment", "tag", "untag", "snooze", "set_due"
    ]  # fmt: skip
    assignee: Annotated[str, Field(max_length=36, pattern=r"^[^\x00]*$")] | None = None
    resolution: ResolutionCode | None = None
    tags: Annotated[list[Annotated[str, Field(max_length=32)]], Field(max_length=16)] = []
    until: TimeTold | None = None


class BulkIn(BaseModel):
    """Which incidents, told by `ids`, by the id of a kept `query` or by a `filter`, and what to do to them.

    `expected_count` is how many the asker saw: where the list has another number now, nothing is done and 409 tells it.
    """

    ids: Annotated[list[_Id], Field(max_length=5000)] | None = None
    query: _Id | None = None
    filter: IncidentFilter | None = None
    as_of: Annotated[int, Field(ge=0, le=2**62)] | None = None
    exclude: Annotated[list[_Id], Field(max_length=5000)] = []
    expected_count: Annotated[int, Field(ge=0, le=2**31)] | None = None
    operation: OperationIn
    comment: Words = ""


class JobItem(BaseModel):
    """What became of one incident; `code` says why it was refused."""

    number: int
    outcome: Literal["done", "unchanged", "refused"]
    code: str


class JobOut(BaseModel):
    """Work that was asked for. `result` is the kind's own; `items` the outcomes of a bulk act, up to 500."""

    id: str
    kind: str
    state: Literal["queued", "running", "ready", "failed", "cancelled"]
    done: int
    total: int | None
    result: dict[str, Any] | None
    fault: str
    created_at: Time
    updated_at: Time
    items: list[JobItem] = []


class JobItems(BaseModel):
    """Outcomes by number; `next` is `after` of the next page."""

    items: list[JobItem]
    next: int | None


@router.post("/incidents/bulk", status_code=202)
def change_incidents(body: BulkIn, principal: _Worker, services: InstallationServices) -> JobOut:
    """Does one act to many incidents: up to 500 before this answers, more as a job whose state `GET /jobs/{id}` tells."""
    hand, now = Hand(principal.actor, viewer_of(principal)), services.clock.now()
    selection, operation = _selection(services, principal, body), _operation(principal, body)
    started = services.database.write(lambda connection: bulk.start(connection, selection, operation, hand, now))
    return _run(services, principal, started)


@router.post("/incidents/bulk/{job_id}/undo", status_code=202)
def undo_bulk_change(job_id: _JobId, principal: _Worker, services: InstallationServices) -> JobOut:
    """Takes a whole bulk act of one's own back; incidents changed again since are refused one by one."""
    hand, now = Hand(principal.actor, viewer_of(principal)), services.clock.now()
    started = services.database.write(lambda connection: bulk.take_back(connection, job_id, hand, now))
    return _run(services, principal, started)


@router.get("/jobs/{job_id}")
def get_job(job_id: _JobId, principal: _Anybody, services: InstallationServices) -> JobOut:
    """A job of one's own."""
    return _shown(services, principal, job_id)


@router.get("/jobs/{job_id}/items")
def list_job_items(
    job_id: _JobId, principal: _Anybody, services: InstallationServices, after: Annotated[int, Query(ge=0, le=2**62)] = 0
) -> JobItems:
    """What became of each incident of a bulk act."""
    with services.database.reading() as connection:
        _own(jobs.get(connection, job_id), principal)
        found = bulk.outcomes_of(connection, job_id, after=after, limit=_LISTED)
    items = [JobItem.model_validate(dict(row._mapping)) for row in found]  # noqa: SLF001 - SQLAlchemy's public name for it
    return JobItems(items=items, next=items[-1].number if len(items) == _LISTED else None)


@router.post("/jobs/{job_id}/cancel")
def cancel_job(job_id: _JobId, principal: _Anybody, services: InstallationServices) -> JobOut:
    """Ends a job of one's own; what it did until then stays done."""
    with services.database.reading() as connection:
        _own(jobs.get(connection, job_id), principal)
    now = services.clock.now()
    services.database.write(lambda connection: jobs.cancel(connection, job_id, actor=principal.actor, now=now))
    return _shown(services, principal, job_id)


def _run(services: Services, principal: Principal, started: Started) -> JobOut:
    if started.at_once:
        bulk.run(services.database, started.id, services.clock)
    return _shown(services, principal, started.id)


def _shown(services: Services, principal: Principal, job_id: str) -> JobOut:
    with services.database.reading() as connection:
        job = _own(jobs.get(connection, job_id), principal)
        found = bulk.outcomes_of(connection, job_id, limit=_LISTED) if job.kind == bulk.KIND else []
    items = [dict(row._mapping) for row in found]  # noqa: SLF001 - SQLAlchemy's public name for it
    return JobOut.model_validate({**job._asdict(), "items": items})


def _own(job: Job, principal: Principal) -> Job:
    if job.owner != principal.id:
        raise NotFound("there is no such job", code="job")
    return job


def _selection(services: Services, principal: Principal, body: BulkIn) -> Selection:
    if sum(told is not None for told in (body.ids, body.query, body.filter)) != 1:
        raise UsageError("tell incidents by ids, by query or by filter", code="selection", pointer="/ids")
    if body.ids is not None:
        return Selection(ids=tuple(body.ids), expected=body.expected_count)
    asked = _KeptOrTold(**(body.filter.model_dump(exclude_unset=True) if body.filter else {}), query=body.query)
    query = query_asked(services, principal, asked)
    return Selection(None, query, body.as_of, tuple(body.exclude), body.expected_count)


class _KeptOrTold(IncidentFilter):
    query: str | None = None


def _operation(principal: Principal, body: BulkIn) -> Operation:
    asked = body.operation
    if asked.kind == "resolve" and asked.resolution is None:
        raise UsageError(
            "resolving needs a reason", code="unknown_value", pointer="/operation/resolution", known=list(states.RESOLUTIONS)
        )
    if asked.kind == "comment" and not body.comment.strip():
        raise UsageError("a comment says something", code="empty", pointer="/comment")
    value = {
        "assign": principal.id if asked.assignee == "me" else asked.assignee,
        "resolve": asked.resolution,
        "tag": asked.tags,
        "untag": asked.tags,
        "snooze": bulk.moment_value(asked.until),
        "set_due": bulk.moment_value(asked.until),
    }.get(asked.kind)
    return Operation(asked.kind, value, body.comment)
