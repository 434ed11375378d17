"""Messages by every door from a few threads, and what each was answered; a request that failed is sent again as it was."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

from dlp.hooks.request import signed
from tests.serving import CONNECTOR, Entrance

_LEAK: Final = "карта 4111 1111 1111 1111, срок 12/29, код 123"
_TALK: Final = "завтра в десять обсудим план работ и отчёт по проекту, коллеги"
_LATER: Final = frozenset({503, 507})


class Sent(NamedTuple):
    """A request and the ids of the messages in it; `key` is its Idempotency-Key."""

    path: str
    body: bytes
    ids: tuple[str, ...]
    key: str = ""


class Traffic:
    """Begins with `flowing`; what it learned is read when that has ended."""

    def __init__(self, port: int, entrance: Entrance, seed: int = 1) -> None:
        self.port, self._entrance = port, entrance
        self.accepted: Counter[str] = Counter()  # ids that got a 2xx, and how often
        self.sent: set[str] = set()
        self.statuses: Counter[int] = Counter()
        self.faults: list[str] = []
        self.unrecorded: set[str] = set()  # answered by the fail mode, before the record had them
        self._answers: dict[str, bytes] = {}
        self._seed, self._number = seed, 0
        self._lock = threading.Lock()
        self._stop = threading.Event()

    @contextmanager
    def flowing(self) -> Iterator[None]:
        makers: tuple[Callable[[random.Random], Sent], ...] = (self._batch, self._question, self._question, self._event)
        threads = [
            threading.Thread(target=self._send_all, args=(maker, random.Random(self._seed + place)), daemon=True)
            for place, maker in enumerate(makers)
        ]
        self._stop.clear()
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()

    def _send_all(self, make: Callable[[random.Random], Sent], chance: random.Random) -> None:
        known: list[Sent] = []
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        while not self._stop.is_set():
            again = known and chance.random() < 0.1
            request = chance.choice(known) if again else make(chance)
            self.sent.update(request.ids)
            while not self._stop.is_set() and not self._sent(connection, request):
                connection.close()
                self._stop.wait(0.05)
            known = [*known[-20:], request]
        connection.close()

    def _sent(self, connection: http.client.HTTPConnection, request: Sent) -> bool:
        """Whether there was an answer that settles it."""
        try:
            connection.request("POST", f"/api/v1/{request.path}", request.body, self._headers(request))
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            return False
        with self._lock:
            self.statuses[answer.status] += 1
            if answer.status in _LATER:
                if not answer.getheader("Retry-After"):
                    self.faults.append(f"{answer.status} without Retry-After")
                return False
            if not 200 <= answer.status < 300:
                self.faults.append(f"{request.path}: {answer.status} {content[:200]!r}")
                return True
            self._note(request, content)
        return True

    def _note(self, request: Sent, content: bytes) -> None:
        self.accepted.update(request.ids)
        if not request.key:
            return
        if json.loads(content)["record"] is None:
            self.unrecorded.update(request.ids)
        elif self._answers.setdefault(request.key, content) != content:
            self.faults.append("one Idempotency-Key, two answers")

    def _headers(self, request: Sent) -> dict[str, str]:
        if request.path.startswith("hooks/"):
            return signed(request.body, self._entrance.hook_key, int(time.time()))
        headers = {"Authorization": f"Bearer {self._entrance.token}", "Content-Type": "application/json"}
        return headers | ({"Idempotency-Key": request.key} if request.key else {})

    def _batch(self, chance: random.Random) -> Sent:
        messages = [self._message(chance) for _ in range(chance.randrange(1, 60))]
        return Sent("messages", json.dumps(messages).encode(), tuple(message["id"] for message in messages))

    def _question(self, chance: random.Random) -> Sent:
        message = self._message(chance)
        body = json.dumps({"message": message, "deadline_ms": 60_000}).encode()
        return Sent("verdict", body, (message["id"],), f"key-{message['id']}")

    def _event(self, chance: random.Random) -> Sent:
        message = self._message(chance)
        body = json.dumps({"events": [{"type": "message", "message": message}]}).encode()
        return Sent(f"hooks/{CONNECTOR}", body, (message["id"],))

    def _message(self, chance: random.Random) -> dict[str, Any]:
        with self._lock:
            self._number += 1
            number = self._number
        # Each leak by a sender of its own opens an incident, and an incident wakes somebody.
        leaks = chance.random() < 0.15
        return {
            "id": f"m-{self._seed}-{number}",
            "connector": CONNECTOR,
            "conversation": f"c-{number % 7}",
            "sender": f"leaker-{number}" if leaks else f"u-{number % 40}",
            "text": f"{_LEAK} {number}" if leaks else f"{_TALK} {number}",
        }
