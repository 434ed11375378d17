from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import insert, text, update

from dlp.api.health import Check, checks_of
from dlp.clock import SetClock
from dlp.services import Services
from dlp.store.tables.record import inbox
from dlp.store.vault.key_tables import key_encryption_keys
from tests.api.clients import TestClient, app_of, client_of, token_client, visitor_of
from tests.installations import an_installation


@pytest.fixture
def monitor(services: Services) -> Iterator[TestClient]:
    """Asks from loopback, without a login."""
    with TestClient(app_of(services), client=("127.0.0.1", 7)) as client:
        yield client


def _failed(services: Services) -> list[tuple[str, str]]:
    return [(check.name, check.code) for check in checks_of(services) if not check.holds]


def test_a_healthy_installation_is_ready(monitor: TestClient) -> None:
    for address in ("/readyz", "/api/v1/readyz"):
        answer = monitor.get(address)
        assert answer.status_code == 200, answer.text
        assert [check["name"] for check in answer.json()["checks"]] == ["record", "keys", "disk", "inbox", "engine"]


def test_alive_is_told_to_anybody(services: Services) -> None:
    with visitor_of(services) as visitor:
        assert visitor.get("/healthz").json() == visitor.get("/api/v1/healthz").json() == {"alive": True}


@pytest.mark.parametrize("address", ["/readyz", "/metrics", "/api/v1/readyz", "/api/v1/metrics"])
def test_from_elsewhere_readiness_and_metrics_want_a_token(services: Services, address: str) -> None:
    with visitor_of(services) as visitor, token_client(services, "auditor") as auditor, token_client(services, "hook") as hook:
        assert visitor.get(address).status_code == 401
        assert hook.get(address).status_code == 403
        assert auditor.get(address).status_code == 200


def test_the_settings_name_the_networks_of_monitors(tmp_path: Path, clock: SetClock) -> None:
    services = an_installation(tmp_path, clock=clock, monitors=("192.0.2.0/24",))
    try:
        for address, status in (("192.0.2.9", 200), ("127.0.0.1", 401), ("::1", 401), ("testclient", 401)):
            with TestClient(app_of(services), client=(address, 7)) as client:
                assert client.get("/metrics").status_code == status
    finally:
        services.close()


def test_a_record_that_cannot_be_written_is_not_ready(services: Services, monitor: TestClient) -> None:
    with services.database.engine.connect() as connection:
        connection.execute(text("DROP TABLE pulses"))
        connection.commit()
    answer = monitor.get("/readyz")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert _failed(services) == [("record", "store")]


def test_a_key_that_is_not_the_one_is_not_ready(services: Services) -> None:
    with services.keys.store.writing() as connection:
        connection.execute(update(key_encryption_keys).values(check=b"made with another key"))
    assert _failed(services) == [("keys", "key_wrong")]


def test_a_full_disk_is_not_ready(tmp_path: Path, clock: SetClock) -> None:
    services = an_installation(tmp_path, clock=clock, least_free_mb=10**12)
    try:
        assert _failed(services) == [("disk", "full")]
    finally:
        services.close()


def test_an_inbox_nobody_empties_is_not_ready(services: Services, clock: SetClock) -> None:
    row = {"connector": "x", "door": "messages", "received_at": clock.now(), "messages": 3, "sealed": b"", "attempts": 0}
    services.database.write(lambda connection: connection.execute(insert(inbox).values(row)))
    assert _failed(services) == []
    clock.moment += timedelta(minutes=6)
    assert _failed(services) == [("inbox", "behind")]


def test_a_check_that_crashes_tells_its_class_alone(services: Services) -> None:
    def crash(*_: object) -> object:
        raise ValueError("planted-secret")

    services._load_context = crash  # type: ignore[assignment] # a policy folder that went away
    services._context = None
    assert _failed(services) == [("engine", "ValueError")]
    assert Check("x").holds


def _values(told: str) -> dict[str, float]:
    return {
        f"{sample.name}{{{','.join(f'{name}={value}' for name, value in sorted(sample.labels.items()))}}}": sample.value
        for family in text_string_to_metric_families(told)
        for sample in family.samples
    }


def test_metrics_count_requests_by_template_and_status(services: Services, monitor: TestClient) -> None:
    with client_of(services, "officer", app=app_of(services)) as officer:
        officer.get("/api/v1/users/planted-id")
        officer.get("/api/v1/planted")
    answer = monitor.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    values = _values(answer.text)
    assert values["dlp_http_requests_total{method=GET,route=/api/v1/users/{user_id},status=403}"] == 1
    assert values["dlp_http_requests_total{method=GET,route=(unknown),status=404}"] == 1
    assert values["dlp_http_request_seconds_count{route=/api/v1/users/{user_id}}"] == 1
    assert "planted" not in answer.text


def test_metrics_tell_how_the_record_fares(services: Services, monitor: TestClient, clock: SetClock) -> None:
    row = {"connector": "x", "door": "messages", "received_at": clock.now(), "messages": 3, "sealed": b"", "attempts": 0}
    services.database.write(lambda connection: connection.execute(insert(inbox).values(row)))
    clock.moment += timedelta(seconds=90)
    values = _values(monitor.get("/metrics").text)
    assert values["dlp_inbox_waiting{}"] == 3
    assert values["dlp_inbox_oldest_seconds{}"] == 90
    assert values["dlp_outbox_actions{state=unknown}"] == 0
    assert values["dlp_holds{state=waiting}"] == 0
    assert values["dlp_emergencies{}"] == 0


def test_two_applications_count_apart(services: Services, monitor: TestClient) -> None:
    from dlp.api.app import application

    with visitor_of(services, app=application(services)) as other:
        other.get("/api/v1/planted")
    assert "(unknown)" not in monitor.get("/metrics").text


def test_the_status_tells_what_the_role_may_know(services: Services) -> None:
    with client_of(services, "officer") as officer, client_of(services, "officer", departments=["Sales"]) as local:
        told = officer.get("/api/v1/status").json()
        assert told["coverage"] == {"accepted": 0, "decided": 0, "gaps": 0, "waiting": 0, "oldest_waiting": None}
        assert told["duties"] == {"incidents": {}, "holds_waiting": 0, "reviews_waiting": 0, "unknown_outcomes": 0}
        assert local.get("/api/v1/status").json()["duties"] is None
    with client_of(services, "policy-author") as author:
        told = author.get("/api/v1/status").json()
        assert (told["coverage"], told["duties"], told["emergencies"]) == (None, None, [])
