from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.flow.command import CARD, DLP, ROOT, dlp, ids, lines, policies, records


@pytest.fixture
def cards(tmp_path: Path) -> Path:
    return policies(tmp_path)


@contextmanager
def running(*arguments: str | Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [*DLP, *map(str, arguments)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, cwd=ROOT, start_new_session=True) as process:
        try:
            yield process
        finally:
            process.kill()


def say(process: subprocess.Popen[bytes], id: str, text: str) -> dict[str, Any]:
    """Writes one message to a running scan and waits for its record, and for no more input."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(lines({"id": id, "text": text}).encode())
    process.stdin.flush()
    record: dict[str, Any] = json.loads(process.stdout.readline())
    return record


def many(count: int) -> Iterator[dict[str, Any]]:
    for number in range(count):
        chat = None if number % 5 == 0 else f"chat{number % 7}"
        yield {"id": str(number), "text": CARD if number % 11 == 0 else "привет", "connector": "telegram", "conversation": chat}


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_pipe_that_stays_open_is_answered_at_once(cards: Path, jobs: str) -> None:
    with running("scan", "--policies", cards, "--jobs", jobs) as process:
        assert say(process, "1", CARD)["decision"] == "block"
        assert say(process, "2", "привет")["decision"] == "allow"
        _, errors = process.communicate()
        assert (process.returncode, errors) == (0, b"")


def test_several_processes_answer_what_one_does_in_the_same_order(cards: Path) -> None:
    given = lines(*many(3000)).replace('{"id": "1234"', '{"id": ', 1)
    one = dlp("scan", "--policies", cards, given=given)
    three = dlp("scan", "--policies", cards, "--jobs", "3", given=given)
    assert ids(records(one))[:1234] == [str(number) for number in range(1234)]
    assert "error" in records(one)[1234]
    assert three.stdout == one.stdout
    assert (one.returncode, three.returncode) == (1, 1)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_reader_that_leaves_ends_the_scan_silently(cards: Path, tmp_path: Path, jobs: str) -> None:
    path = tmp_path / "messages.jsonl"
    path.write_text(lines(*many(20_000)), encoding="utf-8")
    with running("scan", "--policies", cards, "--jobs", jobs, path) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=60) == 0


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_interrupt_ends_the_scan_and_its_workers_without_a_word(cards: Path, jobs: str) -> None:
    with running("scan", "--policies", cards, "--jobs", jobs) as process:
        say(process, "1", "привет")
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(timeout=60) == 130
        # The workers share the pipe of errors, so its end is the end of the last of them.
        assert process.stderr is not None
        assert process.stderr.read() == b""


def test_workers_end_with_a_parent_that_was_killed(cards: Path) -> None:
    with running("scan", "--policies", cards, "--jobs", "2") as process:
        say(process, "1", "привет")
        process.kill()
        assert process.stderr is not None
        assert process.stderr.read() == b""


def test_progress_is_drawn_on_a_terminal_and_nowhere_else(cards: Path, tmp_path: Path) -> None:
    path = tmp_path / "messages.jsonl"
    path.write_text(lines(*many(60_000)), encoding="utf-8")
    master, terminal = pty.openpty()
    command = [*DLP, "scan", "--policies", str(cards), str(path)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=terminal, cwd=ROOT) as process:
        os.close(terminal)
        drawn = b"".join(iter(lambda: _read(master), b"")).decode()
    assert process.returncode == 0
    assert " messages, " in drawn
    assert " left" in drawn
    assert drawn.endswith("\r\x1b[K")


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 4096)
    except OSError:  # how a pseudo-terminal says that nobody writes to it any more
        return b""
