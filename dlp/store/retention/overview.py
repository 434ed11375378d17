"""What is kept of each connector, until when, and what legal holds keep: for people who answer for it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from dlp.store.columns import moment_of
from dlp.store.retention.expiry import Terms, day_of, terms_of
from dlp.store.tables.duties import cases
from dlp.store.tables.trust import tombstones, vault_holds, vault_items

_DAY = timedelta(days=1)


class Kept(NamedTuple):
    """A connector's kept messages. `oldest` is the first day with some, `ends` the moment that day is to go."""

    connector: str
    retention_days: int
    keep_clean_days: int
    items: int
    clean: int
    held: int
    oldest: datetime | None
    ends: datetime | None
    shed_days: int


class Holding(NamedTuple):
    """A case under legal hold, and how many items it keeps."""

    case_id: str
    name: str
    reason: str
    items: int


class Overview(NamedTuple):
    """`late` counts connectors with days that should be gone: the sweep does not run."""

    connectors: list[Kept]
    holds: list[Holding]
    persons_erased: int
    late: int


def overview(connection: Connection, now: datetime) -> Overview:
    """What is kept now."""
    terms = terms_of(connection)
    counts = _counts(connection)
    shed = _shed(connection)
    kept = [_kept(name, terms.get(name, Terms()), counts.get(name), shed.get(name, 0)) for name in sorted({*terms, *counts})]
    erased = select(func.count(tombstones.c.audit_seq.distinct())).where(tombstones.c.kind == "person")
    today = moment_of(0) + day_of(now) * _DAY
    late = sum(one.ends is not None and one.ends < today for one in kept)
    return Overview(kept, _holds(connection), connection.execute(erased).scalar_one(), late)


class _Counts(NamedTuple):
    items: int
    clean: int
    held: int
    oldest: int | None


def _counts(connection: Connection) -> dict[str, _Counts]:
    items = vault_items.c
    query = select(
        items.connector,
        func.count(),
        func.sum(items.clean),
        func.count(items.case_id),
        func.min(items.day).filter(items.case_id.is_(None)),
    ).group_by(items.connector)
    return {name: _Counts(count, clean, held, oldest) for name, count, clean, held, oldest in connection.execute(query)}


def _shed(connection: Connection) -> dict[str, int]:
    days = func.count(tombstones.c.day.distinct())
    query = select(tombstones.c.connector, days).where(tombstones.c.kind == "day").group_by(tombstones.c.connector)
    return {str(connector): int(count) for connector, count in connection.execute(query)}


def _kept(name: str, terms: Terms, counts: _Counts | None, shed: int) -> Kept:
    counts = counts or _Counts(0, 0, 0, None)
    oldest = None if counts.oldest is None else moment_of(0) + counts.oldest * _DAY
    # Kept through its last day: a message of day D is there until D + the days, and gone on the day after.
    ends = None if oldest is None else oldest + (terms.retention_days + 1) * _DAY
    return Kept(name, *terms, counts.items, counts.clean, counts.held, oldest, ends, shed)


def _holds(connection: Connection) -> list[Holding]:
    query = (
        select(cases.c.id, cases.c.name, cases.c.legal_hold_reason, func.count(vault_holds.c.item_id))
        .outerjoin(vault_holds, vault_holds.c.case_id == cases.c.id)
        .where(cases.c.legal_hold)
        .group_by(cases.c.id, cases.c.name, cases.c.legal_hold_reason)
        .order_by(cases.c.name)
    )
    return [Holding(*row) for row in connection.execute(query)]
