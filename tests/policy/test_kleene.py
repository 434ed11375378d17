"""Kleene's strong tables, whole."""

from __future__ import annotations

import pytest

from dlp.policy.kleene import Truth, all_of, any_of, negation


@pytest.mark.parametrize(
    ("values", "conjunction", "disjunction"),
    [
        ((), True, False),
        ((True, True), True, True),
        ((True, False), False, True),
        ((False, True), False, True),
        ((False, False), False, False),
        ((True, None), None, True),
        ((None, True), None, True),
        ((False, None), False, None),
        ((None, False), False, None),
        ((None, None), None, None),
    ],
)
def test_unknown_decides_only_where_nothing_else_does(values: tuple[Truth, ...], conjunction: Truth, disjunction: Truth) -> None:
    assert all_of(values) is conjunction
    assert any_of(values) is disjunction


@pytest.mark.parametrize(("value", "opposite"), [(True, False), (False, True), (None, None)])
def test_the_opposite_of_unknown_is_unknown(value: Truth, opposite: Truth) -> None:
    assert negation(value) is opposite
