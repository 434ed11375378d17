"""Sums of the ledger by hour and connector, kept in the transaction that changes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from dlp.store.tables.record import ledger_sums


def hour_of(moment: datetime) -> datetime:
    """The hour a time belongs to, in UTC."""
    return moment.replace(minute=0, second=0, microsecond=0)


def add_to_sums(connection: Connection, counts: Mapping[tuple[datetime, str, str], int]) -> None:
    """Adds counts by (hour, connector, measure)."""
    if not counts:
        return
    # One order for all, or two transactions of PostgreSQL could wait for each other's rows.
    rows = [
        {"hour": hour, "connector": connector, "measure": measure, "count": count}
        for (hour, connector, measure), count in sorted(counts.items())
    ]
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(ledger_sums)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["hour", "connector", "measure"], set_={"count": ledger_sums.c.count + statement.excluded.count}
        ),
        rows,
    )
