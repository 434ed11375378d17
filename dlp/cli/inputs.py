"""What a scan reads: files, folders and archives by their path, or lines from a pipe that may stay open for hours."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterator
from io import BufferedReader, RawIOBase
from pathlib import Path
from select import select
from typing import TYPE_CHECKING, Final

from dlp.errors import InputFault, UsageError
from dlp.ingest.exports import read_export, read_lines
from dlp.ingest.source import Meter

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

    from dlp.records import Message

STANDARD_INPUT: Final = Path("-")
_READ_AT_ONCE: Final = 1 << 18


class WaitingInput(RawIOBase):
    """Bytes of a descriptor; `before_wait` is called whenever the next read would block, so that results can go out first."""

    def __init__(self, descriptor: int, before_wait: Callable[[], None]) -> None:
        self._descriptor = descriptor
        self._before_wait = before_wait

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        if not select([self._descriptor], [], [], 0)[0]:
            self._before_wait()
        return os.readv(self._descriptor, [buffer])


class Inputs:
    """Everything the command was told to read, in the order told."""

    def __init__(self, paths: tuple[Path, ...], zone: str | None) -> None:
        self._paths = paths or (STANDARD_INPUT,)
        self._zone = zone
        self._meter = Meter()
        self._read = 0
        for path in self._paths:
            if path != STANDARD_INPUT and not path.exists():
                raise UsageError(f"there is nothing at {path}")

    def share_read(self) -> float | None:
        """How much of everything has been read, in [0, 1]; None where it cannot be known."""
        meter = self._meter
        if not meter.size:
            return None
        return (self._read + min(meter.position / meter.size, 1.0)) / len(self._paths)

    def items(self, before_wait: Callable[[], None]) -> Iterator[Message | InputFault]:
        """Messages and unreadable places; one unreadable file is one place, the next is still read."""
        for number, path in enumerate(self._paths):
            self._read, self._meter = number, Meter()
            try:
                yield from self._items_of(path, before_wait)
            except UsageError as error:
                yield InputFault(str(path), "byte 0", str(error).removeprefix(f"{path}: "))
            except OSError as error:
                yield InputFault(str(path), f"byte {self._meter.position}", f"cannot be read: {error.strerror}")

    def _items_of(self, path: Path, before_wait: Callable[[], None]) -> Iterator[Message | InputFault]:
        if path == STANDARD_INPUT:
            return self._lines_of(_standard_input(), "standard input", before_wait)
        if _is_stream(path):
            return self._lines_of(os.open(path, os.O_RDONLY), str(path), before_wait)
        return read_export(path, self._zone, meter=self._meter)

    def _lines_of(self, descriptor: int, name: str, before_wait: Callable[[], None]) -> Iterator[Message | InputFault]:
        status = os.fstat(descriptor)
        self._meter.size = status.st_size if stat.S_ISREG(status.st_mode) else 0
        return read_lines(BufferedReader(WaitingInput(descriptor, before_wait), _READ_AT_ONCE), name, meter=self._meter)


def _standard_input() -> int:
    if sys.stdin is None:
        raise UsageError("there is no standard input and no path was given")
    return sys.stdin.fileno()


def _is_stream(path: Path) -> bool:
    mode = path.stat().st_mode
    return stat.S_ISFIFO(mode) or stat.S_ISCHR(mode) or stat.S_ISSOCK(mode)
