"""Everybody who listens hears of every change, in order, soon."""

from __future__ import annotations

import threading

from sqlalchemy import Connection

from dlp.store.change_feed import _HOLE_LOOKS, Change, ChangeFeed, latest, since
from dlp.store.changes import changed
from dlp.store.database import Database
from tests.builders import WEDNESDAY_NOON
from tests.store.incidents.records import an_incident


def test_a_listener_is_woken_by_a_new_change_and_reads_it(database: Database) -> None:
    feed, woken = ChangeFeed(database), threading.Event()
    database.write(lambda connection: changed(connection, "hold", "before", 1, WEDNESDAY_NOON))
    end = feed.listen(woken.set)
    try:
        seq = feed.told
        id = database.write(lambda connection: an_incident(connection, department="sales"))
        assert woken.wait(10)
        (change,) = feed.after(seq)
        assert (change.kind, change.id, change.version, change.department) == ("incident", id, 1, "sales")
        assert [one.id for one in feed.after(0)] == ["before", id]
    finally:
        end()


def test_the_record_tells_changes_in_order_and_from_a_number_on(database: Database) -> None:
    database.write(lambda connection: _write(connection, range(5)))
    with database.reading() as connection:
        assert [one.id for one in since(connection, 2)] == ["2", "3", "4"]
        assert [one.id for one in since(connection, 0, most=2)] == ["0", "1"]
        assert latest(connection) == 5


def test_a_missing_number_is_waited_for_and_then_given_up(database: Database) -> None:
    feed = ChangeFeed(database)
    early, late = _change(1), _change(3)
    assert feed._take([early, late])
    assert feed.told == 1
    for _ in range(_HOLE_LOOKS - 1):
        assert not feed._take([late])
    assert feed._take([late])
    assert feed.told == 3


def test_a_number_that_comes_late_is_told_before_the_later_ones(database: Database) -> None:
    feed = ChangeFeed(database)
    feed._take([_change(1), _change(3)])
    assert feed._take([_change(2), _change(3)])
    database.write(lambda connection: _write(connection, range(3)))
    assert [one.seq for one in feed.after(0)] == [1, 2, 3]


def _write(connection: Connection, numbers: range) -> None:
    for number in numbers:
        changed(connection, "gap", str(number), 1, WEDNESDAY_NOON)


def _change(seq: int) -> Change:
    return Change(seq, WEDNESDAY_NOON, "gap", str(seq), 1)
