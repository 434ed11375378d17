"""The audit chain: acts of people and of the system, each row hashing the one before it.

What is hashed, and how, stands in `dlp/store/audit/verifier.py`: the script an auditor runs is the definition.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple, TypeAlias

from sqlalchemy import Connection, Row, func, insert, select

from dlp.store.actor import Actor
from dlp.store.audit.verifier import commitment, row_hash
from dlp.store.tables.trust import audit

GENESIS: Final = bytes(32)  # what the first row has for its previous hash
_LOCK: Final = 0x646C70A1  # of our advisory locks on PostgreSQL; one number a purpose

Told: TypeAlias = tuple[Actor, str, str, Mapping[str, Any], datetime]


class Head(NamedTuple):
    """The last row of the chain; seq 0 where there is none."""

    seq: int
    hash: bytes


def append(connection: Connection, *told: *Told) -> int:
    """Adds an act and returns its number: the chain has no gaps, also where several processes write.

    `told` is who (Actor), the act, what was acted on ("incident:…", "policy:14"), details (small, JSON, without content), now.
    """
    actor, act, object, details, now = told
    text = canonical(details)
    salt = secrets.token_bytes(16)
    committed = commitment(salt, text)
    lock(connection)
    seq, previous = head(connection)
    seq += 1
    words = (moment_text(now), _stored(actor.id, 64), _stored(actor.kind, 16), _stored(act, 64), _stored(object, 128))
    connection.execute(
        insert(audit).values(
            seq=seq,
            at=now,
            actor=words[1],
            actor_kind=words[2],
            act=words[3],
            object=words[4],
            salt=salt,
            details=json.loads(text),
            commitment=committed,
            previous=previous,
            hash=row_hash(seq, words, committed, previous),
        )
    )
    return seq


def head(connection: Connection) -> Head:
    """The end of the chain as this transaction sees it."""
    row = connection.execute(select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)).first()
    return Head(0, GENESIS) if row is None else Head(row.seq, row.hash)


def hash_of(row: Row[Any]) -> bytes:
    """The hash a stored row must have, from everything else in it."""
    words = (moment_text(row.at), row.actor, row.actor_kind, row.act, row.object)
    return row_hash(row.seq, words, row.commitment, row.previous)


def canonical(details: Mapping[str, Any]) -> str:
    """Details as the text that is committed to: sorted keys, no spaces, ASCII only."""
    return json.dumps(details, sort_keys=True, separators=(",", ":"), allow_nan=False)


def moment_text(moment: datetime) -> str:
    """RFC 3339 in UTC with microseconds: the form that is hashed."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def lock(connection: Connection) -> None:
    """Nobody else appends until this transaction ends; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def _stored(text: str, limit: int) -> str:
    # What is hashed must be what comes back: no NUL (PostgreSQL refuses it), no lone surrogate, no more than the column holds.
    clean = text.replace("\0", "").encode("utf-8", "replace").decode()
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"
