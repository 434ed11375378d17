"""What migrations make is what the product expects, in both databases; starting again changes nothing."""

from __future__ import annotations

import re

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from dlp.store.columns import METADATA
from dlp.store.database import Database
from dlp.store.migrations import migrate, newest, version_of

_MADE_BESIDE = re.compile(r"incident_search|ix_incident_words_search|alembic_version|sqlite_")


def test_the_migrated_record_has_the_tables_the_product_knows(database: Database) -> None:
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": _is_ours})
        differences = compare_metadata(context, METADATA)
        # SQLite cannot tell what an index over an expression is over: the names of indexes are compared below.
        assert [told for told in differences if not str(told[0]).endswith("_index")] == []
        assert version_of(connection) == newest()


def test_every_index_the_tables_name_is_there(database: Database) -> None:
    wanted = {str(index.name) for table in METADATA.sorted_tables for index in table.indexes}
    with database.reading() as connection:
        if database.is_sqlite:
            found = set(connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'index'")))
        else:
            found = set(connection.scalars(text("SELECT indexname FROM pg_indexes WHERE schemaname = 'public'")))
    assert wanted - found == set()


def test_numbers_of_the_ledger_are_never_given_twice(database: Database) -> None:
    if database.is_sqlite:
        with database.reading() as connection:
            made = connection.scalar(text("SELECT sql FROM sqlite_master WHERE name = 'ledger'"))
        assert "AUTOINCREMENT" in str(made)


def test_migrating_again_changes_nothing(database: Database) -> None:
    with database.reading() as connection:
        before = inspect(connection).get_table_names()
    migrate(database)
    with database.reading() as connection:
        assert inspect(connection).get_table_names() == before


def _is_ours(name: str | None, _kind: str, _parents: object) -> bool:
    return name is None or not _MADE_BESIDE.match(name)
