"""What is kept until when, and the erasure of one person, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from dlp.clock import SetClock
from dlp.services import Services
from dlp.store.retention.overview import overview
from dlp.store.tables.duties import cases, connectors
from dlp.store.tables.trust import audit
from tests.api.clients import TestClient, client_of
from tests.installations import NOON
from tests.store.retention.office import Office


@pytest.fixture
def admin(services: Services) -> Iterator[TestClient]:
    with client_of(services, "administrator") as client:
        yield client


@pytest.fixture
def office(services: Services) -> Office:
    office = Office(services.database, services.keys)
    office.connect("slack", 90, 30)
    return office


def _erase(admin: TestClient, **wanted: Any) -> Any:
    return admin.post("/api/v1/erasures", json={"named": "Иванов И. И.", "reason": "письмо 17"} | wanted)


def test_what_is_kept_is_told_by_connector(office: Office, admin: TestClient) -> None:
    office.receive(hit=True)
    office.receive(hit=False)
    told = admin.get("/api/v1/retention").json()
    slack = next(one for one in told["connectors"] if one["connector"] == "slack")
    assert (slack["items"], slack["clean"], slack["retention_days"], slack["keep_clean_days"]) == (2, 1, 90, 30)
    assert (slack["oldest"], slack["ends"]) == ("2026-11-20T00:00:00Z", "2027-02-19T00:00:00Z")
    assert told["late"] == 0


def test_a_sweep_that_does_not_run_is_told(services: Services, office: Office) -> None:
    office.receive(hit=True)
    office.pass_days(90)
    with services.database.reading() as connection:
        assert overview(connection, office.now).late == 0
        assert overview(connection, office.now + timedelta(days=2)).late == 1


def test_legal_holds_are_told(services: Services, office: Office, admin: TestClient) -> None:
    row = {"id": "case-1", "name": "Дело 1", "state": "ready", "created_by": "u", "created_at": NOON, "legal_hold": True}
    services.database.write(lambda c: c.execute(insert(cases).values(row | {"legal_hold_reason": "суд"})))
    office.receive(hit=True, case_id="case-1")
    office.sweep()
    told = admin.get("/api/v1/retention").json()
    assert told["holds"] == [{"case_id": "case-1", "name": "Дело 1", "reason": "суд", "items": 1}]


def test_an_erasure_gives_the_act_and_the_extract(office: Office, admin: TestClient) -> None:
    office.receive(hit=True, sender="ivanov")
    kept = office.receive(hit=True, sender="petrov")
    answer = _erase(admin, accounts=[{"account": "ivanov"}])
    assert answer.status_code == 201, answer.text
    act = answer.json()
    assert (act["messages"], act["items"], act["incidents"], act["accounts"]) == (1, 1, 1, ["ivanov"])
    assert act["actor"] == admin.headers["X-User"]
    assert [entry["act"] for entry in act["log"]] == ["person.erased"]
    assert office.kept() == {kept}
    assert admin.get("/api/v1/retention").json()["persons_erased"] == 1


def test_a_person_nobody_knows_is_not_found(admin: TestClient, office: Office) -> None:
    before = len(office.rows(audit))
    answer = _erase(admin, person="p-404")
    assert (answer.status_code, answer.json()["code"]) == (404, "no_person")
    assert _erase(admin).status_code == 422
    assert len(office.rows(audit)) == before


def test_a_person_incidents_know_is_erased(office: Office, admin: TestClient) -> None:
    office.receive(hit=True, sender="ivanov", person="p-17")
    office.receive(hit=False, sender="ivanov")
    assert _erase(admin, person="p-17").json()["messages"] == 2


def test_an_erasure_wants_a_reason_and_a_fresh_proof(office: Office, admin: TestClient, clock: SetClock) -> None:
    office.receive(hit=True, sender="ivanov")
    assert _erase(admin, accounts=[{"account": "ivanov"}], reason=" ").status_code == 422
    clock.moment = NOON.replace(hour=12, minute=20)
    answer = _erase(admin, accounts=[{"account": "ivanov"}])
    assert (answer.status_code, answer.json()["code"]) == (403, "step_up_needed")
    assert office.kept()


@pytest.mark.parametrize("role", ["officer", "investigator", "auditor", "policy-author", "hook"])
def test_only_administrators_erase(services: Services, office: Office, role: str) -> None:
    office.receive(hit=True, sender="ivanov")
    with client_of(services, role) as client:
        assert _erase(client, accounts=[{"account": "ivanov"}]).status_code in {401, 403}
    assert office.kept()


def test_a_person_of_the_directory_has_accounts_by_platform(services: Services, office: Office, admin: TestClient) -> None:
    from dlp.api.routes.retention import _accounts_of
    from dlp.directory.people import Person, people_of
    from dlp.store.retention.person import Account

    context = services.context
    person = Person("p-1", accounts=("slack:U1", "matrix:@a:server"), emails=("a@b.ru",), phones=("79161234567",))
    directory = context.directory._replace(people=people_of((person,)))
    services._context = context._replace(directory=directory)
    services.database.write(
        lambda c: c.execute(insert(connectors).values(name="sales", platform="slack", settings={}, created_at=NOON))
    )
    told = _accounts_of(services, "p-1")
    assert [(one.account, set(one.connectors)) for one in told] == [
        ("a@b.ru", set()),
        ("79161234567", set()),
        ("+79161234567", set()),
        ("U1", {"slack", "sales"}),
        ("@a:server", {"matrix"}),
    ]
    assert isinstance(told[0], Account)
    office.receive(hit=False, sender="U1", connector="sales")
    assert _erase(admin, person="p-1").json()["messages"] == 1
