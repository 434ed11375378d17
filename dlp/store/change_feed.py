"""The log of changes as it grows: one thread looks, every live page is told."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Select, func, select

from dlp.errors import UnavailableError
from dlp.store.database import Database
from dlp.store.tables.record import changes, incidents

LOOK_EVERY_SECONDS: Final = 0.5
_REMEMBERED: Final = 2000
MOST: Final = 500  # read in one go
_HOLE_LOOKS: Final = 6  # how often a missing number is waited for: a slower transaction may hold it, or it was given up


class Change(NamedTuple):
    """Something has a new version; ids only. `department` is an incident's, for those who may not see all."""

    seq: int
    at: datetime
    kind: str
    id: str
    version: int
    department: str | None = None


def since(connection: Connection, seq: int, most: int = MOST) -> list[Change]:
    """The changes after a number, in order."""
    rows = connection.execute(_SELECT.where(changes.c.seq > seq).order_by(changes.c.seq).limit(most))
    return [Change(*tuple(row)) for row in rows]


def latest(connection: Connection) -> int:
    """The number of the last change."""
    return connection.execute(select(func.max(changes.c.seq))).scalar() or 0


class ChangeFeed:
    """Looks for new changes while anybody listens; a listener is called from the feed's thread and must not wait.

    A change is told only after those with smaller numbers: where transactions end out of order (PostgreSQL), a missing number is
    waited for a few looks, so that who resumes after a number has missed nothing.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._listeners: dict[int, Callable[[], None]] = {}
        self._known: deque[Change] = deque(maxlen=_REMEMBERED)
        self._told = 0
        self._waited = 0
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def listen(self, woken: Callable[[], None]) -> Callable[[], None]:
        """Calls `woken` whenever there is something new, until what this returns is called."""
        token = id(woken)
        with self._lock:
            self._listeners[token] = woken
            if self._thread is None:
                with self._database.reading() as connection:
                    self._told = latest(connection)
                self._known.clear()
                self._stop = threading.Event()
                self._thread = threading.Thread(target=self._look, args=(self._stop,), name="change-feed", daemon=True)
                self._thread.start()

        def end() -> None:
            with self._lock:
                self._listeners.pop(token, None)
                if not self._listeners and self._thread is not None:
                    self._stop.set()
                    self._thread = None

        return end

    def after(self, seq: int) -> list[Change]:
        """The changes after a number that were told already: from memory, or where it is older, from the record."""
        with self._lock:
            told, known = self._told, list(self._known)
        if seq >= told:
            return []
        if known and known[0].seq <= seq + 1:
            return [change for change in known if change.seq > seq]
        with self._database.reading() as connection:
            return [change for change in since(connection, seq) if change.seq <= told]

    @property
    def told(self) -> int:
        """The number up to which everything was told."""
        with self._lock:
            return self._told

    def _look(self, stop: threading.Event) -> None:
        while not stop.wait(LOOK_EVERY_SECONDS):
            try:
                with self._database.reading() as connection:
                    found = since(connection, self._told)
            except UnavailableError:
                continue  # the next look may find the record again
            if self._take(found):
                with self._lock:
                    listeners = list(self._listeners.values())
                for woken in listeners:
                    woken()

    def _take(self, found: list[Change]) -> bool:
        """Remembers what may be told; False where nothing may."""
        whole = [change for place, change in enumerate(found) if change.seq == self._told + 1 + place]
        if len(whole) < len(found):
            self._waited += 1
            if self._waited >= _HOLE_LOOKS:
                whole = found
        if len(whole) == len(found) or whole:
            self._waited = 0
        if not whole:
            return False
        with self._lock:
            self._known.extend(whole)
            self._told = whole[-1].seq
        return True


_SELECT: Final[Select[Any]] = select(
    changes.c.seq, changes.c.at, changes.c.kind, changes.c.id, changes.c.version, incidents.c.department
).select_from(changes.outerjoin(incidents, (incidents.c.id == changes.c.id) & (changes.c.kind == "incident")))
