"""Retro cases: what imports found, which of our data lies on a service, what depends on it; closing, legal hold."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from dlp.api.access import InstallationServices, Principal, allowed
from dlp.api.duty_wire import Cursor, IdInPath, PageSize, Reason, Time
from dlp.api.permissions import Permission
from dlp.errors import RefusedError
from dlp.report import case_tables
from dlp.services import Services
from dlp.store import case_lists, cases
from dlp.store.case_lists import DependingChat, Lying
from dlp.store.cases import CaseSummary, LegalHold

router = APIRouter(tags=["cases"])
_Reader = Annotated[Principal, allowed(Permission.CASE_READ)]
_Editor = Annotated[Principal, allowed(Permission.CASE_EDIT)]
_TABLE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {"schema": {"type": "string"}}}, "description": "A table for spreadsheets."}
}


class CaseOut(BaseModel):
    """One case; incidents are those of one's departments. `faults` counts places of the export that could not be read."""

    id: str
    name: str
    kind: str
    state: str
    source: str
    created_by: str
    created_at: Time
    messages: int
    incidents: int
    open_incidents: int
    faults: int
    first_faults: list[str]
    legal_hold: bool
    legal_hold_reason: str


class CasesOut(BaseModel):
    """A page of cases, newest first."""

    items: list[CaseOut]
    next: str | None


class InventoryRow(BaseModel):
    """So many findings of an entity in so many messages of a chat; `outsiders` null: not known who could read them."""

    connector: str
    conversation: str
    chat_title: str | None
    entity: str
    findings: int
    messages: int
    oldest: Time | None
    newest: Time | None
    outsiders: bool | None


class InventoryOut(BaseModel):
    """Which of our data lies on the service, by chat and entity."""

    items: list[InventoryRow]


class ContinuityRow(BaseModel):
    """A chat that depends on the service: its owner, who wrote there; the first partners by name."""

    connector: str
    conversation: str
    chat_title: str | None
    chat_kind: str | None
    owner: str | None
    messages: int
    oldest: Time | None
    newest: Time | None
    staff: int
    partners: int
    unknown: int
    partner_names: list[str]


class ContinuityOut(BaseModel):
    """Which chats, owners and partners depend on the service, the busiest chat first."""

    items: list[ContinuityRow]


class CaseCloseIn(BaseModel):
    """Why it is closed."""

    reason: Reason


class LegalHoldIn(BaseModel):
    """Whether the case's evidence is to survive its days, and why."""

    on: bool
    reason: Reason


class LegalHoldOut(BaseModel):
    """The job that seals the evidence under the case's key, or gives it back to its days."""

    job_id: str


class CasesAsked(BaseModel):
    """Which page."""

    after: Cursor | None = None
    limit: PageSize = 50


@router.get("/cases")
def list_cases(principal: _Reader, services: InstallationServices, asked: Annotated[CasesAsked, Query()]) -> CasesOut:
    """Cases, newest first."""
    with services.database.reading() as connection:
        found = cases.listed(connection, principal.departments, after=asked.after, limit=asked.limit)
    following = found[-1].case.id if len(found) == asked.limit else None
    return CasesOut(items=list(map(_out, found)), next=following)


@router.get("/cases/{case_id}")
def get_case(case_id: IdInPath, principal: _Reader, services: InstallationServices) -> CaseOut:
    """One case. Its incidents are in `GET /incidents` with `case`."""
    with services.database.reading() as connection:
        return _out(cases.summary(connection, case_id, principal.departments))


@router.get("/cases/{case_id}/inventory")
def get_case_inventory(case_id: IdInPath, principal: _Reader, services: InstallationServices) -> InventoryOut:
    """Which of our data lies on the service: counts only."""
    rows = case_tables.inventory_rows(_inventory(services, principal, case_id))
    return InventoryOut(items=[InventoryRow.model_validate(row) for row in rows])


@router.get("/cases/{case_id}/inventory.csv", response_class=Response, responses=_TABLE)
def get_case_inventory_table(case_id: IdInPath, principal: _Reader, services: InstallationServices) -> Response:
    """The same for a spreadsheet."""
    return _table(case_tables.inventory_csv(_inventory(services, principal, case_id)), "inventory")


@router.get("/cases/{case_id}/continuity")
def get_case_continuity(case_id: IdInPath, principal: _Reader, services: InstallationServices) -> ContinuityOut:
    """Which chats, owners and partners depend on the service."""
    rows = case_tables.continuity_rows(_continuity(services, principal, case_id))
    return ContinuityOut(items=[ContinuityRow.model_validate(row) for row in rows])


@router.get("/cases/{case_id}/continuity.csv", response_class=Response, responses=_TABLE)
def get_case_continuity_table(case_id: IdInPath, principal: _Reader, services: InstallationServices) -> Response:
    """The same for a spreadsheet."""
    return _table(case_tables.continuity_csv(_continuity(services, principal, case_id)), "continuity")


@router.post("/cases/{case_id}/close")
def close_case(case_id: IdInPath, body: CaseCloseIn, principal: _Editor, services: InstallationServices) -> CaseOut:
    """Closes a case: nothing more is imported into it. Audited."""
    reason, now = body.reason, services.clock.now()
    services.database.write(lambda connection: cases.close(connection, case_id, reason, principal.actor, now))
    return get_case(case_id, principal, services)


@router.post("/cases/{case_id}/legal-hold", status_code=202)
def set_case_legal_hold(case_id: IdInPath, body: LegalHoldIn, principal: _Editor, services: InstallationServices) -> LegalHoldOut:
    """Puts a case's evidence under legal hold, or ends it. Audited; a job does it."""
    wanted, now = LegalHold(body.on, body.reason), services.clock.now()
    job = services.database.write(lambda c: cases.set_legal_hold(c, case_id, wanted, principal.actor, now))
    return LegalHoldOut(job_id=job)


def _inventory(services: Services, principal: Principal, case_id: str) -> list[Lying]:
    _demand_all_departments(principal)
    with services.database.reading() as connection:
        cases.one(connection, case_id)
        return case_lists.inventory(connection, case_id)


def _continuity(services: Services, principal: Principal, case_id: str) -> list[DependingChat]:
    _demand_all_departments(principal)
    with services.database.reading() as connection:
        cases.one(connection, case_id)
        return case_lists.continuity(connection, case_id)


def _demand_all_departments(principal: Principal) -> None:
    # The lists count the whole company's chats; they cannot be cut to a department.
    if principal.departments is not None:
        raise RefusedError("the lists of a case are about all departments", code="all_departments")


def _table(text: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-store"}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


def _out(found: CaseSummary) -> CaseOut:
    counts = {"incidents": found.incidents, "open_incidents": found.open_incidents}
    faults = {"faults": found.case.faults["count"], "first_faults": found.case.faults["first"]}
    return CaseOut.model_validate(found.case._asdict() | counts | faults)
