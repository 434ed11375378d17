"""Contract tests of the record run on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dlp.store.columns import METADATA
from dlp.store.database import Database
from dlp.store.tables import access, duties, record, trust  # noqa: F401 - they fill METADATA
from tests.databases import PostgreSQL, a_postgresql


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    with a_postgresql() as cluster:
        yield cluster


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty record with all its tables, once in SQLite and once in PostgreSQL."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'record.db'}"
    else:
        url = request.getfixturevalue("postgresql").database()
    opened = Database(url)
    METADATA.create_all(opened.engine)
    yield opened
    opened.close()
