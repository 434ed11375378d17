"""`python -m tests.speed.server`: what the server stands, its load generator on the same cores; a part of `make bench`.

An open loop: requests are due at a fixed rate, and each latency counts from when it was due. Times are of the wall; beside
them stands the processor time a message costs, which says more on a machine that others use too.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from dlp.hooks.request import signed
from tests.serving import CONNECTOR, Entrance, Server, cpu_seconds, prepare
from tests.speed.server_load import Load, Measured, request

_WORDS: Final = (
    "завтра встреча в десять утра обсудим план работ и отчёт по проекту коллеги просят прислать новую версию презентации "
    "please review the draft before lunch thanks все готово можно смотреть договор согласован ждём подписи"
).split()
BATCH: Final = 100


class Bench:
    """A server that runs, and a sender of messages to it; ids are never used twice."""

    def __init__(self, server: Server, entrance: Entrance) -> None:
        self.server, self._entrance = server, entrance
        self._chance = random.Random(1)
        self._number = 0

    def message(self, size: int) -> dict[str, Any]:
        self._number += 1
        words, length = [], 0
        while length < size:
            words.append(self._chance.choice(_WORDS))
            length += len(words[-1].encode()) + 1
        number = self._number
        told = {"id": f"b-{number}", "conversation": f"c-{number % 50}", "sender": f"u-{number % 200}", "connector": CONNECTOR}
        return told | {"text": " ".join(words)}

    def questions(self, count: int) -> list[bytes]:
        return [self._request("verdict", {"message": self.message(1000)}) for _ in range(count)]

    def batches(self, count: int, size: int = 200) -> list[bytes]:
        return [self._request("messages", [self.message(size) for _ in range(BATCH)]) for _ in range(count)]

    def events(self, count: int) -> list[bytes]:
        requests = []
        for _ in range(count):
            body = json.dumps({"events": [{"type": "message", "message": self.message(200)}]}, ensure_ascii=False).encode()
            headers = signed(body, self._entrance.hook_key, int(time.time()))
            requests.append(request(f"/api/v1/hooks/{CONNECTOR}", body, headers))
        return requests

    def _request(self, path: str, told: Any) -> bytes:
        body = json.dumps(told, ensure_ascii=False).encode()
        return request(f"/api/v1/{path}", body, {"Authorization": f"Bearer {self._entrance.token}"})

    def run(self, requests: Sequence[bytes], rate: float | None, connections: int) -> Run:
        """Sends them and waits until all of it is decided and recorded."""
        before, began = cpu_seconds(self.server.pid), time.perf_counter()
        sent = asyncio.run(Load(self.server.port, connections).run(requests, rate))
        self.drain()
        return Run(sent, time.perf_counter() - began, cpu_seconds(self.server.pid) - before)

    def drain(self) -> None:
        while self._waiting():
            time.sleep(0.05)

    def _waiting(self) -> bool:
        status, told = self.server.ask("/metrics")
        lines = [line for line in told.decode().splitlines() if line.startswith("dlp_inbox_waiting")]
        return status != 200 or float(lines[0].split()[1]) > 0


class Run(NamedTuple):
    """What sending came to; `seconds` until the last was recorded, `cpu_seconds` the server's."""

    sent: Measured
    seconds: float
    cpu_seconds: float


def main() -> int:
    """Measures and prints; exit 1 only where something could not be run."""
    arguments = argparse.ArgumentParser(prog="python -m tests.speed.server", description=__doc__)
    arguments.add_argument("--seconds", type=float, default=10.0, help="of load at each rate (10)")
    arguments.add_argument("--history", type=int, default=20_000, help="messages that are 1x (20,000)")
    options = arguments.parse_args()
    measure(options.seconds, options.history)
    return 0


def measure(seconds: float = 10.0, history: int = 20_000) -> None:
    """Prints what a server does on two cores, its load generator among it."""
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, cores[:2])
    try:
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder, "home")
            home.mkdir()
            entrance = prepare(home)
            with Server(home).running() as server:
                bench = Bench(server, entrance)
                _settle(bench)
                _print_verdicts(bench, seconds)
                _print_hooks(bench, seconds)
                _print_intake(bench, history)
                server.stop()
    finally:
        os.sched_setaffinity(0, cores)


def _settle(bench: Bench) -> None:
    """Until the server has nothing to do of its own: on its first start it tries the packs it comes with."""
    bench.run(bench.questions(300), None, 8)
    calm = 0
    while calm < 3:
        before = cpu_seconds(bench.server.pid)
        time.sleep(1)
        calm = calm + 1 if cpu_seconds(bench.server.pid) - before < 0.2 else 0


def _print_verdicts(bench: Bench, seconds: float) -> None:
    run = bench.run(bench.questions(int(500 * seconds)), 500, 64)
    sent = run.sent
    print(
        f"/verdict, 1 KB, 500 a second: p50 {sent.percentile(0.5) * 1000:.1f} ms, p99 {sent.percentile(0.99) * 1000:.1f} ms "
        f"({_met(sent.percentile(0.99) <= 0.010, 'p99 10 ms')}), {_cost(run, len(sent.latencies))}"
    )
    rate = _highest(lambda rate: bench.run(bench.questions(int(rate * seconds / 2)), rate, 64).sent, 0.050)
    print(f"/verdict, highest rate with p99 <= 50 ms: {rate:,.0f} a second")


def _highest(run: Callable[[float], Measured], longest: float) -> float:
    """The highest rate tried at which 99 of 100 are answered in time: a quarter more while it holds, then halves the step."""
    best, rate, factor = 0.0, 400.0, 1.25
    while factor > 1.04:
        if run(rate).percentile(0.99) <= longest:
            best = rate
        else:
            if not best:
                return 0.0
            factor = 1 + (factor - 1) / 2
        rate = best * factor
    return best


def _print_hooks(bench: Bench, seconds: float) -> None:
    events = bench.events(int(500 * seconds))
    run = bench.run(events, None, 32)
    rate = len(events) / run.seconds
    print(
        f"signed hook, one event a call: {rate:,.0f} a second to recorded ({_met(rate >= 400, '400')}), {_cost(run, len(events))}"
    )


def _print_intake(bench: Bench, history: int) -> None:
    first = bench.run(bench.batches(history // BATCH), None, 4)
    rate = history / first.seconds
    print(
        f"intake, batches of {BATCH}: {rate:,.0f} messages a second to decided and recorded "
        f"({_met(rate >= 5000, '5,000')}), {_cost(first, history)}"
    )
    for _ in range(8):
        bench.run(bench.batches(history // BATCH), None, 4)
    last = bench.run(bench.batches(history // BATCH), None, 4)
    growth = last.cpu_seconds / first.cpu_seconds
    print(f"cost of a message with 10x the history / with 1x: {growth:.2f} ({_met(growth <= 1.10, '1.10')})")


def _met(holds: bool, target: str) -> str:
    return f"target {target}: {'met' if holds else 'MISSED'}"


def _cost(run: Run, messages: int) -> str:
    refused = f", {run.sent.refused} refused" if run.sent.refused else ""
    return f"{run.cpu_seconds / max(messages, 1) * 1e6:,.0f} us of processor a message{refused}"


if __name__ == "__main__":
    sys.exit(main())
