"""Splitting an incident and merging several, each of which can be taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

import uuid_utils
from sqlalchemy import Connection, Row, Select, func, insert, select, text, update

from dlp.errors import Conflict, UsageError
from dlp.store.changes import changed
from dlp.store.incidents import states, work
from dlp.store.incidents.work import Act, Done, Hand
from dlp.store.snippet import TERM
from dlp.store.tables.duties import holds
from dlp.store.tables.record import actions, findings, gaps, incident_history, incident_words, incidents, ledger, occurrences

MOST_MERGED: Final = 200
_CHUNK: Final = 500
_NUMBERING: Final = 0x646C7003  # PostgreSQL's advisory lock for incident numbers, as in incident_upsert
# What a new incident takes over from the one it is split from.
_INHERITED: Final = (
    "policy", "rule", "connector", "conversation", "chat_title", "chat_kind", "zone", "external", "sender", "person",
    "department", "due_at", "assignee", "tags", "case_id", "marked_demo",
)  # fmt: skip


def split(connection: Connection, id: str, occurrence_ids: Iterable[str], hand: Hand, now: datetime) -> tuple[Done, Done]:
    """Moves some of an incident's occurrences to a new incident; what became of both, the new one second."""
    row = work.opened_for(connection, id, hand)
    states.allowed_in("split", row.state)
    wanted = sorted(set(occurrence_ids))
    own = set(_occurrences_of(connection, row.id))
    if not wanted or not own.issuperset(wanted) or len(wanted) == len(own):
        raise UsageError(
            "some of the incident's own occurrences, not all, can be split off", code="occurrences", pointer="/occurrences"
        )
    new = _new_from(connection, row, now)
    _move(connection, wanted, row.id, new.id)
    counted = _counted(connection, new.id)
    there = Act("split", counted, hand, now, more={"from": row.id, "from_number": row.number})
    second = work.carry_out(connection, new, there)
    here = Act(
        "split", _counted(connection, row.id), hand, now, more={"to": new.id, "to_number": new.number, "occurrences": wanted}
    )
    return work.carry_out(connection, row, here), second


def merge(connection: Connection, into: str, ids: Sequence[str], hand: Hand, now: datetime) -> Done:
    """Moves everything of some incidents into one; they stay, closed as duplicates and out of every list."""
    target = work.opened_for(connection, into, hand)
    sources = [work.opened_for(connection, id, hand._replace(version=None)) for id in dict.fromkeys(ids)]
    if not sources or len(sources) > MOST_MERGED or target.id in {source.id for source in sources}:
        raise UsageError("other incidents can be merged into this one", code="ids", pointer="/ids", most=MOST_MERGED)
    if {source.case_id for source in sources} != {target.case_id}:
        raise Conflict("incidents of different queues stay apart", code="case")
    moved = {}
    for source in sources:
        moved[source.id] = _occurrences_of(connection, source.id)
        _move(connection, moved[source.id], source.id, target.id)
        fields = {
            "merged_into": target.id,
            "state": states.CLOSED,
            "resolution": "duplicate",
            "resolved_at": now,
            "resolved_by": hand.actor.id,
        }
        more = {"into": target.id, "into_number": target.number, "by_merge": True}
        work.carry_out(connection, source, Act("merged", fields, hand, now, more=more))
    fields = {**_counted(connection, target.id), "opened_at": target.opened_at}
    more = {"sources": moved, "numbers": sorted(source.number for source in sources)}
    return work.carry_out(connection, target, Act("merged", fields, hand, now, more=more))


def _take_back_merge(connection: Connection, row: Row[Any], entry: Row[Any], hand: Hand, now: datetime) -> Done:
    sources: dict[str, list[str]] | None = entry.details.get("sources")
    if sources is None:
        raise Conflict("take it back at the incident that was merged into", code="merged", into=entry.details["into"])
    for id, moved in sources.items():
        _move(connection, moved, row.id, id)
        source = work.find(connection, id, hand.viewer)
        merged = _merge_entry(connection, id, row.id)
        before = work.untold(merged.details["before"]) | _counted(connection, id)
        work.carry_out(connection, source, Act("undone", before, hand, now, more={"act": "merged"}, undoes=merged.id))
    fields = _counted(connection, row.id)
    return work.carry_out(connection, row, Act("undone", fields, hand, now, more={"act": "merged"}, undoes=entry.id))


def _take_back_split(connection: Connection, row: Row[Any], entry: Row[Any], hand: Hand, now: datetime) -> Done:
    if "to" not in entry.details:
        raise Conflict("take it back at the incident that was split", code="split", into=entry.details["from"])
    new = work.find(connection, entry.details["to"], hand.viewer)
    _move(connection, _occurrences_of(connection, new.id), new.id, row.id)
    fields = {"merged_into": row.id, "state": states.CLOSED, "resolution": "duplicate", "resolved_at": now}
    work.carry_out(connection, new, Act("undone", fields, hand, now, more={"act": "split", "into_number": row.number}))
    more = {"act": "split"}
    return work.carry_out(connection, row, Act("undone", _counted(connection, row.id), hand, now, more=more, undoes=entry.id))


REVERSED: Final[MappingProxyType[str, Callable[[Connection, Row[Any], Row[Any], Hand, datetime], Done]]] = MappingProxyType(
    {"merged": _take_back_merge, "split": _take_back_split}
)


def _merge_entry(connection: Connection, id: str, into: str) -> Row[Any]:
    found = select(incident_history).where(incident_history.c.incident_id == id, incident_history.c.act == "merged")
    entries = [entry for entry in connection.execute(found.order_by(incident_history.c.id)) if entry.details.get("into") == into]
    return entries[-1]


def _occurrences_of(connection: Connection, id: str) -> list[str]:
    found = select(occurrences.c.id).where(occurrences.c.incident_id == id).order_by(occurrences.c.id)
    return list(connection.execute(found).scalars())


def _move(connection: Connection, ids: Sequence[str], source: str, target: str) -> None:
    """Moves occurrences and what came with their messages: holds, actions, words."""
    for start in range(0, len(ids), _CHUNK):
        some = ids[start : start + _CHUNK]
        own = occurrences.c.id.in_(some) & (occurrences.c.incident_id == source)
        seqs = list(connection.execute(select(occurrences.c.ledger_seq).where(own)).scalars())
        connection.execute(update(occurrences).where(own).values(incident_id=target))
        for table in (holds, actions, incident_words):
            carried = table.c.ledger_seq.in_(seqs) & (table.c.incident_id == source)
            connection.execute(update(table).where(carried).values(incident_id=target))


def _counted(connection: Connection, id: str) -> dict[str, Any]:
    """The fields of an incident that follow from its occurrences."""
    of = occurrences.c.incident_id == id
    count, severity = connection.execute(select(func.count(), func.max(occurrences.c.severity)).where(of)).one()
    seqs: Select[Any] = select(occurrences.c.ledger_seq).where(of)
    decided = select(func.max(ledger.c.decision), func.max(ledger.c.would)).where(ledger.c.seq.in_(seqs))
    decision, would = connection.execute(decided).one()
    names = connection.execute(
        select(findings.c.entity).where(findings.c.ledger_seq.in_(seqs), findings.c.entity != TERM).distinct()
    ).scalars()
    waiting = select(func.count()).select_from(holds).where(holds.c.incident_id == id, holds.c.state == "waiting")
    fields: dict[str, Any] = {
        "occurrences": count,
        "gaps": connection.execute(select(func.count()).select_from(gaps).where(gaps.c.ledger_seq.in_(seqs))).scalar(),
        "entities": " ".join(sorted(names))[:1024],
        "held": bool(connection.execute(waiting).scalar()),
    }
    # An incident everything was moved out of keeps what it was judged by.
    return fields | ({"severity": severity, "decision": decision, "would": would} if count else {})


def _new_from(connection: Connection, row: Row[Any], now: datetime) -> Row[Any]:
    if connection.dialect.name != "sqlite":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _NUMBERING})
    id = str(uuid_utils.uuid7())
    fields = {name: getattr(row, name) for name in _INHERITED} | {
        "id": id,
        "number": (connection.execute(select(func.max(incidents.c.number))).scalar() or 0) + 1,
        "version": 1,
        "group_key": f"split {id}",
        "state": states.ASSIGNED if row.assignee else states.OPENED,
        "severity": row.severity,
        "decision": row.decision,
        "would": row.would,
        "opened_at": now,
        "updated_at": now,
    }
    connection.execute(insert(incidents).values(fields))
    note = {"incident_id": id, "at": now, "actor": "system", "act": "opened", "details": {"version": 1, "split_from": row.id}}
    connection.execute(insert(incident_history).values(note))
    changed(connection, "incident", id, 1, now)
    return connection.execute(select(incidents).where(incidents.c.id == id)).one()
