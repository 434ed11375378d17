"""The log: one JSON object a line and one line a request; ids, templates and counts, never what people sent."""

from __future__ import annotations

import json
import logging
import threading
import traceback
from collections import deque
from datetime import UTC, datetime
from typing import Any, Final, TextIO

ACCESS: Final = logging.getLogger("dlp.access")
FAULTS: Final = logging.getLogger("dlp.faults")
_FRAMES = 12
_GATHERED_SECONDS = 0.1


class JsonLines(logging.Formatter):
    """A record as one line of JSON; `extra={"fields": {…}}` adds fields. Arguments and exceptions' words are left out."""

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {"time": moment, "level": record.levelname.lower(), "logger": record.name, "event": record.msg}
        line |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[1] is not None:
            line |= told_of(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


class Gathered:
    """A stream whose lines are written together a few times a second: no request waits until its line is written."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lines: deque[str] = deque()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._write_all, name="log", daemon=True)
        self._thread.start()

    def write(self, text: str) -> None:
        self._lines.append(text)

    def flush(self) -> None:
        """What is written is on its way already."""

    def close(self) -> None:
        """Writes what is left; what comes later goes out at the next `close`."""
        self._stopped.set()
        self._thread.join()
        self._write()

    def _write_all(self) -> None:
        while not self._stopped.wait(_GATHERED_SECONDS):
            self._write()

    def _write(self) -> None:
        lines = [self._lines.popleft() for _ in range(len(self._lines))]
        if lines:
            self._stream.write("".join(lines))
            self._stream.flush()


def log_to(stream: TextIO | Gathered, level: int = logging.INFO) -> None:
    """Sends everything the process logs to `stream` as JSON lines: for the start of a server, once."""
    # Nothing of it is in a line, and looking it up costs more than the line ("Optimization" in the library's documentation).
    logging._srcfile = None  # noqa: SLF001
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    destination = logging.StreamHandler(stream)
    destination.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[destination], force=True)


def told_of(error: BaseException) -> dict[str, Any]:
    """What may be told of an exception: its class and where it was raised; its message may quote what was read."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    told = {"error": type(error).__name__, "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]}
    cause = error.__cause__ or error.__context__
    return told if cause is None else told | {"cause": type(cause).__name__}
