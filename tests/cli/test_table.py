from __future__ import annotations

import pytest

from dlp.cli.table import TableForm
from dlp.cli.tally import Tally
from dlp.errors import InputFault
from dlp.policy.policy_set import NOTHING_JUDGED
from dlp.records import ALLOWED, NOTHING_FOUND, Decision, Inspection, Judgement, Mode, Verdict
from tests.builders import a_finding, a_gap, a_hit, a_message, a_scan

HELD = Verdict(Decision.HOLD, Decision.HOLD)
TEXT = "ИНН 7707083893, пишите на ivan@corp.ru или 8 916 123-45-67"


def held(text: str = TEXT, **fields: str) -> Inspection:
    return Inspection(a_message(text, **fields), a_scan(a_finding(start=4, end=14)), Judgement((a_hit(),)), HELD)


def test_a_row_says_decision_message_chat_sender_rule_and_excerpt() -> None:
    row = TableForm().line(held(id="42", chat_title="Клиенты", sender_name="Иван"))
    assert row.split()[:5] == ["hold", "42", "Клиенты", "Иван", "ru-personal-data/bulk-subjects"]
    assert "ИНН ••••••••••, пишите" in row


def test_the_excerpt_hides_findings_addresses_and_runs_of_digits() -> None:
    row = TableForm().line(held())
    assert not any(secret in row for secret in ("7707083893", "ivan", "916", "45-67"))


def test_values_are_shown_where_asked_for() -> None:
    assert "ИНН 7707083893, пишите" in TableForm(show_values=True).line(held())


def test_a_number_cut_by_the_border_of_the_excerpt_is_still_hidden() -> None:
    text = "7707083893, номер карты: 4111 1111 1111 1111"
    row = TableForm().line(Inspection(a_message(text), a_scan(a_finding(start=0, end=10)), Judgement((a_hit(),)), HELD))
    assert "карты: ••••" in row
    assert "4" not in row


def test_a_clean_message_has_no_row() -> None:
    assert TableForm().line(Inspection(a_message(), NOTHING_FOUND, NOTHING_JUDGED, ALLOWED)) == ""


def test_an_allowed_message_with_a_finding_says_what_was_found() -> None:
    row = TableForm().line(Inspection(a_message(TEXT), a_scan(a_finding(), a_finding("CRYPTO")), Judgement(), ALLOWED))
    assert "RU_INN, CRYPTO" in row


def test_an_observing_rule_says_what_it_would_have_done() -> None:
    judgement = Judgement((a_hit(mode=Mode.OBSERVE), a_hit(rule="other", mode=Mode.OBSERVE)))
    row = TableForm().line(Inspection(a_message(), a_scan(a_finding()), judgement, Verdict(Decision.ALLOW, Decision.HOLD)))
    assert "(would hold) ru-personal-data/bulk" in row


def test_a_message_cannot_steer_the_terminal() -> None:
    row = TableForm().line(held("ИНН 7707083893 \x1b[2J\r\u202e see", id="a\x1b]0;x\x07"))
    assert row[:-1].isprintable()


@pytest.mark.parametrize("width", [100, 160, 240])
def test_columns_stand_under_each_other_at_every_width(width: int) -> None:
    form = TableForm(width=width)
    long = held(chat_title="A very long title of a chat, longer than its column", id="日本語日本語日本語")
    rows = [form.head(), form.line(held(chat_title="A" * 60)), form.line(long)]
    assert all(len(row.rstrip("\n")) <= width for row in rows)
    assert rows[0].index("WHY") == rows[1].index("ru-personal")


def test_colours_are_for_terminals_only() -> None:
    assert "\x1b" not in TableForm().line(held())
    assert TableForm(colour=True).line(held()).startswith("\x1b[31mhold")


def test_the_summary_counts_decisions_policies_gaps_and_faults() -> None:
    tally = Tally()
    tally.count([held(), Inspection(a_message(), a_scan(gaps=(a_gap(),)), Judgement(), ALLOWED)])
    tally.faults = 3
    told = TableForm().foot(tally, 2.0).split("\n")
    assert "2 messages in 2.0 s, 1 a second" in told
    assert "decisions  allow 1 · hold 1" in told
    assert "policies   ru-personal-data 1" in told
    assert "not read   not_extracted 1" in told
    assert "input      unreadable places 3" in told


def test_an_unreadable_place_is_a_row() -> None:
    assert TableForm().fault(InputFault("a.jsonl", "line 3", "is not JSON")) == "error     a.jsonl: line 3: is not JSON\n"
