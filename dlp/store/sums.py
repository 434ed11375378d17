"""Sums of the ledger by hour and connector, kept in the transaction that changes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Insert
from sqlalchemy.dialects import postgresql, sqlite

from dlp.store.bulk import insert_rows
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
    insert_rows(connection, _ADD[connection.dialect.name], rows)


def _adding(dialect: Any) -> Insert:
    statement = dialect.insert(ledger_sums)
    added: Insert = statement.on_conflict_do_update(
        index_elements=["hour", "connector", "measure"], set_={"count": ledger_sums.c.count + statement.excluded.count}
    )
    return added


_ADD: Final = {"sqlite": _adding(sqlite), "postgresql": _adding(postgresql)}
