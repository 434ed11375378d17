"""A checkpoint covers what can change no more: on PostgreSQL a lower number may still be on its way."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, text

from dlp.errors import UnavailableError
from dlp.store.audit import checkpoints
from dlp.store.audit.verification import verify
from dlp.store.columns import METADATA
from dlp.store.database import Database
from dlp.store.vault.keys import Keys
from tests.databases import PostgreSQL
from tests.store.audit.builders import NOW, acts, taken, verdicts


@pytest.fixture
def distributed(postgresql: PostgreSQL) -> Iterator[Database]:
    opened = Database(postgresql.database())
    METADATA.create_all(opened.engine)
    yield opened
    opened.close()


def _waits(database: Database) -> bool:
    with database.reading() as connection:
        waiting = select(func.count()).select_from(text("pg_locks")).where(text("NOT granted"))
        return bool(connection.execute(waiting).scalar())


def test_a_verdict_on_its_way_with_a_lower_number_is_waited_for(distributed: Database, keys: Keys) -> None:
    with ThreadPoolExecutor(1) as thread:
        with distributed.engine.begin() as slow:
            verdicts(slow, 1, start=0)  # another process has number 1 and has not committed
            distributed.write(lambda c: verdicts(c, 1, start=1))
            coming = thread.submit(checkpoints.take, distributed, keys, NOW)
            while not (_waits(distributed) or coming.done()):
                pass
        signed = taken(coming.result())
    assert (signed.ledger_seq, signed.ledger_count) == (2, 2)
    with distributed.reading() as connection:
        assert verify(connection, signed.key_id).ok


def test_a_writer_that_does_not_end_is_not_waited_for_long(distributed: Database, keys: Keys) -> None:
    with distributed.engine.begin() as slow:
        verdicts(slow, 1)
        with pytest.raises(UnavailableError):
            checkpoints.take(distributed, keys, NOW)
    assert taken(checkpoints.take(distributed, keys, NOW)).ledger_count == 1


def test_a_checkpoint_goes_on_from_the_one_before(database: Database, keys: Keys) -> None:
    database.write(lambda c: (verdicts(c, 3), acts(c, 2)))
    first = taken(checkpoints.take(database, keys, NOW))
    database.write(lambda c: verdicts(c, 2, start=3))
    second = taken(checkpoints.take(database, keys, NOW))
    assert [(one.number, one.audit_seq, one.ledger_seq, one.ledger_count) for one in (first, second)] == [
        (1, 3, 3, 3),
        (2, 3, 5, 5),
    ]
    assert checkpoints.take(database, keys, NOW) is None


def test_a_new_key_signs_at_once(database: Database, keys: Keys) -> None:
    checkpoints.take(database, keys, NOW)
    keys.rotate_signing_key()
    second = taken(checkpoints.take(database, keys, NOW))
    assert second.key_id == keys.signing_keys()[1].key_id
    with database.reading() as connection:
        assert [entry["key_id"] for entry in checkpoints.key_entries(connection)] == [key.key_id for key in keys.signing_keys()]
