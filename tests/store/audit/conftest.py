"""Keys of a new installation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dlp.store.vault.keys import Keys, open_keys
from tests.installations import settings_in


@pytest.fixture
def keys(tmp_path: Path) -> Iterator[Keys]:
    opened = open_keys(settings_in(tmp_path / "keys"), make=True)
    yield opened
    opened.close()
