"""Every number is the length of the list its own filter gives."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, insert

from dlp.records import Severity
from dlp.store import statistics
from dlp.store.database import Database
from dlp.store.search.conditions import Asked
from dlp.store.search.facets import total_of
from dlp.store.search.query import Query, Viewer
from dlp.store.statistics import Looking, Number, Period
from dlp.store.sums import add_to_sums
from dlp.store.tables.duties import holds
from tests.builders import WEDNESDAY_NOON
from tests.store.incidents.records import an_incident

NOW = WEDNESDAY_NOON
MOSCOW = ZoneInfo("Europe/Moscow")
PERIOD = Period(datetime(2026, 2, 20, tzinfo=MOSCOW), datetime(2026, 3, 2, tzinfo=MOSCOW), MOSCOW)
EVERYBODY = Looking(Viewer("anna"), NOW)
LIMITED = Looking(Viewer("anna", ("sales",)), NOW)


@pytest.mark.parametrize("looking", [EVERYBODY, LIMITED], ids=["all", "one department"])
def test_every_number_is_the_length_of_its_list(database: Database, looking: Looking) -> None:
    database.write(_write_many)
    with database.reading() as connection:
        numbers = _all_numbers(connection, looking)
        assert len(numbers) > 80
        for number in numbers:
            assert number.incidents == total_of(connection, Asked(number.query, looking.viewer, looking.now)), number.query


def test_days_are_those_of_the_zone_and_none_is_missing(database: Database) -> None:
    moments = [
        datetime(2026, 2, 19, 21, 0, tzinfo=UTC),
        datetime(2026, 2, 20, 20, 59, tzinfo=UTC),
        datetime(2026, 2, 20, 21, 0, tzinfo=UTC),
    ]
    database.write(lambda connection: [an_incident(connection, opened_at=moment) for moment in moments])
    with database.reading() as connection:
        days = statistics.per_day(connection, EVERYBODY, PERIOD)
    assert len(days) == 10
    assert [(one.day.day, one.numbers[Severity.HIGH].incidents) for one in days[:3]] == [(20, 2), (21, 1), (22, 0)]


def test_a_period_is_compared_with_the_one_before(database: Database) -> None:
    before, within = PERIOD.start - timedelta(days=3), PERIOD.start + timedelta(days=3)
    database.write(lambda connection: [an_incident(connection, opened_at=moment) for moment in (before, within, within)])
    with database.reading() as connection:
        (one,) = statistics.by_fields(connection, EVERYBODY, PERIOD, ("policy", "rule"))
    assert (one.labels, one.number.incidents, one.number.previous) == (
        {"policy": "ru-personal-data", "rule": "bulk-subjects"},
        2,
        1,
    )


def test_resolving_is_timed(database: Database) -> None:
    database.write(lambda connection: [_resolved(connection, hours) for hours in range(1, 11)])
    with database.reading() as connection:
        (one,) = statistics.times_to_resolve(connection, EVERYBODY, PERIOD)
    assert (one.severity, one.number.incidents) == (Severity.HIGH, 10)
    assert (one.median, one.ninth_decile, one.mean) == (5.5 * 3600, 10 * 3600, 5.5 * 3600)


def test_false_alarms_are_told_beside_all_resolved(database: Database) -> None:
    within = PERIOD.start + timedelta(days=1)
    states = [("not_a_leak", "false_positive"), ("closed", "training"), ("confirmed_leak", "confirmed_leak"), ("opened", None)]
    database.write(
        lambda connection: [an_incident(connection, opened_at=within, state=state, resolution=why) for state, why in states]
    )
    with database.reading() as connection:
        (one,) = statistics.false_alarms(connection, EVERYBODY, PERIOD)
    assert (one.number.incidents, one.resolved.incidents) == (1, 3)


def test_what_observing_policies_would_have_stopped_leaves_out_what_was_stopped(database: Database) -> None:
    within = PERIOD.start + timedelta(days=1)
    decided = [(1, 5), (1, 4), (5, 5), (1, 3)]
    database.write(
        lambda connection: [an_incident(connection, opened_at=within, decision=now, would=would) for now, would in decided]
    )
    with database.reading() as connection:
        (one,) = statistics.would_have_stopped(connection, EVERYBODY, PERIOD)
    assert one.number.incidents == 2


def test_the_work_of_one_officer(database: Database) -> None:
    def write(connection: Connection) -> None:
        an_incident(connection)
        an_incident(connection, state="assigned", assignee="anna")
        an_incident(connection, state="assigned", assignee="boris", due_at=NOW - timedelta(hours=1))
        an_incident(connection, snoozed_until=NOW + timedelta(days=1))
        for id, asked_by in (("h1", "boris"), ("h2", "anna"), ("h3", None)):
            row = {
                "id": id,
                "ledger_seq": 1,
                "connector": "t",
                "policy": "p",
                "rule": "r",
                "state": "waiting",
                "asked_by": asked_by,
            }
            connection.execute(insert(holds).values(**row, created_at=NOW, expires_at=NOW, on_expiry="drop"))

    database.write(write)
    with database.reading() as connection:
        work = statistics.work_of(connection, EVERYBODY)
        oldest, _ = statistics.oldest_open(connection, EVERYBODY, Severity.HIGH)
    assert (work.new.incidents, work.mine.incidents, work.overdue.incidents, work.holds) == (1, 1, 1, 1)
    assert oldest == WEDNESDAY_NOON


def test_messages_are_summed_by_measure(database: Database) -> None:
    hour, before = PERIOD.start.astimezone(UTC), PERIOD.previous.start.astimezone(UTC)
    database.write(
        lambda connection: add_to_sums(
            connection, {(hour, "a", "accepted"): 5, (hour, "b", "accepted"): 2, (before, "a", "accepted"): 1}
        )
    )
    with database.reading() as connection:
        assert statistics.messages_by(connection, PERIOD) == {"accepted": (7, 1)}


def _all_numbers(connection: Connection, looking: Looking) -> list[Number]:
    numbers = [number for day in statistics.per_day(connection, looking, PERIOD) for number in day.numbers.values()]
    for field in ("decision", "policy", "rule", "zone", "department", "connector", "state", "resolution", "severity_is"):
        numbers += [one.number for one in statistics.by_fields(connection, looking, PERIOD, (field,))]
    numbers += [one.number for one in statistics.times_to_resolve(connection, looking, PERIOD)]
    numbers += [one.number for one in statistics.would_have_stopped(connection, looking, PERIOD)]
    numbers += [number for one in statistics.false_alarms(connection, looking, PERIOD) for number in (one.number, one.resolved)]
    work = statistics.work_of(connection, looking)
    return [*numbers, work.new, work.mine, work.overdue, statistics.number_of(connection, looking, Query())]


ENDS = [
    ("opened", None),
    ("assigned", None),
    ("not_a_leak", "false_positive"),
    ("closed", "training"),
    ("confirmed_leak", "other"),
]


def _write_many(connection: Connection) -> None:
    draw = random.Random(3)
    for _ in range(150):
        opened = PERIOD.start + timedelta(hours=draw.randint(-100, 300))
        state, why = draw.choice(
            [
                ("opened", None),
                ("assigned", None),
                ("not_a_leak", "false_positive"),
                ("closed", "training"),
                ("confirmed_leak", "other"),
            ]
        )
        fields: dict[str, Any] = {
            "severity": draw.randint(1, 4),
            "decision": draw.randint(1, 5),
            "would": draw.randint(1, 5),
            "policy": draw.choice(["p1", "p2"]),
            "rule": draw.choice(["r1", "r2"]),
            "zone": draw.choice(["foreign", None]),
            "department": draw.choice(["sales", "it", None]),
            "connector": draw.choice(["telegram", "mail"]),
            "assignee": draw.choice(["anna", None]),
            "case_id": draw.choice([None, None, None, "case"]),
        }
        resolved = opened + timedelta(hours=draw.randint(0, 90)) if why else None
        an_incident(connection, state=state, resolution=why, resolved_at=resolved, opened_at=opened, **fields)


def _resolved(connection: Connection, hours: int) -> str:
    opened = PERIOD.start + timedelta(days=1)
    return an_incident(
        connection, state="closed", resolution="other", opened_at=opened, resolved_at=opened + timedelta(hours=hours)
    )
