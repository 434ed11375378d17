"""What the automata are asked to look for."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlp.detect.catalogue import listed
from dlp.detect.triggers import GATE

DENSE = [anchor for entry in listed() for anchor in entry.dense]


def test_somebody_has_dense_anchors() -> None:
    assert DENSE


@pytest.mark.parametrize("anchor", DENSE)
@given(st.data())
@settings(deadline=None)
def test_every_text_with_a_match_of_a_dense_anchor_passes_the_gate(anchor: str, data: st.DataObject) -> None:
    assert re.search(GATE, data.draw(st.from_regex(anchor)), re.ASCII)
