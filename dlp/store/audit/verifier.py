r"""Checks an evidence pack on any machine: Python and `cryptography`, nothing of the product, no network.

    python verifier.py PACK_FOLDER_OR_ZIP --trust FINGERPRINT [--anchor FILE]

Take this script and the fingerprint from a place you trust, not from the pack: keys in the pack count only where signatures
lead to them from FINGERPRINT (SHA-256 of an Ed25519 public key's 32 bytes). Exit 0: it holds; 1: it does not, with the first
reason; 2: wrong usage. A pack holds, with hashes, keys and signatures in lower-case hexadecimal:

manifest.json    {"format": "dlp-pack-1", "files": {NAME: {"sha256", "size", "rows"?}}, "audit": {"first", "last"}?, …}: every
                 other file but manifest.sig; rows are the lines of a .jsonl
manifest.sig     {"key_id", "signature"} over "dlp-manifest-1\n" and the bytes of manifest.json
keys.jsonl       {"key_id", "public", "previous", "signature"} a line; the key `previous` signed
                 "dlp-key-succession-1 PREVIOUS KEY_ID PUBLIC"
checkpoints.txt  a line each, signed up to its last space; a file of such lines, kept elsewhere, is an anchor: "dlp-checkpoint-1
                 NUMBER AT AUDIT_SEQ AUDIT_HASH LEDGER_SEQ LEDGER_COUNT MERKLE_ROOT KEY_ID SIGNATURE"
audit.jsonl      {"seq", "at", "actor", "actor_kind", "act", "object", "salt", "details", "commitment", "previous", "hash"} a
                 line, without gaps, up to a checkpoint's AUDIT_SEQ; details are JSON in a string, null where not shown
"""

import argparse
import hashlib
import json
import sys
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class Broken(Exception):
    """Something does not hold; the message says what."""


class Checkpoint(NamedTuple):
    """A signed statement: the audit chain up to `audit_seq` ends in `audit_hash`, the ledger up to `ledger_seq` in a root."""

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
    def line(self) -> str:
        return " ".join(map(str, ("dlp-checkpoint-1", *self)))


def framed(*parts: bytes) -> bytes:
    """Each part with its length in four bytes, big-endian, before it: no two lists of parts give the same bytes."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def commitment(salt: bytes, details: str) -> bytes:
    """What a row keeps of its details: both can be erased and the chain still holds."""
    return hashlib.sha256(framed(b"dlp-audit-details-1", salt, details.encode())).digest()


def row_hash(seq: int, words: tuple[str, str, str, str, str], committed: bytes, previous: bytes) -> bytes:
    """A row's hash; `words` are its time (RFC 3339, microseconds, Z), actor, actor's kind, act and object."""
    return hashlib.sha256(framed(b"dlp-audit-row-1", str(seq).encode(), *map(str.encode, words), committed, previous)).digest()


def succession_text(previous: str, key_id: str, public: bytes) -> bytes:
    """What an old key signs to name the new one."""
    return f"dlp-key-succession-1 {previous} {key_id} {public.hex()}".encode()


def signed_by(public: bytes, signature: str, text: bytes) -> bool:
    """Whether the holder of an Ed25519 key signed this."""
    with suppress(InvalidSignature, ValueError):
        Ed25519PublicKey.from_public_bytes(public).verify(bytes.fromhex(signature), text)
        return True
    return False


def trusted_keys(entries: Iterable[Mapping[str, Any]], trust: str) -> dict[str, bytes]:
    """The keys a chain of successions leads to from the trusted fingerprint, that one first. Raises Broken."""
    told = {entry["key_id"]: entry for entry in entries}
    if trust not in told:
        raise Broken(f"the trusted key {trust} is none of those that signed: {', '.join(told) or 'there are none'}")
    keys: dict[str, bytes] = {}
    entry = told[trust]
    while entry["key_id"] not in keys:
        key_id, public, previous = entry["key_id"], bytes.fromhex(entry["public"]), entry["previous"]
        if hashlib.sha256(public).hexdigest() != key_id:
            raise Broken(f"key {key_id}: its public key is another one")
        if keys and not signed_by(keys[previous], entry["signature"] or "", succession_text(previous, key_id, public)):
            raise Broken(f"key {key_id}: its predecessor {previous} did not sign it")
        keys[key_id] = public
        entry = next((other for other in told.values() if other["previous"] == key_id), entry)
    return keys


def checkpoint_of(line: str) -> Checkpoint:
    """A checkpoint from its one-line form; nothing is verified yet. Raises Broken."""
    words = line.split(" ")
    if len(words) == 10 and words[0] == "dlp-checkpoint-1" and all(words[place].isdigit() for place in (1, 3, 5, 6)):
        return Checkpoint(int(words[1]), words[2], int(words[3]), words[4], int(words[5]), int(words[6]), *words[7:])
    raise Broken(f"no checkpoint: {line[:60]!r}")


def check_signatures(checkpoints: Iterable[Checkpoint], keys: Mapping[str, bytes]) -> None:
    """Each is signed by a trusted key and grows on the one before; no key signs after its successor. Raises Broken."""
    ranks, last = list(keys), Checkpoint(0, "", 0, "", 0, 0, "", next(iter(keys)), "")
    for one in checkpoints:
        if not signed_by(keys.get(one.key_id, b""), one.signature, one.line.rpartition(" ")[0].encode()):
            raise Broken(f"checkpoint {one.number}: no key that the trusted one leads to signed it")
        if ranks.index(one.key_id) < ranks.index(last.key_id):
            raise Broken(f"checkpoint {one.number}: signed by {one.key_id} after its successor took over")
        if one.number <= last.number or one.audit_seq < last.audit_seq or one.ledger_count < last.ledger_count:
            raise Broken(f"checkpoint {one.number}: does not follow checkpoint {last.number}")
        last = one


def check_rows(rows: Sequence[Mapping[str, Any]], checkpoints: Iterable[Checkpoint]) -> None:
    """The rows follow each other, are what was hashed, and end in a signed checkpoint. Raises Broken."""
    signed = {checkpoint.audit_seq: checkpoint for checkpoint in checkpoints}
    held = seq = None
    for row in rows:
        if seq is not None and row["seq"] != seq + 1:
            raise Broken(f"audit record {seq + 1}: missing")
        seq = row["seq"]
        words = (row["at"], row["actor"], row["actor_kind"], row["act"], row["object"])
        found = row_hash(seq, words, bytes.fromhex(row["commitment"]), bytes.fromhex(row["previous"])).hex()
        if found != row["hash"] or held not in {None, row["previous"]}:
            raise Broken(f"audit record {seq}: altered, or put in another's place")
        if row["details"] is not None and commitment(bytes.fromhex(row["salt"]), row["details"]).hex() != row["commitment"]:
            raise Broken(f"audit record {seq}: its details were altered")
        held = row["hash"]
        if seq in signed and signed[seq].audit_hash != held:
            raise Broken(f"audit record {seq}: not the one that checkpoint {signed[seq].number} signed")
    if rows and seq not in signed:
        raise Broken(f"audit record {seq}: no checkpoint signs the end of the excerpt")


def check_pack(files: Mapping[str, bytes], trust: str, anchor: Iterable[str] = ()) -> str:
    """Checks all a pack holds and says what was checked. Raises Broken with the first thing that does not hold."""
    keys = trusted_keys(map(json.loads, files["keys.jsonl"].splitlines()), trust)
    text, seal = files["manifest.json"], json.loads(files["manifest.sig"])
    if not signed_by(keys.get(seal["key_id"], b""), seal["signature"], b"dlp-manifest-1\n" + text):
        raise Broken("manifest.json: no key that the trusted one leads to signed it")
    manifest = json.loads(text)
    if manifest["format"] != "dlp-pack-1" or set(files) != {*manifest["files"], "manifest.json", "manifest.sig"}:
        raise Broken("manifest.json: a form not known here, or it does not name just the files there are")
    for name, told in manifest["files"].items():
        if len(files[name]) != told["size"] or hashlib.sha256(files[name]).hexdigest() != told["sha256"]:
            raise Broken(f"{name}: not the file that was signed")
        if name.endswith(".jsonl") and files[name].count(b"\n") != told["rows"]:
            raise Broken(f"{name}: not {told['rows']} rows")
    checkpoints = [checkpoint_of(line) for line in files.get("checkpoints.txt", b"").decode().splitlines()]
    anchored = {one.number: one for one in map(checkpoint_of, filter(None, anchor))}
    check_signatures(checkpoints, keys)
    check_signatures(anchored.values(), keys)
    if wrong := [one for one in checkpoints if anchored.get(one.number, one) != one]:
        raise Broken(f"checkpoint {wrong[0].number}: not the one in the anchor")
    rows = [json.loads(line) for line in files.get("audit.jsonl", b"").splitlines()]
    check_rows(rows, [*checkpoints, *anchored.values()])
    if not set(manifest.get("audit", {}).values()) <= {row["seq"] for row in rows}:
        raise Broken(f"audit records: not all that were promised, {manifest['audit']}, are here")
    return f"{len(manifest['files'])} files, {len(rows)} audit records, {len(checkpoints)} checkpoints, {len(anchored)} anchored"


def files_of(pack: Path) -> dict[str, bytes]:
    """Every file of a pack, a folder or a zip, by its name."""
    if pack.is_dir():
        return {path.relative_to(pack).as_posix(): path.read_bytes() for path in pack.rglob("*") if path.is_file()}
    with zipfile.ZipFile(pack) as archive:
        if len(set(archive.namelist())) < len(archive.namelist()):
            raise Broken("the archive holds two files of one name")
        return {name: archive.read(name) for name in archive.namelist()}


def main() -> int:
    parser = argparse.ArgumentParser(description="Checks an evidence pack; nothing is sent anywhere.")
    parser.add_argument("pack", type=Path)
    parser.add_argument("--trust", required=True, help="the fingerprint you trust; not from the pack")
    parser.add_argument("--anchor", type=argparse.FileType(encoding="utf-8"), default=[], help="checkpoint lines kept elsewhere")
    asked = parser.parse_args()
    if not asked.pack.exists():
        parser.error(f"there is no {asked.pack}")
    try:
        said = check_pack(files_of(asked.pack), "".join(asked.trust.lower().split()), [line.strip() for line in asked.anchor])
    except Exception as error:  # whatever cannot be read does not hold
        sys.stdout.write(f"DOES NOT HOLD: {error if isinstance(error, Broken) else repr(error)}\n")
        return 1
    sys.stdout.write(f"holds: {said}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
