"""What changed, as it happens: server-sent events that carry ids alone, for pages that stay live."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from types import MappingProxyType
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Header, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from dlp.api.access import InstallationServices, Principal, allowed, session_lives
from dlp.api.permissions import Permission
from dlp.errors import TooManyRequests, UsageError
from dlp.services import Services
from dlp.store.change_feed import Change, ChangeFeed

router = APIRouter(tags=["events"])
_Anybody = Annotated[Principal, allowed()]
_LastSeen = Annotated[str | None, Header(max_length=20, description="The id of the last event that arrived.")]
_LIVES_EVERY_SECONDS: Final = 2.0  # so long a stream may outlive its session
_MOST_STREAMS: Final = 20  # of one principal: each page elects one tab that listens
_RETRY_MILLISECONDS: Final = 3000
P = Permission
# Who is told of a kind of change: whoever has one of these; everybody where none is named. What is not here is told to nobody.
KINDS: Final = MappingProxyType(
    {
        "incident": (P.INCIDENT_READ,),
        "hold": (P.INCIDENT_READ,),
        "action": (P.INCIDENT_READ,),
        "alert": (P.INCIDENT_READ, P.ALERT_EDIT),
        "alert_routes": (P.ALERT_EDIT,),
        "channel": (P.ALERT_EDIT,),
        "roster": (P.ALERT_EDIT,),
        "case": (P.CASE_READ,),
        "connector": (P.CONNECTOR_READ,),
        "emergency": (),
        "exception": (P.EXCEPTION_READ,),
        "export": (P.EXPORT_CREATE,),
        "gap": (P.COVERAGE_READ,),
        "job": (),
        "policy": (P.POLICY_READ,),
        "policy_mode": (P.POLICY_READ,),
        "policy_version": (P.POLICY_READ,),
        "reveal": (P.CONTENT_REVEAL, P.CONTENT_APPROVE),
    }
)
# Whoever may see some departments alone is told of incidents of these; what else happens to them changes the incident, too.
_BY_DEPARTMENT: Final = frozenset({"incident", "hold", "action", "alert", "reveal"})


class ChangeOut(BaseModel):
    """Something has a new version: read it where it stands. The event is called as the kind; "hello" begins a stream."""

    kind: str
    id: str
    version: int
    seq: int


class Streams:
    """The application's feed, and how many streams each principal has open."""

    def __init__(self, services: Services) -> None:
        self.feed = ChangeFeed(services.database)
        self.open: Counter[str] = Counter()


def streams_of(request: Request) -> Streams:
    """The application's streams, made with the first of them."""
    state = request.app.state
    if not hasattr(state, "streams"):
        state.streams = Streams(state.services)
    streams: Streams = state.streams
    return streams


def _counted(principal: _Anybody, streams: Annotated[Streams, Depends(streams_of)]) -> Iterator[Streams]:
    if streams.open[principal.id] >= _MOST_STREAMS:
        raise TooManyRequests("too many streams are open", code="too_many_streams", retry_after_seconds=5)
    streams.open[principal.id] += 1
    try:
        yield streams
    finally:
        streams.open[principal.id] -= 1


def _last_seen(last_event_id: _LastSeen = None) -> int | None:
    if last_event_id is None:
        return None
    if not (last_event_id.isascii() and last_event_id.isdigit()) or int(last_event_id) >= 2**62:
        raise UsageError("Last-Event-ID is the id of an event of ours", code="last_event_id", pointer="/last-event-id")
    return int(last_event_id)


@router.get("/events", response_class=EventSourceResponse)
async def stream_events(
    principal: _Anybody,
    services: InstallationServices,
    streams: Annotated[Streams, Depends(_counted)],
    seen: Annotated[int | None, Depends(_last_seen)],
) -> AsyncIterator[ServerSentEvent]:
    """Changes the asker may know of, until the session ends; with Last-Event-ID from there on, nothing left out.

    Each event is called as the kind of what changed, its data are {kind, id, version, seq}; "hello" begins the stream.
    """
    woken, loop = asyncio.Event(), asyncio.get_running_loop()

    def wake() -> None:
        with suppress(RuntimeError):  # the loop has ended before the feed was told
            loop.call_soon_threadsafe(woken.set)

    end = await run_in_threadpool(streams.feed.listen, wake)
    try:
        told = streams.feed.told
        seq = told if seen is None else min(seen, told)
        yield ServerSentEvent(event="hello", id=str(seq), data={"seq": seq}, retry=_RETRY_MILLISECONDS)
        while await run_in_threadpool(session_lives, services, principal):
            woken.clear()
            found = await run_in_threadpool(streams.feed.after, seq)
            for change in found:
                seq = change.seq
                if may_know(principal, change):
                    yield ServerSentEvent(event=change.kind, id=str(seq), data=_out(change))
            if not found:
                with suppress(TimeoutError):
                    await asyncio.wait_for(woken.wait(), _LIVES_EVERY_SECONDS)
    finally:
        end()


def _out(change: Change) -> ChangeOut:
    return ChangeOut(kind=change.kind, id=change.id, version=change.version, seq=change.seq)


def may_know(principal: Principal, change: Change) -> bool:
    """Whether a principal is told of a change."""
    needed = KINDS.get(change.kind)
    if needed is None or (needed and principal.permissions.isdisjoint(needed)):
        return False
    if principal.departments is not None and change.kind in _BY_DEPARTMENT:
        return change.kind == "incident" and change.department in principal.departments
    return True
