"""What people wrote stands readable nowhere: not in a database, an export's file or a log; only masked snippets do."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from dlp.api.logs import log_to
from dlp.services import Services
from dlp.worker.intake import Intake
from dlp.worker.jobs import KINDS, JobRunner
from tests.api.clients import client_of, token_client
from tests.installations import an_installation

CARD = "4276 3800 1234 5678".replace("1234 5678", "1234 5670")
PASSWORD = "Zx9-barsuk!Qq7"
FAR = "квартальный-хоровод-снегирей"  # words of the body, far from anything that was found
NEAR = "зелёныйбарсук"  # a secret no detector knows, two words from a finding: allowed in its snippet alone
QUIET = "сиреневый-туман-над-нами"  # a message in which nothing is found
FILLER = " ".join(["слово"] * 40)
LEAK = f"{FAR} {FILLER} {NEAR} пароль от стенда: {PASSWORD}"
CARD_LEAK = f"карта клиента 4111 1111 1111 1111 до 12/29 cvv 123 {FILLER} {FAR}"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    written = io.StringIO()
    log_to(written, logging.DEBUG)
    yield written
    root.handlers[:] = before
    root.setLevel(level)


def _use(services: Services) -> None:
    """Messages come by every door, officers work, auditors export."""
    with token_client(services, "hook") as hook:
        for text in (LEAK, CARD_LEAK, QUIET):
            answer = hook.post(
                "/api/v1/verdict", json={"id": f"v{len(text)}", "text": text, "sender": "U1", "conversation": "C1"}
            )
            assert answer.status_code == 200, answer.text
        batch = [{"id": f"b{n}", "text": text, "sender": "U2"} for n, text in enumerate((LEAK, CARD_LEAK, QUIET))]
        assert hook.post("/api/v1/messages", json=batch).status_code == 202
        hook.post("/api/v1/verdict", json={"id": 5, "text": [QUIET]})
        hook.post(f"/api/v1/{QUIET}?q={QUIET}")
    intake = Intake(services, None)
    intake.start()
    while _waiting(services):
        intake.kick()
    intake.stop()
    with client_of(services, "officer", "auditor") as officer:
        found = officer.get("/api/v1/incidents").json()
        assert found["items"]
        officer.get(f"/api/v1/incidents/{found['items'][0]['id']}")
        assert officer.post("/api/v1/queries", json={"filter": {"text": QUIET}}).status_code in {200, 201, 422}
        for form in ("csv", "pack"):
            officer.post("/api/v1/exports", json={"form": form})
    runner = JobRunner(services, KINDS)
    while runner.run_next():
        pass


def _waiting(services: Services) -> int:
    from dlp.store import inbox

    with services.database.reading() as connection:
        return inbox.waiting(connection).messages


def _everything(folder: Path) -> Iterator[tuple[Path, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path, path.read_bytes()


@pytest.mark.parametrize("is_open", [True, False], ids=["while it runs", "after it ended"])
def test_nothing_people_wrote_is_readable_on_disk_or_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log: io.StringIO, is_open: bool
) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    services = an_installation(tmp_path / "home")
    try:
        _use(services)
        if not is_open:
            services.close()
        planted = ("4111 1111 1111 1111", "4111111111111111", PASSWORD, FAR, QUIET)
        assert _readable(tmp_path, planted) == []
        assert [word for word in (*planted, NEAR) if word in log.getvalue()] == []
        near = {path.name for path, content in _everything(tmp_path) if NEAR.encode() in content}
        assert near <= {"record.db", "record.db-wal"}
        assert near
        _only_in_snippets(services) if is_open else None
    finally:
        if is_open:
            services.close()


def _readable(folder: Path, planted: tuple[str, ...]) -> list[tuple[str, str]]:
    return [
        (path.name, word)
        for path, content in _everything(folder)
        for word in planted
        if word.encode() in content or word.encode("utf-16-le") in content
    ]


def _only_in_snippets(services: Services) -> None:
    from sqlalchemy import select

    from dlp.store.columns import METADATA

    with services.database.reading() as connection:
        holding = {
            f"{table.name}.{name}"
            for table in METADATA.sorted_tables
            for row in connection.execute(select(table))
            for name, value in row._asdict().items()
            if NEAR in str(value)
        }
    assert holding <= {"findings.snippet", "incident_words.words"}
    assert "findings.snippet" in holding
