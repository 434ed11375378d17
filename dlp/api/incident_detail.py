"""One incident whole, as the API shows it: its messages masked, reasons, gaps, holds, actions, history."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from dlp.api.duty_wire import Time
from dlp.api.incident_wire import DecisionLabel, IncidentRow, SegmentOut, SeverityLabel, named, segments_out
from dlp.records import Decision, Severity
from dlp.store.incidents.reading import Seen


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


def message_out(seen: Seen) -> IncidentMessage:
    """One message of an incident."""
    row = seen.ledger
    told = {name: getattr(row, name) for name in IncidentMessage.model_fields if hasattr(row, name)}
    told |= {
        "ledger_seq": row.seq,
        "decision": Decision(row.decision).label,
        "would": Decision(row.would).label,
        "snippets": [SnippetOut(origin=origin, segments=segments_out(segments)) for origin, segments in seen.snippets],
        "findings": [named(FoundOut, one, mark=one.ordinal) for one in seen.findings],
        "gaps": [named(GapOut, one) for one in seen.gaps],
        "occurrences": [
            named(
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
