"""Verdicts given while the record was down: sealed on disk, a file each, until the record can take them."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from dlp.errors import UnavailableError
from dlp.records import Decision, Message
from dlp.store import message_json

if TYPE_CHECKING:
    from dlp.store.vault.keys import Keys

PURPOSE: Final = "spill"
FOLDER: Final = "spill"
MOST: Final = 100_000
_ENDING: Final = ".verdict"
_COUNTED_AGAIN: Final = 1000


class Spilled(NamedTuple):
    """What was answered to a message while nothing could be recorded."""

    message: Message
    connector: str
    door: str
    received_at: datetime
    answered: Decision


class Spill:
    """The folder of spilled verdicts; any number of processes may add, one takes out."""

    def __init__(self, home: Path, keys: Keys) -> None:
        self._folder = home / FOLDER
        self._keys = keys
        self._lock = threading.Lock()
        self._added = 0
        self._there = 0

    def add(self, spilled: Spilled) -> None:
        """Keeps one verdict; on disk when this returns. Raises UnavailableError where that cannot be."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._demand_room()
            self._write(
                f"{spilled.received_at:%Y%m%dT%H%M%S%f}-{os.urandom(6).hex()}", self._keys.seal(PURPOSE, _bytes_of(spilled))
            )
        except OSError as error:
            raise UnavailableError(f"verdicts cannot be kept on disk ({type(error).__name__})", code="store") from error

    def waiting(self) -> list[Path]:
        """The files that wait, the oldest first."""
        try:
            return sorted(path for path in self._folder.iterdir() if path.suffix == _ENDING)
        except FileNotFoundError:
            return []

    def read(self, path: Path) -> Spilled:
        """The verdict in a file. Raises SealBroken for one that was damaged."""
        return _spilled(self._keys.open(PURPOSE, path.read_bytes()))

    def set_aside(self, path: Path) -> None:
        """Keeps a file nobody can bring into the record, for people to look at."""
        path.replace(path.with_suffix(".damaged"))

    def _demand_room(self) -> None:
        with self._lock:
            if self._added % _COUNTED_AGAIN == 0:
                self._there = len(self.waiting())
            self._added += 1
            self._there += 1
            if self._there > MOST:
                raise UnavailableError("too many verdicts wait for the record", code="store")

    def _write(self, name: str, content: bytes) -> None:
        half = self._folder / f"{name}.half"
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        half.replace(self._folder / f"{name}{_ENDING}")
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _bytes_of(spilled: Spilled) -> bytes:
    head = [spilled.connector, spilled.door, spilled.received_at.isoformat(), int(spilled.answered)]
    return json.dumps(head).encode() + b"\n" + message_json.bytes_of(spilled.message)


def _spilled(content: bytes) -> Spilled:
    head, _, message = content.partition(b"\n")
    connector, door, received_at, answered = json.loads(head)
    return Spilled(message_json.message_of(message), connector, door, datetime.fromisoformat(received_at), Decision(answered))


def in_portions(paths: list[Path], size: int = 100) -> Iterator[list[Path]]:
    """The files in portions that are recorded together."""
    yield from (paths[at : at + size] for at in range(0, len(paths), size))
