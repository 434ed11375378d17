"""What whoever posts batches can rely on."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import select

from dlp.clock import SetClock
from dlp.services import Services
from dlp.store import connectors, inbox
from dlp.store.actor import SYSTEM
from dlp.store.connectors import Connector
from dlp.store.inbox import Room
from dlp.store.tables.record import inbox as inbox_table
from dlp.store.tables.record import ledger, ledger_sums
from dlp.worker.intake import Intake
from tests.api.clients import TestClient, app_of, token_client
from tests.api.door_policies import CARD, door_policies
from tests.installations import installed


@pytest.fixture
def services(tmp_path: Path, clock: SetClock) -> Iterator[Services]:
    with installed(tmp_path, clock=clock, policies=door_policies(tmp_path)) as opened:
        yield opened


@pytest.fixture
def client(services: Services) -> Iterator[TestClient]:
    with token_client(services) as posting:
        yield posting


def post(client: TestClient, body: Any, kind: str = "application/json", **headers: str) -> Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    response: Response = client.post("/api/v1/messages", content=content, headers={"Content-Type": kind, **headers})
    return response


def waiting(services: Services) -> list[tuple[str, list[str]]]:
    """What waits: (connector, ids) a row."""
    with services.database.reading() as connection:
        rows = connection.execute(select(inbox_table).order_by(inbox_table.c.id)).all()
    return [(row.connector, [message.id for message in _opened(row, services)]) for row in rows]


def _opened(row: Any, services: Services) -> Any:
    leased = inbox.Leased(row.id, row.connector, row.door, None, row.received_at, row.messages, bytes(row.sealed), 1)
    return inbox.opened(leased, services.keys)


def sums(services: Services) -> dict[tuple[str, str], int]:
    with services.database.reading() as connection:
        columns = (ledger_sums.c.connector, ledger_sums.c.measure, ledger_sums.c.count)
        return {(connector, measure): count for connector, measure, count in connection.execute(select(*columns))}


MESSAGES = [{"id": str(number), "text": f"text {number}"} for number in range(3)]


def test_a_batch_waits_on_disk_when_it_is_acknowledged(client: TestClient, services: Services) -> None:
    response = post(client, MESSAGES)
    assert (response.status_code, response.json()) == (202, {"accepted": 3, "rejected": []})
    assert waiting(services) == [("api", ["0", "1", "2"])]
    assert sums(services) == {("api", "accepted"): 3}


@pytest.mark.parametrize("kind", ["application/json", "application/x-ndjson"])
def test_gzip_and_jsonl_are_taken(client: TestClient, services: Services, kind: str) -> None:
    lines = "\n".join(map(json.dumps, MESSAGES)) if kind.endswith("ndjson") else json.dumps({"messages": MESSAGES})
    response = post(client, gzip.compress(lines.encode()), kind, **{"Content-Encoding": "gzip"})
    assert response.json()["accepted"] == 3
    assert waiting(services) == [("api", ["0", "1", "2"])]


def test_bad_messages_are_named_and_counted_and_the_good_ones_kept(client: TestClient, services: Services) -> None:
    response = post(client, [MESSAGES[0], {"id": "x"}, MESSAGES[1], {"id": "y", "text": "t", "connector": "nowhere"}])
    assert response.status_code == 202
    assert response.json() == {
        "accepted": 2,
        "rejected": [
            {"index": 1, "pointer": "/text", "code": "missing"},
            {"index": 3, "pointer": "/connector", "code": "connector_unknown"},
        ],
    }
    assert waiting(services) == [("api", ["0", "1"])]
    assert sums(services) == {("api", "accepted"): 2, ("api", "rejected"): 2}


def test_a_batch_of_nothing_readable_is_counted_too(client: TestClient, services: Services) -> None:
    assert post(client, [5]).json()["accepted"] == 0
    assert waiting(services) == []
    assert sums(services) == {("api", "rejected"): 1}


def test_messages_go_to_the_connectors_they_name(client: TestClient, services: Services) -> None:
    services.database.write(lambda c: connectors.create(c, SYSTEM, Connector("bot", "other"), services.clock.now()))
    post(client, [MESSAGES[0], MESSAGES[1] | {"connector": "bot"}, MESSAGES[2]])
    assert waiting(services) == [("api", ["0", "2"]), ("bot", ["1"])]


def test_a_token_posts_for_its_own_connector_alone(services: Services) -> None:
    services.database.write(lambda c: connectors.create(c, SYSTEM, Connector("bot", "other"), services.clock.now()))
    with token_client(services, connector="bot") as bound:
        response = post(bound, [MESSAGES[0], MESSAGES[1] | {"connector": "api"}])
    assert response.json()["rejected"] == [{"index": 1, "pointer": "/connector", "code": "connector_foreign"}]
    assert waiting(services) == [("bot", ["0"])]


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b"[", "application/json", 422, "json"),
        (b"{}", "application/json", 422, "not_a_list"),
        (b"[]", "text/csv", 422, "content_type"),
        (b"[" + b"5," * 10_000 + b"5]", "application/json", 422, "too_many"),
        (b"x\n" * 10_001, "application/x-ndjson", 422, "too_many"),
        (b'[{"id":"1","text":"a\xed\xa0\x80"}]', "application/json", 422, "json"),  # half of a pair of UTF-16
        ('[{"id":"1","text":"a"}]'.encode("utf-16"), "application/json", 422, "json"),
    ],
)
def test_what_is_no_batch_is_refused(client: TestClient, body: bytes, kind: str, status: int, code: str) -> None:
    response = post(client, body, kind)
    assert (response.status_code, response.json()["code"]) == (status, code)


def test_what_unpacks_to_more_than_is_allowed_is_refused(client: TestClient) -> None:
    bomb = gzip.compress(b" " * ((64 << 20) + 1))
    assert post(client, bomb, **{"Content-Encoding": "gzip"}).status_code == 413
    assert post(client, b"not gzip", **{"Content-Encoding": "gzip"}).json()["code"] == "not_gzip"
    assert post(client, gzip.compress(b"[]")[:-1], **{"Content-Encoding": "gzip"}).json()["code"] == "not_gzip"
    assert post(client, b"[]", **{"Content-Encoding": "br"}).status_code == 415


def test_a_full_intake_says_when_to_come_again(client: TestClient, services: Services) -> None:
    post(client, MESSAGES)
    app_of(services).state.doors._room = Room(most=4)
    response = post(client, MESSAGES)
    assert (response.status_code, response.json()["code"]) == (503, "intake_full")
    assert int(response.headers["Retry-After"]) > 0
    assert waiting(services) == [("api", ["0", "1", "2"])]


def test_a_worker_is_told_that_something_waits(client: TestClient, services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    monkeypatch.setattr(app_of(services).state, "kick", lambda: told.append(1), raising=False)
    post(client, MESSAGES)
    assert told == [1]


def test_what_was_accepted_is_decided_by_the_intake(client: TestClient, services: Services) -> None:
    services.renew()
    post(client, [*MESSAGES, {"id": "bad", "text": CARD}])
    intake = Intake(services, None)
    intake.start()
    try:
        with services.database.reading() as connection:
            while inbox.waiting(connection).messages:
                connection.rollback()
    finally:
        intake.stop()
    with services.database.reading() as connection:
        assert {row.message: row.decision for row in connection.execute(select(ledger))} == {"0": 0, "1": 0, "2": 0, "bad": 5}
