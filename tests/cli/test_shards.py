from __future__ import annotations

import json
from collections.abc import Iterator
from multiprocessing import active_children
from pathlib import Path

import pytest

from dlp.cli.json_form import JsonForm
from dlp.cli.shards import Lines, ManyProcesses
from dlp.errors import InputFault
from dlp.settings import Settings
from tests.builders import a_message
from tests.flow.command import CARD, policies


@pytest.fixture
def shards(tmp_path: Path) -> Iterator[ManyProcesses]:
    scanner = ManyProcesses(Settings(policies(tmp_path), tmp_path / "cache"), JsonForm(), jobs=2)
    yield scanner
    scanner.close(at_once=True)


def answered(finished: Iterator[Lines]) -> list[str]:
    return [text for lines in finished for text in lines.texts]


def test_blocks_come_back_in_order_with_their_faults_in_place(shards: ManyProcesses) -> None:
    told = []
    for block in range(8):
        messages = [a_message("hi", id=f"{block}.{number}", conversation=str(number)) for number in range(3)]
        told += answered(shards.put([*messages, InputFault("f", f"line {block}", "is bad")]))
    told += answered(shards.drain())
    records = [json.loads(text) for text in told]
    assert [record["id"] for record in records if record["id"]] == [
        f"{block}.{number}" for block in range(8) for number in range(3)
    ]
    assert [record["error"] for record in records[3::4]] == [f"f: line {block}: is bad" for block in range(8)]


def test_the_messages_of_a_worker_that_died_are_told_and_the_next_ones_scanned(shards: ManyProcesses) -> None:
    block = [a_message(CARD, conversation=str(number)) for number in range(8)]
    assert all('"block"' in text for text in [*answered(shards.put(block)), *answered(shards.drain())])
    for worker in active_children():
        worker.kill()
        worker.join()
    lost = [json.loads(text) for text in [*answered(shards.put(block)), *answered(shards.drain())]]
    assert [record["gaps"] for record in lost] == [[{"origin": "message", "reason": "crash"}]] * 8
    assert {record["decision"] for record in lost} == {"alert"}
    assert all('"block"' in text for text in [*answered(shards.put(block)), *answered(shards.drain())])
