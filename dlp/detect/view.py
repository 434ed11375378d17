"""One way of reading a text, of fixed spelling, with the way back to the original's code points."""

from __future__ import annotations

from dlp.spans import OffsetMap, Span


class View:
    """What detectors look at.

    `memory` is theirs: what one of them worked out about this view, so that another need not again.

    `text` is canonical: every dash is "-", every space but line breaks and tabs " ", every double quote '"', every
    apostrophe "'"; characters outside Latin, Cyrillic and common signs are U+FFFD. `lower` is the same, lower-cased,
    ё as е. Both have one character per character of the view; `back` is None where these are the original's own.
    """

    __slots__ = ("back", "lower", "memory", "text")

    def __init__(self, text: str, lower: str, back: OffsetMap | None = None) -> None:
        self.text = text
        self.lower = lower
        self.back = back
        self.memory: dict[object, object] = {}

    def original(self, start: int, end: int) -> Span:
        """The code points of the original text behind `[start, end)` of this view."""
        return Span(start, end) if self.back is None else self.back.back(start, end)
