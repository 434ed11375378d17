"""Answers kept by their Idempotency-Key: the same question under the same key gets the same answer, byte for byte."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from dlp.errors import Conflict
from dlp.store.tables.duties import idempotency

if TYPE_CHECKING:
    from dlp.store.vault.keys import Keys

KEPT: Final = timedelta(hours=24)


def answer_to(connection: Connection, principal: str, key: str, asked: bytes, keys: Keys) -> bytes | None:
    """What was answered to this question before; None where it is new.

    `asked` is the digest of the request. Raises Conflict where the key was used for another one.
    """
    query = select(idempotency.c.asked, idempotency.c.answer_sealed)
    row = connection.execute(query.where(idempotency.c.principal == principal, idempotency.c.key == key)).one_or_none()
    if row is None:
        return None
    if bytes(row.asked) != asked:
        raise Conflict("this key was used for another request", code="idempotency_key_reused")
    return keys.open(_purpose(principal, key), bytes(row.answer_sealed))


def keep(connection: Connection, used: tuple[str, str, bytes], answer: bytes, *, keys: Keys, now: datetime) -> bytes:
    """Keeps the answer under (principal, key, asked); gives the one to send: an earlier one where somebody was faster.

    Raises Conflict as `answer_to` does.
    """
    principal, key, asked = used
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    row = {
        "principal": principal,
        "key": key,
        "asked": asked,
        "answer_sealed": keys.seal(_purpose(principal, key), answer),
        "at": now,
    }
    statement = dialect.insert(idempotency).values(row).on_conflict_do_nothing(index_elements=["principal", "key"])
    if connection.execute(statement.returning(idempotency.c.key)).first() is not None:
        return answer
    return answer_to(connection, principal, key, asked, keys) or answer


def forget_old(connection: Connection, now: datetime) -> int:
    """Deletes the answers whose time is over; how many."""
    return connection.execute(delete(idempotency).where(idempotency.c.at < now - KEPT)).rowcount


def _purpose(principal: str, key: str) -> str:
    """An answer is bound to its key: a row copied over another's opens nothing."""
    return f"idempotency:{principal}:{key}"
