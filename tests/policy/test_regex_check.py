"""Which regular expressions a policy may have."""

from __future__ import annotations

import pytest

from dlp.policy.regex_check import regex_fault


@pytest.mark.parametrize(
    "regex", [r"дсп\s*№\s*\d{1,6}", r"\bдоговор\b", r"\b(?:nda|нда)[ -]?\d{1,4}", r"c\+\+", r"[^\n]{3}x", r"a\\b", r"a|b"]
)
def test_ordinary_expressions_are_sound(regex: str) -> None:
    assert regex_fault(regex) is None


@pytest.mark.parametrize(
    ("regex", "told"),
    [
        ("(", "is not a regular expression"),
        ("a{2,1}", "is not a regular expression"),
        ("(?=a)b", "look-around"),
        ("(?<!a)b", "look-around"),
        ("(?i)b", "flags"),
        ("(?P<n>b)", "named groups"),
        (r"(a)\1", "back-references"),
        (r"a\bc", "may stand only at the ends"),
        (r"\Aa", r"\A is not supported"),
        ("a?", "matches empty text"),
        (r"\b", "matches empty text"),
        ("(a" * 2000 + ")" * 2000, "is not a regular expression"),
    ],
)
def test_what_no_pass_can_search_is_refused(regex: str, told: str) -> None:
    assert told in (regex_fault(regex) or "")
