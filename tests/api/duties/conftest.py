"""An installation with the duties' rules for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dlp.services import Services
from tests.duties import Chatter, a_duty_installation


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    """A new installation with the rules of `tests/duties.py`."""
    opened = a_duty_installation(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def chatter(services: Services) -> Chatter:
    """Somebody who talks."""
    return Chatter(services)
