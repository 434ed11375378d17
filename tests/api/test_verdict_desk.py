from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, func, select

from dlp.api.verdict_desk import VerdictDesk, Written
from dlp.clock import SetClock
from dlp.errors import Conflict
from dlp.pipeline import Arrival, decided_on
from dlp.records import Message
from dlp.services import Services
from dlp.store.database import StoreDown
from dlp.store.idempotency import Used
from dlp.store.recording import Decided
from dlp.store.tables.record import ledger
from tests.api.door_policies import door_policies
from tests.installations import installed


@pytest.fixture
def services(tmp_path: Path, clock: SetClock) -> Iterator[Services]:
    with installed(tmp_path, clock=clock, policies=door_policies(tmp_path)) as opened:
        yield opened


@pytest.fixture
def desk(services: Services) -> VerdictDesk:
    return VerdictDesk(services)


def decided(services: Services, id: str = "m1") -> Decided:
    return decided_on(services, [Arrival(Message(id, "hello"), "api", "verdict", services.clock.now())])[0]


def count(services: Services) -> int:
    with services.database.reading() as connection:
        return connection.execute(select(func.count()).select_from(ledger)).scalar_one()


class Held:
    """The record's writer kept busy, so that what is put meanwhile waits."""

    def __init__(self, services: Services) -> None:
        self._go = threading.Event()
        self._began = threading.Event()
        self._done: Future[None] = services.database.submit(self._wait)
        assert self._began.wait(30)

    def _wait(self, _: Connection) -> None:
        self._began.set()
        assert self._go.wait(30)

    def let_go(self) -> None:
        self._go.set()
        self._done.result()


def test_those_that_wait_are_written_together_and_each_is_told_its_own(services: Services, desk: VerdictDesk) -> None:
    commits: list[int] = []
    held = Held(services)
    first = desk.put(decided(services, "m0"))
    others = [desk.put(decided(services, f"m{number}")) for number in range(1, 200)]
    event.listen(services.database.engine, "commit", lambda _: commits.append(1))
    held.let_go()
    told = [one.result() for one in (first, *others)]
    assert [written.recorded.ledger_seq for written in told if written.recorded] == list(range(1, 201))
    assert len(commits) <= 4


def test_the_same_key_asked_twice_at_once_gets_one_answer(services: Services, desk: VerdictDesk) -> None:
    held = Held(services)
    desk.put(decided(services, "m0"))
    same = [desk.put(decided(services, f"m{number}"), Used("p", "k", b"a" * 32)) for number in (1, 2, 3)]
    other = desk.put(decided(services, "m4"), Used("p", "k", b"b" * 32))
    held.let_go()
    assert len({one.result().answer for one in same}) == 1
    assert [one.result().recorded is None for one in same] == [False, True, True]
    with pytest.raises(Conflict):
        other.result()
    assert count(services) == 2


def test_one_that_cannot_be_written_spoils_none_of_the_others(services: Services, desk: VerdictDesk) -> None:
    held = Held(services)
    desk.put(decided(services, "m0"))
    good = desk.put(decided(services, "m1"))
    broken = decided(services, "m2")
    broken = broken._replace(message=broken.message._replace(revision=1 << 80))
    bad = desk.put(broken)
    last = desk.put(decided(services, "m3"))
    held.let_go()
    assert isinstance(good.result(), Written)
    assert isinstance(last.result(), Written)
    with pytest.raises((StoreDown, OverflowError)):
        bad.result()
    assert count(services) == 3


def test_a_closed_record_is_told_to_whoever_asks(services: Services, desk: VerdictDesk) -> None:
    one = decided(services)
    services.database.close()
    for _ in range(2):
        with pytest.raises(StoreDown):
            desk.put(one).result()
