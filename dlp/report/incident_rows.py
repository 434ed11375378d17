"""Incidents as rows people carry away: the same fields in every form, named in Russian and English."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from dlp.records import Decision, Severity
from dlp.store.search import listing, order
from dlp.store.search.conditions import Asked
from dlp.store.snippet import MARK

if TYPE_CHECKING:
    from dlp.store.database import Database

_PAGE: Final = 500


class Field(NamedTuple):
    """A column: its name in data files and its titles."""

    name: str
    ru: str
    en: str


FIELDS: Final = (
    Field("number", "Номер", "Number"),
    Field("opened_at", "Открыт", "Opened"),
    Field("severity", "Важность", "Severity"),
    Field("state", "Состояние", "State"),
    Field("decision", "Решение", "Decision"),
    Field("would", "Решение без режима наблюдения", "Decision if enforced"),
    Field("policy", "Политика", "Policy"),
    Field("rule", "Правило", "Rule"),
    Field("connector", "Канал", "Connector"),
    Field("zone", "Зона", "Zone"),
    Field("external", "Внешний", "External"),
    Field("chat", "Чат", "Chat"),
    Field("sender", "Отправитель", "Sender"),
    Field("department", "Подразделение", "Department"),
    Field("entities", "Найдено", "Found"),
    Field("snippet", "Фрагмент (скрыт)", "Masked text"),
    Field("occurrences", "Случаев", "Occurrences"),
    Field("due_at", "Срок", "Due"),
    Field("resolution", "Итог", "Resolution"),
    Field("resolved_at", "Закрыт", "Resolved"),
)


def titles(language: str) -> list[str]:
    """The columns' titles."""
    return [field.ru if language == "ru" else field.en for field in FIELDS]


def rows_of(database: Database, asked: Asked, zone: ZoneInfo) -> Iterator[dict[str, Any]]:
    """Every incident of the list in its order, whatever arrives meanwhile; no transaction is held between pages."""
    cursor = None
    while True:
        with database.reading() as connection:
            page = listing.page_of(connection, asked, cursor, limit=_PAGE)
            previews = listing.previews_of(connection, [row.id for row in page.rows])
        for row in page.rows:
            yield _row(row, previews.get(row.id, ""), zone)
        if page.next is None:
            return
        cursor = order.read(page.next)


def plain(snippet: str) -> str:
    """A masked snippet as a person reads it: marks as [ENTITY ●●●]."""
    return MARK.sub(lambda mark: f"[{mark.group(2)} {mark.group(3)}]", snippet)


def _row(row: Row[Any], snippet: str, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "number": f"INC-{row.number}",
        "opened_at": _time(row.opened_at, zone),
        "severity": Severity(row.severity).label,
        "state": row.state,
        "decision": Decision(row.decision).label,
        "would": Decision(row.would).label,
        "policy": row.policy,
        "rule": row.rule,
        "connector": row.connector,
        "zone": row.zone,
        "external": row.external,
        "chat": row.chat_title or row.conversation,
        "sender": row.person or row.sender,
        "department": row.department,
        "entities": row.entities,
        "snippet": plain(snippet),
        "occurrences": row.occurrences,
        "due_at": _time(row.due_at, zone),
        "resolution": row.resolution,
        "resolved_at": _time(row.resolved_at, zone),
    }


def _time(moment: datetime | None, zone: ZoneInfo) -> str | None:
    return None if moment is None else moment.astimezone(zone).isoformat(timespec="seconds")
