"""Checks an evidence pack on any machine: Python and `cryptography`, nothing of the product, no network.

    python verifier.py PACK_FOLDER_OR_ZIP --trust FINGERPRINT [--anchor FILE]

Take this script and the fingerprint from a place you trust, not from the pack: keys in the pack count only where a chain of
signatures leads to them from FINGERPRINT (SHA-256 of the 32 bytes of an Ed25519 public key, in hexadecimal). Exit 0: it holds;
1: it does not, with the first reason; 2: wrong usage. A pack holds, with hashes, keys and signatures in lower-case hexadecimal:

manifest.json    {"format": "dlp-pack-1", "files": {NAME: {"sha256", "size", "rows"?}}, "audit": {"first", "last"}?, …}:
                 every other file but manifest.sig; rows counts lines of .jsonl and records without the head of .csv
manifest.sig     {"key_id", "signature"} over "dlp-manifest-1\n" and the bytes of manifest.json
keys.jsonl       {"key_id", "public", "previous", "signature"} a line; previous signed "dlp-key-succession-1 PREVIOUS KEY_ID PUBLIC"
checkpoints.txt  "dlp-checkpoint-1 NUMBER AT AUDIT_SEQ AUDIT_HASH LEDGER_SEQ LEDGER_COUNT MERKLE_ROOT KEY_ID SIGNATURE" a line, signed
                 up to the last space; a file of such lines, kept elsewhere, is an anchor
audit.jsonl      {"seq", "at", "actor", "actor_kind", "act", "object", "salt", "details", "commitment", "previous", "hash"} a line,
                 without gaps and up to a checkpoint's AUDIT_SEQ; details is JSON as text, null (salt too) where erased or not shown
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import sys
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple


class Broken(Exception):
    """Something does not hold; the message says what."""


class Checkpoint(NamedTuple):
    """One signed statement: the audit chain up to `audit_seq` ends in `audit_hash`, the ledger up to `ledger_seq` in a root."""

    number: int
    at: str
    audit_seq: int
    audit_hash: str
    ledger_seq: int
    ledger_count: int
    merkle_root: str
    key_id: str
    signature: str

    @property
    def signed(self) -> str:
        return " ".join(map(str, ("dlp-checkpoint-1", *self[:-1])))

    @property
    def line(self) -> str:
        return f"{self.signed} {self.signature}"


def framed(*parts: bytes) -> bytes:
    """Each part with its length in four bytes, big-endian, before it: no two lists of parts give the same bytes."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def commitment(salt: bytes, details: str) -> bytes:
    """What a row keeps of its details: both can be erased and the chain still holds."""
    return hashlib.sha256(framed(b"dlp-audit-details-1", salt, details.encode())).digest()


def row_hash(seq: int, words: tuple[str, str, str, str, str], committed: bytes, previous: bytes) -> bytes:
    """A row's hash; `words` are its time (RFC 3339, microseconds, Z), actor, actor's kind, act and object."""
    head = (b"dlp-audit-row-1", str(seq).encode(), *(word.encode() for word in words))
    return hashlib.sha256(framed(*head, committed, previous)).digest()


def signed_by(public: bytes, signature: str, text: bytes) -> bool:
    """Whether the holder of an Ed25519 key signed this."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public).verify(bytes.fromhex(signature), text)
    except (InvalidSignature, ValueError):
        return False
    return True


def trusted_keys(entries: Iterable[Mapping[str, Any]], trust: str) -> dict[str, bytes]:
    """The keys a chain of successions leads to from the trusted fingerprint, that one first. Raises Broken."""
    told = {entry["key_id"]: entry for entry in entries}
    if trust not in told:
        raise Broken(f"the trusted key {trust} is not among the keys given: {', '.join(told) or 'none'}")
    keys: dict[str, bytes] = {}
    key_id: str | None = trust
    while key_id is not None:
        entry = told.pop(key_id)
        public = bytes.fromhex(entry["public"])
        if hashlib.sha256(public).hexdigest() != key_id:
            raise Broken(f"key {key_id}: its public key is another one")
        if keys:
            previous = entry["previous"]
            text = f"dlp-key-succession-1 {previous} {key_id} {entry['public']}"
            if not signed_by(keys[previous], entry["signature"] or "", text.encode()):
                raise Broken(f"key {key_id}: its predecessor {previous} did not sign it")
        keys[key_id] = public
        following = [name for name, entry in told.items() if entry["previous"] == key_id]
        if len(following) > 1:
            raise Broken(f"key {key_id} has two successors: {', '.join(following)}")
        key_id = following[0] if following else None
    return keys


def checkpoint_of(line: str) -> Checkpoint:
    """A checkpoint from its one-line form; nothing is verified yet. Raises Broken."""
    words = line.split(" ")
    try:
        number, at, audit_seq, audit_hash, ledger_seq, ledger_count, *rest = words[1:]
        read = Checkpoint(int(number), at, int(audit_seq), audit_hash, int(ledger_seq), int(ledger_count), *rest)
    except (TypeError, ValueError):
        raise Broken(f"no checkpoint: {line[:60]!r}") from None
    if read.line != line:
        raise Broken(f"no checkpoint: {line[:60]!r}")
    return read


def check_signatures(checkpoints: Iterable[Checkpoint], keys: Mapping[str, bytes]) -> None:
    """Every checkpoint is signed by a trusted key, in order, and a key does not sign after its successor. Raises Broken."""
    ranks, last = list(keys), Checkpoint(0, "", 0, "", 0, 0, "", next(iter(keys)), "")
    for checkpoint in checkpoints:
        name = f"checkpoint {checkpoint.number}"
        if checkpoint.key_id not in keys:
            raise Broken(f"{name}: signed by {checkpoint.key_id}, which the trusted key does not lead to")
        if not signed_by(keys[checkpoint.key_id], checkpoint.signature, checkpoint.signed.encode()):
            raise Broken(f"{name}: the signature does not hold")
        if ranks.index(checkpoint.key_id) < ranks.index(last.key_id):
            raise Broken(f"{name}: signed by {checkpoint.key_id} after its successor took over")
        grown = checkpoint.audit_seq >= last.audit_seq and checkpoint.ledger_count >= last.ledger_count
        if checkpoint.number <= last.number or not grown:
            raise Broken(f"{name}: does not follow checkpoint {last.number}")
        last = checkpoint


def check_rows(rows: Iterable[Mapping[str, Any]], checkpoints: Iterable[Checkpoint]) -> tuple[int, int]:
    """The rows follow each other, are what was hashed, and end in a checkpoint; gives the first and last number. Raises Broken."""
    signed = {checkpoint.audit_seq: checkpoint for checkpoint in checkpoints}
    first, seq, held = 0, 0, ""
    for row in rows:
        first = first or row["seq"]
        if seq and row["seq"] != seq + 1:
            raise Broken(f"audit record {seq + 1}: missing")
        seq = row["seq"]
        words = (row["at"], row["actor"], row["actor_kind"], row["act"], row["object"])
        found = row_hash(seq, words, bytes.fromhex(row["commitment"]), bytes.fromhex(row["previous"])).hex()
        if found != row["hash"] or (held and row["previous"] != held):
            raise Broken(f"audit record {seq}: altered, or not the one that followed")
        if row["details"] is not None and commitment(bytes.fromhex(row["salt"]), row["details"]).hex() != row["commitment"]:
            raise Broken(f"audit record {seq}: its details were altered")
        held = row["hash"]
        if seq in signed and signed[seq].audit_hash != held:
            raise Broken(f"audit record {seq}: not the one checkpoint {signed[seq].number} signed")
    if seq and seq not in signed:
        raise Broken(f"audit record {seq}: no checkpoint signs the end of the excerpt")
    return first, seq


def check_pack(files: Mapping[str, bytes], trust: str, anchor: Iterable[str] = ()) -> str:
    """Checks everything a pack holds and says what was checked. Raises Broken with the first thing that does not hold."""
    keys = trusted_keys(_lines(files, "keys.jsonl"), trust)
    seal = json.loads(_file(files, "manifest.sig"))
    text = _file(files, "manifest.json")
    if seal["key_id"] not in keys or not signed_by(keys[seal["key_id"]], seal["signature"], b"dlp-manifest-1\n" + text):
        raise Broken("manifest.json: no key that the trusted one leads to signed it")
    manifest = json.loads(text)
    if manifest["format"] != "dlp-pack-1":
        raise Broken("manifest.json: a format this verifier does not know")
    for name in sorted(set(files) - set(manifest["files"]) - {"manifest.json", "manifest.sig"}):
        raise Broken(f"{name}: not in the manifest")
    for name, told in manifest["files"].items():
        _check_file(name, _file(files, name), told)
    checkpoints = [checkpoint_of(line) for line in files.get("checkpoints.txt", b"").decode().splitlines()]
    check_signatures(checkpoints, keys)
    anchored = [checkpoint_of(line) for line in anchor if line.strip()]
    check_signatures(anchored, keys)
    lines = {checkpoint.number: checkpoint for checkpoint in anchored}
    for checkpoint in checkpoints:
        if lines.get(checkpoint.number, checkpoint) != checkpoint:
            raise Broken(f"checkpoint {checkpoint.number}: not the one in the anchor")
    rows = _lines(files, "audit.jsonl") if "audit.jsonl" in files else []
    first, last = check_rows(rows, [*checkpoints, *anchored])
    asked = manifest.get("audit") or {"first": first, "last": last}
    if rows and not first <= asked["first"] <= asked["last"] <= last or not rows and asked["last"]:
        raise Broken(f"audit records {asked['first']} to {asked['last']} were promised, {first} to {last} are here")
    return f"{len(manifest['files'])} files, {len(rows)} audit records, {len(checkpoints)} checkpoints, {len(anchored)} anchored"


def _check_file(name: str, text: bytes, told: Mapping[str, Any]) -> None:
    if len(text) != told["size"] or hashlib.sha256(text).hexdigest() != told["sha256"]:
        raise Broken(f"{name}: not the file that was signed")
    rows = len(text.splitlines()) if name.endswith(".jsonl") else told.get("rows")
    if name.endswith(".csv") and "rows" in told:
        rows = sum(1 for _ in csv.reader(text.decode("utf-8-sig").splitlines(keepends=True))) - 1
    if rows != told.get("rows", rows):
        raise Broken(f"{name}: {rows} rows, the manifest says {told['rows']}")


def _file(files: Mapping[str, bytes], name: str) -> bytes:
    if name not in files:
        raise Broken(f"{name}: missing")
    return files[name]


def _lines(files: Mapping[str, bytes], name: str) -> list[Any]:
    return [json.loads(line) for line in _file(files, name).decode().splitlines()]


def files_of(pack: Path) -> dict[str, bytes]:
    """Every file of a pack, a folder or a zip, by its name. Raises Broken."""
    if pack.is_dir():
        return {path.relative_to(pack).as_posix(): path.read_bytes() for path in sorted(pack.rglob("*")) if path.is_file()}
    with zipfile.ZipFile(pack) as archive:
        names = [name for name in archive.namelist() if not name.endswith("/")]
        if len(names) != len(set(names)):
            raise Broken("the archive holds two files of one name")
        return {name: archive.read(name) for name in names}


def main() -> int:
    parser = argparse.ArgumentParser(description="Checks an evidence pack; nothing is sent anywhere.")
    parser.add_argument("pack", type=Path)
    parser.add_argument("--trust", required=True, help="the fingerprint you trust; not from the pack")
    parser.add_argument("--anchor", type=Path, help="checkpoint lines kept elsewhere")
    asked = parser.parse_args()
    try:
        anchor = asked.anchor.read_text(encoding="utf-8").splitlines() if asked.anchor else []
        said = check_pack(files_of(asked.pack), asked.trust.lower().replace(":", ""), anchor)
    except FileNotFoundError as error:
        sys.stderr.write(f"there is no {error.filename}\n")
        return 2
    except (Broken, LookupError, TypeError, ValueError, OSError, zipfile.BadZipFile, zipfile.zlib.error) as error:  # type: ignore[attr-defined]
        sys.stdout.write(f"DOES NOT HOLD: {error}\n")
        return 1
    sys.stdout.write(f"holds: {said}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
