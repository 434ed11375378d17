"""What the documents say is so: every command and option is told, every example prints what it shows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from dlp.cli.main import COMMANDS
from tests.architecture.checkout import ROOT

DOCUMENTS = ("README.md", "CONTRIBUTING.md")
TOLD = "\n".join((ROOT / name).read_text(encoding="utf-8") for name in DOCUMENTS)
_TIMEOUT_SECONDS = 120


class Example(NamedTuple):
    """A command of a document and what it prints there; "…" stands for anything within a line, alone on a line for any lines."""

    line: int
    command: str
    printed: str


def _examples(document: str) -> Iterator[Example]:
    """Examples stand in ```console blocks: "$ " begins a command, "> " continues it, what follows is printed."""
    inside, started, command, printed = False, 0, [""], [""]
    for number, line in enumerate((ROOT / document).read_text(encoding="utf-8").splitlines(), 1):
        starts = inside and line.startswith("$ ")
        if (starts or line == "```") and started:
            yield Example(started, "\n".join(command), "\n".join(printed))
            started = 0
        if starts:
            started, command, printed = number, [line[2:]], []
        elif inside and started and line.startswith("> ") and not printed:
            command.append(line[2:])
        elif inside and started:
            printed.append(line)
        inside = line == "```console" or (inside and line != "```")


@pytest.fixture
def place(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """An empty folder to run examples in, and an environment in which `dlp` is this checkout's."""
    command = tmp_path / "bin" / "dlp"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m dlp "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    folder = tmp_path / "here"
    folder.mkdir()
    return folder, {**os.environ, "PATH": f"{command.parent}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8", "COLUMNS": "120"}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_example_prints_what_the_document_shows(document: str, place: tuple[Path, dict[str, str]]) -> None:
    folder, environment = place
    wrong = []
    for example in _examples(document):
        done = subprocess.run(
            ["bash", "-c", example.command],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
        if not _fits(example.printed, done.stdout):
            wrong.append(
                f"{document}:{example.line}: {example.command}\n--- shown\n{example.printed}\n--- printed\n{done.stdout}"
            )
    assert "\n\n".join(wrong) == ""


def _fits(shown: str, printed: str) -> bool:
    pattern = "\n".join(
        "(?s:.*)" if line == "…" else ".*".join(map(re.escape, line.split("…"))) for line in shown.strip().split("\n")
    )
    return re.fullmatch(pattern, printed.strip()) is not None


def test_an_example_that_shows_something_else_does_not_fit() -> None:
    assert _fits("3 cases, 0 failures", "3 cases, 0 failures\n")
    assert _fits("took … s\n…\nend", "took 1.3 s\na\nb\nend")
    assert not _fits("took … s\nend", "took 1.3 s\nmore\nend")
    assert not _fits("3 cases, 0 failures", "3 cases, 1 failure")


def test_the_readme_has_examples() -> None:
    commands = [example.command for example in _examples("README.md")]
    assert any("| dlp scan --all-entities" in command for command in commands)
    assert any(command.startswith("dlp policies test") for command in commands)


@cache
def _help(*command: str) -> str:
    asked = [sys.executable, "-m", "dlp", *command, "--help"]
    return subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def _actions(command: str) -> list[str]:
    """The commands under a command: "check" … of `dlp policies`."""
    lines = _help(command).splitlines()
    return [found.group(1) for line in lines if (found := re.match(r" {4}([a-z]+)(?: {2,}|$)", line))]


def _invocations() -> Iterator[tuple[str, ...]]:
    for command in COMMANDS:
        yield (command,)
        yield from ((command, action) for action in _actions(command))


def test_every_command_is_documented() -> None:
    assert [name for name in map(" ".join, _invocations()) if f"dlp {name}" not in TOLD] == []


def test_every_option_is_documented() -> None:
    options = {option for command in _invocations() for option in re.findall(r"(?<![\w-])--[a-z][a-z-]+", _help(*command))}
    assert sorted(option for option in options - {"--help"} if not re.search(rf"{option}(?![\w-])", TOLD)) == []


def test_no_option_is_documented_that_is_not_there() -> None:
    there = {option for command in _invocations() for option in re.findall(r"--[a-z][a-z-]+", _help(*command))} | {"--version"}
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert sorted(set(re.findall(r"`(--[a-z][a-z-]+)", readme)) - there) == []


def test_every_target_of_the_makefile_is_documented() -> None:
    targets = re.findall(r"(?m)^([a-z]+):[^=\n]*##", (ROOT / "Makefile").read_text(encoding="utf-8"))
    assert targets
    assert [target for target in targets if f"make {target}" not in TOLD] == []


def test_every_room_of_the_tree_is_told() -> None:
    rooms = {path.name for path in (ROOT / "dlp").iterdir() if path.is_dir() and path.name != "__pycache__"}
    contributing = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert sorted(room for room in rooms if f"`{room}/`" not in contributing) == []
