"""An auditor carries incidents away, and what was carried away proves itself."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from dlp.pipeline import Arrival, handle
from dlp.services import Services
from dlp.store import exports
from dlp.store.audit import verifier
from dlp.worker.export_job import folder_of, plan_monthly, remove_expired
from dlp.worker.jobs import KINDS, JobRunner
from tests.api.clients import TestClient, client_of
from tests.builders import a_message
from tests.installations import NOON

CARD = "4111 1111 1111 1111"
LEAK = f"=карта клиента {CARD}, cvv 123, до 12/29"


@pytest.fixture
def auditor(services: Services) -> Iterator[TestClient]:
    leaks = [a_message(LEAK, id=str(n), conversation="C1", sender=f"U{n}", chat_title="Поставка") for n in range(3)]
    recorded = handle(services, [Arrival(leak, "telegram", "messages", NOON) for leak in leaks]).result()
    assert all(one.incident for one in recorded)
    with client_of(services, "auditor") as client:
        yield client


def _made(auditor: TestClient, services: Services, **wanted: object) -> bytes:
    export = auditor.post("/api/v1/exports", json=wanted).json()
    assert JobRunner(services, KINDS).run_next()
    told = auditor.get(f"/api/v1/exports/{export['id']}").json()
    assert told["state"] == "ready", told["fault"]
    content: bytes = auditor.get(f"/api/v1/exports/{export['id']}/file").content
    assert hashlib.sha256(content).hexdigest() == told["sha256"]
    return content


def test_a_csv_holds_every_incident_masked(auditor: TestClient, services: Services) -> None:
    content = _made(auditor, services, form="csv", language="ru").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content, newline=""), delimiter=";"))
    assert [row["Номер"] for row in rows] == ["INC-1", "INC-2", "INC-3"]
    assert "1111 1111 1111" not in content
    assert rows[0]["Фрагмент (скрыт)"].startswith("'=карта")


def test_jsonl_follows_the_filter(auditor: TestClient, services: Services) -> None:
    content = _made(auditor, services, form="jsonl", query={"sender": ["U1"]})
    assert [json.loads(line)["sender"] for line in content.splitlines()] == ["U1"]


def test_a_workbook_is_made(auditor: TestClient, services: Services) -> None:
    assert _made(auditor, services, form="xlsx").startswith(b"PK")


def test_a_pack_verifies_by_the_shipped_script_and_not_after_one_byte_is_flipped(
    auditor: TestClient, services: Services, tmp_path: Path
) -> None:
    content = _made(auditor, services, form="pack", language="en")
    fingerprint = services.keys.signing_keys()[0].key_id
    script, pack = tmp_path / "verifier.py", tmp_path / "pack.zip"
    script.write_text(auditor.get("/api/v1/exports/verifier").text, encoding="utf-8")
    pack.write_bytes(content)
    assert _verified(script, pack, fingerprint) == 0
    assert _verified(script, pack, "0" * 64) == 1
    for name in ("incidents.jsonl", "report.pdf", "manifest.json", "checkpoints.txt"):
        pack.write_bytes(_flipped(content, name))
        assert _verified(script, pack, fingerprint) == 1, name


def test_the_verifier_in_a_pack_is_the_one_served(auditor: TestClient, services: Services) -> None:
    with zipfile.ZipFile(io.BytesIO(_made(auditor, services, form="pack"))) as pack:
        assert pack.read("verifier.py") == Path(verifier.__file__).read_bytes()
        assert set(pack.namelist()) >= {"incidents.jsonl", "incidents.csv", "report.pdf", "manifest.json", "manifest.sig"}


def test_nothing_exported_lies_readable_on_disk(auditor: TestClient, services: Services) -> None:
    _made(auditor, services, form="csv")
    (file,) = folder_of(services.settings).iterdir()
    assert "Поставка".encode() not in file.read_bytes()


def test_asking_and_taking_away_are_audited(auditor: TestClient, services: Services) -> None:
    _made(auditor, services, form="csv")
    acts = [one["act"] for one in auditor.get("/api/v1/audit").json()["items"]]
    assert {"export.asked", "export.downloaded"} <= set(acts)


def test_the_monthly_report_is_asked_for_once(auditor: TestClient, services: Services) -> None:
    plan_monthly(services)
    plan_monthly(services)
    with services.database.reading() as connection:
        (planned,) = exports.listed(connection)
    assert (planned.kind, planned.asked["month"]) == ("monthly", "2026-10")
    assert JobRunner(services, KINDS).run_next()
    assert auditor.get(f"/api/v1/exports/{planned.id}/file").content.startswith(b"%PDF")


def test_a_report_of_a_period_counts(auditor: TestClient, services: Services) -> None:
    period = {"since": "2026-11-01T00:00:00Z", "until": "2026-12-01T00:00:00Z"}
    content = _made(auditor, services, kind="monthly", form="jsonl", language="en", **period)
    lines = [json.loads(line) for line in content.splitlines()]
    assert {
        "table": "Incidents by channel",
        "Connector": "telegram",
        "Zone": "foreign",
        "Incidents": 3,
        "Period before": 0,
    } in lines


def test_an_export_ends_after_its_time(auditor: TestClient, services: Services) -> None:
    _made(auditor, services, form="csv")
    services.clock.moment = NOON + exports.KEPT  # type: ignore[attr-defined]
    remove_expired(services)
    assert list(folder_of(services.settings).iterdir()) == []


def test_who_sees_some_departments_sees_no_exports_of_others(auditor: TestClient, services: Services) -> None:
    _made(auditor, services, form="csv")
    (export,) = auditor.get("/api/v1/exports").json()["items"]
    with client_of(services, "officer", departments=["sales"]) as officer:
        assert officer.get("/api/v1/exports").json()["items"] == []
        assert officer.get(f"/api/v1/exports/{export['id']}").status_code == 404
        assert officer.get(f"/api/v1/exports/{export['id']}/file").status_code == 404
        assert _made(officer, services, form="jsonl") == b""
        assert len(officer.get("/api/v1/exports").json()["items"]) == 1
        period = {"since": "2026-11-01T00:00:00Z", "until": "2026-12-01T00:00:00Z"}
        report = officer.post("/api/v1/exports", json={"kind": "monthly", "form": "pdf", **period})
        assert (report.status_code, report.json()["code"]) == (403, "all_departments")


def test_what_was_searched_for_stands_nowhere_in_clear(auditor: TestClient, services: Services) -> None:
    assert _made(auditor, services, form="jsonl", query={"text": "xyzzytext"}) == b""
    assert auditor.get("/api/v1/exports").json()["items"][0]["asked"]["query"] == {"text": "xyzzytext"}
    assert "xyzzytext" not in auditor.get("/api/v1/audit").text
    with services.database.reading() as connection:
        (export,) = exports.listed(connection)
    assert "xyzzytext" not in str(export.asked)


@pytest.mark.parametrize(
    "wanted",
    [
        {"zone": "Mars/Base"},
        {"query": {"colour": ["red"]}},
        {"query": {"text": "\ud800"}},
        {"query": {"sender": ["\0"]}},
        {"kind": "monthly", "form": "pdf"},
        {"kind": "monthly", "form": "pdf", "since": "0001-01-01T00:00:00Z", "until": "0001-02-01T00:00:00Z"},
        {"kind": "monthly", "form": "pdf", "since": "2024-01-01T00:00:00Z", "until": "2026-01-01T00:00:00Z"},
        {"form": "docx"},
    ],
)
def test_what_cannot_be_made_is_refused(auditor: TestClient, wanted: dict[str, object]) -> None:
    content = json.dumps(wanted).encode()
    answer = auditor.post("/api/v1/exports", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422


def _verified(script: Path, pack: Path, fingerprint: str) -> int:
    command = [sys.executable, str(script), str(pack), "--trust", fingerprint]
    return subprocess.run(command, check=False, capture_output=True).returncode


def _flipped(content: bytes, name: str) -> bytes:
    """The pack with one bit of a file changed, zipped again as if nothing had happened."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(written, "w") as new:
        for entry in old.namelist():
            text = bytearray(old.read(entry))
            if entry == name:
                text[len(text) // 2] ^= 1
            new.writestr(entry, bytes(text))
    return written.getvalue()
