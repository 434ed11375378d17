"""Records with acts and verdicts in them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert

from dlp.store.actor import Actor
from dlp.store.audit import chain
from dlp.store.audit.leaf import Decided, leaf_of
from dlp.store.audit.verifier import Checkpoint
from dlp.store.tables.record import ledger

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
OFFICER = Actor("officer-1", "user", "А. Серова")


def acts(connection: Connection, count: int, *, start: int = 0) -> list[int]:
    """So many acts, a second apart."""
    return [
        chain.append(
            connection,
            OFFICER,
            "incident.assigned",
            f"incident:{number}",
            {"to": "Петров", "n": number},
            NOW + timedelta(seconds=number),
        )
        for number in range(start, start + count)
    ]


def verdicts(connection: Connection, count: int, *, start: int = 0, **told: Any) -> list[int]:
    """So many ledger rows; gives their numbers."""
    return [verdict(connection, number, **told) for number in range(start, start + count)]


def verdict(connection: Connection, number: int, **told: Any) -> int:
    """One ledger row."""
    fields = {name: told.pop(name) for name in list(told) if name in Decided._fields}
    decided = Decided(
        identity=number.to_bytes(16, "big"),
        connector="telegram",
        received_at=NOW + timedelta(seconds=number),
        decided_at=NOW + timedelta(seconds=number, milliseconds=5),
        decision=number % 6,
        would=5,
        severity=number % 4 or None,
        decided_by="policy",
        policy_version=3,
        findings=number,
        hits=1,
        gaps=0,
    )._replace(**fields)
    row = {"message": str(number), "door": "messages", "leaf": leaf_of(decided), **decided._asdict(), **told}
    seq = connection.execute(insert(ledger).values(row).returning(ledger.c.seq)).scalar_one()
    return int(seq)


def taken(checkpoint: Checkpoint | None) -> Checkpoint:
    """The checkpoint, which must have been taken."""
    assert checkpoint is not None
    return checkpoint
