"""Incidents as the API shows and takes them; everything masked, enums by label."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Path
from pydantic import BaseModel, Field
from sqlalchemy import Row

from dlp.api.access import Principal
from dlp.api.duty_wire import Name, RowId, Time
from dlp.records import Decision, Severity
from dlp.services import Services
from dlp.store.incidents.reading import Alike, Seen, Segment, segments_of
from dlp.store.incidents.work import Done
from dlp.store.search import saved
from dlp.store.search.facets import ALL_FACETS
from dlp.store.search.query import MAX_TEXT, Query, Sort, Viewer, params_of, query_of

IncidentId = Annotated[
    str, Path(pattern=r"^([0-9a-f-]{36}|([Ii][Nn][Cc]-)?[0-9]{1,17})$", description="The id, or the number as people say it: INC-10482.")
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
    opened_from: Time | None = None
    opened_until: Time | None = None
    due_from: Time | None = None
    due_until: Time | None = None
    resolved_from: Time | None = None
    resolved_until: Time | None = None
    sort: Sort = Sort.SEVERITY


class IncidentsAsked(IncidentFilter):
    """Which part of which list. `query` is an id of `POST /queries`; what is told beside it goes above it."""

    query: Annotated[str, Field(pattern=r"^[0-9a-f-]{36}$")] | None = None
    as_of: Annotated[int, Field(ge=0, le=2**62)] | None = Field(None, description="The list as of this change; told with each page.")
    cursor: Annotated[str, Field(max_length=200)] | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 50
    group_by: Literal["rule", "person", "chat", "value"] | None = None
    facets: list[Facet] | None = Field(None, description="Which facets to count; by default all with the first page, none later.")


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
    """A page. `newer` counts what opened since `as_of` and would belong to the list; with `group_by` groups come instead of items."""

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


class SnippetOut(BaseModel):
    """The masked surroundings of findings in one text of a message."""

    origin: str
    segments: list[SegmentOut]


class FoundOut(BaseModel):
    """A finding; `mark` is its number in the segments."""

    id: int
    mark: int
    entity: str
    detector: str
    origin: str
    start: int
    end: int
    confidence: float
    why: str


class GapOut(BaseModel):
    """What could not be read or finished."""

    id: int
    origin: str
    reason: str
    detail: str
    state: str


class OccurrenceOut(BaseModel):
    """A rule the message broke. `reason` is the explanation tree {condition, held, said, missing, parts}."""

    id: str
    policy: str
    rule: str
    severity: SeverityLabel
    mode: str
    decision: DecisionLabel
    by_unknown: bool
    law: list[str]
    reason: dict[str, Any] | None


class IncidentMessage(BaseModel):
    """One message of an incident, masked."""

    ledger_seq: int
    connector: str
    conversation: str | None
    message: str
    revision: int
    door: str
    occurred_at: Time | None
    received_at: Time
    decided_at: Time
    deleted_at: Time | None
    decision: DecisionLabel
    would: DecisionLabel
    decided_by: str
    policy_version: int
    snippets: list[SnippetOut]
    findings: list[FoundOut]
    gaps: list[GapOut]
    occurrences: list[OccurrenceOut]


class IncidentMessages(BaseModel):
    """Messages of an incident, the latest first; `next` is `before` of the next page."""

    items: list[IncidentMessage]
    next: int | None


class IncidentHold(BaseModel):
    """A held message of the incident."""

    id: str
    ledger_seq: int
    state: str
    outcome: str | None
    created_at: Time
    expires_at: Time
    on_expiry: str
    four_eyes: bool
    asked_by: str | None
    decided_by: str | None
    decided_at: Time | None


class IncidentAction(BaseModel):
    """Something done outside because of the incident; `outcome` is the other side's words."""

    id: str
    kind: str
    state: str
    attempts: int
    outcome: str
    created_at: Time
    updated_at: Time


class IncidentOut(IncidentRow):
    """An incident with its latest messages, what was done and what is held."""

    messages: IncidentMessages
    holds: list[IncidentHold]
    actions: list[IncidentAction]


class HistoryEntry(BaseModel):
    """One act; `name` is the person's who did it. Without `undoes` or `undone_by` it may still be taken back."""

    id: int
    at: Time
    actor: str
    name: str | None
    act: str
    details: dict[str, Any]
    undoes: int | None
    undone_by: int | None


class IncidentHistory(BaseModel):
    """Everything done to an incident, in order."""

    items: list[HistoryEntry]


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


class EventId(BaseModel):
    """An entry of a history."""

    event: RowId


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


def message_out(seen: Seen) -> IncidentMessage:
    """One message of an incident."""
    row = seen.ledger
    told = {name: getattr(row, name) for name in IncidentMessage.model_fields if hasattr(row, name)}
    told |= {
        "ledger_seq": row.seq,
        "decision": Decision(row.decision).label,
        "would": Decision(row.would).label,
        "snippets": [SnippetOut(origin=origin, segments=segments_out(segments)) for origin, segments in seen.snippets],
        "findings": [_named(FoundOut, one, mark=one.ordinal) for one in seen.findings],
        "gaps": [_named(GapOut, one) for one in seen.gaps],
        "occurrences": [
            _named(
                OccurrenceOut,
                one,
                severity=Severity(one.severity).label,
                decision=Decision(one.decision).label,
                law=one.law.split(),
            )
            for one in seen.occurrences
        ],
    }
    return IncidentMessage.model_validate(told)


def alike_out(alike: Alike, filter: dict[str, list[str]]) -> AlikeOut:
    """Incidents that share something."""
    return AlikeOut(count=alike.incidents, people=alike.people, filter=filter, latest=[row_out(row) for row in alike.latest])


def act_out(done: Done, *events: int | None) -> ActOut:
    """An incident after an act."""
    told = [event for event in events or (done.event,) if event is not None]
    return ActOut.model_validate({"id": done.id, "number": done.number, "version": done.version, "state": done.state, "events": told})


def named[Out: BaseModel](model: type[Out], row: Row[Any], **told: Any) -> Out:
    return model.model_validate({name: told[name] if name in told else getattr(row, name) for name in model.model_fields})
