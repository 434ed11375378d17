"""Filters kept for people: what was searched for may itself be a secret, so it is sealed and an address holds only the id."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import uuid_utils
from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, or_, select

from dlp.errors import NotFound, UsageError
from dlp.store.actor import Actor
from dlp.store.audit import chain
from dlp.store.search.query import Query, params_of, query_of
from dlp.store.tables.duties import queries

if TYPE_CHECKING:
    from dlp.store.vault.keys import Keys

_PASSING_KEPT: Final = timedelta(days=90)
_MOST_OWN: Final = 200


class Saved(NamedTuple):
    """A kept filter; one with a title is a view people choose from a list."""

    id: str
    owner: str
    title: str
    shared: bool
    query: Query
    created_at: datetime


class NewView(NamedTuple):
    """A filter to keep. Only one with a title is listed; `shared` lets everybody who may read incidents use it."""

    query: Query
    title: str = ""
    shared: bool = False


def save(connection: Connection, view: NewView, keys: Keys, actor: Actor, now: datetime) -> Saved:
    """Keeps a filter. Raises UsageError where somebody keeps too many views."""
    id = str(uuid_utils.uuid7())
    own = select(func.count()).select_from(queries).where(queries.c.owner == actor.id, queries.c.title != "")
    if view.title and (connection.execute(own).scalar() or 0) >= _MOST_OWN:
        raise UsageError("too many views are kept", code="too_many", pointer="/title", most=_MOST_OWN)
    sealed = keys.seal(f"queries:{id}", json.dumps(params_of(view.query)).encode())
    row = {"id": id, "owner": actor.id, "title": view.title, "shared": view.shared, "sealed": sealed, "created_at": now}
    connection.execute(insert(queries).values(row))
    if view.shared:
        chain.append(connection, actor, "view.shared", f"query:{id}", {}, now)
    return Saved(id, actor.id, view.title, view.shared, view.query, now)


def find(connection: Connection, id: str, keys: Keys, user: str) -> Saved:
    """A filter of one's own or shared by somebody. Raises NotFound."""
    row = connection.execute(select(queries).where(queries.c.id == id, _usable_by(user))).first()
    if row is None:
        raise NotFound("there is no such query", code="query")
    return _opened(row, keys)


def views_of(connection: Connection, keys: Keys, user: str) -> list[Saved]:
    """The views somebody can choose from, by title."""
    found = select(queries).where(queries.c.title != "", _usable_by(user)).order_by(queries.c.created_at)
    return sorted((_opened(row, keys) for row in connection.execute(found)), key=lambda one: (one.title.casefold(), one.id))


def remove(connection: Connection, id: str, actor: Actor, now: datetime) -> None:
    """Forgets a filter of one's own. Raises NotFound."""
    gone = connection.execute(
        delete(queries).where(queries.c.id == id, queries.c.owner == actor.id).returning(queries.c.shared)
    ).first()
    if gone is None:
        raise NotFound("there is no such query of yours", code="query")
    if gone.shared:
        chain.append(connection, actor, "view.removed", f"query:{id}", {}, now)


def tidy(connection: Connection, now: datetime) -> int:
    """Forgets filters without a title that nobody has kept; how many."""
    old = delete(queries).where(queries.c.title == "", queries.c.created_at < now - _PASSING_KEPT)
    return connection.execute(old).rowcount


def _usable_by(user: str) -> ColumnElement[bool]:
    return or_(queries.c.owner == user, queries.c.shared.is_(True))


def _opened(row: Row[Any], keys: Keys) -> Saved:
    query = query_of(json.loads(keys.open(f"queries:{row.id}", bytes(row.sealed))))
    return Saved(row.id, row.owner, row.title, row.shared, query, row.created_at)
