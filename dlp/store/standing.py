"""What stands while messages are judged, read in one go: live exceptions, modes set by operators, current emergencies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select

from dlp.store import modes
from dlp.store.tables.duties import emergencies, exceptions


class StandingRows(NamedTuple):
    """Plain rows; `dlp.decide.standing.Standing.of` makes the snapshot of them.

    Exceptions are (id, entity, digest, scope, scope_value, expires_at), emergencies (id, connector, started_at, until).
    """

    exceptions: tuple[tuple[str, str, bytes, str, str, datetime], ...]
    policy_modes: Mapping[str, str]
    connector_modes: Mapping[str, str]
    emergencies: tuple[tuple[str, str | None, datetime, datetime], ...]


def standing_rows(connection: Connection, now: datetime) -> StandingRows:
    """What stands at this time."""
    columns = (exceptions.c[name] for name in ("id", "entity", "digest", "scope", "scope_value", "expires_at"))
    live = select(*columns).where(exceptions.c.ended_at.is_(None), exceptions.c.expires_at > now).order_by(exceptions.c.id)
    declared = (
        select(emergencies.c.id, emergencies.c.connector, emergencies.c.started_at, emergencies.c.until)
        .where(emergencies.c.ended_at.is_(None), emergencies.c.until > now)
        .order_by(emergencies.c.started_at, emergencies.c.id)
    )
    return StandingRows(
        tuple((row.id, row.entity, bytes(row.digest), *row[3:]) for row in connection.execute(live)),
        modes.of_policies(connection),
        modes.of_connectors(connection),
        tuple(map(tuple, connection.execute(declared))),
    )
