"""Lists of incidents: pages that stay true while others arrive, groups, and the ruler of a scroll bar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, case, distinct, func, select
from sqlalchemy.sql.elements import Label

from dlp.store.search import order
from dlp.store.search.conditions import Asked, conditions
from dlp.store.search.order import Cursor
from dlp.store.search.query import NONE, Grouping
from dlp.store.tables.record import changes, findings, incidents, occurrences

MOST_ROWS: Final = 500
MOST_GROUPS: Final = 200


class Page(NamedTuple):
    """Rows of `incidents` in order, and the cursors to what is after and before them (None: nothing)."""

    rows: tuple[Row[Any], ...]
    next: str | None
    previous: str | None


class Group(NamedTuple):
    """Incidents alike: the filter that lists them, how many, the worst, and when they opened."""

    filter: dict[str, list[str]]
    label: str
    incidents: int
    severity: int
    people: int
    first: datetime
    last: datetime


class Mark(NamedTuple):
    """A row's number in the list, from 0, and the cursor whose page begins with it (None: the first)."""

    row: int
    cursor: str | None


def latest_change(connection: Connection) -> int:
    """The number of the last change: what a list read now is as of."""
    return connection.execute(select(func.max(changes.c.seq))).scalar() or 0


def page_of(connection: Connection, asked: Asked, cursor: Cursor | None = None, *, limit: int = 50) -> Page:
    """One page of the list."""
    limit, sort = max(1, min(limit, MOST_ROWS)), asked.query.sort
    back = cursor is not None and cursor.back
    found = select(incidents, *order.columns(sort)).where(*conditions(asked, connection.dialect.name))
    if cursor is not None:
        found = found.where(order.beyond(cursor))
    rows = connection.execute(found.order_by(*order.ordering(sort, back=back)).limit(limit + 1)).all()
    more, rows = len(rows) > limit, rows[:limit]
    if back:
        rows = rows[::-1]
    after = _cursor(asked, rows[-1], back=False) if rows and (more or back) else None
    before = _cursor(asked, rows[0], back=True) if rows and (cursor is not None and (more or not back)) else None
    return Page(tuple(rows), after, before)


def ids_of(connection: Connection, asked: Asked) -> list[tuple[str, int]]:
    """Every incident of the list, as id and number, in order."""
    found = select(incidents.c.id, incidents.c.number).where(*conditions(asked, connection.dialect.name))
    rows = connection.execute(found.order_by(*order.ordering(asked.query.sort)))
    return [(row.id, row.number) for row in rows]


def ruler_of(connection: Connection, asked: Asked, step: int) -> list[Mark]:
    """Every `step`-th row of the list with the cursor that leads to it."""
    sort = asked.query.sort
    ordered = order.ordering(sort)
    numbered = (
        select(*order.columns(sort), func.row_number().over(order_by=ordered).label("row"))
        .where(*conditions(asked, connection.dialect.name))
        .subquery()
    )
    # The page that begins with row n goes on after row n - 1.
    found = connection.execute(select(numbered).where(numbered.c.row % step == 0).order_by(numbered.c.row))
    return [Mark(0, None), *(Mark(row.row, _cursor(asked, row, back=False)) for row in found)]


def groups_of(connection: Connection, asked: Asked, by: Grouping, *, offset: int = 0) -> tuple[list[Group], int | None]:
    """The groups of the list, the worst and largest first, and where the next ones begin."""
    source, columns = _GROUPED[by]
    found = select(*columns, *_SUMMARY).select_from(source).where(*conditions(asked, connection.dialect.name))
    if by is Grouping.VALUE:
        found = found.where(findings.c.digest.is_not(None))
    found = found.group_by(*(column.element for column in columns))
    ordered = found.order_by(_WORST.desc(), _COUNT.desc(), func.min(incidents.c.number))
    rows = connection.execute(ordered.offset(offset).limit(MOST_GROUPS + 1)).all()
    following = offset + MOST_GROUPS if len(rows) > MOST_GROUPS else None
    return [_group(by, row) for row in rows[:MOST_GROUPS]], following


def _cursor(asked: Asked, row: Any, *, back: bool) -> str:
    sort = asked.query.sort
    return order.written(Cursor(sort, order.values_of(row, sort), back, asked.as_of or 0))


def _label(column: Any, name: str) -> Label[Any]:
    labelled: Label[Any] = column.label(name)
    return labelled


_COUNT: Final = func.count(distinct(incidents.c.id))
_WORST: Final = func.max(incidents.c.severity)
_WHO: Final = case((incidents.c.person.is_not(None), incidents.c.person), else_=incidents.c.sender)
_SUMMARY: Final = (
    _COUNT.label("incidents"),
    _WORST.label("severity"),
    func.count(distinct(_WHO)).label("people"),
    func.min(incidents.c.opened_at).label("first"),
    func.max(incidents.c.opened_at).label("last"),
    func.max(incidents.c.chat_title).label("title"),
)
_ALONE: Final = incidents
_FOUND: Final = incidents.join(occurrences, occurrences.c.incident_id == incidents.c.id).join(
    findings, findings.c.ledger_seq == occurrences.c.ledger_seq
)
_GROUPED: Final[dict[Grouping, tuple[Any, tuple[Label[Any], ...]]]] = {
    Grouping.RULE: (_ALONE, (_label(incidents.c.policy, "policy"), _label(incidents.c.rule, "rule"))),
    Grouping.PERSON: (_ALONE, (_label(_WHO, "who"), _label(incidents.c.person.is_not(None), "known"))),
    Grouping.CHAT: (_ALONE, (_label(incidents.c.connector, "connector"), _label(incidents.c.conversation, "conversation"))),
    Grouping.VALUE: (_FOUND, (_label(findings.c.digest, "digest"), _label(findings.c.entity, "entity"))),
}


def _group(by: Grouping, row: Any) -> Group:
    own, label = _FILTERS[by](row)
    return Group(own, label, row.incidents, row.severity, row.people, row.first, row.last)


def _person_filter(row: Any) -> tuple[dict[str, list[str]], str]:
    if row.who is None:
        return {"person": [NONE], "sender": [NONE]}, ""
    return ({"person": [row.who]} if row.known else {"person": [NONE], "sender": [row.who]}), row.who


def _chat_filter(row: Any) -> tuple[dict[str, list[str]], str]:
    own = {"connector": [row.connector], "conversation": [NONE if row.conversation is None else row.conversation]}
    return own, row.title or row.conversation or ""


def _rule_filter(row: Any) -> tuple[dict[str, list[str]], str]:
    return {"policy": [row.policy], "rule": [row.rule]}, f"{row.policy} / {row.rule}"


def _value_filter(row: Any) -> tuple[dict[str, list[str]], str]:
    return {"value": [bytes(row.digest).hex()]}, row.entity


_FILTERS: Final = {
    Grouping.RULE: _rule_filter,
    Grouping.PERSON: _person_filter,
    Grouping.CHAT: _chat_filter,
    Grouping.VALUE: _value_filter,
}


def previews_of(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """The masked snippet of the latest occurrence of each incident, where it has one."""
    if not ids:
        return {}
    latest = (
        select(occurrences.c.incident_id, func.max(occurrences.c.ledger_seq).label("seq"))
        .where(occurrences.c.incident_id.in_(ids))
        .group_by(occurrences.c.incident_id)
        .subquery()
    )
    found = (
        select(latest.c.incident_id, findings.c.snippet)
        .join(findings, findings.c.ledger_seq == latest.c.seq)
        .where(findings.c.snippet.is_not(None))
        .order_by(findings.c.ordinal.desc())
    )
    return {row.incident_id: row.snippet for row in connection.execute(found)}
