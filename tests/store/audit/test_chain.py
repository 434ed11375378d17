"""Acts are numbered without gaps, each hashing the one before, by however many writers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import Connection, Row, select
from sqlalchemy.exc import StatementError

from dlp.errors import Conflict, NotFound
from dlp.store.actor import Actor
from dlp.store.audit import chain
from dlp.store.audit.details import erase_details
from dlp.store.audit.verifier import commitment
from dlp.store.database import Database
from dlp.store.tables.trust import audit
from tests.store.audit.builders import NOW, OFFICER, acts


def _rows(database: Database) -> list[Row[tuple[object, ...]]]:
    with database.reading() as connection:
        return list(connection.execute(select(audit).order_by(audit.c.seq)))


def test_numbers_have_no_gaps(database: Database) -> None:
    assert database.write(lambda connection: acts(connection, 5)) == [1, 2, 3, 4, 5]


def test_each_row_hashes_the_one_before(database: Database) -> None:
    database.write(lambda connection: acts(connection, 5))
    rows = _rows(database)
    assert [row.previous for row in rows] == [chain.GENESIS, *(row.hash for row in rows[:-1])]
    assert [chain.hash_of(row) for row in rows] == [row.hash for row in rows]


def test_a_row_commits_to_salted_details(database: Database) -> None:
    database.write(lambda connection: acts(connection, 2))
    rows = _rows(database)
    assert [commitment(row.salt, chain.canonical(row.details)) for row in rows] == [row.commitment for row in rows]
    assert rows[0].salt != rows[1].salt


def test_an_act_that_is_taken_back_leaves_no_gap(database: Database) -> None:
    def fails(connection: Connection) -> None:
        acts(connection, 3)
        raise Conflict("no")

    done = [database.submit(work) for work in (lambda c: acts(c, 1), fails, lambda c: acts(c, 1))]
    assert [done[0].result(), done[2].result()] == [[1], [2]]


def test_many_processes_append_to_one_chain(database: Database) -> None:
    others = [Database(database.engine.url.render_as_string(hide_password=False)) for _ in range(3)]
    with ThreadPoolExecutor(12) as threads:
        done = [threads.submit(other.write, lambda connection: acts(connection, 2)) for other in others for _ in range(8)]
        seqs = sorted(seq for work in done for seq in work.result())
    for other in others:
        other.close()
    assert seqs == list(range(1, 49))
    rows = _rows(database)
    assert all(row.previous == before.hash for before, row in pairwise(rows))


def test_what_no_column_can_hold_is_not_what_is_hashed(database: Database) -> None:
    strange = Actor("x" * 100, "user")
    database.write(lambda connection: chain.append(connection, strange, "login\0", "user:\ud800" + "y" * 300, {}, NOW))
    row = _rows(database)[0]
    assert chain.hash_of(row) == row.hash
    assert (len(row.actor), len(row.object), row.act) == (64, 128, "login")


def test_details_that_are_no_json_are_refused(database: Database) -> None:
    with pytest.raises((ValueError, StatementError)):
        database.write(lambda connection: chain.append(connection, OFFICER, "a", "o", {"x": float("nan")}, NOW))


def test_erased_details_are_gone_and_the_erasure_is_a_row(database: Database) -> None:
    database.write(lambda connection: acts(connection, 9))
    later = NOW + timedelta(days=1)
    erased = database.write(
        lambda connection: erase_details(connection, [2, 3, 4, 7], actor=OFFICER, reason="asked by the person", now=later)
    )
    rows = _rows(database)
    assert [row.seq for row in rows if row.details is None and row.salt is None] == [2, 3, 4, 7]
    assert rows[-1].seq == erased == 10
    assert (rows[-1].act, rows[-1].details["seqs"]) == ("audit.details_erased", [[2, 4], [7, 7]])
    assert all(chain.hash_of(row) == row.hash for row in rows)


def test_the_record_of_an_erasure_is_not_erased(database: Database) -> None:
    database.write(lambda connection: acts(connection, 2))
    seq = database.write(lambda c: erase_details(c, [1], actor=OFFICER, reason="r", now=NOW))
    with pytest.raises(Conflict):
        database.write(lambda c: erase_details(c, [seq], actor=OFFICER, reason="r", now=NOW))


def test_a_record_that_is_not_there_cannot_be_erased(database: Database) -> None:
    with pytest.raises(NotFound):
        database.write(lambda c: erase_details(c, [1], actor=OFFICER, reason="r", now=NOW))
