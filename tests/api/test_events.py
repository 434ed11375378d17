"""Live pages are told what changed: ids alone, what they may know of, from where they left off, until the session ends."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.sse import ServerSentEvent
from sqlalchemy import Connection

import dlp
from dlp.api.access import Principal, principal_of_session
from dlp.api.permissions import Permission, permissions_of
from dlp.api.routes.events import KINDS, Streams, may_know, stream_events
from dlp.clock import SetClock
from dlp.services import Services
from dlp.store.access import sessions
from dlp.store.access.sessions import Place
from dlp.store.change_feed import Change
from dlp.store.changes import changed
from tests.api.clients import a_user, app_of, client_of
from tests.installations import NOON
from tests.store.incidents.records import an_incident

V1 = "/api/v1"


def test_a_stream_tells_changes_until_the_session_ends(services: Services, clock: SetClock) -> None:
    async def read() -> list[Any]:
        _note(services, ("emergency", "earlier", 1))
        stream = _stream(services, "officer")
        told = [await anext(stream)]
        _note(services, ("incident", "i-1", 7), ("kind of tomorrow", "x", 1), ("hold", "h-1", 1))
        told += [await anext(stream), await anext(stream)]
        clock.moment += timedelta(hours=13)
        return told + [event async for event in stream]

    hello, incident, hold = asyncio.run(read())
    assert (hello.event, hello.data) == ("hello", {"seq": 1})
    assert (incident.event, incident.id) == ("incident", "2")
    assert incident.data.model_dump() == {"kind": "incident", "id": "i-1", "version": 7, "seq": 2}
    assert (hold.event, hold.id) == ("hold", "4")


def test_a_stream_goes_on_from_the_last_event_that_arrived(services: Services) -> None:
    async def read() -> list[Any]:
        _note(services, *(("emergency", f"e-{number}", 1) for number in range(3)))
        stream = _stream(services, "auditor", seen=1)
        return [await anext(stream), await anext(stream), await anext(stream)]

    assert [event.id for event in asyncio.run(read())] == ["1", "2", "3"]


def test_incidents_of_other_departments_are_left_out(services: Services) -> None:
    async def read() -> Any:
        stream = _stream(services, "officer", departments=("sales",))
        await anext(stream)
        services.database.write(lambda connection: an_incident(connection, id="legal", department="legal"))
        services.database.write(lambda connection: an_incident(connection, id="sales", department="sales"))
        return await anext(stream)

    assert asyncio.run(read()).data.id == "sales"


def test_a_stream_over_http_ends_with_its_session(services: Services, clock: SetClock) -> None:
    with client_of(services, "officer") as client:
        answers: list[Any] = []
        thread = threading.Thread(target=lambda: answers.append(client.get(f"{V1}/events")))
        thread.start()
        streams = None
        while streams is None or not streams.feed._listeners:
            streams = getattr(app_of(services).state, "streams", None)
        clock.moment += timedelta(hours=13)
        thread.join(20)
        assert answers[0].headers["content-type"].startswith("text/event-stream")
        assert answers[0].text.startswith('event: hello\ndata: {"seq":')
        assert streams.feed._listeners == {}
        assert client.get(f"{V1}/events").status_code == 401


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


def _note(services: Services, *told: tuple[str, str, int]) -> None:
    def write(connection: Connection) -> None:
        for kind, id, version in told:
            changed(connection, kind, id, version, NOON)

    services.database.write(write)


def _stream(
    services: Services, role: str, *, departments: tuple[str, ...] | None = None, seen: int | None = None
) -> AsyncIterator[ServerSentEvent]:
    user, now = a_user(services, role, departments=departments), services.clock.now()
    held = services.database.write(lambda connection: sessions.begin(connection, user, Place("here"), now))
    with services.database.reading() as connection:
        standing = sessions.standing(connection, held.secret, now)
    assert standing is not None
    return stream_events(principal_of_session(standing), services, Streams(services), seen)


def _principal(role: str, departments: tuple[str, ...] | None = None) -> Principal:
    permissions: frozenset[Permission] = permissions_of((role,))
    return Principal("p", "user", "P", (role,), permissions, departments)


def _change(kind: str, department: str | None = None) -> Change:
    return Change(1, NOON, kind, "x", 1, department)
