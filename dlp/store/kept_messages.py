"""The messages that are kept, in the order they came: what comparisons of policies judge again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, exists, select

from dlp.records import Message
from dlp.store import message_json
from dlp.store.tables.record import incidents, ledger, occurrences
from dlp.store.tables.trust import vault_items

if TYPE_CHECKING:
    from dlp.store.database import Database
    from dlp.store.vault.vault import Vault

_PAGE: Final = 500


def since(database: Database, vault: Vault, moment: datetime) -> Iterator[tuple[Message, bool]]:
    """Each kept message received since then, and whether it belongs to a confirmed leak; no transaction is held between pages."""
    after = 0
    while True:
        with database.reading() as connection:
            page = _page(connection, vault, moment, after)
        if not page:
            return
        for seq, message, confirmed in page:
            yield message, confirmed
            after = seq


def _page(connection: Connection, vault: Vault, moment: datetime, after: int) -> list[tuple[int, Message, bool]]:
    confirmed = (
        exists()
        .where(
            occurrences.c.ledger_seq == ledger.c.seq,
            occurrences.c.incident_id == incidents.c.id,
            incidents.c.state == "confirmed_leak",
        )
        .label("confirmed")
    )
    query = (
        select(ledger.c.seq, vault_items.c.id, ledger.c.received_at, confirmed)
        .join(vault_items, vault_items.c.ledger_seq == ledger.c.seq)
        .where(vault_items.c.kind == "message", ledger.c.received_at >= moment, ledger.c.seq > after, ledger.c.case_id.is_(None))
        .order_by(ledger.c.seq)
        .limit(_PAGE)
    )
    rows = connection.execute(query).all()
    opened = vault.read_many(connection, [row.id for row in rows])
    return [
        (row.seq, message_json.message_of(opened[row.id])._replace(received_at=row.received_at), row.confirmed)
        for row in rows
        if row.id in opened
    ]
