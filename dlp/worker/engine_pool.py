"""Processes that inspect batches, so that people and hooks who wait are not kept waiting by them.

Each has its own context, loaded from the same record and files; a generation number told with every batch makes it load anew.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import NamedTuple

from dlp.pipeline import Arrival, decided_on
from dlp.services import Services
from dlp.settings import Settings
from dlp.store import inbox
from dlp.store.inbox import Leased
from dlp.store.recording import Decided

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_NICENESS = 5  # who waits for a verdict goes first


class _Here:
    """What this worker process holds."""

    services: Services | None = None
    generation = 0


class Done(NamedTuple):
    """What is to be recorded of leased batches, all together."""

    leased: tuple[Leased, ...]
    decided: list[Decided]


class EnginePool:
    """`processes` worker processes; they end with this process, however it ends."""

    def __init__(self, settings: Settings, processes: int) -> None:
        self._settings = settings
        self._processes = processes
        # Linux ends a worker with the *thread* that began it, so all are begun by one that lives as long as the pool.
        self._mother = ThreadPoolExecutor(1, "engine-pool")
        self._pool = self._mother.submit(self._started).result()

    def decide(self, leased: Sequence[Leased], generation: int) -> Future[Done]:
        """Opens and inspects batches. The future raises BrokenProcessPool where a worker died over them."""
        try:
            return self._pool.submit(_decide, tuple(leased), generation)
        except BrokenProcessPool:
            self.restart()
            return self._pool.submit(_decide, tuple(leased), generation)

    def restart(self) -> None:
        """New processes in place of broken ones."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._pool = self._mother.submit(self._started).result()

    def close(self) -> None:
        """Ends the processes after what they are doing."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._mother.shutdown()

    def _started(self) -> ProcessPoolExecutor:
        pool = ProcessPoolExecutor(
            self._processes,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_begin,
            initargs=(self._settings, os.getpid()),
        )
        for _ in range(self._processes):
            pool.submit(_is_there)  # each begins a process, here and not in whatever thread asks first
        return pool


def _is_there() -> bool:
    return _Here.services is not None


def _begin(settings: Settings, parent: int) -> None:
    from dlp.wiring import services_from

    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)  # the parent died before it could be watched
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent tells when to end
    os.nice(_NICENESS)
    _Here.services = services_from(settings)
    _Here.services.renew()


def _decide(leased: tuple[Leased, ...], generation: int) -> Done:
    services = _Here.services
    if services is None:
        raise RuntimeError("the worker process has not begun")
    if generation > _Here.generation:
        services.renew()
        _Here.generation = generation
    return decide_here(services, leased)


def decide_here(services: Services, leased: Sequence[Leased]) -> Done:
    """The same in this process."""
    arrivals = [
        Arrival(message, batch.connector, batch.door, batch.received_at, batch.case_id, accepted=True)
        for batch in leased
        for message in inbox.opened(batch, services.keys)
    ]
    return Done(tuple(leased), decided_on(services, arrivals))
