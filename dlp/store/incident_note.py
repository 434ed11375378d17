"""An entry in an incident's history made by a duty (a hold, a reveal), and who may see the incident at all."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, insert, select, true, update

from dlp.errors import NotFound
from dlp.store.actor import Actor
from dlp.store.changes import changed
from dlp.store.tables.record import incident_history, incidents


class Officer(NamedTuple):
    """Who acts on incidents. `departments` None means all; `roles` are those whose people may do what is asked, for four eyes."""

    actor: Actor
    departments: tuple[str, ...] | None = None
    roles: frozenset[str] = frozenset()


def in_sight(departments: Collection[str] | None) -> ColumnElement[bool]:
    """The incidents of these departments; None means all."""
    return true() if departments is None else incidents.c.department.in_(list(departments))


def incident_in_sight(connection: Connection, incident_id: str, departments: Collection[str] | None) -> Row[*tuple[Any, ...]]:
    """The incident's row. Raises NotFound also where it is of another department."""
    row = connection.execute(select(incidents).where(incidents.c.id == incident_id, in_sight(departments))).first()
    if row is None:
        raise NotFound("there is no such incident", code="incident_not_found")
    return row


def note(connection: Connection, incident_id: str, act: str, *, details: Mapping[str, Any], by: tuple[Actor, datetime]) -> None:
    """Writes what was done into the incident's history and gives the incident its next version; `by` is who and when."""
    actor, now = by
    connection.execute(
        insert(incident_history).values(incident_id=incident_id, at=now, actor=actor.id, act=act, details=dict(details))
    )
    grown = update(incidents).where(incidents.c.id == incident_id).values(version=incidents.c.version + 1)
    version = connection.execute(grown.returning(incidents.c.version)).scalar()
    if version is not None:
        changed(connection, "incident", incident_id, version, now)
