from __future__ import annotations

from pathlib import Path

import pytest

from tests.flow.command import CARD, OBSERVING, SNILS, dlp, lines, policies, records


@pytest.fixture
def cards(tmp_path: Path) -> Path:
    return policies(tmp_path)


def test_each_message_gets_one_record_in_the_keys_of_the_contract(cards: Path) -> None:
    answer = dlp("scan", "--policies", cards, given=lines({"id": "m1", "text": f"вот {CARD}"}, {"id": "m2", "text": "привет"}))
    assert (answer.returncode, answer.stderr) == (0, "")
    blocked, clean = records(answer)
    assert list(blocked) == ["id", "decision", "findings", "hits", "unknown", "gaps"]
    assert (blocked["id"], blocked["decision"]) == ("m1", "block")
    (finding,) = blocked["findings"]
    assert set(finding) == {"entity", "detector", "start", "end", "confidence", "origin"}
    assert (finding["entity"], finding["start"], finding["end"], finding["origin"]) == ("CREDIT_CARD", 10, 29, "body")
    assert blocked["hits"] == [{"policy": "cards", "rule": "any-card", "severity": "high", "mode": "enforce"}]
    assert clean == {"id": "m2", "decision": "allow", "findings": [], "hits": [], "unknown": [], "gaps": []}


def test_offsets_count_code_points_of_the_original(cards: Path) -> None:
    (record,) = records(dlp("scan", "--policies", cards, given=lines({"id": "1", "text": f"🙂🙂 {CARD}"})))
    assert (record["findings"][0]["start"], record["findings"][0]["end"]) == (9, 28)


def test_only_what_a_policy_asked_for_is_told_unless_everything_is_wanted(cards: Path) -> None:
    message = lines({"id": "1", "text": f"{CARD}, пишите на ivan@corp.ru"})
    asked = records(dlp("scan", "--policies", cards, given=message))[0]
    everything = records(dlp("scan", "--policies", cards, "--all-entities", given=message))[0]
    assert {finding["entity"] for finding in asked["findings"]} == {"CREDIT_CARD"}
    assert {finding["entity"] for finding in everything["findings"]} == {"CREDIT_CARD", "EMAIL_ADDRESS"}
    assert (asked["decision"], asked["hits"]) == (everything["decision"], everything["hits"])


def test_what_is_not_known_is_unknown_and_named(cards: Path) -> None:
    bare, telegram, matrix = records(
        dlp(
            "scan",
            "--policies",
            cards,
            given=lines(
                {"id": "1", "text": SNILS},
                {"id": "2", "text": SNILS, "connector": "telegram", "conversation": "5"},
                {"id": "3", "text": SNILS, "connector": "matrix", "conversation": "!r"},
            ),
        )
    )
    assert bare["unknown"] == [{"policy": "cards", "rule": "snils-to-foreign", "missing": ["chat.zone"]}]
    assert bare["decision"] == "allow"
    assert (telegram["decision"], telegram["unknown"]) == ("hold", [])
    assert (matrix["decision"], matrix["unknown"]) == ("allow", [])


def test_an_observing_policy_says_what_it_would_have_done(tmp_path: Path) -> None:
    answer = dlp("scan", "--policies", policies(tmp_path, OBSERVING), given=lines({"id": "1", "text": CARD}))
    (record,) = records(answer)
    assert (record["decision"], record["would"], record["hits"][0]["mode"]) == ("allow", "block", "observe")


def test_what_was_not_read_is_told(cards: Path) -> None:
    files = [{"name": "plan.zip"}, {"name": "photo.jpg", "missing": "missing"}]
    (record,) = records(dlp("scan", "--policies", cards, given=lines({"id": "1", "text": "see", "attachments": files})))
    assert record["gaps"] == [
        {"origin": "attachment:plan.zip", "reason": "not_extracted"},
        {"origin": "attachment:photo.jpg", "reason": "missing"},
    ]


def test_people_and_chats_settle_what_was_unknown(cards: Path, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("person,accounts\nivan,telegram:7\n", encoding="utf-8")
    (tmp_path / "chats.yaml").write_text("- {connector: telegram, chat: 5, zone: onprem}\n", encoding="utf-8")
    told = ("--people", tmp_path / "people.csv", "--chats", tmp_path / "chats.yaml")
    given = lines(*({"id": chat, "text": SNILS, "connector": "telegram", "conversation": chat} for chat in "56"))
    for _ in range(2):
        inside, outside = records(dlp("scan", "--policies", cards, *told, given=given))
        assert (inside["decision"], outside["decision"]) == ("allow", "hold")


def test_a_changed_policy_is_read_anew(cards: Path) -> None:
    message = lines({"id": "1", "text": CARD})
    assert records(dlp("scan", "--policies", cards, given=message))[0]["decision"] == "block"
    (cards / "policy0.yaml").write_text(
        (cards / "policy0.yaml").read_text(encoding="utf-8").replace("decision: block", "decision: coach")
    )
    assert records(dlp("scan", "--policies", cards, given=message))[0]["decision"] == "coach"


def test_an_empty_input_has_an_empty_answer(cards: Path) -> None:
    answer = dlp("scan", "--policies", cards)
    assert (answer.returncode, answer.stdout) == (0, "")
