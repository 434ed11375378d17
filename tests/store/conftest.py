"""Contract tests of the record run on both databases."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from dlp.store.columns import METADATA
from dlp.store.database import Database
from dlp.store.migrations import migrate
from tests.databases import PostgreSQL, a_postgresql


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    with a_postgresql() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite record with its tables and nothing in them."""
    path = tmp_path_factory.mktemp("migrated") / "record.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_database(postgresql: PostgreSQL) -> str:
    """The URL of such a record in PostgreSQL."""
    url = postgresql.database()
    _migrate(url)
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty record with all its tables, once in SQLite and once in PostgreSQL."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "record.db")
        opened = Database(f"sqlite:///{tmp_path / 'record.db'}")
        yield opened
        opened.close()
        return
    opened = Database(request.getfixturevalue("migrated_database"))
    yield opened
    # Emptying the tables is ten times as fast as another database.
    names = ", ".join(f'"{table.name}"' for table in METADATA.sorted_tables)
    opened.write(lambda connection: connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE")))
    opened.close()


def _migrate(url: str) -> None:
    database = Database(url)
    migrate(database)
    database.close()
