"""Opened keys and a vault, with the wrapped keys in the same kind of database as the record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dlp.clock import SetClock
from dlp.store.database import Database
from dlp.store.vault.keys import Keys, open_keys
from dlp.store.vault.vault import Vault
from tests.store.vault.evidence import Places

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """Where an installation below `tmp_path` keeps its record, wrapped keys and key files."""
    return Places.below(tmp_path)


@pytest.fixture
def keys(places: Places) -> Iterator[Keys]:
    opened = open_keys(places, make=True, clock=SetClock(NOON))
    yield opened
    opened.close()


@pytest.fixture
def vault_places(request: pytest.FixtureRequest, database: Database, places: Places) -> Places:
    if database.is_sqlite:
        return places
    return places._replace(key_store=request.getfixturevalue("postgresql").database())


@pytest.fixture
def vault_keys(vault_places: Places) -> Iterator[Keys]:
    """Keys in the kind of database the record is in."""
    opened = open_keys(vault_places, make=True, clock=SetClock(NOON))
    yield opened
    opened.close()


@pytest.fixture
def vault(vault_keys: Keys) -> Vault:
    return Vault(vault_keys)
