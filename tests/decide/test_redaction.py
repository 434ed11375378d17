from __future__ import annotations

import pytest

from dlp.decide.redaction import STRUCK, redacted
from dlp.records import Text
from dlp.spans import Span


@pytest.mark.parametrize(
    ("spans", "left"),
    [
        ([], "0123456789"),
        ([(2, 4)], f"01{STRUCK}456789"),
        ([(0, 10)], STRUCK),
        ([(0, 1), (9, 10)], f"{STRUCK}12345678{STRUCK}"),
        ([(2, 6), (4, 8)], f"01{STRUCK}89"),
        ([(2, 8), (4, 6)], f"01{STRUCK}89"),
        ([(2, 4), (4, 6)], f"01{STRUCK}6789"),
        ([(4, 6), (2, 3)], f"01{STRUCK}3{STRUCK}6789"),
        ([(2, 4), (2, 4)], f"01{STRUCK}456789"),
        ([(8, 20)], f"01234567{STRUCK}"),
        ([(12, 20)], "0123456789"),
    ],
)
def test_every_marked_place_is_struck_out_once(spans: list[tuple[int, int]], left: str) -> None:
    marks = [("body", Span(*span)) for span in spans]
    assert redacted([Text("body", "0123456789")], marks) == (Text("body", left),)


def test_a_mark_counts_in_its_own_text() -> None:
    texts = [Text("body", "ab"), Text("quote", "ab")]
    assert redacted(texts, [("quote", Span(0, 1))]) == (Text("body", "ab"), Text("quote", f"{STRUCK}b"))


def test_a_strike_does_not_tell_how_long_it_was() -> None:
    long, short = (redacted([Text("body", "x" * n)], [("body", Span(0, n))]) for n in (3, 300))
    assert long == short
