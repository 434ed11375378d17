"""Incidents as the API shows and takes them; everything masked, enums by label."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeVar

from fastapi import Path
from pydantic import BaseModel, Field
from sqlalchemy import Row

from dlp.api.access import Principal
from dlp.api.duty_wire import Name, Time
from dlp.records import Decision, Severity
from dlp.services import Services
from dlp.store.incidents.reading import Alike, Segment, segments_of
from dlp.store.incidents.work import Done
from dlp.store.search import saved
from dlp.store.search.query import MAX_TEXT, Query, Sort, Viewer, params_of, query_of

_EARLIEST, _LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
# A time somebody tells: near enough to now that adding a period to it, or its zone, leads nowhere impossible.
TimeTold = Annotated[Time, Field(ge=_EARLIEST, le=_LATEST)]
_Out = TypeVar("_Out", bound=BaseModel)
IncidentId = Annotated[
    str,
    Path(
        pattern=r"^([0-9a-f-]{36}|([Ii][Nn][Cc]-)?[0-9]{1,17})$", description="The id, or the number as people say it: INC-10482."
    ),
]
State = Literal["opened", "assigned", "in_review", "confirmed_leak", "not_a_leak", "closed"]
SeverityLabel = Literal["low", "medium", "high", "critical"]
DecisionLabel = Literal["allow", "alert", "coach", "redact", "hold", "block"]
ResolutionCode = Literal["confirmed_leak", "false_positive", "accepted_risk", "duplicate", "training", "other"]
Facet = Literal[
    "state", "severity_is", "decision", "connector", "policy", "rule", "zone", "department", "assignee", "resolution"
]  # fmt: skip
Names = Annotated[list[Name], Field(max_length=100)]
SearchText = Annotated[str, Field(max_length=MAX_TEXT, pattern=r"^[^\x00]*$")]
Words = Annotated[str, Field(max_length=10_000, pattern=r"^[^\x00]*$")]


class IncidentFilter(BaseModel):
    """Which incidents: several values of a field are alternatives, several fields must all hold.

    "none" stands for what is not known or nobody's, "me" as assignee for whoever asks. `excluded` takes field:value. `case` takes
    the ids of imports, or "any"; without it their incidents are left out. `value` takes digests told by groups and by `similar`.
    """

    text: SearchText = ""
    state: list[State] = []
    severity: SeverityLabel | None = Field(None, description="At least this.")
    severity_is: list[SeverityLabel] = []
    decision: list[DecisionLabel] = []
    would: list[DecisionLabel] = []
    policy: Names = []
    rule: Names = []
    connector: Names = []
    zone: Names = []
    department: Names = []
    person: Names = []
    sender: Names = []
    conversation: Names = []
    entity: Names = []
    assignee: Names = []
    tag: Names = []
    resolution: Names = []
    case: Names = []
    value: Names = []
    excluded: Names = []
    held: bool | None = None
    overdue: bool | None = None
    snoozed: bool | None = None
    gaps: bool | None = None
    marked_demo: bool | None = None
    opened_from: TimeTold | None = None
    opened_until: TimeTold | None = None
    due_from: TimeTold | None = None
    due_until: TimeTold | None = None
    resolved_from: TimeTold | None = None
    resolved_until: TimeTold | None = None
    sort: Sort = Sort.SEVERITY


class IncidentsAsked(IncidentFilter):
    """Which part of which list. `query` is an id of `POST /queries`; what is told beside it goes above it."""

    query: Annotated[str, Field(pattern=r"^[0-9a-f-]{36}$")] | None = None
    as_of: Annotated[int, Field(ge=0, le=2**62)] | None = Field(
        None, description="The list as of this change; told with each page."
    )
    cursor: Annotated[str, Field(max_length=200)] | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 50
    group_by: Literal["rule", "person", "chat", "value"] | None = None
    facets: list[Facet] | None = Field(None, description="Which facets to count; by default all with the first page, none later.")


class RulerAsked(IncidentsAsked):
    """Which list, and how many rows apart the marks are."""

    step: Annotated[int, Field(ge=10, le=10_000)] = 500


class SegmentOut(BaseModel):
    """Plain text, or where `mark` or `entity` is told, the shape of a finding."""

    text: str
    mark: int | None = None
    entity: str | None = None


class IncidentRow(BaseModel):
    """An incident as a list shows it."""

    id: str
    number: int
    version: int
    state: State
    severity: SeverityLabel
    decision: DecisionLabel
    would: DecisionLabel
    policy: str
    rule: str
    connector: str
    conversation: str | None
    chat_title: str | None
    chat_kind: str | None
    zone: str | None
    external: bool | None
    sender: str | None
    person: str | None
    department: str | None
    entities: list[str]
    opened_at: Time
    updated_at: Time
    due_at: Time | None
    snoozed_until: Time | None
    assignee: str | None
    resolution: ResolutionCode | None
    resolved_at: Time | None
    resolved_by: str | None
    occurrences: int
    gaps: int
    tags: list[str]
    case_id: str | None
    merged_into: str | None
    held: bool
    marked_demo: bool
    preview: list[SegmentOut] = []


class FacetCount(BaseModel):
    """A value as the filter of the facet takes it."""

    value: str
    count: int


class IncidentGroup(BaseModel):
    """Incidents alike; `filter` lists them."""

    filter: dict[str, list[str]]
    label: str
    count: int
    severity: SeverityLabel
    people: int
    first: Time
    last: Time


class IncidentList(BaseModel):
    """A page; with `group_by` groups come instead of items. `newer` counts what opened since `as_of` and belongs to the list."""

    items: list[IncidentRow]
    groups: list[IncidentGroup]
    next: str | None
    previous: str | None
    total: int
    as_of: int
    newer: int
    facets: dict[str, list[FacetCount]]


class RulerMark(BaseModel):
    """A row's number, from 0, and the cursor of the page that begins with it."""

    row: int
    cursor: str | None


class IncidentRuler(BaseModel):
    """Marks for a scroll bar."""

    marks: list[RulerMark]
    total: int
    as_of: int


class AlikeOut(BaseModel):
    """Incidents that share something; `filter` lists them (this one among them)."""

    count: int
    people: int
    filter: dict[str, list[str]]
    latest: list[IncidentRow]


class SimilarIncidents(BaseModel):
    """What else looks like this incident."""

    same_value: AlikeOut
    same_rule_and_person: AlikeOut


class ActOut(BaseModel):
    """An incident after an act; `events` are the entries of its history that can be undone."""

    id: str
    number: int
    version: int
    state: State
    events: list[int]


def viewer_of(principal: Principal) -> Viewer:
    """Who looks."""
    return Viewer(principal.id, principal.departments)


def query_asked(services: Services, principal: Principal, asked: IncidentFilter) -> Query:
    """The query of a request: a kept one where its id is told, with what else is told above it."""
    told = asked.model_dump(mode="json", include=set(IncidentFilter.model_fields), exclude_unset=True)
    told = {name: value for name, value in told.items() if value is not None}
    kept: dict[str, Any] = {}
    id = getattr(asked, "query", None)
    if id is not None:
        with services.database.reading() as connection:
            kept = params_of(saved.find(connection, id, services.keys, principal.id).query)
    params = kept | told
    if "assignee" in params:
        params["assignee"] = [principal.id if name == "me" else name for name in params["assignee"]]
    return query_of(params)


def row_out(row: Row[Any], preview: str = "") -> IncidentRow:
    """A row of the table as lists show it."""
    return IncidentRow.model_validate(row_told(row, preview))


def row_told(row: Row[Any], preview: str = "") -> dict[str, Any]:
    """The fields of `IncidentRow`."""
    told = {name: getattr(row, name) for name in IncidentRow.model_fields if name != "preview"}
    return told | {
        "severity": Severity(row.severity).label,
        "decision": Decision(row.decision).label,
        "would": Decision(row.would).label,
        "entities": row.entities.split(),
        "tags": row.tags.split(),
        "preview": segments_out(segments_of(preview)),
    }


def segments_out(segments: tuple[Segment, ...]) -> list[SegmentOut]:
    """Masked text in pieces."""
    return [SegmentOut(text=one.text, mark=one.mark, entity=one.entity or None) for one in segments]


def alike_out(alike: Alike, filter: dict[str, list[str]]) -> AlikeOut:
    """Incidents that share something."""
    return AlikeOut(count=alike.incidents, people=alike.people, filter=filter, latest=[row_out(row) for row in alike.latest])


def act_out(done: Done, *events: int | None) -> ActOut:
    """An incident after an act."""
    told = [event for event in events or (done.event,) if event is not None]
    return ActOut.model_validate(
        {"id": done.id, "number": done.number, "version": done.version, "state": done.state, "events": told}
    )


def named(model: type[_Out], row: Row[Any], **told: Any) -> _Out:
    """The fields of a model out of a row; what is told beside goes above them."""
    return model.model_validate({name: told[name] if name in told else getattr(row, name) for name in model.model_fields})
