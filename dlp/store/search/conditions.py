"""A query as conditions over the table of incidents, the same in both databases."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, and_, false, literal, not_, or_, select
from sqlalchemy.sql.elements import KeyedColumnElement

from dlp.store.search.query import ANY, DECISIONS, NONE, Query, Viewer, decision_of, severity_of
from dlp.store.search.question import terms_of
from dlp.store.search.word_index import incidents_with
from dlp.store.tables.record import changes, findings, incidents, occurrences

OPEN: Final = ("opened", "assigned", "in_review")
# Fields whose values stand in one column as they are told.
PLAIN: Final = {
    "state": incidents.c.state, "policy": incidents.c.policy, "rule": incidents.c.rule, "connector": incidents.c.connector,
    "zone": incidents.c.zone, "department": incidents.c.department, "person": incidents.c.person, "sender": incidents.c.sender,
    "conversation": incidents.c.conversation, "assignee": incidents.c.assignee, "resolution": incidents.c.resolution,
    "severity_is": incidents.c.severity, "decision": incidents.c.decision, "would": incidents.c.would,
}  # fmt: skip
# What lists are counted by.
FACETS: Final = {
    name: PLAIN[name]
    for name in (
        "state",
        "severity_is",
        "decision",
        "connector",
        "policy",
        "rule",
        "zone",
        "department",
        "assignee",
        "resolution",
    )
}
_LISTS: Final = {"entity": incidents.c.entities, "tag": incidents.c.tags}


class Asked(NamedTuple):
    """A query with what it depends on: who looks, the present moment, and the change the list is as of (None: now)."""

    query: Query
    viewer: Viewer
    now: datetime
    as_of: int | None = None


def conditions(asked: Asked, dialect: str, *, without: Iterable[str] = ()) -> list[ColumnElement[bool]]:
    """Everything an incident must fulfil to be in the list; the fields named in `without` are not looked at."""
    left_out = frozenset(without)
    found = [incidents.c.merged_into.is_(None), *_case(asked.query)]
    found += [
        _among(name, getattr(asked.query, name))
        for name in (*PLAIN, *_LISTS)
        if getattr(asked.query, name) and name not in left_out
    ]
    if asked.query.severity is not None and "severity" not in left_out:
        found.append(incidents.c.severity >= int(asked.query.severity))
    found += [_excluded(field, value) for field, value in asked.query.excluded if field not in left_out]
    found += [*_flags(asked), *_ranges(asked.query), *visible(asked.viewer)]
    if asked.query.value:
        found.append(incidents.c.id.in_(_with_value(asked.query.value)))
    found += [incidents.c.id.in_(incidents_with(term, dialect)) for term in terms_of(asked.query.text)]
    if asked.as_of is not None:
        found.append(incidents.c.id.not_in(opened_after(asked.as_of)))
    return found


def visible(viewer: Viewer) -> list[ColumnElement[bool]]:
    """What keeps the incidents of other departments from a viewer."""
    return [] if viewer.departments is None else [incidents.c.department.in_(viewer.departments)]


def opened_after(seq: int) -> Any:
    """The ids of the incidents opened after a change."""
    return select(changes.c.id).where(changes.c.seq > seq, changes.c.kind == "incident", changes.c.version == 1)


def stored(field: str, value: Any) -> Any:
    """A field's told value as its column holds it; None for what is not known."""
    if value == NONE:
        return None
    if isinstance(value, str):
        if field in DECISIONS:
            return int(decision_of(value))
        if field == "severity_is":
            return int(severity_of(value))
    return int(value) if field in DECISIONS or field == "severity_is" else value


def _among(field: str, values: tuple[Any, ...]) -> ColumnElement[bool]:
    if field in _LISTS:
        return or_(*(_has_word(_LISTS[field], value) for value in values))
    column: KeyedColumnElement[Any] = PLAIN[field]
    wanted = [stored(field, value) for value in values]
    known = [value for value in wanted if value is not None]
    alternatives: list[ColumnElement[bool]] = [column.in_(known)] if known else []
    if None in wanted:
        alternatives.append(column.is_(None))
    return or_(*alternatives) if alternatives else false()


def _excluded(field: str, value: str) -> ColumnElement[bool]:
    if field in _LISTS or stored(field, value) is None:
        return not_(_among(field, (value,)))
    column = PLAIN[field]
    return or_(column.is_(None), column != stored(field, value)) if column.nullable else column != stored(field, value)


def _has_word(column: ColumnElement[str], word: str) -> ColumnElement[bool]:
    return (literal(" ") + column + literal(" ")).contains(f" {word} ", autoescape=True)


def _case(query: Query) -> list[ColumnElement[bool]]:
    if not query.case:
        return [incidents.c.case_id.is_(None)]
    return [] if ANY in query.case else [incidents.c.case_id.in_(query.case)]


def _flags(asked: Asked) -> list[ColumnElement[bool]]:
    query, now = asked.query, asked.now
    overdue = and_(incidents.c.due_at.is_not(None), incidents.c.due_at < now, incidents.c.state.in_(OPEN))
    snoozed = and_(incidents.c.snoozed_until.is_not(None), incidents.c.snoozed_until > now)
    told = (
        (query.held, incidents.c.held.is_(True)),
        (query.marked_demo, incidents.c.marked_demo.is_(True)),
        (query.gaps, incidents.c.gaps > 0),
        (query.overdue, overdue),
        (query.snoozed, snoozed),
    )
    return [condition if wanted else not_(condition) for wanted, condition in told if wanted is not None]


def _ranges(query: Query) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for name, column in (("opened", incidents.c.opened_at), ("due", incidents.c.due_at), ("resolved", incidents.c.resolved_at)):
        start, end = getattr(query, f"{name}_from"), getattr(query, f"{name}_until")
        found += [column >= start] if start is not None else []
        found += [column < end] if end is not None else []
    return found


def _with_value(values: tuple[str, ...]) -> Any:
    digests = [bytes.fromhex(value) for value in values if _is_digest(value)]
    return (
        select(occurrences.c.incident_id)
        .join(findings, findings.c.ledger_seq == occurrences.c.ledger_seq)
        .where(findings.c.digest.in_(digests), occurrences.c.incident_id.is_not(None))
    )


def _is_digest(value: str) -> bool:
    return len(value) == 32 and all(sign in "0123456789abcdef" for sign in value)
