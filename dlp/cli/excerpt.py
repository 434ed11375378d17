"""A few words around what was found, with what was found masked: safe to show on a screen."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from dlp.extract.texts import texts_of
from dlp.records import Finding, Inspection, TermHit
from dlp.spans import Span

_AROUND: Final = 28
# Masking looks further than what is shown, so that a number cut by the border is still seen whole.
_SEEN: Final = 300
_LONGEST_MASK: Final = 12
_PRIVATE: Final = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+|\d(?:[ \-.]?\d){2,}")


def excerpt_of(inspection: Inspection, *, show_values: bool) -> str:
    """One line around the first finding, else the first term; "" where nothing was found.

    Unless `show_values`, every finding in it, every e-mail and every run of three digits (a card's code) or more is masked.
    """
    scan = inspection.scan
    first: Finding | TermHit
    if scan.findings:
        first = scan.findings[0]
    elif scan.terms:
        first = scan.terms[0]
    else:
        return ""
    text = next((text.text for text in texts_of(inspection.message) if text.origin == first.origin), "")
    cut = max(0, first.start - _SEEN)
    seen = text[cut : first.end + _SEEN]
    found = (Span(finding.start - cut, finding.end - cut) for finding in scan.findings if finding.origin == first.origin)
    hidden = [] if show_values else _private(seen, found)
    return printable(_shown(seen, hidden, Span(first.start - cut, min(first.end - cut, len(seen)))))


def printable(text: str) -> str:
    """One line that cannot steer a terminal: runs of space are one space, control and format characters a dot."""
    return " ".join("".join(sign if sign.isprintable() or sign.isspace() else "·" for sign in text).split())


def _private(text: str, found: Iterable[Span]) -> list[Span]:
    """What must not be shown, in order and without overlaps."""
    marks = [Span(*match.span()) for match in _PRIVATE.finditer(text)]
    marks += [span for span in found if span.start < len(text) and span.end > 0]
    joined: list[Span] = []
    for mark in sorted(marks):
        if joined and mark.start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, mark.end))
        else:
            joined.append(Span(max(0, mark.start), mark.end))
    return joined


def _shown(text: str, hidden: list[Span], centre: Span) -> str:
    start, end = max(0, centre.start - _AROUND), min(len(text), centre.end + _AROUND)
    parts, at = [], start
    for mark in hidden:
        if mark.end <= start or mark.start >= end:
            continue
        parts += [text[at : mark.start], "•" * min(mark.end - mark.start, _LONGEST_MASK)]
        at = mark.end
    parts.append(text[at:end])
    return f"{'…' if start else ''}{''.join(parts)}{'…' if end < len(text) else ''}"
