"""Dates as people write them, in Russian and English."""

from __future__ import annotations

import re
from typing import NamedTuple

from dlp.detect.detector import Pattern
from dlp.detect.view import View

_MONTHS = {
    **{stem: month for month, stem in enumerate("янв фев мар апр мая июн июл авг сен окт ноя дек".split(), 1)},
    **{stem: month for month, stem in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)},
    "май": 5,
}
_MONTH = (
    r"(?:янв(?:ар[яье]|\.)?|фев(?:р(?:ал[яье]|\.)?|\.)?|мар(?:та?|\.)?|апр(?:ел[яье]|\.)?|ма[йяе]|июн[яье]?|июл[яье]?"
    r"|авг(?:уста?|\.)?"
    r"|сен(?:т(?:ябр[яье]|\.)?|\.)?|окт(?:ябр[яье]|\.)?|ноя(?:бр[яье]|\.)?|дек(?:абр[яье]|\.)?"
    r"|jan(?:uary|\.)?|feb(?:ruary|\.)?|mar(?:ch|\.)?|apr(?:il|\.)?|may|june?|july?|aug(?:ust|\.)?|sept?(?:ember|\.)?"
    r"|oct(?:ober|\.)?"
    r"|nov(?:ember|\.)?|dec(?:ember|\.)?)(?![a-zа-я])"
)
_YEAR = r"(?:18|19|20)\d\d"
_WRITTEN = Pattern(
    rf"(?<!\d)(?<!\d[.,/:-])(?:"
    rf"(?P<iso>{_YEAR}(?P<i>[-./])(?:0?[1-9]|1[0-2])(?P=i)(?:[0-2]?\d|3[01]))"
    rf"|(?P<plain>(?:0?[1-9]|[12]\d|3[01])[ ]?(?P<p>[-./, ])[ ]?(?:0?[1-9]|[12]\d|3[01])[ ]?(?P=p)[ ]?(?:{_YEAR}|\d\d))"
    rf"|(?P<word>(?:(?:0?[1-9]|[12]\d|3[01])|\"(?:0?[1-9]|[12]\d|3[01])\")(?:st|nd|rd|th|-?го|-?е)?"
    rf"[ .-]{{0,2}}(?:of )?{_MONTH}[ .,-]{{1,3}}(?:{_YEAR}"
    rf"|'?\d\d(?=[ ]?(?:г|$|[,;.)]))))"
    rf"|(?P<month>{_MONTH}[ ]{{1,2}}(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?,?[ ]{{1,2}}{_YEAR})"
    rf"|(?P<compact>(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d\d)"
    rf")(?!\d|[-/.]\d|:\d)"
)
_LONGEST = 30
# A date begins with a digit, a quote, or a month's name right before its day: looked for in this order, the rest is leapt over.
_FIRST_DIGIT = Pattern(r"[0-9\"](?<!\d.)")
_MONTH_BEFORE = Pattern(rf"{_MONTH}[ ]{{1,2}}$")
_LONGEST_MONTH = 12
_NUMBERS = Pattern(r"\d+")
_LETTERS = Pattern(r"[a-zа-я]{3,}")


class WrittenDate(NamedTuple):
    """A date at `[start, end)`; `year` has four digits, `full` is false where only two were written; `value` is ISO 8601."""

    start: int
    end: int
    year: int
    full: bool
    value: str


def _from_numbers(form: str, text: str) -> tuple[int, int, int, bool]:
    """Year, month, day, and whether the year had four digits."""
    numbers = _NUMBERS.compiled.findall(text)
    if form == "compact":
        ordered = [text[:4], text[4:6], text[6:]] if text[:2] in ("19", "20") else [text[4:], text[2:4], text[:2]]
        return int(ordered[0]), int(ordered[1]), int(ordered[2]), True
    if form == "iso":
        return int(numbers[0]), int(numbers[1]), int(numbers[2]), True
    if form in ("word", "month"):
        letters = next(word for word in _LETTERS.compiled.findall(text) if word[:3] in _MONTHS)
        return int(numbers[1]), _MONTHS[letters[:3]], int(numbers[0]), len(numbers[1]) == 4
    day, month, year = map(int, numbers)
    return year, *((month, day) if month <= 12 else (day, month)), len(numbers[2]) == 4


def dates(view: View, start: int, end: int) -> list[WrittenDate]:
    """Every date that begins in `[start, end)`: 12.05.1985, 1985-05-12, 12 мая 1985, May 12, 1985, 12/05/85."""
    found = []
    lower, at, reach = view.lower, start, min(len(view.lower), end + _LONGEST)
    while digit := _FIRST_DIGIT.search(lower, at, min(reach, end + _LONGEST_MONTH)):
        match = _begun_at(lower, at, digit.start(), reach=reach)
        if match is None:
            at = digit.end()
            continue
        if match.start() >= end:
            break
        at = match.end()
        form = match.lastgroup if match.lastgroup not in ("i", "p") else ("iso" if match["iso"] else "plain")
        year, month, day, full = _from_numbers(form or "", match.group())
        if not full:
            year += 1900 if year > 30 else 2000
        if month <= 12 and day <= 31:
            found.append(WrittenDate(*match.span(), year, full, f"{year:04}-{month:02}-{day:02}"))
    return found


def _begun_at(lower: str, at: int, digit: int, *, reach: int) -> re.Match[str] | None:
    """The date whose first digit or quote stands at `digit` and which begins no earlier than `at`."""
    if digit > at and lower[digit - 1] == " ":
        month = _MONTH_BEFORE.search(lower, max(at, digit - _LONGEST_MONTH), digit)
        match = _WRITTEN.match(lower, month.start(), reach) if month else None
        if match:
            return match
    return _WRITTEN.match(lower, digit, reach)
