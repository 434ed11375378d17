"""Takes what was accepted from the inbox, has it decided, and records the verdicts; each batch leaves the inbox with them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection

from dlp.errors import Conflict, DlpError, UnavailableError
from dlp.pipeline import crashed
from dlp.records import Message
from dlp.services import Services
from dlp.store import inbox
from dlp.store.inbox import Leased
from dlp.store.recording import Decided, Recorded, record
from dlp.worker.engine_pool import Done, EnginePool, decide_here

_log = logging.getLogger(__name__)
_TOGETHER: Final = 1000  # messages decided and recorded at once
_AT_ONCE: Final = 3  # such portions on their way: one being scanned, one being recorded, one ready
_LEASE_SECONDS: Final = 120.0
_LOOK_AGAIN_SECONDS: Final = 0.25
_AFTER_FAULT_SECONDS: Final = 1.0
_AFTER_OUTAGE: Final = timedelta(seconds=2)


class Intake:
    """The inbox's worker: one thread that leases, a pool that decides. `kick` tells that something new waits."""

    def __init__(self, services: Services, pool: EnginePool | None) -> None:
        self._services = services
        self._pool = pool
        self._news = threading.Event()
        self._stopping = False
        self._slots = threading.Semaphore(_AT_ONCE)
        self._thread = threading.Thread(target=self._run, name="intake", daemon=True)

    def start(self) -> None:
        if self._services.database.is_sqlite:
            # One process works on such a record: what another had in hand, it died over.
            self._services.database.write(inbox.release_every)
        self._thread.start()

    def kick(self) -> None:
        self._news.set()

    def stop(self) -> None:
        """Ends after what is on its way is recorded; what was not begun stays in the inbox."""
        self._stopping = True
        self._news.set()
        self._thread.join()
        for _ in range(_AT_ONCE):
            self._slots.acquire()

    def _run(self) -> None:
        while not self._stopping:
            self._slots.acquire()
            try:
                leased = self._lease()
            except DlpError as error:
                _log.warning("the inbox cannot be read", extra={"fields": {"error": type(error).__name__}})
                self._slots.release()
                self._news.wait(_AFTER_FAULT_SECONDS)
                continue
            if not leased:
                self._slots.release()
                self._news.wait(_LOOK_AGAIN_SECONDS)
                self._news.clear()
            elif leased[0].is_worn:
                self._take_apart(leased[0])
            else:
                self._decide(leased)

    def _lease(self) -> list[Leased]:
        database, clock = self._services.database, self._services.clock
        with database.reading() as connection:
            if not inbox.waiting(connection).batches:
                return []
        return database.write(lambda c: inbox.lease(c, _TOGETHER, seconds=_LEASE_SECONDS, now=clock.now()))

    def _decide(self, leased: Sequence[Leased]) -> None:
        if self._pool is not None:
            self._pool.decide(leased, self._services.generation).add_done_callback(lambda done: self._record(leased, done))
            return
        answer: Future[Done] = Future()
        try:
            answer.set_result(decide_here(self._services, leased))
        except Exception as error:
            answer.set_exception(error)
        self._record(leased, answer)

    def _record(self, leased: Sequence[Leased], answer: Future[Done]) -> None:
        """Called by the pool's own thread: it must never raise."""
        try:
            done = answer.result()
            self._services.database.submit(lambda c: self._store(c, done)).add_done_callback(
                lambda stored: self._settled(leased, stored)
            )
        except BaseException as error:
            self._give_back(leased, error)

    def _store(self, connection: Connection, done: Done) -> list[Recorded]:
        services, now = self._services, self._services.clock.now()
        ids = [batch.id for batch in done.leased]
        if inbox.remove(connection, ids, now) != len(ids):
            raise Conflict("another worker has recorded a part of this")
        return record(connection, done.decided, services.keys, services.vault, now)

    def _settled(self, leased: Sequence[Leased], stored: Future[list[Recorded]]) -> None:
        error = stored.exception()
        if error is not None:
            self._give_back(leased, error)
        else:
            self._slots.release()
            self._news.set()

    def _give_back(self, leased: Sequence[Leased], error: BaseException) -> None:
        # The text of an exception may quote the message, so only its class is kept.
        _log.warning("batches could not be decided", extra={"fields": {"batches": len(leased), "error": type(error).__name__}})
        ids = [batch.id for batch in leased]
        # A full disk says nothing about the messages: they must not be given up for it.
        untried = isinstance(error, UnavailableError)
        until = self._services.clock.now() + _AFTER_OUTAGE if untried else None
        try:
            given = self._services.database.submit(lambda c: inbox.release(c, ids, until, untried=untried))
            given.add_done_callback(lambda done: done.exception())  # where the record is down the leases end by themselves
        except DlpError:
            _log.warning("the record is closed; the leases end by themselves")
        self._slots.release()

    def _take_apart(self, worn: Leased) -> None:
        services = self._services
        try:
            messages = inbox.opened(worn, services.keys)
            if len(messages) > 1:
                singles = [inbox.sealed([message], services.keys) for message in messages]
                services.database.write(lambda c: inbox.split(c, worn, singles, services.clock.now()))
            else:
                given_up = [_crashed(worn, message) for message in messages]
                services.database.write(lambda c: self._store(c, Done((worn,), given_up)))
        except Exception as error:
            _log.warning("a worn batch could not be taken apart", extra={"fields": {"error": type(error).__name__}})
        self._slots.release()


def _crashed(worn: Leased, message: Message) -> Decided:
    inspection = crashed(message, "worker")
    return Decided(
        inspection.message, worn.connector, worn.door, worn.received_at, inspection, case_id=worn.case_id, accepted=True
    )
