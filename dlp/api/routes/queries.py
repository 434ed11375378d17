"""Filters kept on the server, and the views people choose from: free text may be a secret and stays out of addresses."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, StringConstraints

from dlp.api.access import InstallationServices, Principal, allowed
from dlp.api.duty_wire import Time
from dlp.api.incident_wire import IncidentFilter, query_asked
from dlp.api.permissions import Permission
from dlp.store.search import saved
from dlp.store.search.query import params_of
from dlp.store.search.saved import NewView, Saved

router = APIRouter(tags=["queries"])
_Reader = Annotated[Principal, allowed(Permission.INCIDENT_READ)]
_QueryId = Annotated[str, Path(pattern=r"^[0-9a-f-]{36}$")]


class QueryIn(BaseModel):
    """A filter; with a title it becomes a view. "me" as assignee is whoever keeps it."""

    filter: IncidentFilter
    title: Annotated[str, StringConstraints(strip_whitespace=True, max_length=256, pattern=r"^[^\x00]*$")] = ""
    shared: bool = False


class QueryOut(BaseModel):
    """A kept filter; `own` says the asker keeps it."""

    id: str
    title: str
    shared: bool
    own: bool
    filter: dict[str, Any]
    created_at: Time


class ViewList(BaseModel):
    """The views to choose from, by title."""

    items: list[QueryOut]


@router.post("/queries", status_code=201)
def keep_query(body: QueryIn, principal: _Reader, services: InstallationServices) -> QueryOut:
    """Keeps a filter and tells the id that lists, exports and addresses take as `query`."""
    view = NewView(query_asked(services, principal, body.filter), body.title, body.shared)
    now = services.clock.now()
    kept = services.database.write(lambda connection: saved.save(connection, view, services.keys, principal.actor, now))
    return _out(kept, principal)


@router.get("/queries")
def list_views(principal: _Reader, services: InstallationServices) -> ViewList:
    """One's own views and those others share."""
    with services.database.reading() as connection:
        views = saved.views_of(connection, services.keys, principal.id)
    return ViewList(items=[_out(view, principal) for view in views])


@router.get("/queries/{query_id}")
def get_query(query_id: _QueryId, principal: _Reader, services: InstallationServices) -> QueryOut:
    """A filter of one's own or a shared one."""
    with services.database.reading() as connection:
        return _out(saved.find(connection, query_id, services.keys, principal.id), principal)


@router.delete("/queries/{query_id}", status_code=204, response_class=Response)
def remove_query(query_id: _QueryId, principal: _Reader, services: InstallationServices) -> None:
    """Forgets a filter of one's own."""
    now = services.clock.now()
    services.database.write(lambda connection: saved.remove(connection, query_id, principal.actor, now))


def _out(kept: Saved, principal: Principal) -> QueryOut:
    told = kept._asdict() | {"filter": params_of(kept.query), "own": kept.owner == principal.id}
    return QueryOut.model_validate({name: told[name] for name in QueryOut.model_fields})
