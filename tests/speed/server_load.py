"""A cheap load generator: HTTP/1.1 over asyncio transports, requests at a fixed rate, latency from the scheduled time."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

_LONGEST_WAIT = 60.0


class Measured(NamedTuple):
    """What a run came to: seconds of each answered request from the time it was due, and how many were refused."""

    seconds: float
    latencies: list[float]
    refused: int

    def percentile(self, share: float) -> float:
        """The latency so much of all stayed below, in seconds."""
        if not self.latencies:
            return float("inf")
        return sorted(self.latencies)[min(len(self.latencies) - 1, int(len(self.latencies) * share))]

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds


class _Connection(asyncio.Protocol):
    """One request at a time; `load` is told when it is answered."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._transport: asyncio.Transport | None = None
        self._answer = b""
        self._left = -1  # bytes of the body that have not come

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def send(self, request: bytes) -> None:
        assert self._transport is not None
        self._transport.write(request)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def data_received(self, data: bytes) -> None:
        self._answer += data
        if self._left < 0:
            end = self._answer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self._answer[:end].lower()
            place = head.find(b"content-length:")
            length = int(head[place + 15 :].split(b"\r\n", 1)[0]) if place >= 0 else 0
            self._left = end + 4 + length
        if len(self._answer) >= self._left:
            status = int(self._answer[9:12])
            self._answer, self._left = b"", -1
            self._load.answered(self, status)

    def connection_lost(self, error: Exception | None) -> None:
        self._load.lost(self)


class Load:
    """Sends requests over `connections` connections, each as soon as it is due and a connection is free."""

    def __init__(self, port: int, connections: int) -> None:
        self._port, self._count = port, connections
        self._free: list[_Connection] = []
        self._due: deque[tuple[float, bytes]] = deque()
        self._asked: dict[_Connection, float] = {}
        self._latencies: list[float] = []
        self._refused = 0
        self._idle = asyncio.Event()

    async def run(self, requests: Sequence[bytes], rate: float | None) -> Measured:
        """Sends all of them, `rate` a second (None: as fast as they are answered)."""
        loop = asyncio.get_running_loop()
        self._free = [
            (await loop.create_connection(lambda: _Connection(self), "127.0.0.1", self._port))[1] for _ in range(self._count)
        ]
        began = time.perf_counter()
        try:
            async with asyncio.timeout(_LONGEST_WAIT + (len(requests) / rate if rate else 0)):
                await self._offer(requests, rate, began)
                while self._due or self._asked:
                    self._idle.clear()
                    await self._idle.wait()
            return Measured(time.perf_counter() - began, self._latencies, self._refused)
        finally:
            for connection in [*self._free, *self._asked]:
                connection.close()

    async def _offer(self, requests: Sequence[bytes], rate: float | None, began: float) -> None:
        for number, request in enumerate(requests):
            due = began + number / rate if rate else time.perf_counter()
            if rate and (wait := due - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            self._due.append((due, request))
            self._send_due()
            while rate is None and len(self._due) > self._count:
                self._idle.clear()
                await self._idle.wait()

    def _send_due(self) -> None:
        while self._due and self._free:
            due, request = self._due.popleft()
            connection = self._free.pop()
            self._asked[connection] = due
            connection.send(request)

    def answered(self, connection: _Connection, status: int) -> None:
        due = self._asked.pop(connection)
        if 200 <= status < 300:
            self._latencies.append(time.perf_counter() - due)
        else:
            self._refused += 1
        self._free.append(connection)
        self._send_due()
        self._idle.set()

    def lost(self, connection: _Connection) -> None:
        if self._asked.pop(connection, None) is not None:
            self._refused += 1
        if connection in self._free:
            self._free.remove(connection)
        self._idle.set()


def request(path: str, body: bytes, headers: dict[str, str]) -> bytes:
    """A POST of JSON as it goes over the wire."""
    told = {"Host": "127.0.0.1", "Content-Type": "application/json", "Content-Length": str(len(body)), **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body
