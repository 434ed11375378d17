"""What an evidence pack holds of the audit trail, and its signature; the forms stand in `dlp/store/audit/verifier.py`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Connection, Row, select

from dlp.errors import Conflict
from dlp.store.audit import chain, checkpoints, verifier
from dlp.store.audit.verifier import Checkpoint
from dlp.store.tables.trust import audit

if TYPE_CHECKING:
    from dlp.store.vault.keys import Keys


class Excerpt(NamedTuple):
    """Records `first` to `last` as asked, those that follow up to a signed checkpoint, and what proves them."""

    first: int
    last: int
    rows: list[dict[str, Any]]
    checkpoints: list[Checkpoint]
    keys: list[dict[str, Any]]

    def files(self) -> dict[str, bytes]:
        """audit.jsonl, checkpoints.txt and keys.jsonl of a pack."""
        return {
            "audit.jsonl": b"".join(map(_line, self.rows)),
            "checkpoints.txt": "".join(f"{one.line}\n" for one in self.checkpoints).encode(),
            "keys.jsonl": b"".join(map(_line, self.keys)),
        }


def excerpt(
    connection: Connection, first_seq: int, last_seq: int, *, shown: Collection[int] | None = None, whole: bool = False
) -> Excerpt:
    """The records `first_seq` to `last_seq` (0 to 0: none, only the checkpoints' last) with their proof.

    Details are given of those asked for, where `shown` is told only of those in it, never of what follows them. `whole` gives all
    checkpoints between, not only the one that signs the end. Raises Conflict where no checkpoint signs the end yet:
    take one and ask again.
    """
    keys = checkpoints.key_entries(connection)
    if not last_seq:
        last = checkpoints.latest(connection)
        return Excerpt(0, 0, [], [last] if last else [], keys)
    signed = checkpoints.between(connection, first_seq, last_seq)
    if not signed or signed[-1].audit_seq < last_seq:
        raise Conflict("no checkpoint signs these records yet", code="not_signed_yet")
    between = audit.c.seq.between(first_seq, signed[-1].audit_seq)
    rows = connection.execute(select(audit).where(between).order_by(audit.c.seq))
    told = [entry_of(row, shown=row.seq <= last_seq and (shown is None or row.seq in shown)) for row in rows]
    return Excerpt(first_seq, last_seq, told, signed if whole else signed[-1:], keys)


def entry_of(row: Row[Any], *, shown: bool = True) -> dict[str, Any]:
    """A record in the verifier's form."""
    there = shown and row.details is not None and row.salt is not None
    return {
        "seq": row.seq,
        "at": chain.moment_text(row.at),
        "actor": row.actor,
        "actor_kind": row.actor_kind,
        "act": row.act,
        "object": row.object,
        "salt": bytes(row.salt).hex() if there else None,
        "details": chain.canonical(row.details) if there else None,
        "commitment": bytes(row.commitment).hex(),
        "previous": bytes(row.previous).hex(),
        "hash": bytes(row.hash).hex(),
    }


def sign_manifest(keys: Keys, manifest: bytes) -> dict[str, str]:
    """What manifest.sig holds."""
    key = keys.signing_key()
    key_id = hashlib.sha256(key.public_key().public_bytes_raw()).hexdigest()
    return {"key_id": key_id, "signature": key.sign(b"dlp-manifest-1\n" + manifest).hex()}


def sealed_pack(keys: Keys, files: Mapping[str, bytes], told: Mapping[str, Any]) -> dict[str, bytes]:
    """All files of a pack: the given ones, the verifier, the manifest (with what is `told` in it) and its signature."""
    whole = {**files, "verifier.py": Path(verifier.__file__).read_bytes()}
    manifest = {"format": "dlp-pack-1", **told, "files": {name: _about(name, text) for name, text in sorted(whole.items())}}
    text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True).encode()
    return {**whole, "manifest.json": text, "manifest.sig": json.dumps(sign_manifest(keys, text)).encode()}


def _about(name: str, text: bytes) -> dict[str, Any]:
    told: dict[str, Any] = {"sha256": hashlib.sha256(text).hexdigest(), "size": len(text)}
    if name.endswith(".jsonl"):
        told["rows"] = text.count(b"\n")
    return told


def _line(entry: Mapping[str, Any]) -> bytes:
    return json.dumps(entry, ensure_ascii=False).encode() + b"\n"
