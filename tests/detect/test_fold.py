"""Folding: what is typed oddly reads plainly, and every character knows where it came from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlp.detect.alphabet import canonical_text, lower_text, lowered, narrow
from dlp.detect.fold import folded_view


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("4\u200b1\u200b1\u200b1", "4111"),
        ("41\u00ad11", "4111"),
        ("\u202e4111\u202c", "4111"),
        ("４１１１", "4111"),
        ("٤١١١ ४१", "4111 41"),
        ("𝟒𝟏①①", "4111"),
        ("4️⃣1️⃣1️⃣", "411"),
        ("пapoль", "пароль"),
        ("pаsswоrd", "password"),
        ("СНИЛC", "СНИЛС"),
        ("Ρassword", "Password"),
        ("41ll 1I11 11O1 1111", "4111 1111 1101 1111"),
        ("770708З893", "7707083893"),
        ("**4111** **1111**", "**4111 1111**"),
        ("и\u0306од", "йод"),
        ("🇦🇧", "AB"),
        ("ﬁle", "file"),
    ],
)
def test_what_is_typed_oddly_reads_plainly(typed: str, read: str) -> None:
    view = folded_view(typed)
    assert view is not None
    assert view.text == read


@pytest.mark.parametrize("plain", ["", "ordinary talk", "обычный разговор", "commit 1b5d0e3f5", "уже 15 лет", "№ 5 — «да»"])
def test_plain_text_has_no_folded_view(plain: str) -> None:
    assert folded_view(plain) is None


def test_the_way_back_covers_what_was_cut() -> None:
    typed = "x 4\u200b1**\u00ad**1"
    view = folded_view(typed)
    assert view is not None
    assert view.text == "x 41 1"
    assert view.original(2, 4) == (2, 5)
    assert typed[slice(*view.original(2, 6))] == "4\u200b1**\u00ad**1"


@given(st.text(alphabet=st.sampled_from("aаoо0З1lб4 -.*`\u200b\u00ad４①éий\u0306\u0308ﬁ👍\ufe0fПпΑ"), max_size=60))
def test_every_character_of_a_folded_view_has_a_place_in_the_original(typed: str) -> None:
    view = folded_view(typed)
    if view is None:
        return
    assert view.back is not None
    assert len(view.text) == len(view.lower) == len(view.back.starts) == len(view.back.ends)
    spans = [view.original(i, i + 1) for i in range(len(view.text))]
    assert all(0 <= start < end <= len(typed) for start, end in spans)
    assert spans == sorted(spans)


@given(st.text(max_size=80))
def test_narrow_bytes_are_one_for_one_with_code_points(text: str) -> None:
    narrowed = narrow(text)
    assert len(narrowed) == len(text) == len(canonical_text(narrowed)) == len(lower_text(narrowed)) == len(lowered(narrowed))


def test_typography_is_one_of_each_kind() -> None:
    assert canonical_text(narrow("«Ё» – “a”\u00a0’")) == '"Ё" - "a" \''
    assert lower_text(narrow("ЁЖ ABC")) == "еж abc"


def test_emoji_and_foreign_letters_are_harmless_and_invisible_characters_are_not() -> None:
    assert b"\x1b" not in narrow("ok 👍❤️ 你好 ¯\\_(ツ)_/¯ 👩\u200d💻")
    assert b"\x1b" in narrow("4\ufe0f1")
    assert b"\x1b" in narrow("па\u200bроль")
