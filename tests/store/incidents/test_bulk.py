"""One call for many incidents: the count is checked, each has its outcome, all is taken back at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection, insert, select, update

from dlp.clock import SetClock
from dlp.errors import Conflict, NotFound, UsageError
from dlp.store import jobs
from dlp.store.actor import Actor
from dlp.store.database import Database
from dlp.store.incidents import bulk
from dlp.store.incidents.bulk import Operation, Selection
from dlp.store.incidents.work import Hand
from dlp.store.search.listing import latest_change
from dlp.store.search.query import Query, Viewer
from dlp.store.tables.access import users
from dlp.store.tables.duties import jobs as job_rows
from dlp.store.tables.record import incidents
from tests.builders import WEDNESDAY_NOON
from tests.store.incidents.records import an_incident

ANNA = Hand(Actor("anna", "user", "Anna"), Viewer("anna"))
CLOCK = SetClock(WEDNESDAY_NOON + timedelta(minutes=5))
RESOLVE = Operation("resolve", "false_positive", "одна и та же выгрузка")


def test_a_query_is_resolved_without_the_excluded_and_every_incident_has_its_outcome(database: Database) -> None:
    ids = database.write(lambda connection: [an_incident(connection, state=state) for state in ["opened"] * 40 + ["closed"] * 3])
    selection = Selection(query=Query(policy=("ru-personal-data",)), as_of=_as_of(database), exclude=(ids[0],), expected=42)
    job = _done(database, selection, RESOLVE)
    assert _states(database) == {"opened": 1, "not_a_leak": 39, "closed": 3}
    with database.reading() as connection:
        outcomes = bulk.outcomes_of(connection, job)
        kept = bulk.find_job(connection, job, "anna")
    assert [(one.number, one.outcome, one.code) for one in outcomes] == [
        *((number, "done", "") for number in range(2, 41)),
        *((number, "refused", "state") for number in range(41, 44)),
    ]
    assert (kept.state, kept.done, kept.total, kept.result) == ("ready", 42, 42, {"done": 39, "refused": 3})


def test_another_count_than_the_caller_saw_is_refused_with_the_real_one(database: Database) -> None:
    database.write(lambda connection: [an_incident(connection) for _ in range(5)])
    with pytest.raises(Conflict) as refused:
        _done(database, Selection(query=Query(), expected=4), RESOLVE)
    assert (refused.value.code, refused.value.params) == ("count", {"count": 5, "expected": 4})
    assert _states(database) == {"opened": 5}


def test_what_arrived_after_the_list_was_read_is_left_alone(database: Database) -> None:
    database.write(lambda connection: [an_incident(connection) for _ in range(3)])
    as_of = _as_of(database)
    database.write(an_incident)
    _done(database, Selection(query=Query(), as_of=as_of, expected=3), RESOLVE)
    assert _states(database) == {"opened": 1, "not_a_leak": 3}


def test_a_bulk_act_is_taken_back_whole_except_what_was_changed_since(database: Database) -> None:
    ids = database.write(lambda connection: [an_incident(connection) for _ in range(4)])
    database.write(_write_anna)
    job = _done(database, Selection(ids=tuple(ids)), Operation("assign", "anna", "вместе"))
    database.write(
        lambda connection: connection.execute(update(incidents).where(incidents.c.id == ids[0]).values(state="in_review"))
    )
    back = database.write(lambda connection: bulk.take_back(connection, job, ANNA, CLOCK.now()))
    bulk.run(database, back.id, CLOCK)
    with database.reading() as connection:
        outcomes = [one.outcome for one in bulk.outcomes_of(connection, back.id)]
        assigned = list(connection.execute(select(incidents.c.assignee).order_by(incidents.c.number)).scalars())
    assert outcomes == ["refused", "done", "done", "done"]
    assert assigned == ["anna", None, None, None]


def test_a_job_goes_on_where_a_crash_stopped_it(database: Database) -> None:
    ids = database.write(lambda connection: [an_incident(connection) for _ in range(60)])
    started = database.write(lambda connection: bulk.start(connection, Selection(ids=tuple(ids)), RESOLVE, ANNA, CLOCK.now()))
    database.write(lambda connection: bulk._chunk(connection, started.id, CLOCK.now()))
    assert _states(database) == {"opened": 35, "not_a_leak": 25}
    bulk.run(database, started.id, CLOCK)
    assert _states(database) == {"not_a_leak": 60}


def test_more_than_a_person_waits_for_is_left_to_the_worker(database: Database) -> None:
    ids = database.write(lambda connection: tuple(an_incident(connection) for _ in range(bulk.AT_ONCE + 1)))
    started = database.write(lambda connection: bulk.start(connection, Selection(ids=ids), RESOLVE, ANNA, CLOCK.now()))
    assert not started.at_once
    job = database.write(lambda connection: jobs.begin_next(connection, CLOCK.now()))
    assert job is not None
    assert (job.id, job.kind) == (started.id, bulk.KIND)


@pytest.mark.parametrize(
    "operation",
    [
        Operation("take"), Operation("start_review"), Operation("comment", comment="видно"), Operation("tag", ["urgent"]),
        Operation("snooze", bulk.moment_value(WEDNESDAY_NOON + timedelta(days=1))), Operation("set_due", None),
    ],
    ids=lambda operation: operation.kind,
)  # fmt: skip
def test_every_act_works_in_bulk(database: Database, operation: Operation) -> None:
    database.write(_write_anna)
    ids = database.write(lambda connection: tuple(an_incident(connection) for _ in range(2)))
    job = _done(database, Selection(ids=ids), operation)
    with database.reading() as connection:
        assert [one.outcome for one in bulk.outcomes_of(connection, job)] == ["done", "done"]


def test_unknown_acts_and_selections_that_are_none_are_refused(database: Database) -> None:
    for selection, operation in (
        (Selection(ids=()), Operation("erase")),
        (Selection(), RESOLVE),
        (Selection((), Query()), RESOLVE),
    ):
        with pytest.raises(UsageError):
            _done(database, selection, operation)


def test_a_job_belongs_to_whoever_asked(database: Database) -> None:
    job = _done(database, Selection(ids=()), RESOLVE)
    with database.reading() as connection, pytest.raises(NotFound):
        bulk.find_job(connection, job, "boris")


def _done(database: Database, selection: Selection, operation: Operation) -> str:
    started = database.write(lambda connection: bulk.start(connection, selection, operation, ANNA, CLOCK.now()))
    bulk.run(database, started.id, CLOCK)
    return started.id


def _as_of(database: Database) -> int:
    with database.reading() as connection:
        return latest_change(connection)


def _states(database: Database) -> dict[str, int]:
    with database.reading() as connection:
        states = list(connection.execute(select(incidents.c.state)).scalars())
    return {state: states.count(state) for state in set(states)}


def _write_anna(connection: Connection) -> None:
    row = {"id": "anna", "login": "anna", "name": "Anna", "roles": [], "state": "active", "preferences": {}}
    connection.execute(insert(users).values(**row, created_at=WEDNESDAY_NOON))


def test_jobs_keep_numbers_not_content(database: Database) -> None:
    job = _done(database, Selection(query=Query(text="секрет")), RESOLVE)
    with database.reading() as connection:
        assert "секрет" not in str(connection.execute(select(job_rows).where(job_rows.c.id == job)).one())
