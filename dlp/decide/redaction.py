"""A message's texts with what the rules objected to struck out: what may be delivered where the decision is "redact"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from dlp.records import Text
from dlp.spans import Span

STRUCK: Final = "█████"  # always as long, so that it does not tell the length of what it hides


def redacted(texts: Sequence[Text], marks: Iterable[tuple[str, Span]]) -> tuple[Text, ...]:
    """The texts with every marked span (origin, code points) struck out; spans that touch or overlap are struck out once."""
    by_origin: dict[str, list[Span]] = {}
    for origin, span in marks:
        by_origin.setdefault(origin, []).append(span)
    return tuple(text._replace(text=_without(text.text, by_origin.get(text.origin, ()))) for text in texts)


def _without(text: str, spans: Sequence[Span]) -> str:
    parts: list[str] = []
    at = 0
    for span in sorted(spans):
        if span.end <= at or span.start >= len(text):
            continue
        # Touching marks are one: two strikes side by side would tell that there were two things.
        if span.start > at or not parts:
            parts += [text[at : span.start], STRUCK]
        at = span.end
    return "".join((*parts, text[at:]))
