"""`dlp import` takes an export into a case of the installation, resumes, and writes the lists."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from dlp.cli.main import main
from dlp.store import cases
from dlp.wiring import services_from
from tests.duties import CARD, a_duty_installation
from tests.installations import settings_in


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation of the duties' rules, where the command finds it."""
    folder = tmp_path / "home"
    folder.mkdir()
    a_duty_installation(folder).close()
    monkeypatch.setenv("DLP_HOME", str(folder))
    return folder


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """Three messages and a line nobody can read."""
    lines = [
        {"id": "1", "text": f"карта {CARD}", "connector": "telegram", "conversation": "7", "sender": "42"},
        {"id": "2", "text": "привет", "connector": "telegram", "conversation": "7", "sender": "43"},
        {"id": "3", "text": f"карта {CARD}", "connector": "telegram", "conversation": "8", "sender": "43"},
    ]
    path = tmp_path / "export.jsonl"
    path.write_text("".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines) + "{broken\n", encoding="utf-8")
    return path


def arguments(home: Path, export: Path, *more: str) -> list[str]:
    return ["import", str(export), "--case", "Telegram", "--policies", str(home / "policies"), *more]


def test_an_export_becomes_a_case_with_its_lists(home: Path, export: Path, capfd: pytest.CaptureFixture[str]) -> None:
    lists = ("--inventory", str(home / "i.csv"), "--continuity", str(home / "c.json"))
    assert main(arguments(home, export, *lists)) == 1
    told = capfd.readouterr()
    assert told.out == ""
    assert "3 messages taken in, 0 known before" in told.err
    assert "1 places of the export could not be read" in told.err
    assert CARD not in told.err
    with (home / "i.csv").open(encoding="utf-8-sig", newline="") as table:
        assert [(row["conversation"], row["entity"], row["findings"]) for row in csv.DictReader(table)] == [
            ("7", "CREDIT_CARD", "1"),
            ("8", "CREDIT_CARD", "1"),
        ]
    chats = json.loads((home / "c.json").read_text(encoding="utf-8"))
    assert [(chat["connector"], chat["conversation"], chat["messages"]) for chat in chats] == [
        ("telegram", "7", 2),
        ("telegram", "8", 1),
    ]
    opened = services_from(settings_in(home))
    try:
        with opened.database.reading() as connection:
            assert [(one.case.state, one.incidents) for one in cases.listed(connection)] == [("ready", 2)]
    finally:
        opened.close()


def test_the_same_export_again_is_read_over(home: Path, export: Path, capfd: pytest.CaptureFixture[str]) -> None:
    main(arguments(home, export))
    capfd.readouterr()
    main(arguments(home, export))
    told = capfd.readouterr().err
    assert "0 messages taken in" in told
    assert "4 had been read earlier" in told


def test_a_connector_of_another_name_is_another_history(home: Path, export: Path, capfd: pytest.CaptureFixture[str]) -> None:
    main(arguments(home, export))
    later = export.with_name("later.jsonl")
    later.write_bytes(export.read_bytes())
    main(arguments(home, later, "--connector", "telegram-old"))
    assert capfd.readouterr().err.count("3 messages taken in") == 2


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--zone", "Mars/Olympus"], "no time zone"),
        (["--inventory", "list.txt"], "must end in .csv or .json"),
        (["--continuity", "nowhere/list.csv"], "no such folder"),
        (["--connector", "a/b"], "no slash"),
    ],
)
def test_faults_of_the_command_line_are_told_in_one_sentence(
    home: Path, export: Path, capfd: pytest.CaptureFixture[str], more: list[str], told: str
) -> None:
    assert main(arguments(home, export, *more)) == 2
    assert told in capfd.readouterr().err


def test_nothing_is_imported_where_there_is_no_installation(
    tmp_path: Path, export: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DLP_HOME", str(tmp_path / "empty"))
    assert main(["import", str(export), "--case", "Telegram"]) == 2
    assert capfd.readouterr().err.startswith("dlp import: ")
    assert main(["import", str(tmp_path / "nothing"), "--case", "Telegram"]) == 2
