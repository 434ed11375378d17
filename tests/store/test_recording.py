"""What recording promises: one verdict a message, sums that reconcile, one incident for one thing, nothing readable left."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from dlp.records import Decision, GapReason, Inspection, Judgement, Scan, Severity, Suppressed, Surroundings, Text, Verdict
from dlp.store import message_json
from dlp.store.audit import leaf
from dlp.store.coverage import reconcile
from dlp.store.database import Database
from dlp.store.recording import Decided, Recorded, record
from dlp.store.tables.record import findings, gaps, incidents, ledger, ledger_sums, occurrences
from dlp.store.tables.trust import vault_items
from dlp.store.vault.keys import Keys, open_keys
from dlp.store.vault.vault import Vault
from tests.builders import a_finding, a_gap, a_hit, a_message, a_scan
from tests.installations import NOON, settings_in

INN = "7707083893"


@pytest.fixture
def keys(tmp_path: Path) -> Iterator[Keys]:
    opened = open_keys(settings_in(tmp_path / "home"), make=True)
    yield opened
    opened.close()


class Desk:
    """Records into a database with one installation's keys."""

    def __init__(self, database: Database, keys: Keys) -> None:
        self.database, self.keys, self.vault = database, keys, Vault(keys)

    def record(self, *decided: Decided) -> list[Recorded]:
        return self.database.write(lambda c: record(c, decided, self.keys, self.vault, NOON))

    def rows(self, table: Any) -> list[Any]:
        with self.database.reading() as connection:
            return list(connection.execute(select(table)).all())

    def sums(self) -> dict[str, int]:
        with self.database.reading() as connection:
            query = select(ledger_sums.c.measure, func.sum(ledger_sums.c.count)).group_by(ledger_sums.c.measure)
            return {measure: int(count) for measure, count in connection.execute(query)}


@pytest.fixture
def desk(database: Database, keys: Keys) -> Desk:
    return Desk(database, keys)


def clean(id: str = "m1", text: str = "до завтра", **told: Any) -> Decided:
    message = a_message(text, id=id, connector="slack", conversation="C1", sender="U1")
    inspection = Inspection(message, Scan(), Judgement(), Verdict(Decision.ALLOW, Decision.ALLOW))
    return Decided(message, told.pop("connector", "slack"), "messages", told.pop("received_at", NOON), inspection, **told)


def leak(id: str = "m1", text: str = f"ИНН {INN} клиента", sender: str = "U1", **told: Any) -> Decided:
    connector = told.pop("connector", "slack")
    message = a_message(text, id=id, connector=connector, conversation="C1", sender=sender)
    start = text.index(INN)
    scan = a_scan(a_finding(start=start, end=start + len(INN)))
    verdict = Verdict(Decision.BLOCK, Decision.BLOCK, Severity.HIGH, f"key of {sender}")
    inspection = Inspection(message, scan, Judgement((a_hit(decision=Decision.BLOCK),)), verdict)
    inspection = inspection._replace(**{name: told.pop(name) for name in ("suppressed", "decided_by") if name in told})
    who = told.pop("person", None)
    return Decided(
        message, connector, "messages", told.pop("received_at", NOON), inspection, (Text("body", text),), shown=(True,),
        surroundings=Surroundings(sender_person=who), **told,
    )  # fmt: skip


def test_a_message_sent_twice_has_one_verdict_and_the_first_answer(desk: Desk) -> None:
    first = desk.record(leak())
    again = desk.record(leak())
    assert (first[0].decision, first[0].duplicate) == (Decision.BLOCK, False)
    assert (again[0].decision, again[0].duplicate, again[0].incident) == (Decision.BLOCK, True, first[0].incident)
    assert len(desk.rows(ledger)) == 1


def test_the_same_message_twice_in_one_batch_has_one_verdict(desk: Desk) -> None:
    answers = desk.record(leak("m1"), clean("m2"), leak("m1"))
    assert [answer.duplicate for answer in answers] == [False, False, True]
    assert answers[0].ledger_seq == answers[2].ledger_seq
    assert len(desk.rows(ledger)) == 2


def test_a_revision_is_a_message_of_its_own(desk: Desk) -> None:
    one = clean("m1")
    edited = one._replace(message=one.message._replace(revision=1))
    assert [answer.duplicate for answer in desk.record(one, edited)] == [False, False]


def test_sums_reconcile(desk: Desk) -> None:
    desk.record(leak("m1"), clean("m2"), clean("m3"))
    desk.record(leak("m1"), clean("m4", accepted=False))
    sums = desk.sums()
    decided = sum(count for measure, count in sums.items() if measure.startswith("decision:"))
    assert sums["accepted"] == decided + sums["duplicate"] == 5
    with desk.database.reading() as connection:
        assert reconcile(connection).holds


def test_a_leaf_can_be_computed_again_from_its_row(desk: Desk) -> None:
    desk.record(leak("m1"), clean("m2"))
    for row in desk.rows(ledger):
        told = {field: getattr(row, field) for field in leaf.Decided._fields}
        assert leaf.leaf_of(leaf.Decided(**told)) == row.leaf


def test_alike_messages_of_one_sender_are_one_incident(desk: Desk) -> None:
    answers = desk.record(leak("m1"), leak("m2"), leak("m3", sender="U2"))
    assert answers[0].incident == answers[1].incident != answers[2].incident
    numbers = {row.number: row.occurrences for row in desk.rows(incidents)}
    assert numbers == {1: 2, 2: 1}


def test_one_message_seen_through_two_doors_is_one_incident(desk: Desk) -> None:
    first = desk.record(leak("m1", connector="slack", person="i.petrov", sender="U1"))
    near = desk.record(
        leak("9", connector="proxy", person="i.petrov", sender="10.0.0.7", received_at=NOON + timedelta(minutes=2))
    )
    later = desk.record(
        leak("8", connector="proxy", person="i.petrov", sender="10.0.0.7", received_at=NOON + timedelta(minutes=9))
    )
    assert near[0].incident == first[0].incident != later[0].incident


def test_a_case_has_its_own_incidents_without_due_time(desk: Desk) -> None:
    live, old = desk.record(leak("m1"))[0], desk.record(leak("m2", case_id="case"))[0]
    due = {row.id: row.due_at for row in desk.rows(incidents)}
    assert live.incident != old.incident
    assert due[live.incident] is not None
    assert due[old.incident] is None


def test_a_snippet_shows_no_value_and_the_digest_is_keyed(desk: Desk) -> None:
    desk.record(leak("m1"))
    (row,) = desk.rows(findings)
    assert row.snippet == "ИНН ⟦0:RU_INN:●●●●●●●●●●⟧ клиента"
    assert row.digest == desk.keys.digest("RU_INN", INN)


def test_a_suppressed_hit_stays_with_its_exception_and_opens_no_incident(desk: Desk) -> None:
    one = leak("m1", decided_by="exception")
    hit = one.inspection.judgement.hits[0]
    allowed = Verdict(Decision.ALLOW, Decision.ALLOW)
    inspection = one.inspection._replace(judgement=Judgement(), verdict=allowed, suppressed=(Suppressed(hit, "exc"),))
    (answer,) = desk.record(one._replace(inspection=inspection))
    (row,) = desk.rows(occurrences)
    assert (answer.incident, row.exception_id, row.incident_id) == (None, "exc", None)
    assert desk.sums()["by:exception"] == 1


def test_gaps_are_rows_and_sums(desk: Desk) -> None:
    one = clean("m1")
    inspection = one.inspection._replace(
        scan=a_scan(gaps=(a_gap(GapReason.ENCRYPTED), a_gap(GapReason.ENCRYPTED, "attachment:b")))
    )
    desk.record(one._replace(inspection=inspection))
    assert [row.reason for row in desk.rows(gaps)] == ["encrypted", "encrypted"]
    assert desk.sums()["gap:encrypted"] == 1  # messages, not gaps


def test_what_is_not_to_be_kept_is_not_in_the_vault(desk: Desk) -> None:
    desk.record(clean("m1"))
    assert desk.rows(vault_items) == []


def test_what_is_kept_is_sealed(desk: Desk) -> None:
    one = leak("m1")
    desk.record(one._replace(body=message_json.bytes_of(one.message)))
    (row,) = desk.rows(vault_items)
    assert INN.encode() not in row.sealed
    with desk.database.reading() as connection:
        assert INN.encode() in desk.vault.read(connection, row.id)


def test_other_words_under_a_known_id_are_judged_and_recorded_as_a_revision(desk: Desk) -> None:
    harmless = clean("m1")
    other = leak("m1")
    first, second = desk.record(harmless)[0], desk.record(other)[0]
    assert (first.decision, second.decision, second.duplicate) == (Decision.ALLOW, Decision.BLOCK, False)
    again = desk.record(other)[0]
    assert (again.duplicate, again.ledger_seq, again.decision) == (True, second.ledger_seq, Decision.BLOCK)
    assert desk.record(harmless)[0].ledger_seq == first.ledger_seq
    assert sorted(row.revision for row in desk.rows(ledger)) == [0, 1]


def test_other_words_under_one_id_in_one_batch_are_each_recorded(desk: Desk) -> None:
    answers = desk.record(clean("m1"), leak("m1"), clean("m1", "после обеда"), leak("m1"))
    assert [answer.duplicate for answer in answers] == [False, False, False, True]
    assert answers[1].ledger_seq == answers[3].ledger_seq
    assert desk.sums()["decision:block"] == 1


def test_nobody_knows_that_two_unknown_senders_are_one(desk: Desk) -> None:
    one, other = leak("m1", connector="slack"), leak("m2", connector="proxy", sender="U9")
    nobody = [item._replace(message=item.message._replace(sender=None)) for item in (one, other)]
    answers = desk.record(*nobody)
    assert answers[0].incident != answers[1].incident


def test_one_message_through_two_doors_of_one_connector_is_one_incident(desk: Desk) -> None:
    first = leak("m1", person="i.petrov")
    asked = first._replace(door="verdict", message=first.message._replace(id="v1", conversation=None))
    verdict = asked.inspection.verdict._replace(group_key="another")
    answers = desk.record(first, asked._replace(inspection=asked.inspection._replace(verdict=verdict)))
    assert answers[0].incident == answers[1].incident
