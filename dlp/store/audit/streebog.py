"""The second hash of audit records, GOST R 34.11-2012 «Стрибог» of 256 bits, where a company has a certified tool for it.

No implementation comes with the product: whoever has one hands its function over. It runs beside the chain and is no part
of it, so that it can be added to records made before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Row, select, update

from dlp.store.audit.chain import moment_text
from dlp.store.audit.verifier import framed
from dlp.store.tables.trust import audit

Hashing = Callable[[bytes], bytes]


def fill(connection: Connection, hashing: Hashing, limit: int = 1000) -> int:
    """Hashes the oldest records that have no second hash yet; how many."""
    rows = connection.execute(select(audit).where(audit.c.streebog.is_(None)).order_by(audit.c.seq).limit(limit)).all()
    for row in rows:
        connection.execute(update(audit).where(audit.c.seq == row.seq).values(streebog=hashing(hashed(row))))
    return len(rows)


def wrong(connection: Connection, hashing: Hashing) -> int | None:
    """The first record whose second hash is not that of what stands there; None where all hold or have none."""
    rows = connection.execute(select(audit).where(audit.c.streebog.is_not(None)).order_by(audit.c.seq))
    return next((row.seq for row in rows if hashing(hashed(row)) != bytes(row.streebog)), None)


def hashed(row: Row[Any]) -> bytes:
    """The bytes the chain's own hash is made of."""
    words = (moment_text(row.at), row.actor, row.actor_kind, row.act, row.object)
    told = (str(row.seq), *words)
    return framed(b"dlp-audit-row-1", *(word.encode() for word in told), bytes(row.commitment), bytes(row.previous))
