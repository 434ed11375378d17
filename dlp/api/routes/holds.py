"""Held messages: the asker polls one, officers list, release and drop them, and review what was decided by broken glass."""

from __future__ import annotations

import asyncio
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from dlp.api.access import InstallationServices, Principal, allowed
from dlp.api.duty_wire import Cursor, IdInPath, Name, PageSize, Time, Words, allowed_any, officer_of
from dlp.api.permissions import Permission
from dlp.errors import NotFound
from dlp.records import Severity
from dlp.services import Services
from dlp.store import holds
from dlp.store.holds import Hold

router = APIRouter(tags=["holds"])
State = Literal["waiting", "released", "dropped", "expired"]
Outcome = Literal["release", "drop"]
_LOOK_EVERY_SECONDS: Final = 0.5


class TicketOut(BaseModel):
    """What the asker may know of a held message. `outcome` is null while it waits."""

    id: str
    state: State
    outcome: Outcome | None
    created_at: Time
    expires_at: Time
    on_expiry: Outcome
    decided_at: Time | None


class HoldOut(TicketOut):
    """What officers see. `asked_by` asked for `asked_outcome` and waits for a second officer."""

    incident_id: str | None
    incident_number: int | None
    severity: str | None
    connector: str
    policy: str
    rule: str
    four_eyes: bool
    asked_by: str | None
    asked_outcome: Outcome | None
    decided_by: str | None
    reason: str
    break_glass: bool
    reviewed_by: str | None
    reviewed_at: Time | None


class HoldsOut(BaseModel):
    """A page of holds; `waiting` and `to_review` count all there are."""

    items: list[HoldOut]
    next: str | None
    waiting: int
    to_review: int


class HoldOrderIn(BaseModel):
    """Why; with `break_glass` alone where two officers are needed: audited, and queued for review."""

    reason: Words = ""
    break_glass: bool = False


class HoldReviewIn(BaseModel):
    """What the reviewer has to say."""

    comment: Words = ""


class HoldsAsked(BaseModel):
    """Which holds a page is to hold; `to_review` means decisions by broken glass nobody has reviewed."""

    state: Literal["waiting", "released", "dropped", "expired", "all"] = "waiting"
    connector: Name | None = None
    to_review: bool = False
    after: Cursor | None = None
    limit: PageSize = 50


@router.get("/holds")
def list_holds(
    principal: Annotated[Principal, allowed(Permission.INCIDENT_READ)],
    services: InstallationServices,
    asked: Annotated[HoldsAsked, Query()],
) -> HoldsOut:
    """Held messages: those that wait with the next to expire first, others newest first."""
    state = None if asked.state == "all" or asked.to_review else asked.state
    wanted = holds.Asked(state, asked.connector, asked.to_review, asked.after, asked.limit)
    with services.database.reading() as connection:
        found = holds.listed(connection, wanted, principal.departments)
        counted = holds.counts(connection, principal.departments)
    following = found[-1].id if len(found) == asked.limit else None
    return HoldsOut(items=list(map(_out, found)), next=following, **counted)


@router.get("/holds/{hold_id}")
async def get_hold(
    hold_id: IdInPath,
    request: Request,
    principal: Annotated[Principal, allowed_any(Permission.HOLD_POLL, Permission.INCIDENT_READ)],
    services: InstallationServices,
    wait: Annotated[float, Query(ge=0, le=25, description="Seconds to wait for a decision before answering.")] = 0,
) -> HoldOut | TicketOut:
    """One held message; programs get the ticket alone. With `wait` the answer comes once it is decided, or time is up."""
    looked = 0.0
    found = await run_in_threadpool(_hold, services, principal, hold_id)
    while found.state == "waiting" and looked < wait and not await request.is_disconnected():
        await asyncio.sleep(min(_LOOK_EVERY_SECONDS, wait - looked))
        looked += _LOOK_EVERY_SECONDS
        found = await run_in_threadpool(_hold, services, principal, hold_id)
    return _out(found) if Permission.INCIDENT_READ in principal.permissions else _ticket(found)


@router.post("/holds/{hold_id}/release")
def release_hold(
    hold_id: IdInPath,
    body: HoldOrderIn,
    principal: Annotated[Principal, allowed(Permission.ACTION_RELEASE)],
    services: InstallationServices,
) -> HoldOut:
    """Lets a held message go on, or asks a second officer to where the policy wants two. Audited."""
    return _decide(services, principal, hold_id, holds.Order("release", body.reason, body.break_glass))


@router.post("/holds/{hold_id}/drop")
def drop_hold(
    hold_id: IdInPath,
    body: HoldOrderIn,
    principal: Annotated[Principal, allowed(Permission.ACTION_RELEASE)],
    services: InstallationServices,
) -> HoldOut:
    """Stops a held message for good, or asks a second officer to where the policy wants two. Audited."""
    return _decide(services, principal, hold_id, holds.Order("drop", body.reason, body.break_glass))


@router.post("/holds/{hold_id}/review")
def review_hold(
    hold_id: IdInPath,
    body: HoldReviewIn,
    principal: Annotated[Principal, allowed(Permission.ACTION_RELEASE)],
    services: InstallationServices,
) -> HoldOut:
    """Notes that somebody else looked at a decision made by breaking the glass. Audited."""
    officer, now = officer_of(principal), services.clock.now()
    return _out(services.database.write(lambda connection: holds.review(connection, hold_id, body.comment, officer, now)))


def _decide(services: Services, principal: Principal, hold_id: str, order: holds.Order) -> HoldOut:
    officer, now = officer_of(principal, Permission.ACTION_RELEASE), services.clock.now()
    return _out(services.database.write(lambda connection: holds.decide(connection, hold_id, order, officer, now)))


def _hold(services: Services, principal: Principal, hold_id: str) -> Hold:
    with services.database.reading() as connection:
        found = holds.one(connection, hold_id, principal.departments)
    if principal.connector is not None and found.connector != principal.connector:
        raise NotFound("there is no such hold", code="hold_not_found")
    return found


def _out(hold: Hold) -> HoldOut:
    told = hold._asdict() | {"severity": None if hold.severity is None else Severity(hold.severity).label}
    return HoldOut.model_validate({name: told[name] for name in HoldOut.model_fields})


def _ticket(hold: Hold) -> TicketOut:
    return TicketOut.model_validate({name: getattr(hold, name) for name in TicketOut.model_fields})
