"""Days end when their connector's settings say so; what a case holds stays, and only that."""

from __future__ import annotations

from sqlalchemy import select, update

from dlp.store.retention import Swept
from dlp.store.tables.duties import cases
from dlp.store.tables.record import findings, incident_words, incidents, ledger
from dlp.store.tables.trust import audit, tombstones, vault_holds
from tests.store.retention.office import Office


def _traces(office: Office) -> set[int]:
    """Messages with a snippet or a digest left."""
    return {row.ledger_seq for row in office.rows(findings) if row.snippet is not None or row.digest is not None}


def test_a_clean_message_goes_after_its_days_and_a_hit_stays(office: Office) -> None:
    office.connect("slack", 365, 30)
    office.receive(hit=False)
    hit = office.receive(hit=True)
    office.pass_days(30)
    assert office.sweep() == Swept()
    assert len(office.kept()) == 2
    office.pass_days(1)
    assert office.sweep() == Swept(clean_days=1, items=1)
    assert office.kept() == {hit}
    assert office.sweep() == Swept()
    assert office.holds()


def test_everything_of_a_day_goes_after_its_days(office: Office) -> None:
    office.connect("slack", 90, 30)
    hit = office.receive(hit=True)
    office.pass_days(90)
    office.sweep()
    assert office.kept() == _traces(office) == {hit}
    office.pass_days(1)
    assert office.sweep() == Swept(days=1, items=1)
    assert (office.kept(), _traces(office)) == (set(), set())
    row = office.rows(ledger)[0]
    assert (row.seq, row.decision, row.sender, row.twin) == (hit, 5, None, None)
    assert [stone.kind for stone in office.rows(tombstones)] == ["day"]
    assert "vault.shred" in {row.act for row in office.rows(audit)}
    assert office.sweep() == Swept()
    assert office.holds()


def test_what_could_be_searched_goes_with_its_day(office: Office) -> None:
    office.connect("slack", 90, 30)
    office.receive(hit=True)
    assert any("ромашка" in row.words for row in office.rows(incident_words))
    office.pass_days(91)
    office.sweep()
    assert not any("ромашка" in row.words for row in office.rows(incident_words))


def test_each_connector_has_its_own_days(office: Office) -> None:
    office.connect("slack", 90, 30)
    office.connect("archive", 1000, 1000)
    office.receive(hit=True)
    archived = [office.receive(hit=hit, connector="archive") for hit in (True, False)]
    unknown = office.receive(hit=True, connector="unlisted")
    office.pass_days(91)
    office.sweep()
    assert office.kept() == {*archived, unknown}
    office.pass_days(300)
    office.sweep()
    assert office.kept() == set(archived)


def test_a_day_without_kept_messages_is_shed_once(office: Office) -> None:
    office.connect("slack", 90, 30)
    office.receive(hit=False)
    office.pass_days(40)
    office.sweep()
    office.pass_days(60)
    assert office.sweep().days == 1
    assert office.sweep() == Swept()
    assert office.rows(ledger)[0].sender is None


def test_longer_terms_keep_what_was_not_shed_yet(office: Office) -> None:
    from dlp.store.tables.duties import connectors

    office.connect("slack", 10, 5)
    office.receive(hit=True)
    office.database.write(lambda c: c.execute(update(connectors).values(retention_days=20)))
    office.pass_days(15)
    assert office.sweep() == Swept()


def test_a_legal_hold_keeps_only_the_items_of_its_case(office: Office) -> None:
    office.connect("slack", 90, 30)
    imported = office.receive(hit=False, case_id="case-1")
    joined = office.receive(hit=True, sender="U2")
    other = office.receive(hit=True, sender="U3")
    office.put_into_case(joined, "case-1")
    office.hold_case("case-1", held=True)
    assert office.kept() == {imported, joined, other}
    office.pass_days(91)
    assert office.sweep().held == 2
    assert office.kept() == {imported, joined}
    assert _traces(office) == {joined}
    assert office.sweep() == Swept()
    assert office.holds()


def test_a_hold_that_ends_lets_its_items_go_with_their_day(office: Office) -> None:
    office.connect("slack", 90, 90)
    old = office.receive(hit=True, sender="U2")
    office.put_into_case(old, "case-1")
    office.hold_case("case-1", held=True)
    office.pass_days(91)
    office.sweep()
    young = office.receive(hit=True, sender="U2", case_id="case-1")
    office.sweep()
    assert office.kept() == {old, young}
    office.hold_case("case-1", held=False)
    assert office.sweep().holds_ended == 1
    assert (office.kept(), _traces(office)) == ({young}, {young})
    assert office.rows(vault_holds) == []
    assert office.holds()


def test_a_hold_of_clean_messages_that_ends_leaves_the_rest_of_their_day(office: Office) -> None:
    office.connect("slack", 90, 10)
    clean = office.receive(hit=False, case_id="case-1")
    hit = office.receive(hit=True)
    office.hold_case("case-1", held=True)
    office.sweep()
    office.pass_days(20)
    office.sweep()
    assert office.kept() == {clean, hit}
    office.hold_case("case-1", held=False)
    office.sweep()
    assert office.kept() == _traces(office) == {hit}


def test_the_ledger_stays_for_good_unless_told_otherwise(office: Office) -> None:
    office.connect("slack", 10, 1)
    office.receive(hit=True)
    office.pass_days(1000)
    assert office.sweep().ledger_rows == 0
    assert len(office.rows(ledger)) == 1


def test_old_rows_of_the_ledger_go_and_every_checkpoint_holds(office: Office) -> None:
    office.connect("slack", 10, 1)
    old = [office.receive(hit=number % 2 == 0, sender=f"U{number}") for number in range(5)]
    office.checkpoint()
    old += [office.receive(hit=False) for _ in range(3)]
    office.checkpoint()
    office.pass_days(100)
    young = [office.receive(hit=True) for _ in range(2)]
    office.checkpoint()
    assert office.sweep(ledger_days=100).ledger_rows == 0
    assert office.sweep(ledger_days=99).ledger_rows == len(old)
    assert {row.seq for row in office.rows(ledger)} == set(young)
    assert office.sweep(ledger_days=99).ledger_rows == 0
    assert office.rows(incidents)
    assert office.holds()


def test_a_stretch_that_is_old_in_part_stays_whole(office: Office) -> None:
    office.connect("slack", 10, 1)
    office.receive(hit=True)
    office.pass_days(100)
    office.receive(hit=True)
    office.checkpoint()
    assert office.sweep(ledger_days=50).ledger_rows == 0
    office.pass_days(100)
    assert office.sweep(ledger_days=50).ledger_rows == 2
    assert office.holds()


def test_old_rows_a_case_holds_stay_in_the_ledger(office: Office) -> None:
    office.connect("slack", 10, 1)
    seqs = [office.receive(hit=True, sender=f"U{number}") for number in range(6)]
    office.put_into_case(seqs[2], "case-1")
    office.hold_case("case-1", held=True)
    office.checkpoint()
    office.pass_days(200)
    assert office.sweep(ledger_days=100).ledger_rows == 5
    assert {row.seq for row in office.rows(ledger)} == {seqs[2]}
    assert office.holds()
    office.hold_case("case-1", held=False)
    assert office.sweep(ledger_days=100).ledger_rows == 1
    assert office.rows(ledger) == []
    assert office.holds()


def test_a_case_that_never_held_changes_nothing(office: Office) -> None:
    office.connect("slack", 10, 10)
    office.receive(hit=True, case_id="case-1")
    office.hold_case("case-1", held=False)
    assert office.sweep() == Swept()
    with office.database.reading() as connection:
        assert connection.execute(select(cases.c.legal_hold)).scalars().all() == [False]
