"""An installation for each test of the API, its clock advanced by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dlp.clock import SetClock
from dlp.services import Services
from tests.installations import NOON, an_installation


@pytest.fixture
def clock() -> SetClock:
    """Stands at NOON until a test sets `moment`."""
    return SetClock(NOON)


@pytest.fixture
def services(tmp_path: Path, clock: SetClock) -> Iterator[Services]:
    """A new installation with its keys."""
    opened = an_installation(tmp_path, clock=clock)
    yield opened
    opened.close()
