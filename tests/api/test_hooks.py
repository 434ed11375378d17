"""What a messenger that calls us can rely on, and what a stranger cannot do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import select

from dlp.chats.signature import SIGNATURE_HEADER, TIMESTAMP_HEADER, sign
from dlp.chats.telegram_bot import SECRET_HEADER
from dlp.clock import SetClock
from dlp.errors import UnavailableError
from dlp.pipeline import Arrival, handle
from dlp.records import Message
from dlp.services import Services
from dlp.store import connectors, inbox
from dlp.store.actor import SYSTEM
from dlp.store.connector_secrets import ConnectorSecrets
from dlp.store.connectors import Connector, HookKey
from dlp.store.tables.record import deletions, ledger, ledger_sums
from dlp.store.tables.record import inbox as inbox_table
from tests.api.clients import TestClient, visitor_of
from tests.api.door_policies import door_policies
from tests.chats.telegram_updates import EVERY, an_update
from tests.installations import installed

WORD = "s3cret-word-of-telegram"


@pytest.fixture
def services(tmp_path: Path, clock: SetClock) -> Iterator[Services]:
    with installed(tmp_path, clock=clock, policies=door_policies(tmp_path)) as opened:
        yield opened


@pytest.fixture
def stranger(services: Services) -> Iterator[TestClient]:
    """Nobody who signed in: a messenger's server."""
    with visitor_of(services) as client:
        yield client


def a_connector(services: Services, name: str = "serafim", platform: str = "other", **fields: Any) -> HookKey:
    sealed, now = ConnectorSecrets(services.keys), services.clock.now()
    services.database.write(lambda c: connectors.create(c, SYSTEM, Connector(name, platform, **fields), now))
    services.database.write(lambda c: sealed.tell(c, SYSTEM, name, {"secret_token": WORD}, now))
    return rotate(services, name)


def rotate(services: Services, name: str = "serafim", hours: float = 1) -> HookKey:
    sealed, now = ConnectorSecrets(services.keys), services.clock.now()
    return services.database.write(lambda c: sealed.rotate(c, SYSTEM, name, timedelta(hours=hours), now))


def call(client: TestClient, services: Services, key: HookKey, events: Any, **options: Any) -> Response:
    body = json.dumps({"events": events}).encode()
    timestamp = int(services.clock.now().timestamp()) - options.get("age", 0)
    headers = {TIMESTAMP_HEADER: str(timestamp), SIGNATURE_HEADER: sign(key.secret.encode(), timestamp, body)}
    response: Response = client.post(
        f"/api/v1/hooks/{options.get('name', 'serafim')}", content=body, headers=headers | options.get("headers", {})
    )
    return response


def update(client: TestClient, told: Any, *, word: str = WORD, name: str = "tg") -> Response:
    response: Response = client.post(f"/api/v1/hooks/{name}", json=told, headers={SECRET_HEADER: word})
    return response


def waiting(services: Services) -> list[Message]:
    with services.database.reading() as connection:
        rows = connection.execute(select(inbox_table).order_by(inbox_table.c.id)).all()
    leased = [
        inbox.Leased(row.id, row.connector, row.door, None, row.received_at, row.messages, bytes(row.sealed), 1) for row in rows
    ]
    return [message for one in leased for message in inbox.opened(one, services.keys)]


A_MESSAGE = {"type": "message", "message": {"id": "1", "text": "hello", "conversation": "c", "sender": "ivanov"}}
AN_EDIT = {"type": "edit", "message": {"id": "1", "text": "hello!", "conversation": "c", "revision": 1}}
A_DELETION = {"type": "delete", "message": {"id": "1", "conversation": "c"}}


def test_signed_events_wait_on_disk_when_they_are_acknowledged(stranger: TestClient, services: Services) -> None:
    key = a_connector(services)
    response = call(stranger, services, key, [A_MESSAGE, AN_EDIT, A_DELETION, {"type": "like"}])
    assert response.json() == {
        "accepted": 2,
        "deleted": 1,
        "rejected": [{"index": 3, "pointer": "/type", "code": "unknown_name"}],
        "replayed": False,
    }
    assert [(message.id, message.revision, message.connector) for message in waiting(services)] == [
        ("1", 0, "serafim"),
        ("1", 1, "serafim"),
    ]
    with services.database.reading() as connection:
        assert [(row.connector, row.conversation, row.message) for row in connection.execute(select(deletions))] == [
            ("serafim", "c", "1")
        ]
        sums = {row.measure: row[3] for row in connection.execute(select(ledger_sums))}
    assert sums == {"accepted": 2, "rejected": 1}


def test_a_message_of_this_door_is_this_connector_s_whatever_it_says(stranger: TestClient, services: Services) -> None:
    key = a_connector(services)
    call(stranger, services, key, [{"type": "message", "message": A_MESSAGE["message"] | {"connector": "other"}}])  # type: ignore[operator]
    assert [message.connector for message in waiting(services)] == ["serafim"]


def test_a_deletion_marks_what_was_decided(stranger: TestClient, services: Services) -> None:
    key = a_connector(services)
    handle(services, [Arrival(Message("1", "hello", conversation="c"), "serafim", "hook", services.clock.now())]).result()
    call(stranger, services, key, [A_DELETION])
    with services.database.reading() as connection:
        assert connection.execute(select(ledger.c.deleted_at)).scalar_one() == services.clock.now()


def test_a_call_that_comes_again_is_acknowledged_and_done_once(stranger: TestClient, services: Services) -> None:
    key = a_connector(services)
    call(stranger, services, key, [A_MESSAGE])
    assert call(stranger, services, key, [A_MESSAGE]).json()["replayed"] is True
    assert len(waiting(services)) == 1
    assert call(stranger, services, key, [A_MESSAGE], age=1).json()["replayed"] is False


def test_both_live_keys_are_taken_and_an_ended_one_is_not(stranger: TestClient, services: Services, clock: SetClock) -> None:
    old = a_connector(services)
    new = rotate(services)
    assert call(stranger, services, old, [A_MESSAGE]).status_code == 200
    assert call(stranger, services, new, [AN_EDIT]).status_code == 200
    clock.moment += timedelta(hours=1)
    assert call(stranger, services, old, [A_DELETION]).status_code == 401
    assert call(stranger, services, new, [A_DELETION]).status_code == 200


def test_who_cannot_sign_is_told_nothing_and_leaves_nothing(stranger: TestClient, services: Services) -> None:
    key = a_connector(services)
    a_connector(services, "off", enabled=False)
    forged = key._replace(secret="another")
    answers = [
        call(stranger, services, forged, [A_MESSAGE]),
        call(stranger, services, key, [A_MESSAGE], name="nowhere"),
        call(stranger, services, key, [A_MESSAGE], name="off"),
        call(stranger, services, key, [A_MESSAGE], name="api"),
    ]
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(401, "signature")}
    assert call(stranger, services, key, [A_MESSAGE], age=301).json()["code"] == "timestamp"
    assert call(stranger, services, key, [A_MESSAGE], headers={SIGNATURE_HEADER: ""}).json()["code"] == "signature_missing"
    assert waiting(services) == []


def test_a_call_refused_for_want_of_room_may_come_again(
    stranger: TestClient, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = a_connector(services)
    with monkeypatch.context() as full:
        full.setattr(inbox.Room, "take", lambda *_: (_ for _ in ()).throw(UnavailableError("full", code="intake_full")))
        assert call(stranger, services, key, [A_MESSAGE]).status_code == 503
    assert call(stranger, services, key, [A_MESSAGE]).json() == {"accepted": 1, "deleted": 0, "rejected": [], "replayed": False}


def test_where_a_client_certificate_is_wanted_the_proxy_must_have_seen_it(stranger: TestClient, services: Services) -> None:
    certificate = {"header": "X-Client-Cert", "value": "AB:CD:EF:01", "proxies": ["testclient"]}
    key = a_connector(services, settings={"client_certificate": certificate})
    assert call(stranger, services, key, [A_MESSAGE]).json()["code"] == "client_certificate"
    assert call(stranger, services, key, [A_MESSAGE], headers={"X-Client-Cert": "AB:CD:EF:01"}).status_code == 200


def test_telegram_is_answered_with_an_empty_body(stranger: TestClient, services: Services) -> None:
    a_connector(services, "tg", "telegram")
    response = update(stranger, an_update(text="hello"))
    assert (response.status_code, response.content) == (200, b"")
    message = waiting(services)[0]
    assert (message.connector, message.conversation, message.id, message.text) == ("tg", "-1000000001001", "10", "hello")


@pytest.mark.parametrize("word", ["", "wrong", WORD + "x"])
def test_telegram_must_know_the_secret_word(stranger: TestClient, services: Services, word: str) -> None:
    a_connector(services, "tg", "telegram")
    assert update(stranger, an_update(text="hello"), word=word).status_code == 401
    assert waiting(services) == []


def test_a_telegram_connector_without_a_word_lets_nobody_in(stranger: TestClient, services: Services) -> None:
    services.database.write(lambda c: connectors.create(c, SYSTEM, Connector("tg", "telegram"), services.clock.now()))
    assert update(stranger, an_update(text="hello"), word="").status_code == 401


def test_every_kind_of_update_is_taken_and_none_is_lost(stranger: TestClient, services: Services) -> None:
    a_connector(services, "tg", "telegram")
    for told in EVERY:
        assert update(stranger, told).status_code == 200
    assert len(waiting(services)) == len(EVERY) - 1
    with services.database.reading() as connection:
        assert [row.message for row in connection.execute(select(deletions))] == ["3", "4"]


def test_what_is_no_update_is_refused(stranger: TestClient, services: Services) -> None:
    a_connector(services, "tg", "telegram")
    refused = update(stranger, {"message": {}})
    assert (refused.status_code, refused.json()["code"]) == (422, "not_an_update")
