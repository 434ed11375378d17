"""Cases are read by those who may, their lists as JSON and tables; closed and held by officers."""

from __future__ import annotations

import csv
from io import StringIO

import pytest

from dlp.services import Services
from dlp.store.actor import Actor
from dlp.worker.case_import import CaseImport, Source
from tests.api.clients import client_of
from tests.builders import WEDNESDAY_NOON, a_message
from tests.duties import CARD


@pytest.fixture
def case(services: Services) -> str:
    """A case of two messages, in a chat with a hostile name."""
    told = {"connector": "telegram", "conversation": "7", "sender": "42", "chat_title": "=cmd()", "occurred_at": WEDNESDAY_NOON}
    items = [a_message(f"карта {CARD}", "x1", **told), a_message("привет", "x2", **told)]
    return CaseImport(services, "Telegram", Source("result.json", "m", items), Actor("root", "cli")).run().case.id


def test_a_case_is_listed_and_read(services: Services, case: str) -> None:
    with client_of(services, "auditor") as client:
        (listed,) = client.get("/api/v1/cases").json()["items"]
        assert listed == client.get(f"/api/v1/cases/{case}").json()
        assert client.get("/api/v1/cases/01890000-0000-7000-8000-000000000000").status_code == 404
    assert (listed["name"], listed["state"], listed["messages"]) == ("Telegram", "ready", 2)
    assert (listed["incidents"], listed["open_incidents"], listed["faults"], listed["first_faults"]) == (1, 1, 0, [])


def test_its_lists_are_json_and_tables_no_spreadsheet_runs(services: Services, case: str) -> None:
    with client_of(services, "officer") as client:
        (lying,) = client.get(f"/api/v1/cases/{case}/inventory").json()["items"]
        (chat,) = client.get(f"/api/v1/cases/{case}/continuity").json()["items"]
        tables = [client.get(f"/api/v1/cases/{case}/{name}.csv") for name in ("inventory", "continuity")]
    assert (lying["connector"], lying["conversation"], lying["entity"]) == ("telegram", "7", "CREDIT_CARD")
    assert (lying["findings"], lying["outsiders"], lying["oldest"]) == (1, True, "2026-03-04T12:00:00Z")
    assert (chat["owner"], chat["messages"], chat["staff"], chat["partner_names"]) == ("i.petrov", 2, 1, [])
    for table in tables:
        assert table.headers["content-type"].startswith("text/csv")
        (row,) = csv.DictReader(StringIO(table.content.decode("utf-8-sig")))
        assert (row["chat_title"], row["conversation"]) == ("'=cmd()", "7")


def test_lists_about_all_departments_are_not_for_one(services: Services, case: str) -> None:
    with client_of(services, "officer", departments=["Legal"]) as client:
        assert client.get(f"/api/v1/cases/{case}").json()["incidents"] == 0
        answer = client.get(f"/api/v1/cases/{case}/continuity")
    assert (answer.status_code, answer.json()["code"]) == (403, "all_departments")


def test_officers_close_and_hold_it_with_a_reason(services: Services, case: str) -> None:
    with client_of(services, "officer") as client:
        held = client.post(f"/api/v1/cases/{case}/legal-hold", json={"on": True, "reason": "lawsuit"})
        assert held.status_code == 202
        assert client.post(f"/api/v1/cases/{case}/legal-hold", json={"on": True, "reason": "again"}).status_code == 409
        found = client.get(f"/api/v1/cases/{case}").json()
        assert (found["legal_hold"], found["legal_hold_reason"]) == (True, "lawsuit")
        assert client.post(f"/api/v1/cases/{case}/close", json={}).status_code == 422
        assert client.post(f"/api/v1/cases/{case}/close", json={"reason": "done"}).json()["state"] == "closed"
    with client_of(services, "auditor") as client:
        assert client.post(f"/api/v1/cases/{case}/close", json={"reason": "done"}).status_code == 403
    with client_of(services, "hook") as client:
        assert client.get("/api/v1/cases").status_code == 403
