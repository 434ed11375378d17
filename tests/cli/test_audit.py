"""`dlp audit`: an auditor's commands, with an exit code a script can rely on."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from dlp.cli.main import main
from dlp.settings import settings_from
from dlp.store.audit import chain, verifier
from dlp.store.columns import METADATA
from dlp.store.database import Database
from dlp.store.tables.record import ledger
from dlp.store.tables.trust import audit, checkpoints
from tests.store.audit.builders import NOW, OFFICER, acts, verdicts


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("DLP_RECORD", "DLP_KEY_STORE", "DLP_KEY_FOLDER", "DLP_KEYS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DLP_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def record(home: Path) -> Iterator[Database]:
    """A record with twenty acts and ten verdicts, not signed yet."""
    assert main(["keys", "init"]) == 0
    (home / "record").mkdir()
    database = Database(settings_from({"DLP_HOME": str(home), "HOME": str(home)}).record)
    METADATA.create_all(database.engine)
    database.write(lambda connection: (acts(connection, 20), verdicts(connection, 10)))
    yield database
    database.close()


@pytest.fixture
def trust(record: Database, capsys: pytest.CaptureFixture[str]) -> str:  # noqa: ARG001
    capsys.readouterr()
    assert main(["audit", "fingerprint"]) == 0
    return capsys.readouterr().out.strip()


@pytest.fixture
def anchor(home: Path, trust: str, capsys: pytest.CaptureFixture[str]) -> Path:  # noqa: ARG001
    """What a first checkpoint says, kept elsewhere."""
    assert main(["audit", "checkpoint"]) == 0
    path = home / "anchor.txt"
    path.write_text(capsys.readouterr().out, encoding="utf-8")
    return path


def test_a_record_nobody_touched_holds(anchor: Path, trust: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "verify", "--trust", trust, "--anchor", str(anchor)]) == 0
    assert capsys.readouterr().out == "holds: 21 audit records, 10 verdicts, 1 checkpoints, 1 anchored\n"


@pytest.mark.usefixtures("anchor")
def test_what_is_not_signed_yet_is_told(record: Database, trust: str, capsys: pytest.CaptureFixture[str]) -> None:
    record.write(lambda connection: acts(connection, 2))
    assert main(["audit", "verify", "--trust", trust]) == 0
    assert "2 audit records are not signed yet" in capsys.readouterr().out


@pytest.mark.usefixtures("anchor")
def test_a_removed_verdict_is_named_with_what_to_do(record: Database, trust: str, capsys: pytest.CaptureFixture[str]) -> None:
    record.write(lambda connection: connection.execute(delete(ledger).where(ledger.c.seq == 4)))
    assert main(["audit", "verify", "--trust", trust]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "DOES NOT HOLD: ledger record 4: missing: checkpoint 1 signs 1 more"
    assert said[1].startswith("last good checkpoint: none")
    assert said[2].startswith("what to do: ")


def test_a_cut_off_end_is_named_by_the_anchor(
    record: Database, anchor: Path, trust: str, capsys: pytest.CaptureFixture[str]
) -> None:
    record.write(lambda connection: connection.execute(delete(checkpoints)))
    record.write(lambda connection: connection.execute(delete(audit).where(audit.c.seq > 15)))
    assert main(["audit", "verify", "--trust", trust]) == 0
    assert main(["audit", "verify", "--trust", trust, "--anchor", str(anchor)]) == 1
    assert "DOES NOT HOLD: one of audit records 16 to 21: missing" in capsys.readouterr().out


@pytest.mark.usefixtures("anchor")
def test_a_program_reads_what_was_found(record: Database, trust: str, capsys: pytest.CaptureFixture[str]) -> None:
    record.write(lambda connection: connection.execute(update(audit).where(audit.c.seq == 7).values(actor="x")))
    assert main(["audit", "verify", "--trust", trust, "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["fault"]["kind"], told["fault"]["number"], told["last_good"]) == (False, "audit", 7, 0)


@pytest.mark.usefixtures("anchor")
def test_another_fingerprint_is_not_believed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "verify", "--trust", "ab" * 32]) == 1
    assert "signing key: no key" in capsys.readouterr().out


@pytest.mark.usefixtures("record")
@pytest.mark.parametrize(
    "told",
    [
        ["--trust", "abc"],
        ["--trust", "ab" * 32, "--record", "nonsense"],
        ["--trust", "ab" * 32, "--record", "sqlite:////nowhere/record.db"],
        ["--trust", "ab" * 32, "--anchor", "/nowhere/anchor"],
        ["--trust", "ab" * 32, "--since", "9"],
    ],
)
def test_bad_usage_is_two(told: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "verify", *told]) == 2
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.usefixtures("anchor")
def test_another_record_is_named_by_its_address(home: Path, trust: str) -> None:
    url = f"sqlite:///{home / 'record' / 'record.db'}"
    assert main(["audit", "verify", "--trust", trust, "--record", url]) == 0


def test_verifying_makes_no_record_where_there_is_none(home: Path) -> None:
    assert main(["audit", "verify", "--trust", "ab" * 32]) == 2
    assert list(home.iterdir()) == []


@pytest.mark.usefixtures("record")
def test_the_fingerprint_to_trust_stays_when_the_key_changes(
    anchor: Path, trust: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["keys", "rotate", "--only", "signing"]) == 0
    capsys.readouterr()
    assert main(["audit", "fingerprint"]) == 0
    said = capsys.readouterr()
    assert said.out.strip() == trust
    assert "signs now" in said.err
    assert main(["audit", "checkpoint"]) == 0
    assert main(["audit", "verify", "--trust", trust, "--anchor", str(anchor)]) == 0


def test_a_checkpoint_is_taken_only_where_something_is_new(anchor: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "checkpoint"]) == 0
    said = capsys.readouterr()
    assert said.out == anchor.read_text(encoding="utf-8")
    assert "nothing was added" in said.err
    assert main(["audit", "checkpoint", "--all"]) == 0
    assert capsys.readouterr().out == anchor.read_text(encoding="utf-8")


def test_an_exported_pack_is_verified_by_its_script_and_refused_after_a_flip(
    record: Database, home: Path, anchor: Path, trust: str
) -> None:
    pack = home / "pack.zip"
    assert main(["audit", "export", "--from", "5", "--to", "12", "--output", str(pack)]) == 0
    assert main(["audit", "export", "--output", str(pack)]) == 2
    command = [sys.executable, verifier.__file__, str(pack), "--trust", trust, "--anchor", str(anchor)]
    assert subprocess.run(command, check=False).returncode == 0
    with zipfile.ZipFile(pack) as archive:
        assert "verifier.py" in archive.namelist()
        place = archive.getinfo("audit.jsonl").header_offset + 200
    flipped = bytearray(pack.read_bytes())
    flipped[place] ^= 1
    pack.write_bytes(flipped)
    assert subprocess.run(command, check=False).returncode == 1
    with record.reading() as connection:
        assert connection.execute(audit.select().order_by(audit.c.seq.desc())).first().act == "audit.exported"  # type: ignore[union-attr]


@pytest.mark.usefixtures("record")
@pytest.mark.parametrize("told", [["--from", "0"], ["--from", "9", "--to", "8"], ["--to", "99"]])
def test_records_that_are_not_there_are_not_exported(home: Path, told: list[str]) -> None:
    assert main(["audit", "export", *told, "--output", str(home / "pack.zip")]) == 2
    assert not (home / "pack.zip").exists()


@pytest.mark.usefixtures("trust")
def test_an_act_s_details_are_in_the_pack_as_they_were(record: Database, home: Path) -> None:
    record.write(lambda connection: chain.append(connection, OFFICER, "a.b", "o:1", {"said": "да"}, NOW))
    assert main(["audit", "export", "--from", "21", "--to", "21", "--output", str(home / "p.zip")]) == 0
    with zipfile.ZipFile(home / "p.zip") as archive:
        row = json.loads(archive.read("audit.jsonl").splitlines()[0])
    assert json.loads(row["details"]) == {"said": "да"}
