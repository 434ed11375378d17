"""A disk that is full: the server refuses, keeps what it has accepted, and goes on when there is room again."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.kills import drained, ledger_faults
from tests.faults.traffic import Traffic
from tests.serving import Server, prepare

_SMALL = "48m"
_WITHIN = 60.0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of a few megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={_SMALL},mode=0700", "tmpfs", str(place)]
    mounted = subprocess.run(mounting, capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.fail(f"this test needs to mount a small tmpfs, which only root may do: {mounted.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_a_full_disk_refuses_loses_nothing_and_recovers(small_disk: Path, tmp_path: Path) -> None:
    home = small_disk / "home"
    home.mkdir()
    server = Server(home, settings={"DLP_LEAST_FREE_MB": "1"}, logs=tmp_path)
    traffic = Traffic(server.port, prepare(home))
    with server.running():
        with traffic.flowing():
            _wait(lambda: len(traffic.accepted) > 100)
            ballast = _fill(small_disk)
            _wait(lambda: traffic.statuses[503] + traffic.statuses[507] > 20)
            assert _wrong(server) & {"disk", "record"}
            before = len(traffic.accepted)
            ballast.unlink()
            _wait(lambda: len(traffic.accepted) > before + 100)
        assert _wrong(server) == set()
        drained(server)
        assert server.stop() == 0
    assert ledger_faults(home, traffic)[1] == []


def _wait(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + _WITHIN
    while not holds():
        assert time.monotonic() < until, "it did not come to that"
        threading.Event().wait(0.02)


def _fill(disk: Path) -> Path:
    """A file that takes all room there is."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    file.write(bytes(size))
                    os.fsync(file.fileno())
            except OSError:
                continue
    return ballast


def _wrong(server: Server) -> set[str]:
    """The checks of readiness that do not hold."""
    status, told = server.ask("/readyz")
    checks = json.loads(told)["checks"]
    assert (status == 200) == all(check["holds"] for check in checks)
    return {check["name"] for check in checks if not check["holds"]}
