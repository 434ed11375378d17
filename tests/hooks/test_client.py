"""The SDK against a real server on a loopback port, and against servers that are slow, busy or away."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from sqlalchemy import select

from dlp.clock import SystemClock
from dlp.errors import RefusedError, Unauthenticated, UnavailableError, UsageError
from dlp.hooks import request
from dlp.hooks.answer import answer_from
from dlp.hooks.client import AsyncClient, Client, Event, HoldOutcome, Hook, Sent
from dlp.records import Attachment, ChatKind, Decision, Message
from dlp.services import Services
from dlp.store import connectors, holds
from dlp.store.actor import SYSTEM, Actor
from dlp.store.connector_secrets import ConnectorSecrets
from dlp.store.connectors import Connector
from dlp.store.incident_note import Officer
from dlp.store.tables.duties import holds as holds_table
from dlp.store.tables.record import deletions, inbox, ledger
from tests.api.clients import a_token, app_of
from tests.api.door_policies import CARD, MAIL, SNILS, door_policies
from tests.hooks.serving import served
from tests.installations import installed

ROOT = Path(__file__).parent.parent.parent
PATIENT = 30.0  # the machine may be busy with other things


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    folder = tmp_path_factory.mktemp("served")
    with installed(folder, clock=SystemClock(), policies=door_policies(folder)) as opened:
        opened.database.write(lambda c: connectors.create(c, SYSTEM, Connector("portal", "other"), opened.clock.now()))
        opened.renew()
        yield opened


@pytest.fixture(scope="module")
def url(services: Services) -> Iterator[str]:
    with served(app_of(services)) as address:
        yield address


@pytest.fixture(scope="module")
def token(services: Services) -> str:
    return a_token(services, "hook", connector="portal")


@pytest.fixture
def client(url: str, token: str) -> Iterator[Client]:
    with Client(url, token, connector="portal", deadline=PATIENT) as asking:
        yield asking


def rows(services: Services, table: Any) -> list[Any]:
    with services.database.reading() as connection:
        return list(connection.execute(select(table)))


def test_a_clean_message_may_pass(client: Client) -> None:
    answer = client.verdict("see you at lunch", sender="ivanov", conversation="c")
    assert (answer.may_pass, answer.decision, answer.decided_by, answer.hold) == (True, Decision.ALLOW, "policy", None)


def test_a_forbidden_one_may_not_and_the_sender_can_be_told(client: Client) -> None:
    answer = client.verdict(CARD)
    assert (answer.may_pass, answer.decision) == (False, Decision.BLOCK)
    assert "A card number" in answer.sender_text["en"]


def test_a_redacted_one_is_delivered_otherwise(client: Client) -> None:
    answer = client.verdict(MAIL)
    assert (answer.may_pass, answer.text) == (False, "пишите на █████ сегодня")


def test_everything_known_of_a_message_arrives(client: Client, services: Services) -> None:
    client.verdict(
        "hello",
        id="whole",
        conversation="partners",
        revision=2,
        sender="ivanov",
        chat_kind=ChatKind.GROUP,
        recipients=["petrov"],
        occurred_at=datetime(2026, 11, 20, 12, tzinfo=UTC),
        attachments=[Attachment("plan.pdf")],
    )
    row = next(row for row in rows(services, ledger) if row.message == "whole")
    assert (row.connector, row.conversation, row.revision, row.gaps) == ("portal", "partners", 2, 1)


def test_a_dry_run_records_nothing(client: Client, services: Services) -> None:
    before = len(rows(services, ledger))
    assert client.verdict(CARD, dry_run=True).decision is Decision.BLOCK
    assert len(rows(services, ledger)) == before


def test_whoever_waits_for_a_hold_hears_what_an_officer_decides(client: Client, services: Services) -> None:
    hold = client.verdict(SNILS).hold
    assert hold is not None
    assert client.wait_for(hold, timeout=0.01) == HoldOutcome("waiting", None)
    heard: list[HoldOutcome] = []
    waiting = threading.Thread(target=lambda: heard.append(client.wait_for(hold, timeout=PATIENT)))
    waiting.start()
    officer = Officer(Actor("u1"), None, frozenset({"officer"}))
    services.database.write(lambda c: holds.decide(c, hold.id, holds.Order("release", "fine"), officer, services.clock.now()))
    waiting.join()
    assert heard == [HoldOutcome("released", "release")]
    assert heard[0].is_released
    assert len(rows(services, holds_table)) >= 1


def test_messages_handed_over_wait_on_the_server_s_disk(client: Client, services: Services) -> None:
    before = sum(row.messages for row in rows(services, inbox))
    messages = [Message(f"s{number}", "text") for number in range(1500)]
    messages[1200] = Message("", "no id")
    sent = client.send(messages)
    assert sent == Sent(1499, (request.Rejection(1200, "/id", "not_an_id"),))
    assert sum(row.messages for row in rows(services, inbox)) == before + 1499


def test_nothing_to_send_is_nothing_sent(client: Client) -> None:
    assert client.send([]) == Sent(0)


def test_a_messenger_tells_its_events_signed(url: str, services: Services) -> None:
    sealed, now = ConnectorSecrets(services.keys), services.clock.now()
    services.database.write(lambda c: connectors.create(c, SYSTEM, Connector("serafim", "other"), now))
    key = services.database.write(lambda c: sealed.rotate(c, SYSTEM, "serafim", now - now, now))
    with Hook(url, "serafim", key.secret) as hook:
        told = [Event("message", Message("1", "a", conversation="c")), Event("delete", Message("1", "", conversation="c"))]
        assert hook.tell(told) == Sent(1)
        assert [row.message for row in rows(services, deletions)] == ["1"]
    with Hook(url, "serafim", "wrong") as hook, pytest.raises(Unauthenticated):
        hook.tell(told)


def test_what_the_caller_did_wrong_is_raised_and_never_failed_open_over(url: str, token: str) -> None:
    with Client(url, "dlp_wrong", deadline=PATIENT) as stranger, pytest.raises(Unauthenticated):
        stranger.verdict("x")
    with Client(url, token, connector="api", deadline=PATIENT) as foreign, pytest.raises(RefusedError) as raised:
        foreign.verdict("x")
    assert raised.value.code == "connector_foreign"
    with Client(url, token, deadline=PATIENT) as wrong, pytest.raises(UsageError) as named:
        wrong.verdict("x", sender="")
    assert (named.value.code, named.value.pointer) == ("not_an_id", "/message/sender")
    with pytest.raises(ValueError, match="open"):
        Client(url, fail="ajar")  # type: ignore[arg-type]


def test_asyncio_gets_the_same_answers(url: str, token: str) -> None:
    async def ask() -> tuple[Decision, Sent, HoldOutcome]:
        async with AsyncClient(url, token, connector="portal", deadline=PATIENT) as client:
            answer = await client.verdict(SNILS)
            assert answer.hold is not None
            return answer.decision, await client.send([Message("a1", "x")]), await client.wait_for(answer.hold, timeout=0.01)

    assert asyncio.run(ask()) == (Decision.HOLD, Sent(1), HoldOutcome("waiting", None))


class Scripted(BaseHTTPRequestHandler):
    """Answers as told: a number is a status, a text a body, None is silence."""

    script: ClassVar[list[int | str | None]] = []
    asked: ClassVar[list[tuple[str | None, bytes]]] = []
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append((self.headers["Idempotency-Key"], body))
        told = self.script.pop(0) if self.script else None
        if told is None:
            self.server.silence.wait(PATIENT)  # type: ignore[attr-defined]
            self.close_connection = True
            return
        content = told.encode() if isinstance(told, str) else b""
        self.send_response(200 if isinstance(told, str) else told)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Nothing is printed."""


@pytest.fixture
def scripted() -> Iterator[tuple[str, type[Scripted]]]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Scripted)
    server.silence = threading.Event()  # type: ignore[attr-defined]
    Scripted.script, Scripted.asked = [], []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", Scripted
    server.silence.set()  # type: ignore[attr-defined]
    server.shutdown()
    thread.join()
    server.server_close()


ALLOWED = json.dumps({"decision": "allow", "decided_by": "policy"})


@pytest.mark.parametrize(("fail", "decision"), [("open", Decision.ALLOW), ("closed", Decision.BLOCK)])
def test_a_silent_server_is_answered_for_when_the_time_is_up(
    scripted: tuple[str, type[Scripted]], fail: request.Fail, decision: Decision
) -> None:
    began = time.monotonic()
    with Client(scripted[0], deadline=0.3, fail=fail) as client:
        answer = client.verdict("x")
    assert (answer.decision, answer.decided_by, answer.told) == (decision, "deadline", {})
    assert time.monotonic() - began < 5


def test_asyncio_does_not_wait_longer_either(scripted: tuple[str, type[Scripted]]) -> None:
    async def ask() -> Any:
        async with AsyncClient(scripted[0], deadline=0.3, fail="closed") as client:
            return await client.verdict("x")

    answer = asyncio.run(ask())
    assert (answer.decision, answer.decided_by) == (Decision.BLOCK, "deadline")


def test_nobody_there_is_an_outage() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with Client(address, deadline=0.2, fail="closed") as client:
            assert client.verdict("x")[:2] == (Decision.BLOCK, "outage")

        async def ask() -> Any:
            async with AsyncClient(address, deadline=0.2) as asking:
                return await asking.verdict("x")

        assert asyncio.run(ask())[:2] == (Decision.ALLOW, "outage")


def test_a_busy_server_is_asked_again_under_the_same_key(scripted: tuple[str, type[Scripted]]) -> None:
    address, server = scripted
    server.script = [503, 503, ALLOWED]
    with Client(address, deadline=PATIENT) as client:
        assert client.verdict("x").decided_by == "policy"
    assert len(server.asked) == 3
    assert len({key for key, _ in server.asked}) == 1
    assert len({body for _, body in server.asked}) == 1
    server.script = [ALLOWED]
    with Client(address, deadline=PATIENT) as client:
        client.verdict("x")
    assert len({key for key, _ in server.asked}) == 2


def test_a_batch_is_sent_until_it_is_taken_or_given_up(
    scripted: tuple[str, type[Scripted]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request, "pause_before", lambda *_: 0.0)
    address, server = scripted
    server.script = [503, 502, json.dumps({"accepted": 1, "rejected": []})]
    with Client(address) as client:
        assert client.send([Message("1", "x")]) == Sent(1)
        server.script = [503] * 9
        with pytest.raises(UnavailableError):
            client.send([Message("1", "x")])
    assert len(server.asked) == 3 + request.ATTEMPTS


def test_the_server_is_given_a_little_less_time_than_there_is() -> None:
    assert json.loads(request.with_deadline({}, 0.5))["deadline_ms"] == 450
    assert json.loads(request.with_deadline({}, 0.001))["deadline_ms"] == 5


def test_a_pause_is_what_the_server_asks_for_or_grows() -> None:
    assert request.pause_before(0, request.ServerBusy(503, 7.0)) == 7.0
    assert [request.pause_before(attempt, request.ServerBusy(503, None)) for attempt in (0, 1, 2)] == [0.1, 0.2, 0.4]
    assert request.pause_before(20, ValueError()) == request.LONGEST_PAUSE


def test_a_decision_from_the_future_stops_the_message() -> None:
    assert answer_from({"decision": "shred", "decided_by": "policy"}).decision is Decision.BLOCK
    with pytest.raises(ValueError, match="not a verdict"):
        answer_from({"decided_by": "policy"})
    with pytest.raises(ValueError, match="not a verdict"):
        answer_from([])  # type: ignore[arg-type]


def test_the_client_brings_no_server_with_it() -> None:
    script = "import sys, dlp.hooks.client; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    server = ("dlp.api", "dlp.store", "dlp.pipeline", "dlp.detect", "fastapi", "sqlalchemy", "pydantic", "hyperscan")
    assert [module for module in done.stdout.split() if module.startswith(server)] == []


def examples() -> list[str]:
    """The SDK's five lines as its docstring and README show them."""
    import dlp.hooks.client as sdk

    shown = [line[4:] for line in (sdk.__doc__ or "").split("\n") if line.startswith("    ") or not line.strip()]
    found = ["\n".join(shown).strip()]
    for block in (ROOT / "README.md").read_text(encoding="utf-8").split("```python\n")[1:]:
        code = block.partition("```")[0]
        if "dlp.hooks.client" in code:
            found.append(code)
    return found


def test_the_example_people_copy_works(url: str, token: str) -> None:
    assert examples()[0].startswith("from dlp.hooks.client import Client")
    for example in examples():
        code = (
            example.replace("http://127.0.0.1:8080", url).replace("dlp_…", token).replace("deadline=0.5", f"deadline={PATIENT}")
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
        assert (done.returncode, done.stderr) == (0, "")
