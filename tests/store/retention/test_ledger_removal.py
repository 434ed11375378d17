"""A row of the ledger may go only with a tombstone, and the tombstone only with an act: anything else is found."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, delete, insert, select, update

from dlp.errors import Conflict
from dlp.store.actor import Actor
from dlp.store.audit.faults import Fault
from dlp.store.audit.verification import verify
from dlp.store.retention.ledger_removal import remove_rows
from dlp.store.tables.record import ledger
from dlp.store.tables.trust import tombstones
from dlp.store.vault.vault import Because
from tests.store.retention.office import Office

BECAUSE = Because(Actor("admin-1"), "the demonstration is over")


@pytest.fixture
def seqs(office: Office) -> list[int]:
    """Twelve verdicts, seven of them signed by one checkpoint and five by the next."""
    first = [office.receive(hit=number % 3 == 0, sender=f"U{number}") for number in range(7)]
    office.checkpoint()
    second = [office.receive(hit=False) for _ in range(5)]
    office.checkpoint()
    return first + second


def _remove(office: Office, seqs: list[int]) -> int:
    return office.database.write(lambda c: remove_rows(c, seqs, office.now, BECAUSE))


def _fault_after(office: Office, harm: Callable[[Connection], object]) -> Fault | None:
    with office.database.engine.connect() as connection, connection.begin() as transaction:
        harm(connection)
        found = verify(connection, office.keys.signing_keys()[0].key_id)
        transaction.rollback()
    return found.fault


@pytest.mark.parametrize("places", [[0], [11], [3, 4, 5], [0, 2, 4, 6, 8, 10], list(range(7)), list(range(12))])
def test_removed_rows_leave_every_checkpoint_holding(office: Office, seqs: list[int], places: list[int]) -> None:
    removed = [seqs[place] for place in places]
    assert _remove(office, removed) == len(removed)
    assert {row.seq for row in office.rows(ledger)} == set(seqs) - set(removed)
    assert office.holds()


def test_rows_removed_a_few_at_a_time_leave_it_holding(office: Office, seqs: list[int]) -> None:
    for place in (5, 4, 0, 7, 1, 2, 3, 6, 9, 8):
        assert _remove(office, [seqs[place]]) == 1
        assert office.holds()
    assert _remove(office, seqs[:10]) == 0


def test_removed_rows_are_counted(office: Office, seqs: list[int]) -> None:
    _remove(office, seqs[2:10])
    with office.database.reading() as connection:
        found = verify(connection, office.keys.signing_keys()[0].key_id)
    assert (found.ledger_records, found.removed) == (4, 8)


def test_whole_stretches_leave_one_node_each(office: Office, seqs: list[int]) -> None:
    _remove(office, seqs)
    assert [len(stone.remains) for stone in office.rows(tombstones)] == [1, 1]


def test_rows_no_checkpoint_covers_stay(office: Office, seqs: list[int]) -> None:
    new = office.receive(hit=False)
    with pytest.raises(Conflict):
        _remove(office, [seqs[0], new])
    assert len(office.rows(ledger)) == 13


def test_a_removal_without_its_tombstone_is_named(office: Office, seqs: list[int]) -> None:
    _remove(office, seqs[2:4])
    fault = _fault_after(office, lambda c: c.execute(delete(tombstones)))
    assert fault is not None
    assert (fault.kind, fault.number, fault.code) == ("ledger", seqs[2], "missing")


def test_a_tombstone_that_was_changed_is_named(office: Office, seqs: list[int]) -> None:
    _remove(office, seqs[2:4])
    fault = _fault_after(office, lambda c: c.execute(update(tombstones).values(remains=[[seqs[2], seqs[3], 2, "00" * 32]])))
    assert fault is not None
    assert (fault.kind, fault.number, fault.code) == ("ledger", seqs[2], "removed_unexplained")


def test_a_tombstone_of_nobody_s_act_is_named(office: Office, seqs: list[int]) -> None:
    _remove(office, seqs[2:4])

    def harm(connection: Connection) -> None:
        leaf = connection.execute(select(ledger.c.leaf).where(ledger.c.seq == seqs[6])).scalar_one()
        stone = connection.execute(select(tombstones)).one()._asdict()
        stone |= {"id": 999, "ledger_first": seqs[6], "ledger_last": seqs[6], "remains": [[seqs[6], seqs[6], 1, leaf.hex()]]}
        connection.execute(insert(tombstones).values(stone))
        from dlp.store.retention.ledger_removal import _OF_A_ROW

        for table in _OF_A_ROW:
            connection.execute(delete(table).where(table.c.ledger_seq == seqs[6]))
        connection.execute(delete(ledger).where(ledger.c.seq == seqs[6]))

    fault = _fault_after(office, harm)
    assert fault is not None
    assert (fault.kind, fault.number, fault.code) == ("ledger", seqs[6], "removed_unexplained")


def test_a_row_that_stands_beside_its_tombstone_is_found(office: Office, seqs: list[int]) -> None:
    row = office.rows(ledger)[2]._asdict()
    _remove(office, [seqs[2]])
    fault = _fault_after(office, lambda c: c.execute(insert(ledger).values(row)))
    assert fault is not None
    assert (fault.kind, fault.code) == ("ledger", "added")
