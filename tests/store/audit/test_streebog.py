"""A second hash has its place beside the chain's, made by whoever has a certified tool."""

from __future__ import annotations

import hashlib

from sqlalchemy import select, update

from dlp.store.audit import streebog
from dlp.store.database import Database
from dlp.store.tables.trust import audit
from tests.store.audit.builders import acts


def test_the_chain_s_own_hash_is_of_the_same_bytes(database: Database) -> None:
    database.write(lambda connection: acts(connection, 3))
    with database.reading() as connection:
        rows = connection.execute(select(audit)).all()
    assert [hashlib.sha256(streebog.hashed(row)).digest() for row in rows] == [row.hash for row in rows]


def test_records_made_before_get_their_second_hash(database: Database) -> None:
    def hashing(text: bytes) -> bytes:
        return hashlib.blake2b(text, digest_size=32).digest()

    database.write(lambda connection: acts(connection, 5))
    assert [database.write(lambda connection: streebog.fill(connection, hashing, 3)) for _ in range(3)] == [3, 2, 0]
    with database.reading() as connection:
        assert streebog.wrong(connection, hashing) is None
    database.write(lambda connection: connection.execute(update(audit).where(audit.c.seq == 4).values(act="x")))
    with database.reading() as connection:
        assert streebog.wrong(connection, hashing) == 4
