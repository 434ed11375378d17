"""Work that comes with the hour: each piece is run again and again, one at a time, by one thread."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

_log = logging.getLogger(__name__)


class Recurring(NamedTuple):
    """`run` is called each `every_seconds`; what it raises is logged by its class and it is called again."""

    name: str
    every_seconds: float
    run: Callable[[], object]


class Scheduler:
    """Runs recurring work; a piece that is late runs once, not as often as it was missed."""

    def __init__(self, work: Sequence[Recurring]) -> None:
        self._work = tuple(work)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="scheduler", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ends after the piece that is running."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        due = {piece.name: 0.0 for piece in self._work}
        while not self._stop.wait(0.1):
            for piece in self._work:
                if not self._stop.is_set() and time.monotonic() >= due[piece.name]:
                    due[piece.name] = time.monotonic() + piece.every_seconds
                    _run_one(piece)


def _run_one(piece: Recurring) -> None:
    try:
        piece.run()
    except Exception as error:
        _log.warning("a recurring duty failed", extra={"fields": {"duty": piece.name, "error": type(error).__name__}})
