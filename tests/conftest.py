"""What every test stands on: no network beyond this machine, no cache but the run's own, the same examples every time."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

ROOT = Path(__file__).parent.parent
_HERE = ("127.", "::1", "localhost")

hypothesis.settings.register_profile("house", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("house")


def _refuse_the_network(event: str, arguments: tuple[object, ...]) -> None:
    if event != "socket.connect":
        return
    connection, address = arguments
    if isinstance(connection, socket.socket) and connection.family in {socket.AF_INET, socket.AF_INET6}:
        host = str(address[0]) if isinstance(address, tuple) else str(address)
        if not host.startswith(_HERE):
            raise RuntimeError(f"a test reached for the network: {host}")


sys.addaudithook(_refuse_the_network)


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder compiled databases and policies are kept in during this run; commands that tests start use it too."""
    folder = tmp_path_factory.mktemp("cache")
    folder.chmod(0o700)
    before = os.environ.get("DLP_CACHE")
    os.environ["DLP_CACHE"] = str(folder)
    yield folder
    if before is None:
        del os.environ["DLP_CACHE"]
    else:
        os.environ["DLP_CACHE"] = before
