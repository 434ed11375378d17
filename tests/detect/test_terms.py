"""Demanded terms and patterns: word forms, phrases, borders, views."""

import pytest

from dlp.detect.term_patterns import pattern_fault
from dlp.records import Demand, Term, TermPattern, Text
from tests.engines import an_engine

WORK = frozenset({"работу", "работа", "работы", "работе", "работой"})
SEEK = frozenset({"ищу", "ищет", "искать", "ищем"})


def spans(demand: Demand, text: str) -> list[tuple[str, str]]:
    engine = an_engine(demand)
    return [(hit.key, text[hit.start : hit.end]) for hit in engine.scan((Text("body", text),)).terms]


def wanted(*terms: Term) -> Demand:
    return Demand(frozenset(), terms)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ищу работу", ["Ищу работу"]),
        ("он ИЩЕТ работу!", ["ИЩЕТ работу"]),
        ("ищу,\nработу", ["ищу,\nработу"]),
        ("ищу новую работу", []),
        ("ищу работника", []),
        ("выищу работу", []),
        ("ищу раб\u00adоту и пoра ищу рабoту", ["ищу раб\u00adоту", "ищу рабoту"]),
    ],
)
def test_a_phrase_is_found_in_its_word_forms(text: str, found: list[str]) -> None:
    assert [said for _, said in spans(wanted(Term("seek", (SEEK, WORK))), text)] == found


def test_a_gap_lets_other_words_stand_between() -> None:
    demand = wanted(Term("seek", (SEEK, WORK), gap=1))
    assert spans(demand, "ищу новую работу") == [("seek", "ищу новую работу")]
    assert spans(demand, "ищу очень новую работу") == []


def test_yo_and_ye_are_one_letter() -> None:
    assert spans(wanted(Term("k", (frozenset({"чертеж", "чертежи"}),))), "Чертёж и чертежи") == [
        ("k", "Чертёж"),
        ("k", "чертежи"),
    ]


def test_short_forms_without_a_common_stem_are_found() -> None:
    assert spans(wanted(Term("go", (frozenset({"go", "went"}),))), "I went, you go, gone") == [("go", "went"), ("go", "go")]


def test_a_literal_stands_as_it_is() -> None:
    demand = wanted(Term("pfx", literal=".pfx"), Term("c", literal="c++"))
    assert spans(demand, "key.PFX и C++, x.pfxs") == [("pfx", ".PFX"), ("c", "C++")]


def test_a_pattern_tells_both_ends() -> None:
    demand = Demand(frozenset(), patterns=(TermPattern("dsp", r"\bдсп\s*№\s*\d{1,6}"),))
    assert spans(demand, "Гриф ДСП № 1234, лдсп № 5") == [("dsp", "ДСП № 1234")]


def test_batches_and_single_scans_agree() -> None:
    engine = an_engine(wanted(Term("seek", (SEEK, WORK))))
    texts = [(Text("body", t),) for t in ("ищу работу", "", "ничего", "ищу", "работу", "👍 ищет работу")]
    assert engine.scan_many(texts) == [engine.scan(text) for text in texts]


@pytest.mark.parametrize(
    ("regex", "fault"),
    [
        (r"(?=a)b", "uses"),
        (r"a\bb", "inside"),
        ("[", "not a regular"),
        (r"\p{L}", "regular"),
        (r"(a)\1", "one pass"),
        ("漢", "alphabet"),
        (r"\bfoo|bar", "choice"),
        (r"a[^x]{1,9000}b", "cannot be searched in one pass"),
    ],
)
def test_a_pattern_one_pass_cannot_search_is_refused_with_its_reason(regex: str, fault: str) -> None:
    assert fault in (pattern_fault(regex) or "")


def test_a_sound_pattern_has_no_fault() -> None:
    assert pattern_fault(r"\bгриф[а-яё]{0,2}\s+\w{3,10}\b") is None
    assert pattern_fault(r"\b(?:гриф|штамп)\s[^|]\\b") is None
