"""People of the tests and what the record says of what they did."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from dlp.services import Services
from dlp.store.actor import Actor
from dlp.store.incident_note import Officer
from dlp.store.tables.record import changes, incident_history
from dlp.store.tables.trust import audit
from tests.api.clients import a_user

RELEASING = frozenset({"officer", "investigator"})


def an_officer(services: Services, *roles: str, departments: tuple[str, ...] | None = None) -> Officer:
    """A new active user who may do what the roles allow ("officer" where none is said)."""
    return Officer(Actor(a_user(services, *(roles or ("officer",)), departments=departments)), departments, RELEASING)


def audited(services: Services, prefix: str) -> list[tuple[str, str, dict[str, Any]]]:
    """(act, actor, details) of the audit rows whose act begins so, in order."""
    query = select(audit.c.act, audit.c.actor, audit.c.details).where(audit.c.act.startswith(prefix)).order_by(audit.c.seq)
    with services.database.reading() as connection:
        return [(row.act, row.actor, row.details) for row in connection.execute(query)]


def history_of(services: Services, incident_id: str | None) -> list[str]:
    """What was done to an incident."""
    query = select(incident_history.c.act).where(incident_history.c.incident_id == incident_id).order_by(incident_history.c.id)
    with services.database.reading() as connection:
        return list(connection.execute(query).scalars())


def changes_of(services: Services, kind: str) -> list[str]:
    """The ids of what changed of a kind."""
    with services.database.reading() as connection:
        return list(connection.execute(select(changes.c.id).where(changes.c.kind == kind).order_by(changes.c.seq)).scalars())
