"""The two lists of a case: which of our data lies on the service, and which chats, owners and partners depend on it.

Both grow as messages are taken in, in the same transaction, so that an interrupted import counts nothing twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Table, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from dlp.store.tables.duties import case_continuity, case_inventory, case_people

_NAMED: Final = 50  # partners and unknown people told by name for each chat; all are counted
_AT_ONCE: Final = 200


class Writer(NamedTuple):
    """Who wrote: `kind` is "staff", "partner" or "unknown"; a partner who writes letters is known by the domain."""

    account: str
    kind: str
    name: str = ""


class Sighting(NamedTuple):
    """What one message adds to the lists. `conversation` is "connector/conversation"; `entities` counts its findings."""

    conversation: str
    title: str | None
    kind: str | None
    owner: str | None
    at: datetime | None
    writer: Writer | None
    entities: Mapping[str, int]
    outsiders: bool | None


class Lying(NamedTuple):
    """So many findings of an entity in so many messages of a chat. `outsiders` None: not known who could read them."""

    conversation: str
    entity: str
    chat_title: str | None
    findings: int
    messages: int
    oldest: datetime | None
    newest: datetime | None
    outsiders: bool | None


class DependingChat(NamedTuple):
    """A chat, its owner, and who wrote there: staff and people not known are counted, partners named."""

    conversation: str
    chat_title: str | None
    chat_kind: str | None
    owner: str | None
    messages: int
    oldest: datetime | None
    newest: datetime | None
    staff: int
    partners: int
    unknown: int
    partner_names: tuple[str, ...]


def add(connection: Connection, case_id: str, sightings: Iterable[Sighting]) -> None:
    """Adds messages to both lists; the case's row is locked by the caller."""
    seen = list(sightings)
    _add_lying(connection, case_id, seen)
    _add_chats(connection, case_id, seen)
    _add_writers(connection, case_id, seen)


def newest(connection: Connection, case_id: str) -> dict[str, datetime]:
    """The newest message of each chat counted so far."""
    columns = (case_continuity.c.conversation, case_continuity.c.newest)
    query = select(*columns).where(case_continuity.c.case_id == case_id, case_continuity.c.newest.is_not(None))
    return dict(connection.execute(query).all())


def inventory(connection: Connection, case_id: str) -> list[Lying]:
    """Which of our data lies where, by chat and entity."""
    columns = (case_inventory.c[name] for name in Lying._fields)
    query = select(*columns).where(case_inventory.c.case_id == case_id)
    return [Lying(*row) for row in connection.execute(query.order_by(case_inventory.c.conversation, case_inventory.c.entity))]


def continuity(connection: Connection, case_id: str) -> list[DependingChat]:
    """Which chats depend on the service, the busiest first."""
    columns = (case_continuity.c[name] for name in DependingChat._fields[:7])
    query = select(*columns).where(case_continuity.c.case_id == case_id)
    rows = connection.execute(query.order_by(case_continuity.c.messages.desc(), case_continuity.c.conversation)).all()
    writers = _writers(connection, case_id)
    return [DependingChat._make((*row, *_told(writers.get(row.conversation, [])))) for row in rows]


def _told(writers: list[Writer]) -> tuple[int, int, int, tuple[str, ...]]:
    of_kind = {kind: [one for one in writers if one.kind == kind] for kind in ("staff", "partner", "unknown")}
    partners = tuple(one.name or one.account for one in of_kind["partner"][:_NAMED])
    return len(of_kind["staff"]), len(of_kind["partner"]), len(of_kind["unknown"]), partners


def _writers(connection: Connection, case_id: str) -> dict[str, list[Writer]]:
    columns = (case_people.c[name] for name in ("conversation", *Writer._fields))
    query = select(*columns).where(case_people.c.case_id == case_id).order_by(case_people.c.conversation, case_people.c.account)
    writers: dict[str, list[Writer]] = {}
    for conversation, *told in connection.execute(query):
        writers.setdefault(conversation, []).append(Writer(*told))
    return writers


def _add_lying(connection: Connection, case_id: str, seen: list[Sighting]) -> None:
    groups: dict[tuple[str, str], list[Sighting]] = {}
    for one in seen:
        for entity in one.entities:
            groups.setdefault((one.conversation, entity), []).append(one)
    added = {(conversation, entity): _lying(entity, group) for (conversation, entity), group in groups.items()}
    for row in _known(connection, case_inventory, case_id, ("conversation", "entity"), list(added)):
        before = Lying(*(row[name] for name in Lying._fields))
        key = (before.conversation, before.entity)
        added[key] = _both_lying(before, added[key])
    _put(connection, case_inventory, case_id, [one._asdict() for one in added.values()])


def _lying(entity: str, group: list[Sighting]) -> Lying:
    moments = [one.at for one in group if one.at is not None]
    return Lying(
        conversation=group[0].conversation,
        entity=entity,
        chat_title=_latest(one.title for one in group),
        findings=sum(one.entities[entity] for one in group),
        messages=len(group),
        oldest=min(moments, default=None),
        newest=max(moments, default=None),
        outsiders=_either({one.outsiders for one in group}),
    )


class _Chat(NamedTuple):
    conversation: str
    chat_title: str | None
    chat_kind: str | None
    owner: str | None
    messages: int
    oldest: datetime | None
    newest: datetime | None


def _add_chats(connection: Connection, case_id: str, seen: list[Sighting]) -> None:
    groups: dict[str, list[Sighting]] = {}
    for one in seen:
        groups.setdefault(one.conversation, []).append(one)
    added = {conversation: _chat(group) for conversation, group in groups.items()}
    for row in _known(connection, case_continuity, case_id, ("conversation",), [(conversation,) for conversation in added]):
        before = _Chat(*(row[name] for name in _Chat._fields))
        added[before.conversation] = _both_chats(before, added[before.conversation])
    _put(connection, case_continuity, case_id, [one._asdict() for one in added.values()])


def _chat(group: list[Sighting]) -> _Chat:
    moments = [one.at for one in group if one.at is not None]
    return _Chat(
        conversation=group[0].conversation,
        chat_title=_latest(one.title for one in group),
        chat_kind=_latest(one.kind for one in group),
        owner=_latest(one.owner for one in group),
        messages=len(group),
        oldest=min(moments, default=None),
        newest=max(moments, default=None),
    )


def _add_writers(connection: Connection, case_id: str, seen: list[Sighting]) -> None:
    writers = {(one.conversation, one.writer.account): one.writer for one in seen if one.writer is not None}
    rows = [
        {"case_id": case_id, "conversation": conversation, **writer._asdict()} for (conversation, _), writer in writers.items()
    ]
    if rows:
        dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
        connection.execute(dialect.insert(case_people).on_conflict_do_nothing(), rows)


def _both_lying(one: Lying, other: Lying) -> Lying:
    return one._replace(
        chat_title=other.chat_title or one.chat_title,
        findings=one.findings + other.findings,
        messages=one.messages + other.messages,
        oldest=_first(one.oldest, other.oldest),
        newest=_last(one.newest, other.newest),
        outsiders=_either({one.outsiders, other.outsiders}),
    )


def _both_chats(one: _Chat, other: _Chat) -> _Chat:
    return one._replace(
        chat_title=other.chat_title or one.chat_title,
        chat_kind=other.chat_kind or one.chat_kind,
        owner=other.owner or one.owner,
        messages=one.messages + other.messages,
        oldest=_first(one.oldest, other.oldest),
        newest=_last(one.newest, other.newest),
    )


def _first(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((moment for moment in (one, other) if moment is not None), default=None)


def _last(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((moment for moment in (one, other) if moment is not None), default=None)


def _latest(told: Iterable[str | None]) -> str | None:
    """The last that is known."""
    known = [text for text in told if text]
    return known[-1] if known else None


def _either(told: set[bool | None]) -> bool | None:
    """Outsiders could read it where they could once; where that is not known of some message, it is not known."""
    if True in told:
        return True
    return None if None in told else False


def _known(
    connection: Connection, table: Table, case_id: str, names: tuple[str, ...], keys: list[tuple[Any, ...]]
) -> Iterator[dict[str, Any]]:
    columns = tuple_(*(table.c[name] for name in names))
    for start in range(0, len(keys), _AT_ONCE):
        query = select(table).where(table.c.case_id == case_id, columns.in_(keys[start : start + _AT_ONCE]))
        yield from [dict(row) for row in connection.execute(query).mappings()]


def _put(connection: Connection, table: Table, case_id: str, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(table)
    keys = [column.name for column in table.primary_key]
    counted = {column.name: statement.excluded[column.name] for column in table.c if column.name not in keys}
    connection.execute(
        statement.on_conflict_do_update(index_elements=keys, set_=counted), [{"case_id": case_id, **row} for row in rows]
    )
