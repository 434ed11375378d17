"""Whether this process can do its duty: each check does what it asks about."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable, Mapping
from concurrent.futures import TimeoutError as NotInTime
from datetime import timedelta
from types import MappingProxyType
from typing import Final, NamedTuple

from dlp.errors import DlpError
from dlp.services import Services
from dlp.store import inbox
from dlp.store.access.housekeeping import pulse
from dlp.store.vault.wrapping import refuse_wrong_keks

_WRITE_SECONDS = 5.0
_OLDEST = timedelta(minutes=5)  # decided later than this, a message waits for something that is broken
_MEGABYTE = 1024 * 1024


class Check(NamedTuple):
    """One check's outcome; `code` says what is wrong, "" where it holds."""

    name: str
    code: str = ""

    @property
    def holds(self) -> bool:
        return not self.code


def checks_of(services: Services) -> tuple[Check, ...]:
    """Every check, in a fixed order; a check that cannot be made has failed."""
    return tuple(_made(name, check, services) for name, check in _CHECKS.items())


def _made(name: str, check: Callable[[Services], str], services: Services) -> Check:
    try:
        return Check(name, check(services))
    except DlpError as error:
        return Check(name, error.code)
    except Exception as error:
        # Whatever happened, its words may quote what it read: its class says enough here.
        return Check(name, type(error).__name__)


def _record(services: Services) -> str:
    now = services.clock.now()
    written = services.database.submit(lambda connection: pulse(connection, f"ready:{socket.gethostname()}"[:64], now))
    try:
        written.result(timeout=_WRITE_SECONDS)
    except NotInTime:
        return "slow"
    return ""


def _keys(services: Services) -> str:
    with services.keys.store.reading() as connection:
        refuse_wrong_keks(connection, services.keys.provider)
    sealed = services.keys.seal("readiness", b"ready")
    return "" if services.keys.open("readiness", sealed) == b"ready" else "broken"


def _disk(services: Services) -> str:
    free = shutil.disk_usage(services.settings.home).free
    return "" if free >= services.settings.least_free_mb * _MEGABYTE else "full"


def _inbox(services: Services) -> str:
    with services.database.reading() as connection:
        oldest = inbox.waiting(connection).oldest
    return "" if oldest is None or services.clock.now() - oldest <= _OLDEST else "behind"


def _engine(services: Services) -> str:
    try:
        services.context  # noqa: B018 - loaded here where nobody has asked for it yet
    except DlpError:
        return "missing"
    return ""


_CHECKS: Final[Mapping[str, Callable[[Services], str]]] = MappingProxyType(
    {"record": _record, "keys": _keys, "disk": _disk, "inbox": _inbox, "engine": _engine}
)
