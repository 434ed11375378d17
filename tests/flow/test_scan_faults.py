from __future__ import annotations

from pathlib import Path

import pytest

from tests.flow.command import CARD, POLICY, dlp, ids, lines, policies, records

GOOD = lines({"id": "1", "text": "one"}), lines({"id": "3", "text": CARD})


@pytest.fixture
def cards(tmp_path: Path) -> Path:
    return policies(tmp_path)


@pytest.mark.parametrize("bad", ["{", "[]", "7", '{"text": "no id"}', '{"id": "2"}', '{"id": "2", "text": 5}'])
def test_a_bad_line_is_a_record_with_an_error_and_the_rest_is_scanned(cards: Path, bad: str) -> None:
    answer = dlp("scan", "--policies", cards, given=f"{GOOD[0]}{bad}\n{GOOD[1]}")
    first, broken, last = records(answer)
    assert (first["id"], last["id"], last["decision"]) == ("1", "3", "block")
    assert broken["error"].startswith("standard input: line 2: ")
    assert (answer.returncode, answer.stderr) == (1, "")


def test_a_bad_line_of_a_file_names_the_file_and_does_not_quote_it(cards: Path, tmp_path: Path) -> None:
    path = tmp_path / "messages.jsonl"
    path.write_text(f'{GOOD[0]}{{"id": "2", "text": "secret-word\n{GOOD[1]}', encoding="utf-8")
    answer = dlp("scan", "--policies", cards, path)
    assert records(answer)[1]["error"].startswith(f"{path}: line 2: ")
    assert "secret-word" not in answer.stdout + answer.stderr
    assert answer.returncode == 1


def test_one_unreadable_file_does_not_hide_the_next(cards: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 and no more")
    (tmp_path / "good.jsonl").write_text("".join(GOOD), encoding="utf-8")
    answer = dlp("scan", "--policies", cards, tmp_path / "broken.zip", tmp_path / "good.jsonl")
    assert str(tmp_path / "broken.zip") in records(answer)[0]["error"]
    assert ids(records(answer)[1:]) == ["1", "3"]
    assert answer.returncode == 1


def test_every_fault_of_a_policy_is_told_with_file_and_line(tmp_path: Path) -> None:
    folder = policies(tmp_path, POLICY.replace("CREDIT_CARD", "CREDIT_CART").replace("severity: medium", "severity: huge"))
    answer = dlp("scan", "--policies", folder, given=GOOD[0])
    assert answer.returncode == 2
    assert answer.stdout == ""
    assert f"{folder}/policy0.yaml:8: " in answer.stderr
    assert f"{folder}/policy0.yaml:11: " in answer.stderr


def test_faults_of_the_directory_are_told_with_file_and_line(cards: Path, tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text("person,phones\nivan,123\n", encoding="utf-8")
    answer = dlp("scan", "--policies", cards, "--people", people, given=GOOD[0])
    assert (answer.returncode, answer.stdout) == (2, "")
    assert f'{people}:2: "123" is not one of phones' in answer.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["--no-such-option"],
        ["--jobs", "0"],
        ["--jobs", "many"],
        ["--format", "xml"],
        ["--zone", "Mars/Olympus"],
        ["nowhere.jsonl"],
        ["--people", "nowhere.csv"],
        ["--chats", "nowhere.yaml"],
        ["--policies", "nowhere"],
    ],
)
def test_bad_usage_is_one_sentence_and_exit_2(cards: Path, arguments: list[str]) -> None:
    answer = dlp("scan", *(["--policies", str(cards)] if "--policies" not in arguments else []), *arguments, given=GOOD[0])
    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr
    assert "Traceback" not in answer.stderr
