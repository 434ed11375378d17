"""Payment identifiers in awkward company."""

import pytest

from dlp.detect.engine import Engine
from dlp.records import Demand, Text

ENGINE = Engine(Demand(frozenset({"CREDIT_CARD", "IBAN_CODE", "SWIFT_CODE", "CRYPTO"})))


def spans(text: str) -> list[tuple[str, str]]:
    return [(f.entity, text[f.start : f.end]) for f in ENGINE.scan((Text("body", text),)).findings if f.confidence >= 0.5]


@pytest.mark.parametrize("before", ["2024 ", "a", "№", "карта:", "12.05 ", "["])
def test_a_card_keeps_its_span_after_any_neighbour(before: str) -> None:
    assert spans(f"{before}4111 1111 1111 1111") == [("CREDIT_CARD", "4111 1111 1111 1111")]


def test_an_expiry_date_is_no_part_of_the_card() -> None:
    assert spans("карта 2201 0003 1935 2236 | 09/28") == [("CREDIT_CARD", "2201 0003 1935 2236")]


def test_several_cards_in_a_column_are_found_each() -> None:
    assert len(spans("4111111111111111\n5555555555554444\n378282246310005")) == 3


def test_digits_of_a_mistyped_iban_are_no_card() -> None:
    assert spans("IBAN PL59 5265 2122 6482 8468 3197 0918") == []


def test_a_word_after_an_iban_is_no_part_of_it() -> None:
    assert spans("IBAN DE89 3704 0044 0532 0130 00 pay today") == [("IBAN_CODE", "DE89 3704 0044 0532 0130 00")]


def test_a_bank_code_needs_its_word() -> None:
    assert spans("SWIFT SABRRUMM") == [("SWIFT_CODE", "SABRRUMM")]
    assert spans("код SABRRUMM") == []


@pytest.mark.parametrize("word", ["заказ", "order", "ticket", "трек"])
def test_a_number_of_something_else_is_no_card(word: str) -> None:
    assert spans(f"{word} 4111111111111111") == []
