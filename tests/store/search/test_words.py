"""Words of documents and of questions meet whatever they were typed with."""

from __future__ import annotations

import pytest

from dlp.store.search.question import Term, terms_of
from dlp.store.search.words import words_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Паспорта клиентов", "паспорт клиент"),
        ("ёлки", "елка"),
        ("паcпoрт", "паспорт"),  # Latin c and o
        ("ПACПOPT", "паспорт"),
        ("Bыписка", "выписка"),  # a Latin capital B
        ("па\u200bро\u00adль", "пароль"),
        ("па́роль", "пароль"),
        ("ｐａｓｓｗｏｒｄｓ", "password"),
        ("keys were sent", "key be send"),
        ("«Серафим»", "серафим"),
        ("INC-10482", "inc–10482"),
    ],
)
def test_texts_that_read_alike_give_the_same_words(one: str, other: str) -> None:
    assert words_of(one) == words_of(other)


def test_a_mark_is_found_by_its_entity_and_by_the_digits_it_shows() -> None:
    assert words_of("⟦:RU_PASSPORT:●●●● 1111⟧") == ["ru_passport", "1111"]


def test_signs_give_no_words() -> None:
    assert words_of("●●● — … !?") == []


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("паспорта", (Term(("паспорт",)),)),
        ("паспорта клиентов", (Term(("паспорт",)), Term(("клиент",)))),
        ('"паспорта клиентов"', (Term(("паспорт", "клиент")),)),
        ("«паспорта клиентов» ключ", (Term(("паспорт", "клиент")), Term(("ключ",)))),
        ("паспор*", (Term(("паспор",), beginning=True),)),
        ("ivan@corp.ru", (Term(("ivan", "corp", "ru")),)),
        ("ключ ключи", (Term(("ключ",)),)),
        ('"не пароль', (Term(("не",)), Term(("пароль",)))),
        ("*** !", ()),
        ("", ()),
    ],
)
def test_a_question_becomes_terms(text: str, terms: tuple[Term, ...]) -> None:
    assert terms_of(text) == terms
