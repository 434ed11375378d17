"""An emergency is declared by those who may, shown to everybody who is signed in, and works at once."""

from __future__ import annotations

from dlp.records import Decision
from dlp.services import Services
from tests.api.clients import client_of, visitor_of
from tests.duties import CARD, Chatter, advance

UNTIL, LATER = "2026-11-20T14:00:00Z", "2026-11-20T20:00:00+03:00"


def test_it_works_at_once_and_ends_when_told(services: Services, chatter: Chatter) -> None:
    with client_of(services, "administrator") as client:
        made = client.post("/api/v1/emergency", json={"why": "gateway down", "until": UNTIL})
        assert (made.status_code, made.json()["who"], made.json()["connector"]) == (201, client.headers["X-User"], None)
        assert chatter.say(f"карта {CARD}").decided_by == "emergency"
        path = f"/api/v1/emergency/{made.json()['id']}"
        extended = client.post(f"{path}/extend", json={"why": "still", "until": LATER})
        assert extended.json()["until"] == "2026-11-20T17:00:00Z"
        assert client.post(f"{path}/end", json={"why": "repaired"}).json()["ended_at"] == "2026-11-20T12:00:00Z"
        assert chatter.say(f"карта {CARD}").decision is Decision.BLOCK
        over = client.post(f"{path}/end", json={"why": "again"})
        assert (over.status_code, over.json()["code"]) == (409, "emergency_over")


def test_everybody_sees_what_stands_and_what_was(services: Services) -> None:
    with client_of(services, "officer") as officer:
        first = officer.post("/api/v1/emergency", json={"why": "drill", "until": UNTIL}).json()
    with client_of(services, "hook") as anybody:
        assert [one["id"] for one in anybody.get("/api/v1/emergency").json()["current"]] == [first["id"]]
    advance(services, hours=2)
    with client_of(services, "policy-author") as author:
        told = author.get("/api/v1/emergency").json()
        assert (told["current"], [one["id"] for one in told["items"]]) == ([], [first["id"]])
        assert author.post("/api/v1/emergency", json={"why": "drill", "until": LATER}).status_code == 403
    with visitor_of(services) as nobody:
        assert nobody.get("/api/v1/emergency").status_code == 401


def test_it_ends_within_a_day_and_says_why(services: Services) -> None:
    with client_of(services, "officer") as client:
        for body in ({"why": "x", "until": "2026-11-21T12:00:01Z"}, {"why": " ", "until": UNTIL}, {"until": UNTIL}):
            assert client.post("/api/v1/emergency", json=body).status_code == 422
        unknown = client.post("/api/v1/emergency", json={"why": "x", "until": UNTIL, "connector": "telex"})
        assert (unknown.status_code, unknown.json()["code"]) == (404, "connector_not_found")
