"""The audit trail over HTTP: found, proved for checking elsewhere, verified here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, update

from dlp.clock import SetClock
from dlp.services import Services
from dlp.store.actor import Actor
from dlp.store.audit import chain, checkpoints
from dlp.store.audit.details import erase_details
from dlp.store.audit.verifier import check_rows, check_signatures, checkpoint_of, trusted_keys
from dlp.store.tables.trust import audit
from tests.api.clients import TestClient, client_of
from tests.installations import NOON

ROBOT = Actor("robot", "cli")


@pytest.fixture
def auditor(services: Services) -> Iterator[TestClient]:
    with client_of(services, "auditor") as client:
        yield client


def _act(services: Services, act: str, object: str = "incident:1", **details: Any) -> int:
    return services.database.write(lambda connection: chain.append(connection, ROBOT, act, object, details, services.clock.now()))


def _items(client: TestClient, **asked: str | int) -> list[dict[str, Any]]:
    answer = client.get("/api/v1/audit", params=asked)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def test_acts_are_found_by_who_what_and_when(services: Services, auditor: TestClient, clock: SetClock) -> None:
    _act(services, "incident.assigned", to="А. Серова")
    clock.moment = NOON + timedelta(minutes=4)
    _act(services, "incident.closed")
    _act(services, "export.created", "export:2")
    assert [item["act"] for item in _items(auditor, actor="robot")] == ["export.created", "incident.closed", "incident.assigned"]
    assert [item["act"] for item in _items(auditor, act="incident.")] == ["incident.closed", "incident.assigned"]
    assert [item["act"] for item in _items(auditor, act="incident.closed")] == ["incident.closed"]
    assert [item["object"] for item in _items(auditor, object="export:")] == ["export:2"]
    later = (NOON + timedelta(minutes=2)).isoformat()
    assert [item["act"] for item in _items(auditor, actor="robot", until=later)] == ["incident.assigned"]
    assert len(_items(auditor, actor="robot", since=later)) == 2
    assert _items(auditor, act="incident.assigned")[0]["details"] == {"to": "А. Серова"}
    assert _items(auditor, act="100%") == []


def test_pages_stay_in_place_while_acts_are_added(services: Services, auditor: TestClient) -> None:
    seqs = [_act(services, "a.b") for _ in range(5)]
    first = auditor.get("/api/v1/audit", params={"actor": "robot", "limit": 2}).json()
    _act(services, "a.b")
    second = auditor.get("/api/v1/audit", params={"actor": "robot", "limit": 2, "cursor": first["next"]}).json()
    third = auditor.get("/api/v1/audit", params={"actor": "robot", "limit": 2, "cursor": second["next"]}).json()
    assert [item["seq"] for page in (first, second, third) for item in page["items"]] == seqs[::-1]
    assert third["next"] is None


def test_an_actor_is_told_by_name(services: Services, auditor: TestClient) -> None:
    user = auditor.headers["X-User"]
    services.database.write(lambda c: chain.append(c, Actor(user), "a.b", "o:1", {}, NOON))
    assert _items(auditor, act="a.b")[0]["actor_name"]


def test_erased_details_are_told_as_none(services: Services, auditor: TestClient) -> None:
    seq = _act(services, "a.b", said="x")
    services.database.write(lambda c: erase_details(c, [seq], actor=ROBOT, reason="r", now=NOON))
    assert _items(auditor, act="a.b")[0]["details"] is None


def test_looking_is_no_act_and_proving_is(services: Services, auditor: TestClient) -> None:
    _act(services, "a.b")
    before = auditor.get("/api/v1/audit").json()["last_seq"]
    assert auditor.get("/api/v1/audit").json()["last_seq"] == before
    assert auditor.get("/api/v1/audit/proof", params={"from": 1, "to": 1}).status_code == 200
    assert [item["object"] for item in _items(auditor, act="audit.proved")] == ["audit:1-1"]


def test_a_proof_is_checked_with_nothing_of_the_server_s(services: Services, auditor: TestClient) -> None:
    _act(services, "a.b", said="да")
    _act(services, "a.c")
    proof = auditor.get("/api/v1/audit/proof").json()
    keys = trusted_keys(proof["keys"], services.keys.signing_keys()[0].key_id)
    signed = [checkpoint_of(line) for line in proof["checkpoints"]]
    check_signatures(signed, keys)
    check_rows(proof["records"], signed)
    assert [row["seq"] for row in proof["records"]] == list(range(1, signed[-1].audit_seq + 1))
    assert any(row["details"] == '{"said":"\\u0434\\u0430"}' for row in proof["records"])


@pytest.mark.parametrize("asked", [{"from": 5, "to": 4}, {"to": 10**6}, {"from": 10**6}])
def test_a_proof_of_what_is_not_there_is_refused(services: Services, auditor: TestClient, asked: dict[str, int]) -> None:
    _act(services, "a.b")
    answer = auditor.get("/api/v1/audit/proof", params=asked)
    assert (answer.status_code, answer.json()["code"]) == (422, "no_such_records")


def test_checkpoints_are_listed_with_the_line_that_left(services: Services, auditor: TestClient) -> None:
    for number in range(3):
        _act(services, "a.b", n=number)
        checkpoints.take(services.database, services.keys, services.clock.now())
    services.database.write(lambda c: checkpoints.departed(c, 3, "syslog", NOON))
    first = auditor.get("/api/v1/audit/checkpoints", params={"limit": 2}).json()
    assert [item["number"] for item in first["items"]] == [3, 2]
    assert first["items"][0]["sent"] == {"syslog": "2026-11-20T12:00:00.000000Z"}
    assert checkpoint_of(first["items"][0]["line"]).number == 3
    second = auditor.get("/api/v1/audit/checkpoints", params={"cursor": first["next"]}).json()
    assert ([item["number"] for item in second["items"]], second["next"]) == ([1], None)
    assert second["keys"][0]["key_id"] == services.keys.signing_keys()[0].key_id


def test_the_record_is_verified_here(services: Services, auditor: TestClient) -> None:
    _act(services, "a.b")
    checkpoints.take(services.database, services.keys, services.clock.now())
    found = auditor.post("/api/v1/audit/verify", json={}).json()
    assert (found["ok"], found["fault"], found["last_good"]) == (True, None, 1)
    assert found["trust"] == services.keys.signing_keys()[0].key_id


def test_the_first_bad_record_is_told(services: Services, auditor: TestClient) -> None:
    seq = _act(services, "a.b")
    checkpoints.take(services.database, services.keys, services.clock.now())
    anchor = checkpoints.latest
    with services.database.reading() as connection:
        line = anchor(connection).line  # type: ignore[union-attr]
    services.database.write(lambda c: c.execute(update(audit).where(audit.c.seq == seq).values(act="x")))
    found = auditor.post("/api/v1/audit/verify", json={"anchor": line}).json()
    assert (found["ok"], found["fault"]["kind"], found["fault"]["number"], found["anchored"]) == (False, "audit", seq, 1)
    services.database.write(lambda c: c.execute(delete(audit).where(audit.c.seq >= seq)))
    found = auditor.post("/api/v1/audit/verify", json={}).json()
    assert (found["fault"]["code"], found["fault"]["number"]) == ("missing", seq)


@pytest.mark.parametrize("asked", [{"trust": "abc"}, {"anchor": "nonsense"}, {"since": 7}])
def test_what_cannot_be_verified_against_is_refused(services: Services, auditor: TestClient, asked: dict[str, Any]) -> None:
    _act(services, "a.b")
    checkpoints.take(services.database, services.keys, services.clock.now())
    assert auditor.post("/api/v1/audit/verify", json=asked).status_code == 422
