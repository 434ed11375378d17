"""Content leaves the vault once, for who asked, with a fresh proof; nobody approves an own request."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from dlp.services import Services
from dlp.store.recording import Recorded
from dlp.store.tables.record import findings
from dlp.store.tables.trust import audit
from tests.api.clients import TestClient, client_of, token_client
from tests.duties import CARD, Chatter, a_duty_installation, advance


def wanted(recorded: Recorded, **scope: Any) -> dict[str, Any]:
    told = {"kind": "message", **scope}
    return {"incident_id": recorded.incident, "scope": told, "reason_code": "investigation", "reason": "who is it"}


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[Services]:
    """An installation with four eyes on content."""
    (tmp_path / "strict").mkdir()
    opened = a_duty_installation(tmp_path / "strict", reveal_four_eyes=True)
    yield opened
    opened.close()


def content(client: TestClient, reveal: dict[str, Any]) -> Any:
    return client.get(f"/api/v1/reveals/{reveal['id']}/content")


def test_content_is_read_once_and_names_its_audit_record(services: Services, chatter: Chatter) -> None:
    recorded = chatter.say(f"карта {CARD}", sender_name="И. Петров")
    with client_of(services, "investigator") as client:
        asked = client.post("/api/v1/reveals", json=wanted(recorded))
        assert (asked.status_code, asked.json()["state"], asked.json()["scope"]["ledger_seq"]) == (201, "granted", 1)
        assert CARD not in asked.text
        first = content(client, asked.json())
        assert (first.status_code, first.headers["Cache-Control"]) == (200, "no-store")
        again = content(client, asked.json())
        assert (again.status_code, again.json()["code"]) == (409, "reveal_state")
        assert CARD not in again.text
    (message,) = first.json()["messages"]
    assert (message["texts"][0]["text"], message["sender_name"], message["kept"]) == (f"карта {CARD}", "И. Петров", True)
    assert [(one["entity"], one["start"], one["end"]) for one in message["texts"][0]["findings"]] == [("CREDIT_CARD", 6, 25)]
    with services.database.reading() as connection:
        row = connection.execute(select(audit).where(audit.c.seq == first.json()["audit_seq"])).one()
    assert (row.act, row.object, row.actor) == ("content.revealed", f"incident:{recorded.incident}", client.headers["X-User"])
    assert CARD not in str(row.details)


def test_of_one_finding_only_its_own_letters_are_shown(services: Services, chatter: Chatter) -> None:
    recorded = chatter.say(f"тайное слово, карта {CARD} и ещё тайна", attachments=())
    with services.database.reading() as connection:
        finding = connection.execute(select(findings.c.id)).scalar()
    with client_of(services, "investigator") as client:
        asked = client.post("/api/v1/reveals", json=wanted(recorded, kind="finding", finding_id=finding)).json()
        answer = content(client, asked)
    (message,) = answer.json()["messages"]
    assert [text["text"] for text in message["texts"]] == [CARD]
    assert "тайн" not in answer.text


def test_neighbours_come_in_the_chats_order(services: Services, chatter: Chatter) -> None:
    chatter.say("до")
    recorded = chatter.say(f"карта {CARD}")
    chatter.say("после")
    with client_of(services, "investigator") as client:
        asked = client.post("/api/v1/reveals", json=wanted(recorded, kind="context", before=5, after=5)).json()
        told = content(client, asked).json()["messages"]
    assert [(one["texts"][0]["text"], one["asked_for"]) for one in told] == [
        ("до", False),
        (f"карта {CARD}", True),
        ("после", False),
    ]


def test_with_four_eyes_a_second_person_approves(strict: Services) -> None:
    recorded = Chatter(strict).say(f"карта {CARD}")
    with client_of(strict, "investigator") as asker, client_of(strict, "investigator") as approver:
        asked = asker.post("/api/v1/reveals", json=wanted(recorded)).json()
        assert asked["state"] == "pending"
        assert content(asker, asked).status_code == 409
        waiting = approver.get("/api/v1/reveals").json()
        assert [one["id"] for one in waiting["items"]] == [asked["id"]]
        assert approver.get("/api/v1/reveals", params={"mine": True}).json()["items"] == []
        own = asker.post(f"/api/v1/reveals/{asked['id']}/approve", json={})
        assert (own.status_code, own.json()["code"]) == (403, "own_request")
        granted = approver.post(f"/api/v1/reveals/{asked['id']}/approve", json={}).json()
        assert (granted["state"], granted["approved_by"]) == ("granted", approver.headers["X-User"])
        assert content(approver, asked).status_code == 403
        assert content(asker, asked).status_code == 200
        second = asker.post("/api/v1/reveals", json=wanted(recorded)).json()
        assert approver.post(f"/api/v1/reveals/{second['id']}/refuse", json={}).json()["state"] == "refused"
        assert content(asker, second).status_code == 409


def test_an_old_proof_is_not_enough(services: Services, chatter: Chatter) -> None:
    recorded = chatter.say(f"карта {CARD}")
    with client_of(services, "investigator") as client:
        asked = client.post("/api/v1/reveals", json=wanted(recorded)).json()
        advance(services, minutes=11)
        late = content(client, asked)
        assert (late.status_code, late.json()["code"]) == (403, "step_up_needed")
        assert client.post("/api/v1/reveals", json=wanted(recorded)).status_code == 403


def test_neither_programs_nor_officers_read_content(services: Services, chatter: Chatter) -> None:
    recorded = chatter.say(f"карта {CARD}")
    with token_client(services, "investigator") as program:
        answer = program.post("/api/v1/reveals", json=wanted(recorded))
        assert (answer.status_code, answer.json()["code"]) == (403, "people_only")
    with client_of(services, "officer") as officer:
        assert officer.post("/api/v1/reveals", json=wanted(recorded)).status_code == 403
        assert officer.get("/api/v1/reveals").status_code == 403
    with client_of(services, "auditor") as auditor:
        assert auditor.get("/api/v1/reveals", params={"state": "all"}).status_code == 200


def test_another_departments_content_is_not_there(services: Services, chatter: Chatter) -> None:
    recorded = chatter.say(f"карта {CARD}")
    with client_of(services, "investigator", departments=["Legal"]) as client:
        assert client.post("/api/v1/reveals", json=wanted(recorded)).status_code == 404
