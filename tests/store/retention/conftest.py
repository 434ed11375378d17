"""An office on each database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dlp.store.database import Database
from dlp.store.vault.keys import open_keys
from tests.installations import settings_in
from tests.store.retention.office import Office


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Iterator[Office]:
    keys = open_keys(settings_in(tmp_path / "home"), make=True)
    yield Office(database, keys)
    keys.close()
