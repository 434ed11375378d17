"""The incident a message belongs to: an open one of the same kind, a resolved one reopened, or a new one."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, Final, NamedTuple

import uuid_utils
from sqlalchemy import Connection, Row, func, insert, select, text, update

from dlp.records import Decision, Inspection, Message, Mode, RuleHit, Severity, Surroundings
from dlp.store import alerts, holds
from dlp.store.changes import changed
from dlp.store.search import index
from dlp.store.search.index import Words
from dlp.store.tables.record import incident_history, incidents

# Until when an officer should have looked, by severity.
DUE: Final = {
    Severity.CRITICAL: timedelta(minutes=30),
    Severity.HIGH: timedelta(hours=4),
    Severity.MEDIUM: timedelta(hours=24),
    Severity.LOW: timedelta(hours=72),
}
# A resolved incident is the same thing again for so long; after that it is a new one.
_SAME_FOR: Final = timedelta(days=7)
RESOLVED: Final = ("confirmed_leak", "not_a_leak", "closed")
_NUMBERING: Final = 0x646C7003  # PostgreSQL's advisory lock for incident numbers


class Occasion(NamedTuple):
    """A message that hit rules, as an incident needs it; `twin` is the incident of the same message seen elsewhere."""

    ledger_seq: int
    connector: str
    message: Message
    inspection: Inspection
    surroundings: Surroundings | None
    case_id: str | None
    twin: str | None
    callback: str | None
    snippets: tuple[str, ...]


def absorb(connection: Connection, occasion: Occasion, now: datetime) -> tuple[str, str | None]:
    """Puts the occasion into its incident; returns the incident's id and the hold's, where the verdict is to hold."""
    group_key = _group_key(occasion)
    found = _incident(connection, occasion.twin) if occasion.twin else None
    if found is None:
        found = _latest(connection, group_key, now)
    row = _grow(connection, found, occasion, now) if found else _open(connection, occasion, group_key, now)
    named = (f"INC-{row['number']}", row["chat_title"], row["person"], row["sender"], row["department"])
    texts = [Words(row["id"], snippet, occasion.ledger_seq) for snippet in occasion.snippets]
    if found is None:
        texts.append(Words(row["id"], " ".join(filter(None, named))))
    index.add_many(connection, texts)
    changed(connection, "incident", row["id"], row["version"], now)
    hold = _hold(connection, occasion, row["id"], now)
    if occasion.case_id is None:
        alerts.on_incident(connection, row, now)
    return row["id"], hold


def strictest(hits: tuple[RuleHit, ...]) -> RuleHit:
    """The hit that decided: acting before observing, then decision, then severity, then policy order."""
    return max(hits, key=lambda hit: (hit.mode is Mode.ENFORCE, hit.decision, hit.severity))


def _group_key(occasion: Occasion) -> str:
    key = occasion.inspection.verdict.group_key
    if occasion.case_id is None:
        return key
    return blake2b(f"{occasion.case_id} {key}".encode(), digest_size=16).hexdigest()


def _incident(connection: Connection, id: str) -> Row[Any] | None:
    return connection.execute(select(incidents).where(incidents.c.id == id)).first()


def _latest(connection: Connection, group_key: str, now: datetime) -> Row[Any] | None:
    query = (
        select(incidents)
        .where(incidents.c.group_key == group_key)
        .where(incidents.c.state.not_in(RESOLVED) | (incidents.c.updated_at >= now - _SAME_FOR))
        .order_by(incidents.c.state.in_(RESOLVED), incidents.c.opened_at.desc())
    )
    found = connection.execute(query.limit(1)).first()
    while found is not None and found.merged_into is not None:
        found = _incident(connection, found.merged_into)
    return found


def _open(connection: Connection, occasion: Occasion, group_key: str, now: datetime) -> dict[str, Any]:
    judgement, verdict = occasion.inspection.judgement, occasion.inspection.verdict
    hit = strictest(judgement.hits)
    where = occasion.surroundings or Surroundings()
    message = occasion.message
    severity = verdict.severity or hit.severity
    row: dict[str, Any] = {
        "id": str(uuid_utils.uuid7()),
        "number": _next_number(connection),
        "version": 1,
        "group_key": group_key,
        "state": "opened",
        "severity": int(severity),
        "decision": int(verdict.decision),
        "would": int(verdict.would),
        "policy": hit.policy,
        "rule": hit.rule,
        "connector": occasion.connector,
        "conversation": message.conversation,
        "chat_title": message.chat_title and message.chat_title[:512],
        "chat_kind": where.chat_kind and where.chat_kind.value,
        "zone": where.zone and where.zone.value,
        "external": where.external,
        "sender": message.sender and message.sender[:256],
        "person": where.sender_person,
        "department": where.sender_department,
        "entities": _entities(occasion, ""),
        "opened_at": now,
        "updated_at": now,
        "due_at": None if occasion.case_id else now + DUE[Severity(severity)],
        "occurrences": len(judgement.hits),
        "gaps": len(occasion.inspection.scan.gaps),
        "tags": "",
        "case_id": occasion.case_id,
        "held": verdict.decision is Decision.HOLD,
        "marked_demo": occasion.connector.startswith("demo-"),
    }
    connection.execute(insert(incidents).values(row))
    _note(connection, row["id"], "opened", {"policy": hit.policy, "rule": hit.rule, "version": 1}, now)
    return row


def _grow(connection: Connection, found: Row[Any], occasion: Occasion, now: datetime) -> dict[str, Any]:
    scan, judgement, verdict = occasion.inspection.scan, occasion.inspection.judgement, occasion.inspection.verdict
    reopened = found.state in RESOLVED
    fields = {
        "version": found.version + 1,
        "severity": max(found.severity, int(verdict.severity or 0)),
        "decision": max(found.decision, int(verdict.decision)),
        "would": max(found.would, int(verdict.would)),
        "entities": _entities(occasion, found.entities),
        "updated_at": now,
        "occurrences": found.occurrences + len(judgement.hits),
        "gaps": found.gaps + len(scan.gaps),
        "held": found.held or verdict.decision is Decision.HOLD,
    }
    if reopened:
        due = None if occasion.case_id else now + DUE[Severity(fields["severity"])]
        fields |= {
            "state": "assigned" if found.assignee else "opened",
            "resolution": None,
            "resolved_at": None,
            "resolved_by": None,
        }
        fields["due_at"] = due
        _note(connection, found.id, "reopened", {"by": "occurrence", "was": found.state, "version": fields["version"]}, now)
    connection.execute(update(incidents).where(incidents.c.id == found.id).values(fields))
    return {**found._asdict(), **fields, "reopened": reopened, "was_severity": found.severity}


def _entities(occasion: Occasion, before: str) -> str:
    names = {finding.entity for finding in occasion.inspection.scan.findings} | set(before.split())
    return " ".join(sorted(names))[:1024]


def _next_number(connection: Connection) -> int:
    if connection.dialect.name != "sqlite":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _NUMBERING})
    last: int | None = connection.execute(select(func.max(incidents.c.number))).scalar()
    return (last or 0) + 1


def _note(connection: Connection, incident: str, act: str, details: dict[str, Any], now: datetime) -> None:
    connection.execute(insert(incident_history).values(incident_id=incident, at=now, actor="system", act=act, details=details))


def _hold(connection: Connection, occasion: Occasion, incident: str, now: datetime) -> str | None:
    if occasion.inspection.verdict.decision is not Decision.HOLD or occasion.case_id is not None:
        return None
    hits = tuple(hit for hit in occasion.inspection.judgement.hits if hit.decision is Decision.HOLD)
    hit = strictest(hits or occasion.inspection.judgement.hits)
    ticket = holds.Ticket(occasion.ledger_seq, incident, occasion.connector, hit, occasion.callback)
    return holds.plan(connection, ticket, now)
