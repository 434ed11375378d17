"""What is received is decided, sent twice or waits; silences and gaps are told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, insert

from dlp.store import coverage
from dlp.store.coverage import Cell
from dlp.store.database import Database
from dlp.store.sums import add_to_sums, hour_of
from dlp.store.tables.record import gaps, inbox
from tests.builders import WEDNESDAY_NOON
from tests.store.incidents.records import an_occurrence

NOW = WEDNESDAY_NOON
HOUR = timedelta(hours=1)


def test_hours_and_connectors_are_summed_and_what_waits_is_counted(database: Database) -> None:
    def write(connection: Connection) -> None:
        _sums(
            connection, "mail", NOW, {"accepted": 4, "decision:allow": 2, "decision:block": 1, "gap:corrupt": 1, "would:block": 1}
        )
        _sums(connection, "slack", NOW - HOUR, {"accepted": 3, "decision:allow": 2, "duplicate": 1})
        _wait(connection, "mail", 1)

    database.write(write)
    with database.reading() as connection:
        mail, slack = coverage.coverage(connection, NOW - 2 * HOUR, NOW + HOUR)
        before = coverage.coverage(connection, NOW - 9 * HOUR, NOW - 8 * HOUR)
        whole = coverage.reconcile(connection)
    assert (mail.connector, mail.total, mail.total.sums) == ("mail", Cell(4, 3, 0, 1, 1), True)
    assert slack.hours == {NOW - HOUR: Cell(3, 2, 1, 0, 0)}
    assert before == []
    assert (whole, whole.holds) == ((7, 5, 1, 1), True)


def test_a_lost_message_shows(database: Database) -> None:
    database.write(lambda connection: _sums(connection, "mail", NOW, {"accepted": 2, "decision:allow": 1}))
    with database.reading() as connection:
        (mail,) = coverage.coverage(connection, NOW, NOW + HOUR)
        assert not mail.total.sums
        assert not coverage.reconcile(connection).holds


def test_hours_that_are_usually_busy_and_were_silent_are_holes(database: Database) -> None:
    def write(connection: Connection) -> None:
        for week in range(1, 5):
            for hour in range(12):
                _sums(connection, "mail", NOW - timedelta(weeks=week) - hour * HOUR, {"accepted": 10 + week})
        for hour in (0, 1, 2, 5, 6, 7, 8, 9, 10, 11):
            _sums(connection, "mail", NOW - hour * HOUR, {"accepted": 1})
        sent = NOW - 4 * HOUR + timedelta(minutes=10)
        an_occurrence(connection, None, message={"connector": "mail", "occurred_at": sent, "received_at": NOW})

    database.write(write)
    with database.reading() as connection:
        (hole,) = coverage.holes(connection, NOW - 11 * HOUR, NOW + HOUR, NOW + HOUR)
    assert (hole.connector, hole.start, hole.end) == ("mail", NOW - 4 * HOUR, NOW - 2 * HOUR)
    assert (hole.usual, hole.arrived_later) == (26, 1)


def test_silence_without_a_history_is_no_hole(database: Database) -> None:
    database.write(lambda connection: _sums(connection, "mail", NOW - timedelta(weeks=1), {"accepted": 10}))
    with database.reading() as connection:
        assert coverage.holes(connection, NOW - HOUR, NOW + HOUR, NOW + HOUR) == []


def test_gaps_are_counted_by_reason_and_state(database: Database) -> None:
    def write(connection: Connection) -> None:
        seq = an_occurrence(connection, None)
        for reason, state in (("corrupt", "open"), ("corrupt", "accepted"), ("encrypted", "open")):
            row = {"ledger_seq": seq, "connector": "mail", "received_at": NOW, "origin": "attachment:a.zip"}
            connection.execute(insert(gaps).values(**row, reason=reason, state=state))

    database.write(write)
    with database.reading() as connection:
        assert coverage.gaps_by_reason(connection, NOW, NOW + HOUR) == {
            "corrupt": {"open": 1, "accepted": 1},
            "encrypted": {"open": 1},
        }


def _sums(connection: Connection, connector: str, moment: Any, counts: dict[str, int]) -> None:
    add_to_sums(connection, {(hour_of(moment), connector, measure): count for measure, count in counts.items()})


def _wait(connection: Connection, connector: str, messages: int) -> None:
    row = {"connector": connector, "door": "messages", "received_at": NOW, "messages": messages, "sealed": b"", "attempts": 0}
    connection.execute(insert(inbox).values(row))
