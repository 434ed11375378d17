"""Signed checkpoints: what the audit chain and the ledger were at a moment, in one line that leaves the machine.

The line's form stands in `dlp/store/audit/verifier.py`. How the ledger enters it: `dlp/store/audit/merkle.py`.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, Row, func, insert, select, text, update
from sqlalchemy.exc import OperationalError

from dlp.errors import Conflict, NotFound, UnavailableError
from dlp.store.actor import SYSTEM
from dlp.store.audit import chain, merkle
from dlp.store.audit.verifier import Checkpoint
from dlp.store.database import Database
from dlp.store.tables.record import ledger
from dlp.store.tables.trust import checkpoints, signing_keys

if TYPE_CHECKING:
    from dlp.store.vault.keys import Keys

_PATIENCE: Final = "2s"
_GENESIS: Final = Checkpoint(0, "", 0, chain.GENESIS.hex(), 0, 0, merkle.NO_ROOT.hex(), "", "")


class Covered(NamedTuple):
    """The ledger up to a row, ready to be signed; `since` is the checkpoint it goes on from."""

    since: int
    seq: int
    leaves: int
    root: bytes


def take(database: Database, keys: Keys, now: datetime) -> Checkpoint | None:
    """Signs the chain and the ledger as they are; None where nothing was added since the last checkpoint.

    Call it outside `database.write`. The ledger is read before the writing begins, so that a first checkpoint over millions
    of rows holds nobody up. One signer: of two at once one gets Conflict.
    """
    upto = settled(database)
    with database.reading() as connection:
        covered = cover(connection, upto)
        head = chain.head(connection)
        last = latest(connection)
    known = {key.key_id for key in keys.signing_keys()} == set(_known_keys(database))
    if known and last is not None and (last.audit_seq, last.ledger_seq) == (head.seq, covered.seq):
        return None
    return database.write(lambda connection: _sign(connection, keys, covered, now))


def settled(database: Database) -> int:
    """The last ledger row below which none can appear any more.

    On PostgreSQL numbers are given out before they are committed: SHARE waits until all who write the ledger now are done,
    and whoever comes after waits behind it, so it does not wait for long. Raises UnavailableError.
    """
    try:
        with database.engine.begin() as connection:
            if not database.is_sqlite:
                connection.execute(text(f"SET LOCAL lock_timeout = '{_PATIENCE}'"))
                connection.execute(text("LOCK TABLE ledger IN SHARE MODE"))
            return connection.execute(select(func.max(ledger.c.seq))).scalar() or 0
    except OperationalError as error:
        raise UnavailableError("somebody writes the ledger for long", code="ledger_busy", retry_after_seconds=60) from error


def cover(connection: Connection, upto: int) -> Covered:
    """The ledger up to a settled row, going on from the last checkpoint."""
    last = latest(connection) or _GENESIS
    upto = max(upto, last.ledger_seq)
    stretch = merkle.stretch(merkle.nodes_between(connection, last.ledger_seq, upto))
    root = bytes.fromhex(last.merkle_root)
    return Covered(last.number, upto, last.ledger_count + stretch.leaves, merkle.chained(root, stretch))


def _sign(connection: Connection, keys: Keys, covered: Covered, now: datetime) -> Checkpoint:
    # Before anything is read: whoever signs at the same time waits here, and then finds the other's checkpoint.
    chain.lock(connection)
    last = latest(connection) or _GENESIS
    if last.number != covered.since:
        raise Conflict("another process signs checkpoints", code="checkpoint_raced")
    _introduce(connection, keys, now)
    head = chain.head(connection)
    key_id, key = _signing_key(keys)
    root = covered.root.hex()
    at = chain.moment_text(now)
    unsigned = Checkpoint(last.number + 1, at, head.seq, head.hash.hex(), covered.seq, covered.leaves, root, key_id, "")
    signature = key.sign(unsigned.line.rpartition(" ")[0].encode())
    signed = unsigned._replace(signature=signature.hex())
    row = {**signed._asdict(), "at": now, "sent": {}, "signature": signature}
    connection.execute(insert(checkpoints).values(row | {"audit_hash": head.hash, "merkle_root": covered.root}))
    return signed


def _signing_key(keys: Keys) -> tuple[str, Ed25519PrivateKey]:
    if _fingerprint(keys.signing_key()) != keys.signing_keys()[-1].key_id:
        keys.reload()  # another process has rotated it
    key = keys.signing_key()
    return _fingerprint(key), key


def _fingerprint(key: Ed25519PrivateKey) -> str:
    return hashlib.sha256(key.public_key().public_bytes_raw()).hexdigest()


def _introduce(connection: Connection, keys: Keys, now: datetime) -> None:
    """Keeps the public halves of keys in the record, so that an auditor verifies it without the store of keys."""
    known = list(connection.execute(select(signing_keys.c.key_id)).scalars())
    new = [key for key in keys.signing_keys() if key.key_id not in known]
    for place, key in enumerate(new, len(known) + 1):
        connection.execute(insert(signing_keys).values(position=place, introduced_at=now, **key._asdict()))
        chain.append(connection, SYSTEM, "audit.key_introduced", f"key:{key.key_id}", {"previous": key.previous}, now)


def _known_keys(database: Database) -> list[str]:
    with database.reading() as connection:
        return list(connection.execute(select(signing_keys.c.key_id)).scalars())


def latest(connection: Connection) -> Checkpoint | None:
    """The last checkpoint signed."""
    row = connection.execute(select(checkpoints).order_by(checkpoints.c.number.desc()).limit(1)).first()
    return None if row is None else of_row(row)


def listed(connection: Connection, *, before: int | None = None, limit: int = 100) -> list[Row[Any]]:
    """Rows of checkpoints, the newest first."""
    query = select(checkpoints).order_by(checkpoints.c.number.desc()).limit(limit)
    return list(connection.execute(query if before is None else query.where(checkpoints.c.number < before)))


def between(connection: Connection, first_seq: int, last_seq: int) -> list[Checkpoint]:
    """The checkpoints that sign audit rows `first_seq` to `last_seq`, and the first one at or after `last_seq`."""
    ends = select(func.min(checkpoints.c.number)).where(checkpoints.c.audit_seq >= last_seq).scalar_subquery()
    query = select(checkpoints).where(checkpoints.c.audit_seq >= first_seq)
    query = query.where((checkpoints.c.audit_seq < last_seq) | (checkpoints.c.number == ends))
    return [of_row(row) for row in connection.execute(query.order_by(checkpoints.c.number))]


def of_row(row: Row[Any]) -> Checkpoint:
    """A stored checkpoint in the form that is signed."""
    told = row._asdict()
    told |= {name: bytes(told[name]).hex() for name in ("audit_hash", "merkle_root", "signature")}
    told["at"] = chain.moment_text(row.at.astimezone(UTC))
    return Checkpoint(*(told[name] for name in Checkpoint._fields))


def key_entries(connection: Connection) -> list[dict[str, Any]]:
    """The signing keys in the verifier's form, the first first."""
    rows = connection.execute(select(signing_keys).order_by(signing_keys.c.position)).all()
    return [
        {
            "key_id": row.key_id,
            "public": bytes(row.public).hex(),
            "previous": row.previous,
            "signature": None if row.signature is None else bytes(row.signature).hex(),
        }
        for row in rows
    ]


def departed(connection: Connection, number: int, kind: str, now: datetime) -> None:
    """Notes that a checkpoint has left the machine. Raises NotFound."""
    sent = connection.execute(select(checkpoints.c.sent).where(checkpoints.c.number == number)).scalar()
    if sent is None:
        raise NotFound("there is no such checkpoint")
    values = {"sent": {**sent, kind: chain.moment_text(now)}}
    connection.execute(update(checkpoints).where(checkpoints.c.number == number).values(values))


def attach_cades(connection: Connection, number: int, signature: bytes) -> None:
    """Keeps a detached CAdES signature, made elsewhere, over the bytes of a checkpoint's line. Raises NotFound."""
    attached = update(checkpoints).where(checkpoints.c.number == number).values(cades=signature)
    if not connection.execute(attached).rowcount:
        raise NotFound("there is no such checkpoint")


def anchor_of(connection: Connection) -> str:
    """All checkpoints as an anchor file: a line each."""
    rows = connection.execute(select(checkpoints).order_by(checkpoints.c.number))
    return "".join(f"{of_row(row).line}\n" for row in rows)
