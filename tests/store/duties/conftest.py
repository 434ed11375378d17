"""An installation on each database; the real pipeline fills it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dlp.services import Services
from tests.duties import Chatter, a_duty_installation


@pytest.fixture(params=["sqlite", "postgresql"])
def services(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Services]:
    """An empty installation, its record once in SQLite and once in PostgreSQL."""
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgresql").database()
    opened = a_duty_installation(tmp_path, record_url=url)
    yield opened
    opened.close()


@pytest.fixture
def chatter(services: Services) -> Chatter:
    """Somebody who talks."""
    return Chatter(services)
