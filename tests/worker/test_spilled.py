from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select

from dlp.clock import SetClock
from dlp.records import Decision, Message
from dlp.services import Services
from dlp.store.database import StoreDown
from dlp.store.spill import Spill, Spilled
from dlp.store.tables.record import incidents, ledger
from dlp.worker.spilled import bring
from tests.api.door_policies import CARD, door_policies
from tests.installations import NOON, installed


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    with installed(tmp_path, clock=SetClock(NOON), policies=door_policies(tmp_path)) as opened:
        yield opened


@pytest.fixture
def spill(services: Services) -> Spill:
    return Spill(services.settings.home, services.keys)


def add(spill: Spill, *messages: Message) -> None:
    for number, message in enumerate(messages):
        spill.add(Spilled(message, "api", "verdict", NOON + timedelta(seconds=number), Decision.ALLOW))


def rows(services: Services, table: Any = ledger) -> list[Any]:
    with services.database.reading() as connection:
        return list(connection.execute(select(table)))


def test_what_was_answered_in_an_outage_is_recorded_with_what_the_policies_say(services: Services, spill: Spill) -> None:
    add(spill, Message("1", CARD), Message("2", "hello"))
    assert bring(services) == 2
    assert [(row.message, row.decision, row.would, row.decided_by) for row in rows(services)] == [
        ("1", Decision.ALLOW, Decision.BLOCK, "outage"),
        ("2", Decision.ALLOW, Decision.ALLOW, "outage"),
    ]
    assert len(rows(services, incidents)) == 1
    assert spill.waiting() == []
    assert bring(services) == 0


def test_a_message_brought_twice_has_one_verdict(services: Services, spill: Spill) -> None:
    add(spill, Message("1", "hello"))
    bring(services)
    add(spill, Message("1", "hello"))
    assert bring(services) == 1
    assert len(rows(services)) == 1


def test_nothing_is_lost_while_the_record_is_down(services: Services, spill: Spill) -> None:
    add(spill, Message("1", "hello"))
    down = threading.Event()
    down.set()

    def refuse(_: Any) -> None:
        if down.is_set():
            raise StoreDown("no space")

    event.listen(services.database.engine, "commit", refuse)
    with pytest.raises(StoreDown):
        bring(services)
    assert len(spill.waiting()) == 1
    down.clear()
    assert bring(services) == 1


def test_one_the_record_refuses_and_one_nobody_can_read_hold_up_no_other(services: Services, spill: Spill) -> None:
    add(spill, Message("1", "hello"), Message("2", "hello", revision=1 << 80), Message("3", "hello"), Message("4", "hello"))
    spill.waiting()[3].write_bytes(b"damaged")
    assert bring(services) == 2
    assert [row.message for row in rows(services)] == ["1", "3"]
    assert len([path for path in (services.settings.home / "spill").iterdir() if path.suffix == ".damaged"]) == 2
    assert spill.waiting() == []
