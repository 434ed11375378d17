"""Exceptions made from false positives: their reach shown before saving, their suppressed hits kept, ended by hand or by time."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from dlp.api.access import InstallationServices, Principal, allowed
from dlp.api.duty_wire import Cursor, IdInPath, Name, PageSize, Reason, RowId, Time, officer_of
from dlp.api.excepted import Effect, effect_of, value_of
from dlp.api.permissions import Permission
from dlp.records import Decision, Severity
from dlp.services import Services
from dlp.store import exceptions
from dlp.store.exception_subject import About, subject_of
from dlp.store.exceptions import Sealing, StoredException, SuppressedHit, Terms

router = APIRouter(tags=["exceptions"])
_Reader = Annotated[Principal, allowed(Permission.EXCEPTION_READ)]
_Editor = Annotated[Principal, allowed(Permission.EXCEPTION_EDIT)]
_SHOWN = 100


class ExceptionAboutIn(BaseModel):
    """A finding of an incident, and how far the exception is to reach; `rule` ("policy/rule") for scope "rule"."""

    incident_id: str = Field(pattern=r"^[0-9a-f-]{36}$")
    finding_id: RowId
    scope: Literal["person", "chat", "rule"]
    rule: Name | None = None


class ExceptionIn(ExceptionAboutIn):
    """The exception to save; its owner is who asks where none is told."""

    reason: Reason
    expires_at: Time
    owner: str | None = Field(None, pattern=r"^[0-9a-f-]{36}$")


class TouchedIncident(BaseModel):
    """An incident with the value in the exception's scope; `hidden` says that it would not have been there."""

    id: str
    number: int
    hidden: bool


class ExceptionPreviewOut(BaseModel):
    """What the exception would have done in the last `days`, by judging again with the policies of today.

    `touched` incidents hold the value, `hidden` of them would not have been; of `unreadable` messages nothing is kept.
    `whole` is false where there were too many to look at. `incidents` are the latest hundred one may see.
    """

    entity: str
    scope: str
    scope_value: str
    days: int
    touched: int
    hidden: int
    unreadable: int
    whole: bool
    incidents: list[TouchedIncident]


class ExceptionOut(BaseModel):
    """One exception; its value is sealed and never told. `suppressed` counts the hits it took out."""

    id: str
    entity: str
    scope: str
    scope_value: str
    incident_id: str | None
    incident_number: int | None
    owner: str
    reason: str
    created_at: Time
    expires_at: Time
    ended_at: Time | None
    ended_by: str | None
    live: bool
    suppressed: int
    last_suppressed_at: Time | None


class ExceptionsOut(BaseModel):
    """A page of exceptions."""

    items: list[ExceptionOut]
    next: str | None


class SuppressedHitOut(BaseModel):
    """A hit an exception took out; it stands in the ledger."""

    id: str
    ledger_seq: int
    policy: str
    rule: str
    severity: str
    decision: str
    received_at: Time


class SuppressedHitsOut(BaseModel):
    """A page of suppressed hits, newest first."""

    items: list[SuppressedHitOut]
    next: str | None


class ExceptionEndIn(BaseModel):
    """Why it ends before its time."""

    why: Reason


class ExceptionsAsked(BaseModel):
    """Which exceptions a page is to hold, newest first."""

    state: Literal["live", "ended", "all"] = "live"
    owner: Name | None = None
    after: Cursor | None = None
    limit: PageSize = 50


class SuppressedAsked(BaseModel):
    """Which page."""

    after: Cursor | None = None
    limit: PageSize = 50


@router.get("/exceptions")
def list_exceptions(
    principal: _Reader, services: InstallationServices, asked: Annotated[ExceptionsAsked, Query()]
) -> ExceptionsOut:
    """Exceptions, newest first."""
    live = {"live": True, "ended": False, "all": None}[asked.state]
    wanted = exceptions.Asked(live, asked.owner, asked.after, asked.limit)
    with services.database.reading() as connection:
        found = exceptions.listed(connection, wanted, principal.departments, services.clock.now())
    following = found[-1].id if len(found) == asked.limit else None
    return ExceptionsOut(items=[_out(one, services) for one in found], next=following)


@router.get("/exceptions/{exception_id}")
def get_exception(exception_id: IdInPath, principal: _Reader, services: InstallationServices) -> ExceptionOut:
    """One exception."""
    with services.database.reading() as connection:
        return _out(exceptions.one(connection, exception_id, principal.departments), services)


@router.get("/exceptions/{exception_id}/suppressed")
def list_suppressed(
    exception_id: IdInPath, principal: _Reader, services: InstallationServices, asked: Annotated[SuppressedAsked, Query()]
) -> SuppressedHitsOut:
    """The hits an exception took out, newest first."""
    with services.database.reading() as connection:
        exceptions.one(connection, exception_id, principal.departments)
        found = exceptions.hits_of(connection, exception_id, after=asked.after, limit=asked.limit)
    following = found[-1].id if len(found) == asked.limit else None
    return SuppressedHitsOut(items=list(map(_hit, found)), next=following)


@router.post("/exceptions/preview")
def preview_exception(body: ExceptionAboutIn, principal: _Editor, services: InstallationServices) -> ExceptionPreviewOut:
    """What an exception would have hidden in the last 30 days; nothing is saved and no content is shown."""
    with services.database.reading() as connection:
        subject = subject_of(connection, _about(body), principal.departments)
        value = value_of(connection, services, subject)
        effect = effect_of(connection, services, subject, value)
    told = {"entity": subject.entity, "scope": subject.scope, "scope_value": subject.scope_value}
    return ExceptionPreviewOut.model_validate(told | _effect(effect, principal.departments))


@router.post("/exceptions", status_code=201)
def create_exception(body: ExceptionIn, principal: _Editor, services: InstallationServices) -> ExceptionOut:
    """Saves an exception: its value is read by the server, sealed, and shown to nobody. Audited."""
    terms = Terms(body.owner or principal.id, body.reason, body.expires_at)
    now = services.clock.now()

    def save(connection: Connection) -> StoredException:
        subject = subject_of(connection, _about(body), principal.departments)
        sealing = Sealing(services.keys, value_of(connection, services, subject))
        made = exceptions.create(connection, subject, terms, sealing, (principal.actor, now))
        return exceptions.one(connection, made)

    made = services.database.write(save)
    services.renew()
    return _out(made, services)


@router.post("/exceptions/{exception_id}/end")
def end_exception(
    exception_id: IdInPath, body: ExceptionEndIn, principal: _Editor, services: InstallationServices
) -> ExceptionOut:
    """Ends an exception before its time. Audited."""
    officer, now = officer_of(principal), services.clock.now()
    found = services.database.write(lambda connection: exceptions.end(connection, exception_id, body.why, officer, now))
    services.renew()
    return _out(found, services)


def _about(body: ExceptionAboutIn) -> About:
    return About(body.incident_id, body.finding_id, body.scope, body.rule)


def _effect(effect: Effect, departments: tuple[str, ...] | None) -> dict[str, Any]:
    hidden = {touched.incident_id for touched in effect.hidden}
    return {
        "days": 30,
        "touched": len(effect.touched),
        "hidden": len(hidden),
        "unreadable": effect.unreadable,
        "whole": effect.whole,
        "incidents": [
            TouchedIncident(id=touched.incident_id, number=touched.number, hidden=touched.incident_id in hidden)
            for touched in effect.touched
            if departments is None or touched.department in departments
        ][:_SHOWN],
    }


def _out(found: StoredException, services: Services) -> ExceptionOut:
    live = found.ended_at is None and services.clock.now() < found.expires_at
    return ExceptionOut.model_validate(found._asdict() | {"live": live})


def _hit(hit: SuppressedHit) -> SuppressedHitOut:
    labels = {"severity": Severity(hit.severity).label, "decision": Decision(hit.decision).label}
    return SuppressedHitOut.model_validate(hit._asdict() | labels)
