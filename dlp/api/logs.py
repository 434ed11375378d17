"""The log: one JSON object a line and one line a request; ids, templates and counts, never what people sent."""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime
from typing import Any, Final, TextIO

ACCESS: Final = logging.getLogger("dlp.access")
FAULTS: Final = logging.getLogger("dlp.faults")
_FRAMES = 12


class JsonLines(logging.Formatter):
    """A record as one line of JSON; `extra={"fields": {…}}` adds fields. Arguments and exceptions' words are left out."""

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {"time": moment, "level": record.levelname.lower(), "logger": record.name, "event": record.msg}
        line |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[1] is not None:
            line |= told_of(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


def log_to(stream: TextIO, level: int = logging.INFO) -> None:
    """Sends everything the process logs to `stream` as JSON lines: for the start of a server, once."""
    destination = logging.StreamHandler(stream)
    destination.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[destination], force=True)


def told_of(error: BaseException) -> dict[str, Any]:
    """What may be told of an exception: its class and where it was raised; its message may quote what was read."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    told = {"error": type(error).__name__, "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]}
    cause = error.__cause__ or error.__context__
    return told if cause is None else told | {"cause": type(cause).__name__}
