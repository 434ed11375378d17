"""What an administrator does with connectors, and what nobody ever sees again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from dlp.clock import SetClock
from dlp.services import Services
from dlp.store import connectors
from dlp.store.tables.duties import connectors as table
from dlp.store.tables.record import ledger
from dlp.store.tables.trust import audit
from tests.api.clients import TestClient, client_of, sign_in
from tests.api.door_policies import CARD, door_policies
from tests.installations import installed


@pytest.fixture
def services(tmp_path: Path, clock: SetClock) -> Iterator[Services]:
    with installed(tmp_path, clock=clock, policies=door_policies(tmp_path)) as opened:
        yield opened


@pytest.fixture
def admin(services: Services) -> Iterator[TestClient]:
    with client_of(services, "administrator") as client:
        yield client


TELEGRAM = {"name": "tg", "platform": "telegram", "title": "Бот продаж", "mode": "observe", "fail": "closed"}


def add(admin: TestClient, **fields: Any) -> dict[str, Any]:
    response = admin.post("/api/v1/connectors", json=TELEGRAM | fields)
    assert response.status_code == 201, response.text
    told: dict[str, Any] = response.json()
    return told


def shown(client: TestClient, name: str = "tg") -> dict[str, Any]:
    told: dict[str, Any] = client.get(f"/api/v1/connectors/{name}").json()
    return told


def test_a_connector_is_added_and_shown_with_what_it_cannot_do(admin: TestClient) -> None:
    told = add(admin, settings={"deadline_ms": 200})
    assert told == shown(admin)
    assert (told["mode"], told["fail"], told["settings"]["deadline_ms"]) == ("observe", "closed", 200)
    assert told["capabilities"]["hold"] == "no"
    assert "delete_within_48_hours" in told["capabilities"]["limits"]
    assert admin.get("/api/v1/connectors").json()["items"] == [told]


def test_a_change_leaves_what_it_does_not_name(admin: TestClient, services: Services) -> None:
    add(admin, zone="foreign")
    changed = admin.patch("/api/v1/connectors/tg", json={"mode": "enforce", "zone": None}).json()
    assert (changed["mode"], changed["zone"], changed["fail"], changed["title"]) == ("enforce", None, "closed", "Бот продаж")
    assert admin.patch("/api/v1/connectors/none", json={"mode": "enforce"}).status_code == 404
    with services.database.reading() as connection:
        assert [row.act for row in connection.execute(select(audit).where(audit.c.object == "connector:tg"))] == [
            "connector.created",
            "connector.changed",
        ]


def test_a_change_of_mode_counts_at_once(admin: TestClient, services: Services) -> None:
    add(admin)
    assert services.context.standing.connector_modes["tg"].value == "observe"
    admin.patch("/api/v1/connectors/tg", json={"mode": "enforce"})
    assert services.context.standing.connector_modes["tg"].value == "enforce"


def test_what_is_switched_off_stays_in_the_record(admin: TestClient) -> None:
    add(admin)
    assert admin.delete("/api/v1/connectors/tg").json()["health"]["state"] == "off"
    assert shown(admin)["enabled"] is False


def test_secrets_are_kept_sealed_and_never_shown(admin: TestClient, services: Services) -> None:
    add(admin)
    words = {"words": {"bot_token": "12345:abcdefghij", "secret_token": "word-of-telegram"}}
    told = admin.put("/api/v1/connectors/tg/secrets", json=words)
    assert told.json()["secrets"] == ["bot_token", "secret_token"]
    key = admin.post("/api/v1/connectors/tg/keys", json={}).json()
    everything = told.text + admin.get("/api/v1/connectors").text
    with services.database.reading() as connection:
        everything += repr([*connection.execute(select(table)), *connection.execute(select(audit))])
        assert connectors.secrets_of(connection, services.keys, "tg").words["bot_token"] == "12345:abcdefghij"
    for secret in ("12345:abcdefghij", "word-of-telegram", key["secret"]):
        assert secret not in everything
    admin.put("/api/v1/connectors/tg/secrets", json={"words": {"bot_token": None}})
    assert shown(admin)["secrets"] == ["secret_token"]


def test_two_keys_live_while_both_sides_change_over(admin: TestClient, clock: SetClock) -> None:
    add(admin)
    first, second = (admin.post("/api/v1/connectors/tg/keys", json={"overlap_hours": 0.1}).json() for _ in range(2))
    assert [key["id"] for key in shown(admin)["keys"]] == [first["id"], second["id"]]
    clock.moment += timedelta(minutes=6)
    assert [key["id"] for key in shown(admin)["keys"]] == [second["id"]]
    assert admin.delete(f"/api/v1/connectors/tg/keys/{second['id']}").json()["keys"] == []


def test_health_says_what_is_wrong(admin: TestClient, services: Services, clock: SetClock) -> None:
    assert add(admin)["health"] == {
        "state": "down",
        "reasons": ["no_secret", "never_heard"],
        "last_message_at": None,
        "silent_seconds": None,
        "credentials_expire_at": None,
    }
    expires = (clock.moment + timedelta(days=10)).isoformat()
    admin.put("/api/v1/connectors/tg/secrets", json={"words": {"secret_token": "word-of-telegram"}, "expire_at": expires})
    services.database.write(lambda connection: connectors.touch(connection, "tg", clock.now()))
    assert (shown(admin)["health"]["state"], shown(admin)["health"]["reasons"]) == ("degraded", ["credentials_expire_soon"])
    clock.moment += timedelta(hours=4)
    sign_in(services, admin, admin.headers["X-User"])
    health = shown(admin)["health"]
    assert (health["state"], health["silent_seconds"]) == ("silent", 4 * 3600)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "Заглавное"}, {"name": "a/b"}, {"mode": "maybe"}, {"keep_clean_days": -1}, {"secret": "x"},
        {"settings": {"url": "x"}},
        {"settings": {"callback_prefixes": ["https://host"]}}, {"retention_days": 0}, {"title": "a\u0000b"},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(admin: TestClient, wrong: dict[str, Any]) -> None:
    assert admin.post("/api/v1/connectors", json=TELEGRAM | wrong).status_code == 422


def test_a_name_is_taken_once(admin: TestClient) -> None:
    add(admin)
    assert admin.post("/api/v1/connectors", json=TELEGRAM).status_code == 409


def test_a_trial_goes_through_everything_and_records_nothing(admin: TestClient, services: Services) -> None:
    add(admin, mode="enforce")
    failed = admin.post("/api/v1/connectors/tg/test", json={}).json()
    assert (failed["passed"], [step["code"] for step in failed["steps"] if not step["passed"]]) == (False, ["secret"])
    admin.put("/api/v1/connectors/tg/secrets", json={"words": {"secret_token": "word-of-telegram"}})
    passed = admin.post("/api/v1/connectors/tg/test", json={}).json()
    assert (passed["passed"], passed["decisions"]) == (True, ["allow"])
    with services.database.reading() as connection:
        assert connection.execute(select(ledger)).all() == []


def test_a_trial_of_one_s_own_event_tells_the_verdict_or_what_is_wrong_with_it(admin: TestClient) -> None:
    add(admin, name="serafim", platform="other", mode="enforce")
    admin.post("/api/v1/connectors/serafim/keys", json={})

    def tried(event: Any) -> dict[str, Any]:
        told: dict[str, Any] = admin.post("/api/v1/connectors/serafim/test", json={"event": event}).json()
        return told

    assert tried({"events": [{"type": "message", "message": {"id": "1", "text": CARD}}]})["decisions"] == ["block"]
    wrong = tried({"events": [{"type": "message", "message": {"id": "1"}}]})
    assert [step for step in wrong["steps"] if not step["passed"]] == [{"step": "reading", "passed": False, "code": "missing"}]


def test_an_officer_sees_connectors_and_changes_none(services: Services, admin: TestClient) -> None:
    add(admin)
    with client_of(services, "officer") as officer:
        assert shown(officer)["name"] == "tg"
        assert officer.patch("/api/v1/connectors/tg", json={"mode": "enforce"}).status_code == 403
