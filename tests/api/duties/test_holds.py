"""The asker polls its ticket; officers list, release, drop, review."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from dlp.services import Services
from dlp.store import holds
from tests.api.clients import client_of, token_client
from tests.duties import INN, Chatter, advance, now_of

MAIL = "пишите на i.petrov@example.com"


def test_the_asker_sees_its_ticket_and_no_more(services: Services, chatter: Chatter) -> None:
    hold = chatter.say(INN).hold
    with token_client(services, connector="telegram") as client:
        answer = client.get(f"/api/v1/holds/{hold}")
    assert answer.status_code == 200
    assert answer.json() == {
        "id": hold,
        "state": "waiting",
        "outcome": None,
        "created_at": "2026-11-20T12:00:00Z",
        "expires_at": "2026-11-20T12:15:00Z",
        "on_expiry": "release",
        "decided_at": None,
    }


def test_another_connectors_ticket_is_not_there(services: Services, chatter: Chatter) -> None:
    hold = chatter.say(INN).hold
    with token_client(services, connector="slack") as client:
        assert client.get(f"/api/v1/holds/{hold}").status_code == 404
        assert client.get("/api/v1/holds/nothing").status_code == 422
        assert client.get("/api/v1/holds").status_code == 403


def test_a_waiting_asker_hears_the_decision_as_it_is_made(services: Services, chatter: Chatter) -> None:
    hold = str(chatter.say(INN).hold)
    heard: list[object] = []
    with token_client(services, connector="telegram") as program, client_of(services, "officer") as officer:
        waiting = threading.Thread(target=lambda: heard.append(program.get(f"/api/v1/holds/{hold}?wait=20").json()["outcome"]))
        waiting.start()
        assert officer.post(f"/api/v1/holds/{hold}/drop", json={"reason": "leak"}).status_code == 200
        waiting.join(timeout=20)
    assert heard == ["drop"]


def test_an_asker_that_waited_long_enough_is_answered(services: Services, chatter: Chatter) -> None:
    hold = chatter.say(INN).hold
    with token_client(services) as client:
        assert client.get(f"/api/v1/holds/{hold}?wait=0.6").json()["state"] == "waiting"


def test_officers_list_what_waits_and_decide(services: Services, chatter: Chatter) -> None:
    first, second = chatter.say(INN), chatter.say(INN, sender="43")
    with client_of(services, "officer") as client:
        page = client.get("/api/v1/holds", params={"limit": 1}).json()
        assert ([item["id"] for item in page["items"]], page["waiting"], page["to_review"]) == ([first.hold], 2, 0)
        assert page["items"][0]["severity"] == "medium"
        following = client.get("/api/v1/holds", params={"after": page["next"], "limit": 1}).json()
        assert [item["id"] for item in following["items"]] == [second.hold]
        released = client.post(f"/api/v1/holds/{first.hold}/release", json={})
        assert (released.json()["state"], released.json()["decided_by"]) == ("released", client.headers["X-User"])
        again = client.post(f"/api/v1/holds/{first.hold}/drop", json={})
        assert (again.status_code, again.json()["code"]) == (409, "hold_decided")
        done = client.get("/api/v1/holds", params={"state": "released"}).json()
        assert [item["incident_number"] for item in done["items"]] == [1]
        assert len(client.get("/api/v1/holds", params={"state": "all"}).json()["items"]) == 2


def test_four_eyes_break_glass_and_its_review(services: Services, chatter: Chatter) -> None:
    asked, broken = chatter.say(MAIL).hold, chatter.say(MAIL, sender="43").hold
    with client_of(services, "officer") as first, client_of(services, "investigator") as second:
        assert first.post(f"/api/v1/holds/{asked}/release", json={}).json()["state"] == "waiting"
        own = first.post(f"/api/v1/holds/{asked}/release", json={})
        assert (own.status_code, own.json()["code"]) == (403, "own_request")
        assert second.post(f"/api/v1/holds/{asked}/release", json={}).json()["state"] == "released"
        order = {"reason": "customer is waiting", "break_glass": True}
        assert first.post(f"/api/v1/holds/{broken}/release", json={"break_glass": True}).status_code == 422
        assert first.post(f"/api/v1/holds/{broken}/release", json=order).json()["break_glass"] is True
        queue = second.get("/api/v1/holds", params={"to_review": True}).json()
        assert ([item["id"] for item in queue["items"]], queue["to_review"]) == ([broken], 1)
        assert first.post(f"/api/v1/holds/{broken}/review", json={}).status_code == 403
        assert second.post(f"/api/v1/holds/{broken}/review", json={"comment": "ok"}).json()["reviewed_by"] is not None


def test_an_officer_of_another_department_sees_nothing(services: Services, chatter: Chatter) -> None:
    hold = chatter.say(INN).hold
    with client_of(services, "officer", departments=["Legal"]) as client:
        page = client.get("/api/v1/holds").json()
        assert (page["items"], page["waiting"]) == ([], 0)
        assert client.get(f"/api/v1/holds/{hold}").status_code == 404
        assert client.post(f"/api/v1/holds/{hold}/drop", json={}).status_code == 404


def test_an_officer_sees_who_asked_for_what(services: Services, chatter: Chatter) -> None:
    recorded = chatter.say(INN)
    services.database.write(lambda c: holds.expire_due(c, advance(services, minutes=15)))
    with client_of(services, "auditor") as client:
        found = client.get(f"/api/v1/holds/{recorded.hold}").json()
        assert client.post(f"/api/v1/holds/{recorded.hold}/drop", json={}).status_code == 403
    assert (found["incident_id"], found["state"], found["decided_by"]) == (recorded.incident, "expired", None)
    assert found["expires_at"] == (now_of(services) + timedelta(0)).isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize("body", [{"reason": "\x00"}, {"reason": "x" * 2001}, {"break_glass": "perhaps"}])
def test_what_no_record_can_hold_is_refused(services: Services, chatter: Chatter, body: dict[str, str]) -> None:
    hold = chatter.say(INN).hold
    with client_of(services, "officer") as client:
        assert client.post(f"/api/v1/holds/{hold}/drop", json=body).status_code == 422
