"""A whole installation for tests: a record, keys, the default policies, a clock advanced by hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from os import environ
from pathlib import Path

from dlp.clock import Clock, SetClock
from dlp.services import Services
from dlp.settings import Settings, settings_from
from dlp.wiring import services_from

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)  # a Friday


def settings_in(folder: Path, **told: object) -> Settings:
    """Settings with everything below `folder` but the run's own cache; fields by name replace them."""
    return settings_from(environ)._replace(home=folder, **told)  # type: ignore[arg-type]


def an_installation(folder: Path, *, clock: Clock | None = None, **told: object) -> Services:
    """A new installation below `folder`, its clock standing at NOON unless another is given. Close it."""
    return services_from(settings_in(folder, **told), clock=clock or SetClock(NOON), make_keys=True)


@contextmanager
def installed(folder: Path, *, clock: Clock | None = None, **told: object) -> Iterator[Services]:
    """`an_installation`, closed when the block ends."""
    services = an_installation(folder, clock=clock, **told)
    try:
        yield services
    finally:
        services.close()
