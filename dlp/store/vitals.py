"""How the installation fares, in numbers: for metrics, readiness and the status page; cheap however long the record grows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from dlp.store import emergencies, holds, inbox
from dlp.store.emergencies import Emergency
from dlp.store.tables.record import actions, incidents, ledger, ledger_sums

_DAY = timedelta(hours=24)
_CLOSED = ("confirmed_leak", "not_a_leak", "closed")


class Vitals(NamedTuple):
    """`last_day` counts by (connector, measure), measures as in `ledger_sums`; `incidents` are the open ones by severity."""

    last_day: Mapping[tuple[str, str], int]
    ledger_rows: int
    waiting: int
    oldest_waiting: datetime | None
    outbox: Mapping[str, int]
    holds: Mapping[str, int]
    incidents: Mapping[int, int]
    emergencies: tuple[Emergency, ...]

    def sum_of(self, measure: str) -> int:
        """The last day's count of one measure over all connectors; "gap:" sums all that begin so."""
        family = measure.endswith(":")
        wanted = [name for name in self.last_day if name[1] == measure or (family and name[1].startswith(measure))]
        return sum(self.last_day[name] for name in wanted)


def vitals(connection: Connection, now: datetime) -> Vitals:
    """The numbers of this moment."""
    waiting = inbox.waiting(connection)
    return Vitals(
        last_day=_last_day(connection, now),
        ledger_rows=connection.scalar(select(func.max(ledger.c.seq))) or 0,
        waiting=waiting.messages,
        oldest_waiting=waiting.oldest,
        outbox=_outbox(connection),
        holds=holds.counts(connection),
        incidents=_open_incidents(connection),
        emergencies=tuple(emergencies.current(connection, now)),
    )


def _last_day(connection: Connection, now: datetime) -> dict[tuple[str, str], int]:
    query = select(ledger_sums.c.connector, ledger_sums.c.measure, func.sum(ledger_sums.c.count))
    query = query.where(ledger_sums.c.hour > now - _DAY).group_by(ledger_sums.c.connector, ledger_sums.c.measure)
    return {(connector, measure): int(count) for connector, measure, count in connection.execute(query)}


def _outbox(connection: Connection) -> dict[str, int]:
    # Those done are most, and say nothing.
    watched = ("planned", "sent", "failed", "unknown")
    query = select(actions.c.state, func.count()).where(actions.c.state.in_(watched)).group_by(actions.c.state)
    return dict.fromkeys(watched, 0) | dict(connection.execute(query).all())


def _open_incidents(connection: Connection) -> dict[int, int]:
    still_open = (incidents.c.state.not_in(_CLOSED), incidents.c.merged_into.is_(None), incidents.c.case_id.is_(None))
    query = select(incidents.c.severity, func.count()).where(*still_open).group_by(incidents.c.severity)
    return dict(connection.execute(query).all())
