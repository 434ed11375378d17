"""The script shipped in every pack: holds for what was exported, and for nothing else."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from dlp.errors import Conflict
from dlp.store.audit import checkpoints, verifier
from dlp.store.audit.details import erase_details
from dlp.store.audit.excerpt import excerpt, sealed_pack, sign_manifest
from dlp.store.audit.verifier import Broken, check_pack
from dlp.store.columns import METADATA
from dlp.store.database import Database
from dlp.store.vault.keys import Keys, open_keys
from tests.installations import settings_in
from tests.store.audit.builders import NOW, OFFICER, acts, taken, verdicts


class Pack(NamedTuple):
    """A pack's files, whom to trust, and an anchor."""

    files: dict[str, bytes]
    trust: str
    anchor: list[str]

    def holds(self) -> str:
        return check_pack(self.files, self.trust, self.anchor)


def _packed(database: Database, keys: Keys, first: int, last: int) -> Pack:
    with database.reading() as connection:
        taken_out = excerpt(connection, first, last, shown={first, first + 1, last})
        anchor = checkpoints.anchor_of(connection).splitlines()
    files = {"data/incidents.jsonl": b'{"id": 1}\n{"id": 2}\n', "report.pdf": b"%PDF", **taken_out.files()}
    told = {"audit": {"first": first, "last": last}, "filter": {"state": "closed"}}
    return Pack(sealed_pack(keys, files, told), keys.signing_keys()[0].key_id, anchor)


def _made(database: Database, keys: Keys) -> Pack:
    database.write(lambda c: (verdicts(c, 3), acts(c, 12)))
    taken(checkpoints.take(database, keys, NOW))
    database.write(lambda c: acts(c, 12))
    database.write(lambda c: erase_details(c, [8], actor=OFFICER, reason="r", now=NOW))
    taken(checkpoints.take(database, keys, NOW + timedelta(hours=1)))
    return _packed(database, keys, 7, 20)


class Office(NamedTuple):
    """Whoever signs packs, and one they signed."""

    keys: Keys
    pack: Pack


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    database = Database(f"sqlite:///{folder / 'record.db'}")
    METADATA.create_all(database.engine)
    keys = open_keys(settings_in(folder / "keys"), make=True)
    yield Office(keys, _made(database, keys))
    database.close()
    keys.close()


@pytest.fixture
def pack(office: Office) -> Pack:
    return office.pack


def test_a_pack_from_either_database_holds(database: Database, keys: Keys) -> None:
    assert _made(database, keys).holds() == "6 files, 20 audit records, 1 checkpoints, 2 anchored"


def test_the_verifier_stays_under_two_hundred_lines() -> None:
    lines = Path(verifier.__file__).read_text(encoding="utf-8").splitlines()
    assert len(lines) < 200
    imported = {line.split()[1].split(".")[0] for line in lines if line.startswith(("import ", "from "))}
    assert imported - set(sys.stdlib_module_names) == {"cryptography"}


@pytest.mark.parametrize("seed", range(30))
def test_any_byte_flipped_in_any_file_is_refused(pack: Pack, seed: int) -> None:
    chance = random.Random(seed)
    name = chance.choice([name for name in sorted(pack.files) if name != "manifest.sig"])
    text = bytearray(pack.files[name])
    text[chance.randrange(len(text))] ^= 1 << chance.randrange(8)
    with pytest.raises((Broken, ValueError, LookupError)):
        check_pack(pack.files | {name: bytes(text)}, pack.trust)


def test_a_missing_or_an_extra_file_is_refused(pack: Pack) -> None:
    for name in sorted(pack.files):
        with pytest.raises((Broken, KeyError)):
            check_pack({other: text for other, text in pack.files.items() if other != name}, pack.trust)
    with pytest.raises(Broken):
        check_pack(pack.files | {"extra.txt": b""}, pack.trust)


def _signed_again(keys: Keys, files: dict[str, bytes], told: dict[str, Any]) -> dict[str, bytes]:
    kept = {name: text for name, text in files.items() if not name.startswith("manifest") and name != "verifier.py"}
    return sealed_pack(keys, kept, told)


def _rows(files: dict[str, bytes]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in files["audit.jsonl"].splitlines()]


def _with_rows(files: dict[str, bytes], rows: list[dict[str, Any]]) -> dict[str, bytes]:
    return files | {"audit.jsonl": b"".join(json.dumps(row).encode() + b"\n" for row in rows)}


def _changed(row: dict[str, Any], name: str) -> dict[str, Any]:
    value = row[name]
    return row | {name: value + 1 if isinstance(value, int) else value[:-1] + ("1" if value[-1] == "0" else "0")}


@pytest.mark.parametrize("place", [0, 1, 13, 19])
@pytest.mark.parametrize(
    "name", ["seq", "at", "actor", "actor_kind", "act", "object", "salt", "details", "commitment", "previous", "hash"]
)
def test_a_record_altered_by_whoever_signs_packs_is_refused(pack: Pack, office: Office, place: int, name: str) -> None:
    rows = _rows(pack.files)
    if rows[place][name] is None:
        rows[place] |= {"salt": "00" * 16, "details": "{}"}
    else:
        rows[place] = _changed(rows[place], name)
    files = _signed_again(office.keys, _with_rows(pack.files, rows), {"audit": {"first": 7, "last": 20}})
    number = 7 + place
    with pytest.raises(Broken, match=f"audit record {number}" if name != "seq" else "audit record"):
        check_pack(files, pack.trust)


@pytest.mark.parametrize(("place", "named"), [(0, "audit record 8"), (5, "audit record 13"), (19, "audit record 26")])
def test_a_record_altered_and_hashed_anew_is_refused(pack: Pack, office: Office, place: int, named: str) -> None:
    rows = _rows(pack.files)
    row = rows[place] | {"actor": "somebody"}
    words = (row["at"], row["actor"], row["actor_kind"], row["act"], row["object"])
    made = verifier.row_hash(row["seq"], words, bytes.fromhex(row["commitment"]), bytes.fromhex(row["previous"]))
    rows[place] = row | {"hash": made.hex()}
    files = _signed_again(office.keys, _with_rows(pack.files, rows), {"audit": {"first": 7, "last": 20}})
    with pytest.raises(Broken, match=named):
        check_pack(files, pack.trust)


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda rows: rows[:5] + rows[6:], "audit record 12: missing"),
        (lambda rows: [*rows[:5], rows[6], rows[5], *rows[7:]], "audit record 12: missing"),
        (lambda rows: rows[:-1], "no checkpoint signs the end"),
        (lambda rows: rows[3:], "not all that were promised"),
        (lambda rows: rows[:0], "not all that were promised"),
    ],
)
def test_records_left_out_are_named(
    pack: Pack, office: Office, harm: Callable[[list[dict[str, Any]]], list[dict[str, Any]]], said: str
) -> None:
    files = _signed_again(office.keys, _with_rows(pack.files, harm(_rows(pack.files))), {"audit": {"first": 7, "last": 20}})
    with pytest.raises(Broken, match=said):
        check_pack(files, pack.trust)


def test_details_not_shown_are_not_in_the_pack(pack: Pack) -> None:
    assert [row["seq"] for row in _rows(pack.files) if row["details"] is not None] == [7, 20]  # 8 was erased


@pytest.fixture
def forger(tmp_path: Path) -> Keys:
    return open_keys(settings_in(tmp_path / "forger"), make=True)


def test_a_pack_signed_with_a_key_of_its_own_is_refused(pack: Pack, forger: Keys) -> None:
    files = _signed_again(forger, pack.files, {})
    with pytest.raises(Broken, match="no key that the trusted one leads to signed it"):
        check_pack(files, pack.trust)
    forger.close()


def test_a_forged_key_beside_the_true_one_is_refused(pack: Pack, forger: Keys) -> None:
    key = forger.signing_keys()[0]
    entry = {"key_id": key.key_id, "public": key.public.hex(), "previous": pack.trust, "signature": "00" * 64}
    files = pack.files | {"keys.jsonl": pack.files["keys.jsonl"] + json.dumps(entry).encode() + b"\n"}
    with pytest.raises(Broken, match="did not sign it"):
        check_pack(_signed_again(forger, files, {}), pack.trust)
    forger.close()


def test_the_true_key_s_name_on_a_forged_key_is_refused(pack: Pack, forger: Keys) -> None:
    public = forger.signing_keys()[0].public.hex()
    entry = {"key_id": pack.trust, "public": public, "previous": None, "signature": None}
    files = _signed_again(forger, pack.files | {"keys.jsonl": json.dumps(entry).encode() + b"\n"}, {})
    files["manifest.sig"] = json.dumps(sign_manifest(forger, files["manifest.json"]) | {"key_id": pack.trust}).encode()
    with pytest.raises(Broken, match="its public key is another one"):
        check_pack(files, pack.trust)
    forger.close()


def test_a_pack_of_the_new_key_is_trusted_through_the_old(database: Database, keys: Keys) -> None:
    pack = _made(database, keys)
    keys.rotate_signing_key()
    with database.reading() as connection, pytest.raises(Conflict):
        excerpt(connection, 20, 27)
    database.write(lambda c: acts(c, 1))
    checkpoints.take(database, keys, NOW + timedelta(hours=2))
    renewed = _packed(database, keys, 5, 27)
    assert json.loads(renewed.files["manifest.sig"])["key_id"] != pack.trust == renewed.trust
    assert renewed.holds()


def test_a_pack_that_the_anchor_contradicts_is_refused(pack: Pack, office: Office) -> None:
    two = verifier.checkpoint_of(pack.anchor[1])._replace(at="2027-01-01T00:00:00.000000Z")
    line = two._replace(signature=office.keys.signing_key().sign(two.line.rpartition(" ")[0].encode()).hex()).line
    with pytest.raises(Broken, match="checkpoint 2: not the one in the anchor"):
        check_pack(pack.files, pack.trust, [line])


def test_an_anchor_signed_by_somebody_else_is_refused(pack: Pack) -> None:
    one = verifier.checkpoint_of(pack.anchor[0])
    line = one._replace(signature=Ed25519PrivateKey.generate().sign(one.line.rpartition(" ")[0].encode()).hex()).line
    with pytest.raises(Broken, match="checkpoint 1: no key"):
        check_pack(pack.files, pack.trust, [line])


def test_a_pack_without_records_holds(database: Database, keys: Keys) -> None:
    checkpoints.take(database, keys, NOW)
    with database.reading() as connection:
        files = excerpt(connection, 0, 0).files()
    assert check_pack(sealed_pack(keys, files, {}), keys.signing_keys()[0].key_id)


def _run(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    # Beside nothing of the product, so that it stands alone.
    script = folder / "alone" / "verifier.py"
    script.parent.mkdir(exist_ok=True)
    shutil.copy(verifier.__file__, script)
    command = [sys.executable, "-I", str(script), *map(str, arguments)]
    return subprocess.run(command, cwd=script.parent, capture_output=True, text=True, check=False)


def test_the_script_stands_alone(pack: Pack, tmp_path: Path) -> None:
    folder, archive, anchor = tmp_path / "pack", tmp_path / "pack.zip", tmp_path / "anchor.txt"
    anchor.write_text("\n".join(pack.anchor) + "\n", encoding="utf-8")
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as written:
        for name, text in pack.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(text)
            written.writestr(name, text)
    for place in (folder, archive):
        done = _run(tmp_path, place, "--trust", pack.trust, "--anchor", anchor)
        assert (done.returncode, done.stdout, done.stderr) == (
            0,
            "holds: 6 files, 20 audit records, 1 checkpoints, 2 anchored\n",
            "",
        )
    assert _run(tmp_path, archive, "--trust", "00" * 32).returncode == 1
    assert _run(tmp_path, tmp_path / "nothing", "--trust", pack.trust).returncode == 2
    assert _run(tmp_path, archive).returncode == 2


@pytest.mark.parametrize("seed", range(8))
def test_an_archive_with_a_byte_of_its_contents_flipped_is_refused(pack: Pack, tmp_path: Path, seed: int) -> None:
    archive = tmp_path / "pack.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as written:
        for name, text in pack.files.items():
            written.writestr(name, text)
        entry = written.getinfo(random.Random(seed).choice(sorted(pack.files)))
    flipped = bytearray(archive.read_bytes())
    flipped[entry.header_offset + 30 + len(entry.filename) + entry.compress_size // 2] ^= 0x10
    archive.write_bytes(flipped)
    done = _run(tmp_path, archive, "--trust", pack.trust)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("DOES NOT HOLD: ")


def _with_manifest(office: Office, whole: dict[str, bytes], **changed: Any) -> dict[str, bytes]:
    text = json.dumps(json.loads(whole["manifest.json"]) | changed).encode()
    return whole | {"manifest.json": text, "manifest.sig": json.dumps(sign_manifest(office.keys, text)).encode()}


def test_rows_the_manifest_counts_otherwise_are_refused(pack: Pack, office: Office) -> None:
    told = json.loads(pack.files["manifest.json"])["files"]
    told["data/incidents.jsonl"]["rows"] = 3
    with pytest.raises(Broken, match=r"data/incidents\.jsonl: not 3 rows"):
        check_pack(_with_manifest(office, pack.files, files=told), pack.trust)


def test_a_form_of_another_time_is_refused(pack: Pack, office: Office) -> None:
    with pytest.raises(Broken, match="a form not known here"):
        check_pack(_with_manifest(office, pack.files, format="dlp-pack-2"), pack.trust)


def test_a_checkpoint_altered_in_the_pack_is_refused(pack: Pack, office: Office) -> None:
    one = verifier.checkpoint_of(pack.anchor[1])
    line = one._replace(ledger_count=one.ledger_count + 1).line + "\n"
    with pytest.raises(Broken, match="checkpoint 2: no key"):
        check_pack(_signed_again(office.keys, pack.files | {"checkpoints.txt": line.encode()}, {}), pack.trust)


def test_checkpoints_out_of_order_are_refused(pack: Pack, office: Office) -> None:
    for lines in (pack.anchor[::-1], [pack.anchor[1], pack.anchor[1]]):
        text = "".join(f"{line}\n" for line in lines).encode()
        with pytest.raises(Broken, match="does not follow"):
            check_pack(_signed_again(office.keys, pack.files | {"checkpoints.txt": text}, {}), pack.trust)


def test_an_archive_with_two_files_of_one_name_is_refused(pack: Pack, tmp_path: Path) -> None:
    archive = tmp_path / "pack.zip"
    with zipfile.ZipFile(archive, "w") as written:
        for name, text in pack.files.items():
            written.writestr(name, text)
        with pytest.warns(UserWarning, match="Duplicate name"):
            written.writestr("report.pdf", pack.files["report.pdf"])
    assert "two files of one name" in _run(tmp_path, archive, "--trust", pack.trust).stdout
