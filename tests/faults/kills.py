"""`kill -9` under load, again and again; then whether everything that was promised holds."""

from __future__ import annotations

import random
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, select

from dlp.store.coverage import Reconciled, reconcile, recounted
from dlp.store.database import Database
from dlp.store.tables.record import actions, ledger
from tests.faults.receiver import HONOURS, PLAIN, Receiver
from tests.faults.traffic import Traffic
from tests.serving import CONNECTOR, Server, dlp, lives, prepare

_DIE_WITHIN = 10.0
_DRAINED_WITHIN = 300.0


class Round(NamedTuple):
    """One kill: after how many seconds of load, how many messages had been accepted until then, and what was left behind."""

    number: int
    seconds: float
    accepted: int
    start_seconds: float
    orphans: int


class Outcome(NamedTuple):
    """What held after the last round; `faults` says what did not."""

    rounds: tuple[Round, ...]
    reconciled: Reconciled
    accepted: int
    actions: Counter[str]
    effects: int
    repeated: int
    unknown: int
    faults: tuple[str, ...]


def survive(folder: Path, rounds: int, *, seed: int = 1, tell: Callable[[Round], None] = lambda _: None) -> Outcome:
    """Kills a server under load so many times, lets it finish, stops it gracefully, and checks."""
    chance = random.Random(seed)
    receiver = Receiver()
    home = folder / "home"
    home.mkdir()
    with receiver.server.running():
        entrance = prepare(home, {receiver.address(HONOURS): True, receiver.address(PLAIN): False})
        server = Server(home)
        traffic = Traffic(server.port, entrance, seed)
        done: list[Round] = []
        for number in range(1, rounds + 1):
            done.append(_round(server, traffic, number, chance.uniform(0.2, 2.5)))
            tell(done[-1])
        with server.running():
            drained(server)
            code = server.stop()
        faults = [f"the graceful stop ended with {code}"] if code else []
        faults += [f"round {one.number}: {one.orphans} processes outlived the kill" for one in done if one.orphans]
        return _checked(home, traffic, receiver, (tuple(done), faults))


def _round(server: Server, traffic: Traffic, number: int, seconds: float) -> Round:
    began = time.monotonic()
    server.start()
    start_seconds = time.monotonic() - began
    with traffic.flowing():
        time.sleep(seconds)
        children = server.kill()
    return Round(number, seconds, len(traffic.accepted), start_seconds, descendants_left(children))


def descendants_left(children: list[int]) -> int:
    """How many of these processes do not end by themselves."""
    until = time.monotonic() + _DIE_WITHIN
    while time.monotonic() < until and any(map(lives, children)):
        time.sleep(0.05)
    return sum(map(lives, children))


def drained(server: Server) -> None:
    """Waits until nothing accepted waits for its verdict and no action is to be done."""
    until = time.monotonic() + _DRAINED_WITHIN
    while time.monotonic() < until:
        status, told = server.ask("/metrics")
        lines = told.decode().splitlines() if status == 200 else []
        numbers = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
        waiting = [numbers.get(name, "1") for name in _WAITING]
        if all(float(number) == 0 for number in waiting):
            return
        time.sleep(0.2)
    raise AssertionError(f"it does not come to an end: {waiting}")


_WAITING = ("dlp_inbox_waiting", 'dlp_outbox_actions{state="planned"}', 'dlp_outbox_actions{state="sent"}')


def _checked(home: Path, traffic: Traffic, receiver: Receiver, before: tuple[tuple[Round, ...], list[str]]) -> Outcome:
    rounds, faults = before
    sums, of_ledger = ledger_faults(home, traffic)
    with _record(home) as connection:
        found = connection.execute(select(actions.c.key, actions.c.state, actions.c.attempts)).all()
    # Sums of folded alerts are planned every few seconds: some may be not begun.
    by_key = {key: state for key, state, attempts in found if attempts or state != "planned"}
    states = Counter(by_key.values())
    faults = [*faults, *of_ledger, *_faults_of_actions(receiver, by_key), *_faults_of_chain(home)]
    effects, repeated = len(receiver.effects), receiver.told.total() - len(receiver.told)
    return Outcome(rounds, sums, len(traffic.accepted), states, effects, repeated, states["unknown"], tuple(faults))


@contextmanager
def _record(home: Path) -> Iterator[Connection]:
    database = Database(f"sqlite:///{home}/record/record.db")
    try:
        with database.reading() as connection:
            yield connection
    finally:
        database.close()


def ledger_faults(home: Path, traffic: Traffic) -> tuple[Reconciled, list[str]]:
    """The sums of a record nobody serves, and what is not as the traffic was promised."""
    with _record(home) as connection:
        sums, rows = reconcile(connection), recounted(connection)
        recorded = Counter(connection.scalars(select(ledger.c.message).where(ledger.c.connector == CONNECTOR)))
    lost = traffic.accepted.keys() - recorded.keys()
    twice = [id for id, count in recorded.items() if count > 1 and id not in traffic.unrecorded]
    strange = recorded.keys() - traffic.sent
    checks = (
        (lost, f"{len(lost)} accepted messages are not in the ledger"),
        (twice, f"{len(twice)} messages have two verdicts"),
        (strange, f"{len(strange)} messages nobody sent are in the ledger"),
        (not sums.holds or sums.waiting or sums.decided != rows, f"the sums do not reconcile: {sums}, {rows} rows"),
    )
    return sums, [*traffic.faults[:5], *(said for fault, said in checks if fault)]


def _faults_of_actions(receiver: Receiver, by_key: dict[str, str]) -> list[str]:
    told, plain = receiver.keys(HONOURS) | receiver.keys(PLAIN), receiver.keys(PLAIN)
    unfinished = Counter(state for state in by_key.values() if state not in {"done", "unknown"})
    never = [key for key, state in by_key.items() if state == "done" and key not in told]
    twice = [key for (_, key), count in receiver.effects.items() if count > 1]
    doubted = [key for key, state in by_key.items() if state == "unknown" and key in receiver.keys(HONOURS) - plain]
    several = [alert for alert, keys in receiver.alerts.items() if len(keys) > 2]  # one key a route
    checks = (
        (unfinished, f"actions have not ended: {dict(unfinished)}"),
        (never, f"{len(never)} actions are called done and never arrived"),
        (twice, f"{len(twice)} keys took effect twice"),
        (doubted, f"{len(doubted)} actions are unknown although the receiver honours keys"),
        (told - by_key.keys(), "actions arrived that the record does not know"),
        (several, f"{len(several)} alerts came under several keys"),
        (receiver.changed_bodies, f"{receiver.changed_bodies} repetitions said something else"),
    )
    return [said for fault, said in checks if fault]


def _faults_of_chain(home: Path) -> list[str]:
    environment = Server(home).environment
    trusted = dlp("audit", "fingerprint", environment=environment).stdout.strip()
    dlp("audit", "checkpoint", environment=environment)
    verified = dlp("audit", "verify", "--trust", trusted, environment=environment)
    faults = [] if verified.returncode == 0 else [f"the chain does not verify: {verified.stdout}{verified.stderr}"]
    for name in ("record/record.db", "wrapped/wrapped.db"):
        with closing(sqlite3.connect(home / name)) as connection:
            (said,) = connection.execute("PRAGMA integrity_check").fetchone()
        faults += [f"{name}: {said}"] if said != "ok" else []
    return faults
