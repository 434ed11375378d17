"""Live pages are told what changed: ids alone, what they may know of, from where they left off, until the session ends."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import dlp
from dlp.api.access import Principal
from dlp.api.permissions import Permission, permissions_of
from dlp.api.routes.events import KINDS, may_know
from dlp.clock import SetClock
from dlp.services import Services
from dlp.store.change_feed import Change
from dlp.store.changes import changed
from tests.api.clients import TestClient, client_of
from tests.installations import NOON
from tests.store.incidents.records import an_incident

V1 = "/api/v1"


def test_a_stream_tells_changes_until_the_session_ends(services: Services, clock: SetClock) -> None:
    services.database.write(lambda connection: changed(connection, "emergency", "earlier", 1, NOON))
    with client_of(services, "officer") as client:
        events = _stream(client, lambda: _write(services, clock), {})
    assert events[0]["event"] == "hello"
    told = [(one["event"], one["data"]["id"]) for one in events[1:]]
    assert told == [("incident", "i-1"), ("hold", "h-1")]
    assert events[1]["data"] == {"kind": "incident", "id": "i-1", "version": 7, "seq": int(events[1]["id"])}


def test_a_stream_goes_on_from_the_last_event_that_arrived(services: Services, clock: SetClock) -> None:
    services.database.write(lambda connection: [changed(connection, "emergency", f"e-{n}", 1, NOON) for n in range(3)])
    with client_of(services, "officer") as client:
        seq = int(_stream(client, lambda: _end(clock), {"Last-Event-ID": "0"})[1]["id"])
    with client_of(services, "officer") as client:
        events = _stream(client, lambda: _end(clock), {"Last-Event-ID": str(seq)})
    assert [one["data"]["id"] for one in events[1:]] == ["e-1", "e-2"]


@pytest.mark.parametrize("wrong", ["-1", "x", "1.5", "9" * 20])
def test_an_id_that_is_none_of_ours_is_refused(services: Services, wrong: str) -> None:
    with client_of(services, "officer") as client:
        assert client.get(f"{V1}/events", headers={"Last-Event-ID": wrong}).status_code == 422


def test_nobody_is_told_of_what_the_role_may_not_see() -> None:
    author, officer = _principal("policy-author"), _principal("officer")
    assert not may_know(author, _change("incident"))
    assert may_know(author, _change("policy"))
    assert may_know(officer, _change("incident"))
    assert not may_know(officer, _change("something new"))


def test_whoever_sees_some_departments_is_told_of_their_incidents_alone() -> None:
    limited = _principal("officer", departments=("sales",))
    assert may_know(limited, _change("incident", department="sales"))
    assert not may_know(limited, _change("incident", department="legal"))
    assert not may_know(limited, _change("incident"))
    assert not may_know(limited, _change("hold"))


def test_every_kind_of_change_the_product_writes_has_its_audience() -> None:
    written: set[str] = set()
    for module in Path(dlp.__file__).parent.rglob("*.py"):
        written.update(re.findall(r'\bchanged\(\s*\w+,\s*"(\w+)"', module.read_text(encoding="utf-8")))
    assert len(written) > 10
    assert written - KINDS.keys() == set()


def _write(services: Services, clock: SetClock) -> None:
    def write(connection: Any) -> None:
        changed(connection, "incident", "i-1", 7, NOON)
        changed(connection, "policy_mode_of_tomorrow", "x", 1, NOON)
        changed(connection, "hold", "h-1", 1, NOON)

    services.database.write(write)
    _end(clock)


def _end(clock: SetClock) -> None:
    clock.moment += timedelta(hours=13)


def _stream(client: TestClient, meanwhile: Callable[[], None], headers: dict[str, str]) -> list[dict[str, Any]]:
    """The events of a stream that ends with the session; `meanwhile` is called once it has begun."""
    answers: list[Any] = []
    thread = threading.Thread(target=lambda: answers.append(client.get(f"{V1}/events", headers=headers)))
    thread.start()
    streams = None
    while streams is None or not streams.feed._listeners:
        streams = getattr(client.app.state, "streams", None)  # type: ignore[attr-defined]
    meanwhile()
    thread.join(20)
    assert answers[0].headers["content-type"].startswith("text/event-stream")
    return [_event(block) for block in answers[0].text.split("\n\n") if block.strip() and not block.startswith(":")]


def _event(block: str) -> dict[str, Any]:
    told = dict(line.split(": ", 1) for line in block.splitlines())
    return told | {"data": json.loads(told["data"])}


def _principal(role: str, departments: tuple[str, ...] | None = None) -> Principal:
    permissions: frozenset[Permission] = permissions_of((role,))
    return Principal("p", "user", "P", (role,), permissions, departments)


def _change(kind: str, department: str | None = None) -> Change:
    return Change(1, NOON, kind, "x", 1, department)


def test_incidents_opened_elsewhere_are_told_with_their_number(services: Services, clock: SetClock) -> None:
    def open_one() -> None:
        services.database.write(an_incident)
        _end(clock)

    with client_of(services, "auditor", departments=["sales"]) as client:
        events = _stream(client, open_one, {})
    assert [one["event"] for one in events] == ["hello", "incident"]
