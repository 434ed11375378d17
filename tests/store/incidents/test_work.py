"""Acts on incidents: what is allowed when, what each leaves behind, and how each is taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update

from dlp.errors import Conflict, NotFound, UsageError
from dlp.store.actor import Actor
from dlp.store.database import Database
from dlp.store.incidents import regroup, states, work
from dlp.store.incidents.undo import undo
from dlp.store.incidents.work import Done, Hand, Resolution
from dlp.store.search.conditions import Asked
from dlp.store.search.facets import total_of
from dlp.store.search.listing import ids_of
from dlp.store.search.query import Query, Viewer
from dlp.store.tables.access import users
from dlp.store.tables.record import changes, incident_history, incidents, occurrences
from dlp.store.tables.trust import audit
from tests.builders import WEDNESDAY_NOON
from tests.store.incidents.records import an_incident, an_occurrence

ANNA = Hand(Actor("anna", "user", "Anna"), Viewer("anna"))
LATER = WEDNESDAY_NOON + timedelta(minutes=5)
Act = Callable[[Connection, str], Done]


@pytest.fixture(autouse=True)
def _people(database: Database) -> None:
    database.write(_write_people)


def _write_people(connection: Connection) -> None:
    for login, state in (("anna", "active"), ("boris", "active"), ("gone", "disabled")):
        row = {"id": login, "login": login, "name": login, "roles": ["officer"], "state": state, "preferences": {}}
        connection.execute(insert(users).values(**row, created_at=WEDNESDAY_NOON))


ACTS: dict[str, Act] = {
    "taken": lambda connection, one: work.assign(connection, one, "anna", ANNA, LATER),
    "assigned": lambda connection, one: work.assign(connection, one, "boris", ANNA, LATER),
    "unassigned": lambda connection, one: work.assign(connection, one, None, ANNA, LATER),
    "review_started": lambda connection, one: work.start_review(connection, one, ANNA, LATER),
    "resolved": lambda connection, one: work.resolve(connection, one, Resolution("false_positive", "тест формы"), ANNA, LATER),
    "closed": lambda connection, one: work.close(connection, one, ANNA, LATER),
    "reopened": lambda connection, one: work.reopen(connection, one, "", ANNA, LATER),
    "snoozed": lambda connection, one: work.snooze(connection, one, LATER + timedelta(days=1), ANNA, LATER),
    "due_set": lambda connection, one: work.set_due(connection, one, LATER + timedelta(days=1), ANNA, LATER),
    "tagged": lambda connection, one: work.tag(connection, one, ["Urgent"], ANNA, LATER),
    "commented": lambda connection, one: work.comment(connection, one, "снежинка", ANNA, LATER),
}
AFTER = {
    ("opened", "taken"): "assigned",
    ("opened", "assigned"): "assigned",
    ("opened", "unassigned"): "opened",
    ("opened", "review_started"): "in_review",
    ("opened", "resolved"): "not_a_leak",
    ("assigned", "unassigned"): "opened",
    ("assigned", "review_started"): "in_review",
    ("assigned", "resolved"): "not_a_leak",
    ("in_review", "assigned"): "in_review",
    ("in_review", "unassigned"): "opened",
    ("in_review", "resolved"): "not_a_leak",
    ("confirmed_leak", "closed"): "closed",
    ("not_a_leak", "closed"): "closed",
    ("confirmed_leak", "reopened"): "assigned",
    ("not_a_leak", "reopened"): "assigned",
    ("closed", "reopened"): "assigned",
}


@pytest.mark.parametrize("state", sorted(states.ALL))
def test_each_act_is_done_where_its_table_allows_it_and_refused_elsewhere(database: Database, state: str) -> None:
    for act in ACTS:
        id = database.write(lambda connection: an_incident(connection, state=state, assignee=_assignee(state)))
        if state in states.STEPS[act].before:
            done = database.write(partial(_carried_out, act=act, id=id))
            assert done.state == AFTER.get((state, act), state), act
        else:
            with pytest.raises(Conflict) as refused:
                database.write(partial(_carried_out, act=act, id=id))
            assert (refused.value.code, refused.value.params["state"]) == ("state", state)


@pytest.mark.parametrize("act", ACTS)
def test_an_act_leaves_history_audit_change_and_version_and_can_be_taken_back(database: Database, act: str) -> None:
    state = "not_a_leak" if act in {"closed", "reopened"} else "opened"
    id = database.write(lambda connection: an_incident(connection, state=state, assignee="other"))
    before = _row(database, id)
    done = database.write(lambda connection: ACTS[act](connection, id))
    assert done.version == 2
    with database.reading() as connection:
        entry = connection.execute(select(incident_history).where(incident_history.c.id == done.event)).one()
        audited = connection.execute(select(audit).where(audit.c.object == f"incident:{id}")).one()
        last = connection.execute(select(changes).order_by(changes.c.seq.desc())).first()
    assert (entry.act, entry.actor, entry.at) == (act, "anna", LATER)
    assert (audited.act, audited.actor) == (f"incident.{act}", "anna")
    assert "comment" not in str(audited.details)
    assert last is not None
    assert (last.kind, last.id, last.version) == ("incident", id, 2)
    undone = database.write(lambda connection: undo(connection, id, done.event or 0, ANNA, LATER))
    after = _row(database, id)
    assert undone.version == 3
    kept = ("state", "assignee", "resolution", "resolved_at", "resolved_by", "tags", "due_at", "snoozed_until")
    assert [getattr(after, name) for name in kept] == [getattr(before, name) for name in kept]
    with pytest.raises(Conflict):
        database.write(lambda connection: undo(connection, id, done.event or 0, ANNA, LATER))


def test_taking_back_what_was_changed_again_is_refused(database: Database) -> None:
    id = database.write(an_incident)
    first = database.write(lambda connection: ACTS["taken"](connection, id))
    database.write(lambda connection: ACTS["assigned"](connection, id))
    with pytest.raises(Conflict) as refused:
        database.write(lambda connection: undo(connection, id, first.event or 0, ANNA, LATER))
    assert refused.value.params["fields"] == ["assignee"]


def test_an_undone_act_can_be_done_again_by_undoing_the_undoing(database: Database) -> None:
    id = database.write(an_incident)
    done = database.write(lambda connection: ACTS["commented"](connection, id))
    undone = database.write(lambda connection: undo(connection, id, done.event or 0, ANNA, LATER))
    assert _found(database, "снежинка") == 0
    database.write(lambda connection: undo(connection, id, undone.event or 0, ANNA, LATER))
    assert _found(database, "снежинка") == 1


def test_an_act_that_changes_nothing_leaves_no_trace(database: Database) -> None:
    id = database.write(lambda connection: an_incident(connection, state="assigned", assignee="anna"))
    done = database.write(lambda connection: ACTS["taken"](connection, id))
    assert (done.version, done.event) == (1, None)


def test_whoever_looked_at_an_older_version_is_told_who_changed_what(database: Database) -> None:
    id = database.write(an_incident)
    database.write(lambda connection: ACTS["assigned"](connection, id))
    with pytest.raises(Conflict) as refused:
        database.write(lambda connection: work.resolve(connection, id, Resolution("other"), ANNA._replace(version=1), LATER))
    assert refused.value.params["version"] == 2
    assert refused.value.params["changes"] == [
        {"at": LATER.isoformat(), "actor": "anna", "act": "assigned", "after": {"assignee": "boris", "state": "assigned"}}
    ]


def test_what_only_grew_since_somebody_looked_is_no_conflict(database: Database) -> None:
    id = database.write(an_incident)
    database.write(lambda connection: connection.execute(update(incidents).where(incidents.c.id == id).values(version=5)))
    database.write(lambda connection: ACTS["commented"](connection, id))
    done = database.write(lambda connection: work.resolve(connection, id, Resolution("other"), ANNA._replace(version=1), LATER))
    assert done.version == 7


@pytest.mark.parametrize(("reason", "state"), states.RESOLUTIONS.items())
def test_a_reason_leads_to_its_state(database: Database, reason: str, state: str) -> None:
    id = database.write(an_incident)
    database.write(lambda connection: work.resolve(connection, id, Resolution(reason), ANNA, LATER))
    row = _row(database, id)
    assert (row.state, row.resolution, row.resolved_at, row.resolved_by) == (state, reason, LATER, "anna")


def test_wrong_words_are_refused(database: Database) -> None:
    id = database.write(an_incident)
    for wrong in (
        lambda connection: work.resolve(connection, id, Resolution("because"), ANNA, LATER),
        lambda connection: work.assign(connection, id, "nobody", ANNA, LATER),
        lambda connection: work.assign(connection, id, "gone", ANNA, LATER),
        lambda connection: work.tag(connection, id, ["two words"], ANNA, LATER),
        lambda connection: work.tag(connection, id, [f"t{n}" for n in range(17)], ANNA, LATER),
        lambda connection: work.snooze(connection, id, WEDNESDAY_NOON, ANNA, LATER),
        lambda connection: work.comment(connection, id, "  ", ANNA, LATER),
        lambda connection: work.comment(connection, id, "x" * 10_001, ANNA, LATER),
    ):
        with pytest.raises(UsageError):
            database.write(wrong)


def test_another_departments_incident_does_not_exist(database: Database) -> None:
    id = database.write(lambda connection: an_incident(connection, department="legal"))
    limited = Hand(ANNA.actor, Viewer("anna", ("sales",)))
    with pytest.raises(NotFound):
        database.write(lambda connection: work.assign(connection, id, "anna", limited, LATER))


def test_an_incident_is_found_by_its_number(database: Database) -> None:
    id = database.write(an_incident)
    with database.reading() as connection:
        assert [work.find(connection, name, ANNA.viewer).id for name in (id, "1", "INC-1", "inc-1")] == [id] * 4


def test_occurrences_are_split_off_and_come_back(database: Database) -> None:
    id, seqs = database.write(_with_occurrences)
    low = _occurrence_ids(database, id)[0]
    database.write(lambda connection: connection.execute(update(occurrences).where(occurrences.c.id == low).values(severity=1)))
    first, second = database.write(lambda connection: regroup.split(connection, id, [low], ANNA, LATER))
    old, new = _row(database, id), _row(database, second.id)
    assert (old.occurrences, old.severity, new.occurrences, new.severity) == (2, 3, 1, 1)
    assert (new.number, new.person, new.state, new.opened_at) == (old.number + 1, old.person, "opened", LATER)
    assert _found(database, "слово0") == 1
    assert _numbers_found(database, "слово0") == [new.number]
    database.write(lambda connection: undo(connection, id, first.event or 0, ANNA, LATER))
    assert (_row(database, id).occurrences, _row(database, second.id).merged_into) == (3, id)
    assert _numbers_found(database, "слово0") == [old.number]
    assert len(seqs) == 3


def test_all_or_none_or_foreign_occurrences_cannot_be_split_off(database: Database) -> None:
    id, _ = database.write(_with_occurrences)
    other, _ = database.write(_with_occurrences)
    for wrong in (_occurrence_ids(database, id), [], _occurrence_ids(database, other)[:1]):
        with pytest.raises(UsageError):
            database.write(partial(_split, id=id, occurrence_ids=wrong))


def test_incidents_are_merged_and_parted_again_with_what_came_since_staying(database: Database) -> None:
    target, _ = database.write(_with_occurrences)
    source, _ = database.write(lambda connection: _with_occurrences(connection, "другое"))
    before = _row(database, source)
    merged = database.write(lambda connection: regroup.merge(connection, target, [source], ANNA, LATER))
    assert (_row(database, target).occurrences, _row(database, source).occurrences) == (6, 3)
    assert (_row(database, source).merged_into, _row(database, source).state) == (target, "closed")
    assert _numbers_found(database, "другое1") == [_row(database, target).number]
    with pytest.raises(Conflict) as refused:
        database.write(lambda connection: ACTS["taken"](connection, source))
    assert refused.value.params["into"] == target
    database.write(lambda connection: an_occurrence(connection, target))
    database.write(lambda connection: undo(connection, target, merged.event or 0, ANNA, LATER))
    assert (_row(database, target).occurrences, _row(database, source).occurrences) == (4, 3)
    after = _row(database, source)
    kept = ("merged_into", "state", "resolution", "resolved_at", "severity", "decision")
    assert [getattr(after, name) for name in kept] == [getattr(before, name) for name in kept]
    assert _numbers_found(database, "другое1") == [before.number]


def test_an_incident_is_not_merged_into_itself_nor_across_queues(database: Database) -> None:
    one, _ = database.write(_with_occurrences)
    imported = database.write(lambda connection: an_incident(connection, case_id="case-1"))
    with pytest.raises(UsageError):
        database.write(lambda connection: regroup.merge(connection, one, [one], ANNA, LATER))
    with pytest.raises(Conflict):
        database.write(lambda connection: regroup.merge(connection, one, [imported], ANNA, LATER))


def _carried_out(connection: Connection, act: str, id: str) -> Done:
    return ACTS[act](connection, id)


def _split(connection: Connection, id: str, occurrence_ids: list[str]) -> None:
    regroup.split(connection, id, occurrence_ids, ANNA, LATER)


def _assignee(state: str) -> str | None:
    return None if state == "opened" else "other"


def _row(database: Database, id: str) -> Any:
    with database.reading() as connection:
        return connection.execute(select(incidents).where(incidents.c.id == id)).one()


def _found(database: Database, text: str) -> int:
    with database.reading() as connection:
        return total_of(connection, Asked(Query(text=text), Viewer("anna"), LATER))


def _numbers_found(database: Database, text: str) -> list[int]:
    with database.reading() as connection:
        return [number for _, number in ids_of(connection, Asked(Query(text=text), Viewer("anna"), LATER))]


def _occurrence_ids(database: Database, id: str) -> list[str]:
    with database.reading() as connection:
        found = select(occurrences.c.id).where(occurrences.c.incident_id == id).order_by(occurrences.c.ledger_seq)
        return list(connection.execute(found).scalars())


def _with_occurrences(connection: Connection, word: str = "слово") -> tuple[str, list[int]]:
    id = an_incident(connection)
    return id, [an_occurrence(connection, id, snippet=f"{word}{n} ⟦0:PASSWORD:●●●●⟧") for n in range(3)]
