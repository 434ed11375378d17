"""Terms: their word forms in both languages, their keys, and what is no word."""

from __future__ import annotations

import pytest

from dlp.policy.terms import exact_term, pattern, term
from dlp.policy.word_forms import forms_of


@pytest.mark.parametrize(
    ("word", "forms"),
    [
        ("работу", {"работа", "работы", "работе", "работой", "работою", "работам"}),
        ("ищу", {"искать", "ищешь", "искал", "ищут", "ищите"}),
        ("чертеж", {"чертеж", "чертежи", "чертежей", "чертежами"}),
        ("черновик", {"черновики", "черновиком"}),
        ("слить", {"солью", "сольешь", "слил", "слейте"}),
        ("коммерческая", {"коммерческой", "коммерческую", "коммерческого"}),
        ("leaked", {"leak", "leaks", "leaking", "leaked"}),
        ("pay", {"paid", "pays", "paying"}),
        ("screenshot", {"screenshots"}),
        ("query", {"queries", "querying"}),
        ("drawing", {"drawings"}),
        ("box", {"boxes"}),
    ],
)
def test_a_word_is_found_in_its_forms(word: str, forms: set[str]) -> None:
    assert forms <= forms_of(word)
    assert word in forms_of(word)


@pytest.mark.parametrize("word", ["оффер", "дсп", "152", "covid19", "xml2json"])
def test_a_word_no_dictionary_knows_stays_as_it_is(word: str) -> None:
    assert forms_of(word) == {word}


@pytest.mark.parametrize(
    ("word", "other"), [("базу", "базам_"), ("базу", "бази"), ("все", "весь"), ("работа", "работать"), ("letter", "let")]
)
def test_rare_readings_and_other_words_are_left_out(word: str, other: str) -> None:
    assert other not in forms_of(word)


@pytest.mark.parametrize("word", ["чертёж", "утёс", "счёт"])
def test_yo_is_ye_in_every_form(word: str) -> None:
    assert not any("ё" in form for form in term(word).words[0])
    assert word.replace("ё", "е") in term(word).words[0]


def test_each_word_of_a_phrase_has_its_forms() -> None:
    found = term("Ищу  работу", gap=1)
    assert found.key == "forms+1:ищу работу"
    assert found.gap == 1
    assert ["искал" in found.words[0], "работы" in found.words[1]] == [True, True]


@pytest.mark.parametrize(
    ("written", "key", "words"),
    [
        ("=Секрет", "exact:секрет", ({"секрет"},)),
        ("=offer letter", "exact:offer letter", ({"offer"}, {"letter"})),
        ("=IT\u2011отдел", "exact:it-отдел", ({"it"}, {"отдел"})),
        ("=\uff21\uff22\uff23", "exact:abc", ({"abc"},)),
    ],
)
def test_an_equals_sign_means_exactly_so(written: str, key: str, words: tuple[set[str], ...]) -> None:
    assert term(written).key == key
    assert tuple(map(set, term(written).words)) == words
    assert exact_term(written[1:]) == term(written)


@pytest.mark.parametrize("written", [".PFX", "C++", "т.е.", "c:\\temp"])
def test_what_is_not_made_of_words_is_a_literal(written: str) -> None:
    assert (term(written).words, term(written).literal) == ((), written.lower())


def test_equal_terms_have_equal_keys() -> None:
    assert term("Отчёт  за год") == term("отчет за год")
    assert term("отчет").key != term("=отчет").key != term("отчеты").key


def test_expressions_search_what_has_no_yo() -> None:
    assert pattern("чертёж[а-яё]{1,3}").regex == "чертеж[а-яе]{1,3}"
    assert pattern("чертёж").key == "regex:чертёж"
