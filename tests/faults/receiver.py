"""A webhook receiver that counts effects: one path does nothing twice under a key, the other does what it is told each time."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter

from tests.act.receivers import Received, Reply, WebServer

HONOURS, PLAIN = "/honours", "/plain"
_SLOWEST_SECONDS = 0.05  # so that a server is killed while an action is under way


class Receiver:
    """`effects` by (path, key): what was done; `told` how often it was asked; `bodies` what each key said."""

    def __init__(self) -> None:
        self.effects: Counter[tuple[str, str]] = Counter()
        self.told: Counter[tuple[str, str]] = Counter()
        self.alerts: dict[str, set[str]] = {}  # the keys an alert came under
        self.changed_bodies = 0
        self._bodies: dict[str, bytes] = {}
        self._lock = threading.Lock()
        self._chance = random.Random(1)
        self.server = WebServer(self._answer)

    def address(self, path: str) -> str:
        return self.server.address + path

    def keys(self, path: str) -> set[str]:
        """The keys something was asked under."""
        return {key for told, key in self.told if told == path}

    def _answer(self, received: Received) -> Reply:
        key = received.headers["idempotency-key"]
        with self._lock:
            pause = self._chance.uniform(0, _SLOWEST_SECONDS)
            told = (received.path, key)
            self.told[told] += 1
            if received.path == PLAIN or not self.effects[told]:
                self.effects[told] += 1
            self.changed_bodies += self._bodies.setdefault(key, received.body) != received.body
            self.alerts.setdefault(str(received.told.get("alert")), set()).add(key)
        time.sleep(pause)
        return Reply(200)
