"""What all doors share: connectors with their opened secrets, the way into the intake, bodies read with bounds."""

from __future__ import annotations

import asyncio
import threading
import time
import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from typing import Annotated, Any, Final, NamedTuple

from fastapi import Depends, Request
from prometheus_client import CollectorRegistry, Counter
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from dlp.api.desk import Desk
from dlp.api.verdict_desk import VerdictDesk
from dlp.chats.events import Deletion
from dlp.errors import DlpError, RefusedError, UnavailableError, UsageError
from dlp.ingest.signed import Seen
from dlp.services import Services
from dlp.store import connectors, inbox
from dlp.store.connectors import Connector, Secrets
from dlp.store.inbox import Accepted, Room
from dlp.store.spill import Spill

LARGEST_UNPACKED: Final = 64 << 20
_KNOWN_SECONDS: Final = 1.0  # what another process changed counts here after that
_TOUCHED_SECONDS: Final = 5.0
_SCANS: Final = 4
_SMALL_BODY: Final = 32 << 10


class Known(NamedTuple):
    """A connector and what it signs with; `at` is when it was read."""

    connector: Connector
    secrets: Secrets
    at: float


class Intake(NamedTuple):
    """What one sender brought: sealed batches, and deletions by connector."""

    packed: Sequence[tuple[Accepted, bytes]]
    deletions: Sequence[tuple[str, Deletion]]


class Counters:
    """What the doors tell Prometheus."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.verdicts = Counter("dlp_verdicts", "Verdicts answered.", ["connector", "decision", "decided_by"], registry=registry)
        self.uncommitted = Counter(
            "dlp_verdicts_uncommitted", "Answers given before their record was on disk.", registry=registry
        )
        self.accepted = Counter(
            "dlp_messages_accepted", "Messages taken by the intake.", ["connector", "door"], registry=registry
        )
        self.rejected = Counter("dlp_messages_rejected", "Messages nobody could read.", ["connector", "door"], registry=registry)


class Doors:
    """One for each application; safe to share between threads."""

    def __init__(self, services: Services, registry: CollectorRegistry, kick: Callable[[], None]) -> None:
        self.services = services
        self.counters = Counters(registry)
        self.spill = Spill(services.settings.home, services.keys)
        self.seen = Seen()
        self.desk = VerdictDesk(services)
        self.scans = ThreadPoolExecutor(_SCANS, "scan")
        self._kick = kick
        self._room = Room()
        self._intake: Desk[Intake, int] = Desk(services.database, self._keep)
        self._known: dict[str, Known | None] = {}
        self._touched: dict[str, float] = {}

    async def connector(self, name: str) -> Known | None:
        """The connector of a name, None where there is none; as it was at most a second ago."""
        known = self._known.get(name)
        if known is None or time.monotonic() - known.at > _KNOWN_SECONDS:
            known = await run_in_threadpool(self._read, name)
        return known

    def forget(self, name: str) -> None:
        """The connector was changed here: the next request sees it."""
        self._known.pop(name, None)

    def _read(self, name: str) -> Known | None:
        with self.services.database.reading() as connection:
            found = connectors.find(connection, name)
            known = found and Known(found, connectors.secrets_of(connection, self.services.keys, name), time.monotonic())
        if known is not None:
            self._known[name] = known
        return known

    async def accept(self, batches: Sequence[Accepted], deletions: Sequence[tuple[str, Deletion]] = ()) -> int:
        """Puts batches into the intake; how many messages, when they are on disk. Raises UnavailableError ("intake_full")."""
        size = sum(len(message.text) for batch in batches for message in batch.messages)
        if size > _SMALL_BODY:
            packed = await run_in_threadpool(self._packed, batches)
        else:
            packed = self._packed(batches)
        count = await asyncio.wrap_future(self._intake.put(Intake(packed, deletions)))
        for batch in batches:
            self.counters.accepted.labels(batch.connector, batch.door).inc(len(batch.messages))
            self.counters.rejected.labels(batch.connector, batch.door).inc(batch.rejected)
            self.note(batch.connector, self.services.clock.now())
        self._kick()
        return count

    def _keep(self, connection: Connection, tasks: Sequence[Intake]) -> list[int | DlpError]:
        """Keeps what several senders brought; each is told how much, or that there was no room."""
        now = self.services.clock.now()
        counts = [self._room_for(connection, task, now) for task in tasks]
        taken = [task for task, count in zip(tasks, counts, strict=True) if not isinstance(count, DlpError)]
        batches = [packed for task in taken for packed in task.packed]
        inbox.keep(connection, batches, [gone for task in taken for gone in task.deletions], now)
        return counts

    def _room_for(self, connection: Connection, task: Intake, now: datetime) -> int | DlpError:
        count = sum(len(batch.messages) for batch, _ in task.packed)
        try:
            self._room.take(connection, count, now)
        except UnavailableError as full:
            return full
        return count

    def _packed(self, batches: Sequence[Accepted]) -> list[tuple[Accepted, bytes]]:
        return [(batch, inbox.sealed(batch.messages, self.services.keys) if batch.messages else b"") for batch in batches]

    def note(self, name: str, now: datetime) -> None:
        """Remembers that a message of this connector came; nobody waits for it."""
        moment = time.monotonic()
        if moment - self._touched.get(name, -_TOUCHED_SECONDS) >= _TOUCHED_SECONDS:
            self._touched[name] = moment
            noted: Future[Any] = self.services.database.submit(lambda connection: connectors.touch(connection, name, now))
            noted.add_done_callback(lambda done: done.exception())  # a record that is down has been told to the sender


_MAKING = threading.Lock()


def doors_of(request: Request) -> Doors:
    """The application's doors, made when the first request comes."""
    state = request.app.state
    doors: Doors | None = getattr(state, "doors", None)
    if doors is None:
        with _MAKING:
            doors = getattr(state, "doors", None)
            if doors is None:
                doors = state.doors = Doors(state.services, state.metrics.registry, lambda: _kick(state))
    return doors


async def _doors(request: Request) -> Doors:
    # Not a plain function: that would cost each request a walk through the thread pool.
    return doors_of(request)


InstallationDoors = Annotated[Doors, Depends(_doors)]


def _kick(state: Any) -> None:
    kick = getattr(state, "kick", None)
    if kick is not None:
        kick()


def connector_named(told: str | None, bound: str | None) -> str:
    """The connector a message belongs to: what it names, else the one the token is bound to, else "api".

    Raises RefusedError where the token is bound to another.
    """
    if bound is not None and told not in (None, bound):
        raise RefusedError("this token speaks for another connector", code="connector_foreign")
    return bound or told or connectors.API


async def known_by(doors: Doors, name: str) -> Known:
    """The connector of a name. Raises UsageError where there is none, RefusedError where it is switched off."""
    known = await doors.connector(name)
    if known is None:
        raise UsageError("there is no such connector", code="connector_unknown", pointer="/connector")
    if not known.connector.enabled:
        raise RefusedError("this connector is switched off", code="connector_disabled")
    return known


async def body_of(request: Request) -> bytes:
    """The body, unpacked where it is gzip. Raises UsageError; the route's `max_body_size` bounds what is sent."""
    body = await request.body()
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding == "identity":
        return body
    if encoding != "gzip":
        raise UsageError("send gzip or nothing", code="unsupported_media_type", encoding="gzip")
    return await run_in_threadpool(_unpacked, body)


def _unpacked(body: bytes) -> bytes:
    unpack = zlib.decompressobj(wbits=31)
    try:
        content = unpack.decompress(body, LARGEST_UNPACKED)
    except zlib.error:
        raise UsageError("the body is not gzip", code="not_gzip", pointer="") from None
    if unpack.unconsumed_tail:
        raise UsageError("the body is too large unpacked", code="too_large", most=LARGEST_UNPACKED)
    if not unpack.eof:
        raise UsageError("the body is cut short", code="not_gzip", pointer="")
    return content
