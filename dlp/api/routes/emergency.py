"""Emergency pass-through: declared with a reason and an end, extended, ended; shown everywhere while it stands."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from dlp.api.access import InstallationServices, Principal, allowed
from dlp.api.duty_wire import Cursor, IdInPath, Name, PageSize, Reason, Time
from dlp.api.permissions import Permission
from dlp.store import emergencies
from dlp.store.emergencies import Declaration, Emergency, Extension

router = APIRouter(tags=["emergency"])
_Declarer = Annotated[Principal, allowed(Permission.EMERGENCY_DECLARE)]


class EmergencyOut(BaseModel):
    """One pass-through; `connector` null is everywhere. Over at `until`, or at `ended_at` where it was ended before."""

    id: str
    connector: str | None
    who: str
    why: str
    started_at: Time
    until: Time
    ended_at: Time | None
    ended_by: str | None


class EmergenciesOut(BaseModel):
    """What lets messages pass now, and a page of all there were, newest first."""

    current: list[EmergencyOut]
    items: list[EmergencyOut]
    next: str | None


class EmergencyIn(BaseModel):
    """A declaration: everywhere where no connector is named, for at most 24 hours."""

    connector: Name | None = None
    why: Reason
    until: Time


class EmergencyExtensionIn(BaseModel):
    """A new end, at most 24 hours from now, and why."""

    why: Reason
    until: Time


class EmergencyEndIn(BaseModel):
    """Why it ends."""

    why: Reason


class EmergenciesAsked(BaseModel):
    """Which page."""

    after: Cursor | None = None
    limit: PageSize = 50


@router.get("/emergency")
def list_emergencies(
    principal: Annotated[Principal, allowed()],
    services: InstallationServices,
    asked: Annotated[EmergenciesAsked, Query()],
) -> EmergenciesOut:
    """Current emergencies, and all there were."""
    with services.database.reading() as connection:
        current = emergencies.current(connection, services.clock.now())
        found = emergencies.history(connection, before=asked.after, limit=asked.limit)
    following = found[-1].id if len(found) == asked.limit else None
    return EmergenciesOut(current=list(map(_out, current)), items=list(map(_out, found)), next=following)


@router.post("/emergency", status_code=201)
def declare_emergency(body: EmergencyIn, principal: _Declarer, services: InstallationServices) -> EmergencyOut:
    """Lets everything pass until a time: decisions are allow, what would have been is still recorded. Audited."""
    asked, now = Declaration(body.connector, body.why, body.until), services.clock.now()
    made = services.database.write(lambda connection: emergencies.declare(connection, asked, principal.actor, now))
    services.renew()
    return _out(made)


@router.post("/emergency/{emergency_id}/extend")
def extend_emergency(
    emergency_id: IdInPath, body: EmergencyExtensionIn, principal: _Declarer, services: InstallationServices
) -> EmergencyOut:
    """Moves the end of a current emergency. Audited."""
    asked, now = Extension(body.until, body.why), services.clock.now()
    found = services.database.write(lambda connection: emergencies.extend(connection, emergency_id, asked, principal.actor, now))
    services.renew()
    return _out(found)


@router.post("/emergency/{emergency_id}/end")
def end_emergency(
    emergency_id: IdInPath, body: EmergencyEndIn, principal: _Declarer, services: InstallationServices
) -> EmergencyOut:
    """Ends a current emergency now. Audited."""
    why, now = body.why, services.clock.now()
    found = services.database.write(lambda connection: emergencies.end(connection, emergency_id, why, principal.actor, now))
    services.renew()
    return _out(found)


def _out(emergency: Emergency) -> EmergencyOut:
    return EmergencyOut.model_validate(emergency._asdict())
