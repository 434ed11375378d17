"""The masked surroundings of what was found: the only text of a message that is kept readable and searchable.

At most twelve words stand on each side of a finding; every finding of every detector in it, every e-mail and every run of
four digits or more is masked (design.md "At rest"). A mark is written `⟦ordinal:ENTITY:shape⟧`; the shape keeps separators,
and the last digits only where the entity's rule allows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from dlp.records import Finding, Text

WORDS_AROUND: Final = 12
TERM: Final = "TERM"  # a word or phrase of a policy: shown, not masked
MARK: Final = re.compile(r"⟦(\d*):([A-Z_0-9]*):([^⟧]*)⟧")
_SIDE_CHARACTERS: Final = 240
_LONGEST_WORD: Final = 48
_LONGEST_SHAPE: Final = 40
# What a person needs to recognise a card or an account without being able to use it.
_LAST_SHOWN: Final = {"CREDIT_CARD": 4, "RU_BANK_ACCOUNT": 4, "IBAN_CODE": 4, "PHONE_NUMBER": 2}
_PRIVATE: Final = re.compile(r"[^\s@⟦⟧]+@[^\s@⟦⟧]+|\d(?:[ \-.]?\d){3,}")
_WORD: Final = re.compile(r"\S+")
_BRACKETS: Final = str.maketrans("⟦⟧", "[]")
_UNSTORABLE: Final = re.compile(r"[\0\ud800-\udfff]")  # PostgreSQL keeps neither NUL nor halves of UTF-16 pairs


class Snippet(NamedTuple):
    """Masked text and the ordinal of the first finding in it."""

    first: int
    text: str


def snippets_of(
    texts: Sequence[Text], findings: Sequence[Finding], shown: Sequence[bool], hidden: Sequence[Finding] = ()
) -> list[Snippet]:
    """The snippets around the findings that are `shown`; those whose surroundings touch share one.

    `findings` are numbered by their place; every one of them is masked wherever it is seen, and so are the `hidden` ones.
    """
    snippets: list[Snippet] = []
    for text in texts:
        own = [(number, finding) for number, finding in enumerate(findings) if finding.origin == text.origin]
        unnumbered = [finding for finding in hidden if finding.origin == text.origin]
        windows = _windows(text.text, [finding for number, finding in own if shown[number]])
        for start, end in windows:
            inside = [(number, finding) for number, finding in own if finding.start < end and finding.end > start]
            first = next(number for number, finding in inside if shown[number])
            also = [("", finding) for finding in unnumbered if finding.start < end and finding.end > start]
            snippets.append(Snippet(first, _masked(text.text, start, end, [*inside, *also])))
    return snippets


def masked(text: str, findings: Sequence[Finding]) -> str:
    """A whole text, every finding, e-mail and run of four digits or more in it masked."""
    return _masked(text, 0, len(text), list(enumerate(findings)))


def shape_of(entity: str, value: str) -> str:
    """What is shown instead of a value: its separators, and its last digits where that is allowed."""
    kept = _LAST_SHOWN.get(entity, 0)
    last = len(value) - kept if len(value) > 2 * kept > 0 else len(value)
    shape = "".join(_sign(sign, shown=place >= last) for place, sign in enumerate(value[: _LONGEST_SHAPE + 1]))
    return shape if len(value) <= _LONGEST_SHAPE else f"{shape[: _LONGEST_SHAPE - 1]}…"


def _sign(sign: str, *, shown: bool) -> str:
    if sign.isspace():
        return " "
    return sign if shown or sign in "-.()/+" else "●"


def _windows(text: str, findings: Sequence[Finding]) -> list[tuple[int, int]]:
    windows: list[tuple[int, int]] = []
    for finding in sorted(findings, key=lambda one: (one.start, one.end)):
        start, end = _before(text, finding.start), _after(text, finding.end)
        if windows and start <= windows[-1][1]:
            windows[-1] = (windows[-1][0], max(end, windows[-1][1]))
        else:
            windows.append((start, end))
    return windows


def _before(text: str, place: int) -> int:
    cut = max(0, place - _SIDE_CHARACTERS)
    words = list(_WORD.finditer(text, cut, place))
    if len(words) >= WORDS_AROUND:
        return words[-WORDS_AROUND].start()
    return words[0].start() if words else place


def _after(text: str, place: int) -> int:
    cut = min(len(text), place + _SIDE_CHARACTERS)
    words = list(_WORD.finditer(text, place, cut))
    return words[:WORDS_AROUND][-1].end() if words else place


def _masked(text: str, start: int, end: int, inside: Sequence[tuple[int | str, Finding]]) -> str:
    parts, at = ["…"] if start else [], start
    for number, finding in sorted(inside, key=lambda one: (one[1].start, one[0] == "", -one[1].end)):
        if finding.end <= at or finding.entity == TERM:
            continue
        parts.append(_plain(text[at : max(at, finding.start)]))
        value = text[max(at, finding.start) : finding.end].translate(_BRACKETS)
        parts.append(f"⟦{number}:{finding.entity}:{shape_of(finding.entity, value)}⟧")
        at = finding.end
    parts.append(_plain(text[at:end]))
    if end < len(text):
        parts.append("…")
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", "".join(parts))


def _plain(text: str) -> str:
    hidden = _PRIVATE.sub(lambda found: shape_of("", found.group()), text.translate(_BRACKETS))
    return _WORD.sub(lambda word: word.group() if len(word.group()) <= _LONGEST_WORD else f"{word.group()[:8]}…", hidden)
