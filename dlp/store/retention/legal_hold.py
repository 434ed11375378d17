"""Keeps what cases under legal hold need, and lets go what they no longer do: only their items, never a whole day."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, exists, or_, select

from dlp.store.actor import SYSTEM
from dlp.store.database import Database
from dlp.store.tables.duties import cases
from dlp.store.tables.record import incidents, ledger, occurrences
from dlp.store.tables.trust import tombstones, vault_holds, vault_items
from dlp.store.vault.errors import Destroyed
from dlp.store.vault.vault import Because, Vault

ENDED: Final = Because(SYSTEM, "legal hold ended")
_AT_ONCE: Final = 200


def keep_what_cases_hold(database: Database, vault: Vault, now: datetime) -> int:
    """Puts items that came to a held case since under its key; how many."""
    with database.reading() as connection:
        held = list(connection.execute(select(cases.c.id).where(cases.c.legal_hold)).scalars())
    return sum(_keep(database, vault, case_id, now) for case_id in held)


def let_go_what_ended(database: Database, vault: Vault, now: datetime) -> int:
    """Ends the holds of cases that are under legal hold no more; how many cases."""
    still = select(cases.c.id).where(cases.c.legal_hold)
    ended = select(vault_holds.c.case_id).where(vault_holds.c.case_id.not_in(still)).distinct()
    with database.reading() as connection:
        ids = list(connection.execute(ended).scalars())
    for case_id in ids:
        database.write(lambda connection, case_id=case_id: end_hold(connection, vault, case_id, now=now))  # type: ignore[misc]
    return len(ids)


def end_hold(connection: Connection, vault: Vault, case_id: str, *, because: Because = ENDED, now: datetime) -> int:
    """Ends a case's hold; what the case kept of days that are over goes, its masked traces too. Then `vault.settle`.

    How many of its items stay, because their day or another case keeps them.
    """
    held = select(vault_items.c.day, vault_items.c.connector).join(vault_holds, vault_holds.c.item_id == vault_items.c.id)
    over = exists().where(
        tombstones.c.kind == "day", tombstones.c.day == vault_items.c.day, tombstones.c.connector == vault_items.c.connector
    )
    days = connection.execute(held.where(vault_holds.c.case_id == case_id, over).distinct()).all()
    left = vault.release(connection, case_id, now, because)
    for day, connector in days:
        vault.shred_day(connection, day, connector, now, because)
    return left


def items_of(connection: Connection, case_id: str) -> list[str]:
    """The items of a case it does not hold yet: those imported into it, and those of its incidents."""
    of_incidents = (
        select(occurrences.c.ledger_seq)
        .join(incidents, incidents.c.id == occurrences.c.incident_id)
        .where(incidents.c.case_id == case_id)
    )
    held = select(vault_holds.c.item_id).where(vault_holds.c.case_id == case_id)
    query = (
        select(vault_items.c.id)
        .join(ledger, ledger.c.seq == vault_items.c.ledger_seq)
        .where(or_(ledger.c.case_id == case_id, ledger.c.seq.in_(of_incidents)), vault_items.c.id.not_in(held))
    )
    return list(connection.execute(query).scalars())


def _keep(database: Database, vault: Vault, case_id: str, now: datetime) -> int:
    with database.reading() as connection:
        ids = items_of(connection, case_id)
    return sum(
        database.write(lambda connection, some=ids[start : start + _AT_ONCE]: _hold(connection, vault, case_id, some, now=now))  # type: ignore[misc]
        for start in range(0, len(ids), _AT_ONCE)
    )


def _hold(connection: Connection, vault: Vault, case_id: str, ids: list[str], *, now: datetime) -> int:
    try:
        return vault.hold(connection, case_id, ids, now)
    except Destroyed:
        # One of them is gone for good already; the others must not go with it.
        held = 0
        for item_id in ids:
            with suppress(Destroyed):
                held += vault.hold(connection, case_id, [item_id], now)
        return held
