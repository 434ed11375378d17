"""Reading what a test wrote."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from dlp.errors import InputFault
from dlp.ingest.exports import read_export
from dlp.records import Message


def read(path: Path, zone: str | None = None) -> list[Message | InputFault]:
    """Everything an export gives, in order."""
    return list(read_export(path, zone))


def messages(path: Path, zone: str | None = None) -> list[Message]:
    """The messages of an export in which nothing is broken."""
    found = read(path, zone)
    assert [str(one) for one in found if isinstance(one, InputFault)] == []
    return [one for one in found if isinstance(one, Message)]


def only(path: Path, zone: str | None = None) -> Message:
    """The one message of an export."""
    found = messages(path, zone)
    assert len(found) == 1
    return found[0]


def parted(path: Path, zone: str | None = None) -> tuple[list[Message], list[InputFault]]:
    """The messages and the faults of an export."""
    found = read(path, zone)
    return [one for one in found if isinstance(one, Message)], [one for one in found if isinstance(one, InputFault)]


def a_file(folder: Path, name: str, content: str | bytes) -> Path:
    """A file with this content, in folders made for it."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


def as_json(value: Any, indent: int | None = 1) -> str:
    """JSON as messengers write it."""
    return json.dumps(value, ensure_ascii=False, indent=indent)
