"""Who is looking at which incident now; kept in memory, for it is true for seconds."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Final, NamedTuple

_STAYS: Final = timedelta(seconds=45)  # without another word
_MOST: Final = 10_000


class Present(NamedTuple):
    """Somebody at an incident: "viewing" or "writing"."""

    user: str
    name: str
    doing: str
    seen_at: datetime


class Presence:
    """Everybody's places."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._places: dict[tuple[str, str], Present] = {}

    def note(self, incident: str, present: Present) -> list[Present]:
        """Notes where somebody is ("gone": no longer there) and tells who else is."""
        with self._lock:
            self._forget(present.seen_at)
            if present.doing == "gone":
                self._places.pop((incident, present.user), None)
            elif len(self._places) < _MOST:
                self._places[incident, present.user] = present
            return [one for (where, user), one in self._places.items() if where == incident and user != present.user]

    def _forget(self, now: datetime) -> None:
        for key in [key for key, one in self._places.items() if one.seen_at < now - _STAYS]:
            del self._places[key]
