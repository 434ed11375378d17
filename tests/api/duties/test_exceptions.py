"""Officers make exceptions from findings, see their reach before, end them; nobody is shown the value."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from dlp.records import Decision
from dlp.services import Services
from dlp.store.recording import Recorded
from dlp.store.tables.record import findings
from tests.api.clients import client_of
from tests.duties import CARD, Chatter, advance


def about(services: Services, recorded: Recorded, scope: str = "chat") -> dict[str, Any]:
    with services.database.reading() as connection:
        finding = connection.execute(select(findings.c.id).where(findings.c.ledger_seq == recorded.ledger_seq)).scalar()
    return {"incident_id": recorded.incident, "finding_id": finding, "scope": scope}


def wanted(services: Services, recorded: Recorded, **fields: Any) -> dict[str, Any]:
    told = {"reason": "our own test card", "expires_at": "2026-12-20T12:00:00+03:00"}
    return about(services, recorded) | told | fields


def test_the_reach_is_shown_before_saving(services: Services, chatter: Chatter) -> None:
    first = chatter.say(f"карта {CARD}")
    chatter.say(f"карта {CARD}", sender="43")
    with client_of(services, "officer") as client:
        answer = client.post("/api/v1/exceptions/preview", json=about(services, first))
    assert answer.status_code == 200
    told = answer.json()
    assert (told["touched"], told["hidden"], told["unreadable"], told["days"], told["whole"]) == (2, 2, 0, 30, True)
    assert (told["entity"], told["scope_value"]) == ("CREDIT_CARD", "telegram/7")
    assert [(one["number"], one["hidden"]) for one in told["incidents"]] == [(2, True), (1, True)]
    assert CARD.replace(" ", "") not in answer.text


def test_incidents_of_other_departments_are_counted_and_not_named(services: Services, chatter: Chatter) -> None:
    first = chatter.say(f"карта {CARD}")
    chatter.say(f"карта {CARD}", sender="43")
    with client_of(services, "officer", departments=["Sales"]) as client:
        told = client.post("/api/v1/exceptions/preview", json=about(services, first)).json()
    assert (told["touched"], [one["number"] for one in told["incidents"]]) == (2, [1])


def test_a_saved_exception_stands_at_once_and_its_hits_are_listed(services: Services, chatter: Chatter) -> None:
    first = chatter.say(f"карта {CARD}")
    with client_of(services, "officer") as client:
        made = client.post("/api/v1/exceptions", json=wanted(services, first))
        assert made.status_code == 201
        assert (made.json()["owner"], made.json()["live"]) == (client.headers["X-User"], True)
        again = chatter.say(f"ещё {CARD}")
        assert again.decision is Decision.ALLOW
        path = f"/api/v1/exceptions/{made.json()['id']}"
        (hit,) = client.get(f"{path}/suppressed").json()["items"]
        assert (hit["ledger_seq"], hit["rule"], hit["decision"]) == (again.ledger_seq, "any-card", "block")
        assert client.get(path).json()["suppressed"] == 1
        assert [one["id"] for one in client.get("/api/v1/exceptions").json()["items"]] == [made.json()["id"]]
        ended = client.post(f"{path}/end", json={"why": "no longer"})
        assert (ended.status_code, ended.json()["live"]) == (200, False)
        assert chatter.say(f"и ещё {CARD}").decision is Decision.BLOCK
        assert client.get("/api/v1/exceptions").json()["items"] == []
        assert len(client.get("/api/v1/exceptions", params={"state": "ended"}).json()["items"]) == 1


def test_an_expired_one_lives_no_more_even_before_it_is_noted(services: Services, chatter: Chatter) -> None:
    with client_of(services, "officer") as client:
        told = wanted(services, chatter.say(f"карта {CARD}"), expires_at="2026-11-20T12:10:00Z")
        made = client.post("/api/v1/exceptions", json=told).json()
        advance(services, minutes=10)
        assert client.get(f"/api/v1/exceptions/{made['id']}").json()["live"] is False
        assert client.get("/api/v1/exceptions").json()["items"] == []


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"expires_at": "2028-01-01T00:00:00Z"}, "/expires_at"),
        ({"expires_at": "2026-12-20T12:00:00"}, "/expires_at"),
        ({"reason": "  "}, "/reason"),
        ({"scope": "planet"}, "/scope"),
        ({"owner": "01890000-0000-7000-8000-000000000000"}, "/owner"),
    ],
)
def test_faults_name_their_place(services: Services, chatter: Chatter, fields: dict[str, Any], pointer: str) -> None:
    with client_of(services, "officer") as client:
        answer = client.post("/api/v1/exceptions", json=wanted(services, chatter.say(f"карта {CARD}"), **fields))
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_who_only_reads_makes_none(services: Services, chatter: Chatter) -> None:
    recorded = chatter.say(f"карта {CARD}")
    with client_of(services, "auditor") as client:
        assert client.post("/api/v1/exceptions", json=wanted(services, recorded)).status_code == 403
        assert client.post("/api/v1/exceptions/preview", json=about(services, recorded)).status_code == 403
        assert client.get("/api/v1/exceptions").status_code == 200
    with client_of(services, "administrator") as client:
        assert client.get("/api/v1/exceptions").status_code == 403
