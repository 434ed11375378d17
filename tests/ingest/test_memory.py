from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from dlp.ingest.exports import read_export
from tests.ingest.exports_of import a_file, as_json

MEGABYTE = 1 << 20
ROOM = 3 * MEGABYTE  # what chunks and buffers may take, whatever the size


def telegram(count: int) -> str:
    records = ",\n".join(
        as_json(
            {"id": number, "type": "message", "date_unixtime": "1", "from_id": "user7", "text": f"ordinary words {number} " * 40}
        )
        for number in range(count)
    )
    return f'{{"name": "x", "type": "personal_chat", "id": 7, "messages": [{records}]}}'


def whatsapp(count: int) -> str:
    return "".join(f"05.03.2025, 10:14 - Anna: {f'ordinary words {number} ' * 60}\n" for number in range(count))


def matrix(count: int) -> str:
    event = {
        "type": "m.room.message",
        "sender": "@a:x",
        "event_id": "$1",
        "origin_server_ts": 1,
        "content": {"body": "words " * 200},
    }
    return as_json(event, None) * count


def jsonl(count: int) -> str:
    return f'{{"id": "1", "text": "{"ordinary words " * 90}"}}\n' * count


def mailbox(count: int) -> str:
    return f"From x\nFrom: a@b.example\nSubject: s\nDate: x\n\n{'ordinary words ' * 90}\n\n" * count


def peak(path: Path) -> int:
    """The most memory reading took, in bytes."""
    for _ in read_export(path, None):
        break  # imports are not the export's
    tracemalloc.start()
    try:
        assert sum(1 for _ in read_export(path, None)) > 1
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("written", [telegram, whatsapp, matrix, jsonl, mailbox])
def test_memory_does_not_grow_with_the_export(tmp_path: Path, written: Callable[[int], str]) -> None:
    small, large = (a_file(tmp_path, str(count), written(count)) for count in (500, 2_500))
    assert large.stat().st_size > MEGABYTE
    assert peak(large) < peak(small) + MEGABYTE < ROOM + MEGABYTE
