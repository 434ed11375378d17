"""One person's messages can be erased; what remains says what was decided, not what was written or by whom."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection, insert

from dlp.errors import NotFound, UsageError
from dlp.store.actor import Actor
from dlp.store.audit.verifier import commitment
from dlp.store.columns import METADATA
from dlp.store.retention.person import Account, Erasure, erase_person, subject_of
from dlp.store.tables.duties import case_continuity, case_people, cases, exceptions
from dlp.store.tables.record import actions, findings, incident_words, incidents, ledger
from dlp.store.tables.trust import audit, tombstones
from dlp.store.vault.vault import Because
from tests.store.retention.office import Office

BECAUSE = Because(Actor("admin-1", "user", "А. Админ"), "the person asked, letter 17")


def _erase(office: Office, *accounts: Account, person: str | None = None, named: str = "Иванов И. И.") -> Erasure:
    def work(connection: Connection) -> Erasure:
        subject = subject_of(connection, office.keys, named, accounts, person=person)
        return erase_person(connection, office.vault, subject, BECAUSE, office.now)

    done = office.database.write(work)
    with office.database.reading() as connection:
        office.vault.settle(connection)
    return done


def test_what_a_person_wrote_is_gone_and_what_others_wrote_is_not(office: Office) -> None:
    mine = [office.receive(hit=hit, sender="ivanov") for hit in (True, False, True)]
    other = [office.receive(hit=hit, sender="petrov") for hit in (True, False)]
    done = _erase(office, Account("ivanov"))
    assert (done.messages, done.items, done.findings, done.incidents) == (3, 3, 2, 1)
    assert office.kept() == set(other)
    assert {row.ledger_seq for row in office.rows(findings) if row.snippet or row.digest} == {other[0]}
    assert {row.seq for row in office.rows(ledger) if row.sender is None} == set(mine)
    assert len(office.rows(ledger)) == 5
    assert office.holds()


def test_the_name_is_in_no_table_but_the_log(office: Office) -> None:
    office.receive(hit=True, sender="ivanov", person="p-17", chat_title="Иванов")
    office.receive(hit=False, sender="ivanov")
    _erase(office, Account("ivanov"), person="p-17")
    holding = {
        table.name
        for table in METADATA.sorted_tables
        for row in office.rows(table)
        if any(word in str(tuple(row)).lower() for word in ("ivanov", "иванов", "p-17"))
    }
    assert holding == {"audit"}


def test_a_chat_called_after_the_person_exceptions_and_lists_name_nobody_any_more(office: Office) -> None:
    mine = office.receive(hit=True, sender="petrov", conversation="ivanov", chat_title="Иванов И.")
    office.database.write(lambda c: _put_beside(c, office))
    _erase(office, Account("ivanov", ("slack",)), person="p-17")
    for table in (ledger, incidents, incident_words, exceptions, case_people, case_continuity, actions):
        assert not [row for row in office.rows(table) if any(word in str(row).lower() for word in ("ivanov", "иванов", "p-17"))]
    assert [(row.sender, row.conversation) for row in office.rows(incidents)] == [("petrov", None)]
    assert [(row.scope, row.ended_by, row.value_sealed) for row in sorted(office.rows(exceptions))] == [
        ("person", "admin-1", b""),
        ("rule", None, b"sealed"),
    ]
    assert office.kept() == {mine}
    assert office.holds()


def _put_beside(connection: Connection, office: Office) -> None:
    made = {"entity": "RU_INN", "digest": b"d", "digest_epoch": 1, "value_sealed": b"sealed", "owner": "u", "reason": "ours"}
    made |= {"created_at": office.now, "expires_at": office.now + timedelta(days=9)}
    for scope, value in (("person", "p-17"), ("rule", "subject/any-inn")):
        connection.execute(insert(exceptions).values(made | {"id": scope, "scope": scope, "scope_value": value}))
    case = {"id": "c", "name": "c", "state": "ready", "created_by": "u", "created_at": office.now, "legal_hold": False}
    connection.execute(insert(cases).values(case))
    chat = {"case_id": "c", "conversation": "slack/C1"}
    connection.execute(insert(case_people).values(chat | {"account": "ivanov", "kind": "staff", "name": "Иванов"}))
    connection.execute(insert(case_continuity).values(chat | {"owner": "p-17", "messages": 1}))


def test_an_incident_stays_without_whose_it_was(office: Office) -> None:
    office.receive(hit=True, sender="ivanov", person="p-17", chat_title="Иванов")
    before = office.rows(incidents)[0]
    _erase(office, Account("ivanov"))
    after = office.rows(incidents)[0]
    assert (after.sender, after.person, after.chat_title) == (None, None, None)
    assert (after.number, after.severity, after.version) == (before.number, before.severity, before.version + 1)
    assert len(office.rows(incident_words)) == 1


def test_an_account_of_one_connector_is_another_s_on_the_next(office: Office) -> None:
    office.receive(hit=False, sender="17", connector="slack")
    kept = office.receive(hit=False, sender="17", connector="telegram")
    assert _erase(office, Account("17", ("slack",))).messages == 1
    assert office.kept() == {kept}


def test_a_person_of_the_directory_is_found_by_the_accounts_incidents_know(office: Office) -> None:
    office.receive(hit=True, sender="ivanov", person="p-17")
    office.receive(hit=False, sender="ivanov")
    kept = office.receive(hit=True, sender="petrov", person="p-18")
    assert _erase(office, person="p-17").messages == 2
    assert office.kept() == {kept}


def test_what_was_written_before_the_digests_key_changed_is_found(office: Office) -> None:
    office.receive(hit=False, sender="ivanov")
    office.keys.rotate_digests()
    office.receive(hit=False, sender="ivanov")
    assert _erase(office, Account("ivanov")).messages == 2
    assert office.kept() == set()


def test_what_a_legal_hold_holds_is_told_and_kept(office: Office) -> None:
    held = office.receive(hit=True, sender="ivanov", case_id="case-1")
    office.receive(hit=True, sender="ivanov")
    office.hold_case("case-1", held=True)
    office.sweep()
    done = _erase(office, Account("ivanov"))
    assert (done.messages, done.kept_by_legal_hold) == (1, 1)
    assert office.kept() == {held}


def test_the_act_and_the_extract_say_who_what_and_why(office: Office) -> None:
    office.receive(hit=True, sender="ivanov")
    done = _erase(office, Account("ivanov"))
    assert (done.actor, done.reason, done.subject, done.accounts) == ("admin-1", BECAUSE.reason, "Иванов И. И.", ("ivanov",))
    entry = done.log[0]
    assert (entry["seq"], entry["act"], entry["actor"]) == (done.audit_seq, "person.erased", "admin-1")
    assert commitment(bytes.fromhex(entry["salt"]), entry["details"]).hex() == entry["commitment"]
    assert {stone.kind for stone in office.rows(tombstones)} == {"person", "item"}
    assert {stone.audit_seq for stone in office.rows(tombstones)} == {done.audit_seq}
    assert [row.act for row in office.rows(audit)].count("person.erased") == 1


def test_erasing_again_erases_nothing_and_is_an_act_too(office: Office) -> None:
    office.receive(hit=True, sender="ivanov")
    _erase(office, Account("ivanov"))
    assert _erase(office, Account("ivanov")).messages == 0
    assert [row.act for row in office.rows(audit)].count("person.erased") == 2


def test_nobody_in_particular_cannot_be_erased(office: Office) -> None:
    with pytest.raises(UsageError):
        _erase(office)
    with pytest.raises(NotFound):
        _erase(office, person="p-404")
    assert office.rows(tombstones) == []
