"""Sheds days whose time is over, connector by connector: what was kept of clean messages first, everything later.

Retention counts from the UTC day of `received_at`; day D of a connector goes when D + its days lies before today.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import Connection, Select, func, select

from dlp.store.audit import checkpoints
from dlp.store.columns import microseconds, moment_of
from dlp.store.database import Database
from dlp.store.retention import ledger_removal
from dlp.store.retention.legal_hold import keep_what_cases_hold, let_go_what_ended
from dlp.store.tables.duties import connectors
from dlp.store.tables.record import ledger, ledger_sums
from dlp.store.tables.trust import tombstones, vault_items
from dlp.store.vault.keys import Keys
from dlp.store.vault.vault import Vault

_DAY: Final = 86_400_000_000


class Terms(NamedTuple):
    """How many days a connector's messages are kept, and the clean ones of them."""

    retention_days: int = 365
    keep_clean_days: int = 30


class Swept(NamedTuple):
    """What a sweep did."""

    days: int = 0
    clean_days: int = 0
    items: int = 0
    held: int = 0
    holds_ended: int = 0
    ledger_rows: int = 0


class Day(NamedTuple):
    """A UTC day (since 1970) of a connector."""

    day: int
    connector: str


def sweep(database: Database, keys: Keys, vault: Vault, now: datetime, *, ledger_days: int | None = None) -> Swept:
    """Sheds what is over, a day a transaction, and destroys its keys. Call it outside `database.write`.

    `ledger_days`: rows of the ledger that old go as well, signed first; without it they stay for good.
    """
    ended = let_go_what_ended(database, vault, now)
    held = keep_what_cases_hold(database, vault, now)
    with database.reading() as connection:
        over, clean = days_over(connection, now), clean_days_over(connection, now)
    items = 0
    for day, connector in over:
        items += database.write(lambda c, day=day, name=connector: vault.shred_day(c, day, name, now))  # type: ignore[misc]
    for day, connector in set(clean) - set(over):
        items += database.write(lambda c, day=day, name=connector: vault.shred_clean(c, day, name, now))  # type: ignore[misc]
    rows = _remove_old_rows(database, keys, now, ledger_days) if ledger_days is not None else 0
    with database.reading() as connection:
        vault.settle(connection)
    return Swept(len(over), len(clean), items, held, ended, rows)


def terms_of(connection: Connection) -> dict[str, Terms]:
    """What each connector's settings say; one that has none keeps by Terms()."""
    columns = (connectors.c.name, connectors.c.retention_days, connectors.c.keep_clean_days)
    return {name: Terms(*told) for name, *told in connection.execute(select(*columns))}


def days_over(connection: Connection, now: datetime) -> list[Day]:
    """Days that are to be shed and were not yet, the oldest first."""
    terms, today = terms_of(connection), day_of(now)
    shed = tombstones
    done = {Day(*row) for row in connection.execute(select(shed.c.day, shed.c.connector).where(shed.c.kind == "day"))}
    hours = select(ledger_sums.c.hour, ledger_sums.c.connector).distinct()
    seen = {Day(day_of(hour), connector) for hour, connector in connection.execute(hours)} - done
    # What came late to a day that was shed already goes too.
    seen.update(Day(row.day, row.connector) for row in connection.execute(_days_with_items()))
    return _before(seen, {name: today - told.retention_days for name, told in terms.items()}, today - Terms().retention_days)


def clean_days_over(connection: Connection, now: datetime) -> list[Day]:
    """Days whose clean messages are to go, the oldest first."""
    terms, today = terms_of(connection), day_of(now)
    items = connection.execute(_days_with_items().where(vault_items.c.clean == 1))
    seen = {Day(row.day, row.connector) for row in items}
    return _before(seen, {name: today - told.keep_clean_days for name, told in terms.items()}, today - Terms().keep_clean_days)


def day_of(moment: datetime) -> int:
    """Days since 1970 in UTC."""
    return microseconds(moment) // _DAY


def _days_with_items() -> Select[tuple[int, str]]:
    return select(vault_items.c.day, vault_items.c.connector).where(vault_items.c.case_id.is_(None)).distinct()


def _before(days: Iterable[Day], ends: dict[str, int], otherwise: int) -> list[Day]:
    return sorted(day for day in days if day.day < ends.get(day.connector, otherwise))


def _remove_old_rows(database: Database, keys: Keys, now: datetime, ledger_days: int) -> int:
    checkpoints.take(database, keys, now)
    starts = moment_of((day_of(now) - ledger_days) * _DAY)
    with database.reading() as connection:
        kept = select(func.min(ledger.c.seq)).where(ledger.c.received_at >= starts)
        last = checkpoints.latest(connection)
        first_kept = connection.execute(kept).scalar() or (last.ledger_seq + 1 if last else 0)
        stretches = ledger_removal.stretches_before(connection, first_kept)
    removed = 0
    for stretch in stretches:
        removed += database.write(lambda c, stretch=stretch: ledger_removal.remove_stretch(c, stretch, now))  # type: ignore[misc]
    return removed
