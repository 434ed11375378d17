"""Answers kept by their Idempotency-Key: the same question under the same key gets the same answer, byte for byte."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from dlp.errors import Conflict
from dlp.store.tables.duties import idempotency

if TYPE_CHECKING:
    from dlp.store.vault.keys import Keys

KEPT: Final = timedelta(hours=24)
# Built once: every verdict asks and keeps.
_EARLIER: Final = select(idempotency.c.principal, idempotency.c.key, idempotency.c.asked, idempotency.c.answer_sealed).where(
    idempotency.c.key.in_(bindparam("keys", expanding=True))
)
_KEEP: Final = {
    name: dialect.insert(idempotency).on_conflict_do_nothing(index_elements=["principal", "key"])
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}


class Used(NamedTuple):
    """A key its owner used for a question; `asked` is the digest of the request."""

    principal: str
    key: str
    asked: bytes


def answers_to(connection: Connection, used: Sequence[Used], keys: Keys) -> dict[tuple[str, str], tuple[bytes, bytes]]:
    """What was answered before under these keys: (digest of the question, answer) by (principal, key)."""
    wanted = {(one.principal, one.key) for one in used}
    if not wanted:
        return {}
    rows = connection.execute(_EARLIER, {"keys": sorted({key for _, key in wanted})})
    return {
        (row.principal, row.key): (bytes(row.asked), keys.open(_purpose(row.principal, row.key), bytes(row.answer_sealed)))
        for row in rows
        if (row.principal, row.key) in wanted
    }


def keep(connection: Connection, answers: Sequence[tuple[Used, bytes]], *, keys: Keys, now: datetime) -> None:
    """Keeps answers under their keys; where one is kept already, that one stays."""
    rows = [
        {**used._asdict(), "answer_sealed": keys.seal(_purpose(used.principal, used.key), answer), "at": now}
        for used, answer in answers
    ]
    if rows:
        connection.execute(_KEEP[connection.dialect.name], rows)


def another_question() -> Conflict:
    """The error of a key that was used for another request."""
    return Conflict("this key was used for another request", code="idempotency_key_reused")


def forget_old(connection: Connection, now: datetime) -> int:
    """Deletes the answers whose time is over; how many."""
    return connection.execute(delete(idempotency).where(idempotency.c.at < now - KEPT)).rowcount


def _purpose(principal: str, key: str) -> str:
    """An answer is bound to its key: a row copied over another's opens nothing."""
    return f"idempotency:{principal}:{key}"
