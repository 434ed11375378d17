"""The queue of incidents and the work on one: lists, its page, every act on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from dlp.api.access import InstallationServices, Principal, allowed
from dlp.api.duty_wire import RowId, Time
from dlp.api.incident_detail import (
    HistoryEntry,
    IncidentAction,
    IncidentHistory,
    IncidentHold,
    IncidentMessages,
    IncidentOut,
    message_out,
)
from dlp.api.incident_wire import (
    ActOut,
    FacetCount,
    IncidentGroup,
    IncidentId,
    IncidentList,
    IncidentRuler,
    IncidentsAsked,
    ResolutionCode,
    RulerAsked,
    RulerMark,
    TimeTold,
    Words,
    act_out,
    named,
    query_asked,
    row_out,
    row_told,
    viewer_of,
)
from dlp.api.permissions import Permission
from dlp.api.presence import Presence, Present
from dlp.errors import Conflict, UsageError
from dlp.records import Severity
from dlp.services import Services
from dlp.store.incidents import reading, regroup, work
from dlp.store.incidents.undo import undo
from dlp.store.incidents.work import Done, Hand, Resolution
from dlp.store.search import listing, order
from dlp.store.search.conditions import Asked
from dlp.store.search.facets import ALL_FACETS, counts_of, newer_of
from dlp.store.search.query import Grouping

router = APIRouter(tags=["incidents"])
Reader = Annotated[Principal, allowed(Permission.INCIDENT_READ)]
Worker = Annotated[Principal, allowed(Permission.INCIDENT_WORK)]
_Tags = Annotated[list[Annotated[str, Field(max_length=32)]], Field(max_length=work.MOST_TAGS)]
_Id = Annotated[str, Field(pattern=r"^[0-9a-f-]{36}$")]


class _Versions:
    """The version in the request's If-Match, and the one the answer's ETag tells."""

    def __init__(self, response: Response, if_match: Annotated[str | None, Header(max_length=64)] = None) -> None:
        self._response = response
        self._if_match = if_match or ""

    def looked_at(self) -> int:
        told = self._if_match.strip().removeprefix("W/").strip('"')
        if not told:
            raise Conflict("tell with If-Match which version was looked at", code="precondition_required")
        if not (told.isascii() and told.isdigit() and len(told) < 10):
            raise UsageError("If-Match is the ETag of the incident", code="if_match", pointer="/if-match")
        return int(told)

    def tell(self, version: int) -> None:
        self._response.headers["ETag"] = f'"{version}"'


class IncidentPatch(BaseModel):
    """What is to change; what is not told stays. `assignee` "me" takes the incident, null gives it to nobody.

    `resolution` resolves it with `comment`; `state` starts the review or closes what was resolved. `due_at` and
    `snoozed_until` null take them away.
    """

    assignee: Annotated[str, Field(max_length=36, pattern=r"^[^\x00]*$")] | None = None
    state: Literal["in_review", "closed"] | None = None
    resolution: ResolutionCode | None = None
    comment: Words = ""
    tags: _Tags = []
    due_at: TimeTold | None = None
    snoozed_until: TimeTold | None = None


class CommentIn(BaseModel):
    """Something to say."""

    text: Annotated[Words, Field(min_length=1)]


class ReopenIn(BaseModel):
    """Why."""

    comment: Words = ""


class SplitIn(BaseModel):
    """The occurrences that are to become an incident of their own."""

    occurrences: Annotated[list[_Id], Field(min_length=1, max_length=5000)]


class SplitOut(BaseModel):
    """What became of the incident, and the new one."""

    incident: ActOut
    new: ActOut


class MergeIn(BaseModel):
    """The incidents that are to become part of this one."""

    ids: Annotated[list[_Id], Field(min_length=1, max_length=regroup.MOST_MERGED)]


class PresenceIn(BaseModel):
    """What the asker does; "gone" when the page is left."""

    doing: Literal["viewing", "writing", "gone"] = "viewing"


class PresentOut(BaseModel):
    """Somebody else at the incident."""

    user: str
    name: str
    doing: Literal["viewing", "writing"]
    seen_at: Time


class PresenceOut(BaseModel):
    """Who else is there."""

    items: list[PresentOut]


@router.get("/incidents")
def list_incidents(principal: Reader, services: InstallationServices, asked: Annotated[IncidentsAsked, Query()]) -> IncidentList:
    """A page of a list, or its groups; with the exact total, and facets each counted as if its own filter were not set."""
    query = query_asked(services, principal, asked)
    cursor = None if asked.cursor is None or asked.group_by is not None else order.read(asked.cursor)
    if cursor is not None and cursor.sort is not query.sort:
        raise UsageError("the cursor is of another order", code="cursor", pointer="/cursor")
    with services.database.reading() as connection:
        as_of = asked.as_of if asked.as_of is not None else cursor.as_of if cursor else listing.latest_change(connection)
        wanted = Asked(query, viewer_of(principal), services.clock.now(), as_of)
        facets = asked.facets if asked.facets is not None else ALL_FACETS if cursor is None else ()
        counts = counts_of(connection, wanted, facets)
        told = IncidentList(
            items=[],
            groups=[],
            next=None,
            previous=None,
            total=counts.total,
            as_of=as_of,
            newer=newer_of(connection, wanted, as_of),
            facets={
                name: [FacetCount(value=one.value, count=one.incidents) for one in values]
                for name, values in counts.facets.items()
            },
        )
        if asked.group_by is not None:
            return told.model_copy(update=_groups(connection, wanted, Grouping(asked.group_by), asked.cursor))
        return told.model_copy(update=_items(connection, wanted, cursor, asked.limit)) if counts.total else told


@router.get("/incidents/ruler")
def get_incident_ruler(principal: Reader, services: InstallationServices, asked: Annotated[RulerAsked, Query()]) -> IncidentRuler:
    """Every `step`-th row of a list with the cursor that leads to it: the scroll bar can jump anywhere."""
    query = query_asked(services, principal, asked)
    with services.database.reading() as connection:
        as_of = asked.as_of if asked.as_of is not None else listing.latest_change(connection)
        wanted = Asked(query, viewer_of(principal), services.clock.now(), as_of)
        marks = [RulerMark(row=mark.row, cursor=mark.cursor) for mark in listing.ruler_of(connection, wanted, asked.step)]
        return IncidentRuler(marks=marks, total=counts_of(connection, wanted, ()).total, as_of=as_of)


@router.get("/incidents/{incident_id}")
def get_incident(
    incident_id: IncidentId, principal: Reader, services: InstallationServices, versions: Annotated[_Versions, Depends()]
) -> IncidentOut:
    """One incident, masked, with its latest messages, reasons, gaps, holds and actions; its ETag is for `PATCH`."""
    with services.database.reading() as connection:
        detail = reading.detail(connection, incident_id, viewer_of(principal))
    versions.tell(detail.incident.version)
    messages = IncidentMessages(items=list(map(message_out, detail.messages)), next=detail.more)
    return IncidentOut(
        **row_told(detail.incident),
        messages=messages,
        holds=[named(IncidentHold, row) for row in detail.holds],
        actions=[named(IncidentAction, row) for row in detail.actions],
    )


@router.get("/incidents/{incident_id}/messages")
def list_incident_messages(
    incident_id: IncidentId,
    principal: Reader,
    services: InstallationServices,
    before: Annotated[RowId | None, Query(description="The `next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = reading.MESSAGES,
) -> IncidentMessages:
    """The messages of an incident, masked, the latest first."""
    with services.database.reading() as connection:
        row = work.find(connection, incident_id, viewer_of(principal))
        messages, more = reading.messages_of(connection, row.id, before, limit)
    return IncidentMessages(items=list(map(message_out, messages)), next=more)


@router.get("/incidents/{incident_id}/history")
def get_incident_history(incident_id: IncidentId, principal: Reader, services: InstallationServices) -> IncidentHistory:
    """Everything done to an incident, comments and reads among it."""
    with services.database.reading() as connection:
        entries = reading.history_of(connection, incident_id, viewer_of(principal))
    undone = {entry.undoes: entry.id for entry in entries if entry.undoes is not None}
    return IncidentHistory(items=[named(HistoryEntry, entry, undone_by=undone.get(entry.id)) for entry in entries])


@router.patch("/incidents/{incident_id}")
def change_incident(
    incident_id: IncidentId,
    body: IncidentPatch,
    principal: Worker,
    services: InstallationServices,
    versions: Annotated[_Versions, Depends()],
) -> ActOut:
    """Assigns, tags, snoozes, sets due, starts review, resolves, closes: each told field is an act of its own in the history.

    412 with who changed what where somebody decided something since the ETag; an occurrence that only adds to the incident is no
    conflict.
    """
    hand, now = Hand(principal.actor, viewer_of(principal), versions.looked_at()), services.clock.now()
    done = services.database.write(lambda connection: _change(connection, incident_id, body, hand, now))
    versions.tell(done[-1].version)
    return act_out(done[-1], *(one.event for one in done))


@router.post("/incidents/{incident_id}/comments", status_code=201)
def comment_incident(incident_id: IncidentId, body: CommentIn, principal: Worker, services: InstallationServices) -> ActOut:
    """Says something about an incident."""
    return _act(services, principal, lambda connection, hand, now: work.comment(connection, incident_id, body.text, hand, now))


@router.post("/incidents/{incident_id}/undo/{event}")
def undo_incident_act(
    incident_id: IncidentId, event: Annotated[int, Path(ge=1, le=2**63 - 1)], principal: Worker, services: InstallationServices
) -> ActOut:
    """Takes an entry of the history back by writing its opposite; 409 where the same was changed again since."""
    return _act(services, principal, lambda connection, hand, now: undo(connection, incident_id, event, hand, now))


@router.post("/incidents/{incident_id}/reopen")
def reopen_incident(incident_id: IncidentId, body: ReopenIn, principal: Worker, services: InstallationServices) -> ActOut:
    """Takes the work on a resolved incident up again."""
    return _act(services, principal, lambda connection, hand, now: work.reopen(connection, incident_id, body.comment, hand, now))


@router.post("/incidents/{incident_id}/split", status_code=201)
def split_incident(incident_id: IncidentId, body: SplitIn, principal: Worker, services: InstallationServices) -> SplitOut:
    """Makes some of an incident's occurrences an incident of their own; can be undone."""
    hand, now = Hand(principal.actor, viewer_of(principal)), services.clock.now()
    first, second = services.database.write(
        lambda connection: regroup.split(connection, incident_id, body.occurrences, hand, now)
    )
    return SplitOut(incident=act_out(first), new=act_out(second))


@router.post("/incidents/{incident_id}/merge")
def merge_incidents(incident_id: IncidentId, body: MergeIn, principal: Worker, services: InstallationServices) -> ActOut:
    """Makes other incidents part of this one; can be undone."""
    return _act(services, principal, lambda connection, hand, now: regroup.merge(connection, incident_id, body.ids, hand, now))


@router.post("/incidents/{incident_id}/presence")
def note_presence(
    incident_id: IncidentId, body: PresenceIn, principal: Reader, services: InstallationServices, request: Request
) -> PresenceOut:
    """Tells that somebody looks at an incident, and who else does; to be said again every half minute."""
    with services.database.reading() as connection:
        id = work.find(connection, incident_id, viewer_of(principal)).id
    present = Present(principal.id, principal.name, body.doing, services.clock.now())
    others = _presence(request).note(id, present)
    return PresenceOut(items=[PresentOut.model_validate(one._asdict()) for one in others])


def _items(connection: Connection, wanted: Asked, cursor: order.Cursor | None, limit: int) -> dict[str, object]:
    page = listing.page_of(connection, wanted, cursor, limit=limit)
    previews = listing.previews_of(connection, [row.id for row in page.rows])
    return {
        "items": [row_out(row, previews.get(row.id, "")) for row in page.rows],
        "next": page.next,
        "previous": page.previous,
    }


def _groups(connection: Connection, wanted: Asked, by: Grouping, cursor: str | None) -> dict[str, object]:
    offset = int(cursor) if cursor is not None and cursor.isascii() and cursor.isdigit() and len(cursor) < 9 else 0
    groups, following = listing.groups_of(connection, wanted, by, offset=offset)
    return {
        "groups": [
            IncidentGroup.model_validate(group._asdict() | {"count": group.incidents, "severity": Severity(group.severity).label})
            for group in groups
        ],
        "next": None if following is None else str(following),
    }


def _change(connection: Connection, id: str, body: IncidentPatch, hand: Hand, now: datetime) -> list[Done]:
    """Every act a patch tells, in the order they make sense in; only the first looks at the version."""
    told, acts = body.model_fields_set, list[Callable[[Hand], Done]]()
    if "tags" in told:
        acts.append(lambda hand: work.tag(connection, id, body.tags, hand, now))
    if "due_at" in told:
        acts.append(lambda hand: work.set_due(connection, id, body.due_at, hand, now))
    if "assignee" in told:
        assignee = hand.actor.id if body.assignee == "me" else body.assignee
        acts.append(lambda hand: work.assign(connection, id, assignee, hand, now))
    if body.state == "in_review":
        acts.append(lambda hand: work.start_review(connection, id, hand, now))
    if "snoozed_until" in told:
        acts.append(lambda hand: work.snooze(connection, id, body.snoozed_until, hand, now))
    if body.resolution is not None:
        resolution = Resolution(body.resolution, body.comment)
        acts.append(lambda hand: work.resolve(connection, id, resolution, hand, now))
    elif body.comment:
        acts.append(lambda hand: work.comment(connection, id, body.comment, hand, now))
    if body.state == "closed":
        acts.append(lambda hand: work.close(connection, id, hand, now))
    if not acts:
        raise UsageError("nothing is to change", code="empty", pointer="")
    return [act(hand if place == 0 else hand._replace(version=None)) for place, act in enumerate(acts)]


def _act(services: Services, principal: Principal, act: Callable[[Connection, Hand, datetime], Done]) -> ActOut:
    hand, now = Hand(principal.actor, viewer_of(principal)), services.clock.now()
    return act_out(services.database.write(lambda connection: act(connection, hand, now)))


def _presence(request: Request) -> Presence:
    """The application's own, made with its first question."""
    state = request.app.state
    if not hasattr(state, "presence"):
        state.presence = Presence()
    presence: Presence = state.presence
    return presence
