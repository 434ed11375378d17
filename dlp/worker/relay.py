"""The outbox relay: takes due actions, marks them sent on disk, carries them out in a few threads, writes how they ended."""

from __future__ import annotations

import logging
import random
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Final

from dlp.errors import DlpError, UnavailableError
from dlp.services import Services
from dlp.store import alerts, outbox
from dlp.store.outbox import Planned, Settlement
from dlp.worker.carrying import carry_out, may_repeat, settlement_of

_log = logging.getLogger(__name__)
_LOOK_AGAIN_SECONDS: Final = 0.5
_AFTER_FAULT_SECONDS: Final = 1.0
_SETTLE_TRIES: Final = 30
_SWEEP_EVERY: Final = timedelta(minutes=1)


class Relay:
    """At most `threads` actions are under way; `kick` tells that something new waits."""

    def __init__(self, services: Services, *, threads: int = 4, jitter: Callable[[], float] = random.random) -> None:
        self._services = services
        self._threads = threads
        self._jitter = jitter
        self._busy: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._news = threading.Event()
        self._stopping = threading.Event()
        self._swept: datetime | None = None
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="act")
        self._thread = threading.Thread(target=self._run, name="relay", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def kick(self) -> None:
        self._news.set()

    def stop(self) -> None:
        """Ends after what is under way is settled; what was not begun stays planned."""
        self._stopping.set()
        self._news.set()
        if self._thread.is_alive():
            self._thread.join()
        self._pool.shutdown()

    def run_due(self) -> int:
        """Carries out, on this thread, all that is due now; how many actions that were."""
        self.take_up()
        count = 0
        while leased := self._lease(self._threads):
            for planned in leased:
                self._carry(planned)
            count += len(leased)
        return count

    def take_up(self) -> None:
        """What a relay that died had marked sent: again where the other side honours keys, unknown elsewhere."""
        now = self._services.clock.now()
        if self._swept is not None and now < self._swept + _SWEEP_EVERY:
            return
        # SQLite has one process that relays: at its start nothing can be under way.
        every = self._swept is None and self._services.database.is_sqlite
        self._swept = now
        with self._services.database.reading() as connection:
            left = outbox.abandoned(connection, now, every=every)
        for planned in left:
            again = may_repeat(self._services, planned)
            said = "the server stopped while it was under way"
            settlement = Settlement(planned.id, planned.attempts, "planned" if again else "unknown", said, now)
            self._write(settlement, works=None)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.take_up()
                leased = self._lease(self._threads - self._busy.total())
            except DlpError as error:
                _log.warning("the outbox cannot be read (%s)", type(error).__name__)
                self._stopping.wait(_AFTER_FAULT_SECONDS)
                continue
            for planned in leased:
                self._pool.submit(self._carry_counted, planned)
            if not leased:
                self._news.wait(_LOOK_AGAIN_SECONDS)
            self._news.clear()

    def _lease(self, free: int) -> list[Planned]:
        services = self._services
        now = services.clock.now()
        if free <= 0:
            return []
        with services.database.reading() as connection:
            if not outbox.anything_due(connection, now):
                return []
        with self._lock:
            busy = dict(self._busy)
        leased = services.database.write(lambda connection: outbox.lease(connection, now, limit=free, busy=busy))
        with self._lock:
            # Counted before they are handed to threads, so that the next look sees them.
            self._busy.update(planned.channel for planned in leased)
        return leased

    def _carry_counted(self, planned: Planned) -> None:
        try:
            self._carry(planned)
        except Exception as error:
            _log.warning("an action could not be settled (%s)", type(error).__name__)
        finally:
            self._news.set()

    def _carry(self, planned: Planned) -> None:
        try:
            repeat = may_repeat(self._services, planned)
            outcome = carry_out(self._services, planned)
            settlement = settlement_of(planned, outcome, repeat=repeat, now=self._services.clock.now(), jitter=self._jitter())
            self._write(settlement, works=outcome.works)
        finally:
            with self._lock:
                self._busy[planned.channel] -= 1
                self._busy += Counter()  # forgets channels with none under way

    def _write(self, settlement: Settlement, *, works: bool | None) -> None:
        """Writes how it ended; again while the record is away, or what was done would look unknown."""
        services = self._services
        for _ in range(_SETTLE_TRIES):
            try:
                services.database.write(lambda c: alerts.settle(c, settlement, works=works, now=services.clock.now()))
            except UnavailableError:
                if self._stopping.wait(_AFTER_FAULT_SECONDS):
                    break
            else:
                return
        _log.warning("how an action ended could not be written: it will be unknown or repeated")
