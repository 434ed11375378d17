"""Expressions taken apart by what they begin with."""

import re

import pytest

from dlp.detect.alternatives import alternatives, word_beginning


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("а|бв", ["а", "бв"]),
        ("(?:а|б(?:в|г))д|е", ["ад", "б(?:в|г)д", "е"]),
        ("(?:за|при)?парк", ["запарк", "припарк", "парк"]),
        ("(?:за)+парк", ["(?:за)+парк"]),
        (r"[|(]а|\|б", [r"[|(]а", r"\|б"]),
    ],
)
def test_alternatives_stand_apart(source: str, expected: list[str]) -> None:
    assert alternatives(source) == expected


@pytest.mark.parametrize("fragments", [("инн", r"(?:за|при)?парк\w*", "ip"), ("о?увд", "инн"), ("[а-я]{3}", "ip")])
@pytest.mark.parametrize("text", ["инн", "х инн", "хинн", "запарковал парк", "увд овд оувд", "ip\nинн", "где ip", "zip", ""])
def test_a_word_s_beginning_is_found_where_a_plain_search_finds_it(fragments: tuple[str, ...], text: str) -> None:
    plain = re.compile(rf"(?<!\w)(?:{'|'.join(fragments)})")
    assert [match.span() for match in re.finditer(word_beginning(fragments), text)] == [
        match.span() for match in plain.finditer(text)
    ]
