"""Papers with a series of four digits and a number of six: how people type them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from typing import NamedTuple

from dlp.detect.detector import Found, Number, Pattern
from dlp.detect.russian.labels import Claim, claim_on
from dlp.detect.view import View

_SERIES = 4
_SIGN = r"(?:номер\w{0,2}|ном\.?|№|number|num\.?|no\.?|n|#|н\.)"
_LEAD = r"(?:сери[яиюей]{1,2}|сер\.?|series)"
_HALVES = r"(?P<series>\d\d[ -]?\d\d)"
_FORWARD = Pattern(
    rf"(?<!\d)(?P<lead>{_LEAD}[ \t]*[:№|=-]?[ \t\n]*)?{_HALVES}[\s,;:.|/()\"-]{{0,4}}(?:и\s)?"
    rf"{_SIGN}[\s:.№|=\"-]{{0,4}}(?P<number>\d{{3}}[ ]?\d{{3}})(?!\d)"
)
_LED = Pattern(rf"(?<![^\W_])(?P<lead>{_LEAD}[ \t]*[:№|=-]?[ \t\n]*){_HALVES}[\s,;/|-]{{1,3}}(?P<number>\d{{6}})(?!\d)")
_BACKWARD = Pattern(
    rf"(?<![^\W_])(?:{_SIGN}[ \t:№]{{0,3}})?(?P<number>(?<!\d)\d{{6}})[\s,;|]{{1,3}}{_LEAD}[ \t:№]{{0,3}}{_HALVES}(?!\d)"
)
_ANCHOR_SIGN = (
    r"[0-9]{2}[ -]?[0-9]{2}[ \t\r\n,;:.|/()\"-]{0,4}(?:и )?(?:№|номер|номера|номером|ном|ном\.|number|num|no|no\.|n|#|н\.)"
    r"[ \t\r\n:.№|=\"-]{0,4}[0-9]{3} ?[0-9]{3}"
)
_ANCHOR_SERIES = r"(?:сери[яиюей]{1,2}|сер\.?|series)[ \t\n:№|=-]{0,4}[0-9]{2}[ -]?[0-9]{2}"


class Written(NamedTuple):
    """A series and a number found in a text, with the words between them, and whether the series is named as one."""

    start: int
    end: int
    digits: str
    named: bool
    claim: Claim


class SeriesAndNumber:
    """Where "серия 45 06 № 123456" and its kin stand: the part a paper's detector shares with the other papers."""

    anchors: tuple[str, ...] = (_ANCHOR_SIGN, _ANCHOR_SERIES)
    before = 48
    after = 24

    def written(self, view: View, start: int, end: int, *kinds: str) -> Iterator[Written]:
        """Every series and number written with words between or before, with who claims it for a paper of `kinds`."""
        stop = min(len(view.lower), end + 30)
        last = -1
        for match in sorted(self._matches(view, start, stop), key=lambda m: (m[0], -m[1])):
            if match[0] >= last and start <= match[0] < end:
                last = match[1]
                claim = claim_on(view, match[0], match[1], *kinds)
                yield Written(match[0], match[1], match[2], named=match[3], claim=claim)

    def _matches(self, view: View, start: int, stop: int) -> Iterator[tuple[int, int, str, bool]]:
        for pattern in (_FORWARD, _LED, _BACKWARD):
            for match in pattern.finditer(view.lower, start, stop):
                digits = "".join(char for char in match["series"] + match["number"] if char.isdigit())
                lead = match.start("lead") if "lead" in match.re.groupindex and match["lead"] else -1
                between = pattern is _FORWARD and lead >= 0
                begin = lead if between else min(match.start("series"), match.start("number"))
                ending = max(match.end("series"), match.end("number"))
                yield begin, ending, digits, lead >= 0 or pattern is _BACKWARD


def found(written: Written, confidence: float, why: str) -> Found:
    """A written paper as a detector's find."""
    return Found(written.start, written.end, written.digits, confidence, why)


def is_series_and_number(number: Number, view: View) -> bool:
    """True where ten digits are grouped as people group a series and a number, and are no part of a date."""
    ends = tuple(accumulate(number.groups))
    if len(number.groups) == 1:
        return True
    if _SERIES not in ends or len(number.groups) > 4 or ends[0] not in (2, _SERIES):
        return False
    split = ends.index(_SERIES)
    inside = number.separators[:split] + number.separators[split + 1 :]
    if any(separator not in (" ", "-", "  ") for separator in inside) or not _parts(number.separators[split]):
        return False
    rest = number.groups[split + 1 :]
    if rest not in ((6,), (3, 3), (2, 2, 2)) or (rest != (6,) and "-" in number.separators[split + 1 :]):
        return False
    return not _within_date(number, view)


def _parts(separator: str) -> bool:
    return separator.strip(" ") in ("", "-", "/", ".", "\n", "\t", "|", "*", "`")


def _within_date(number: Number, view: View) -> bool:
    before = view.text[max(0, number.start - 2) : number.start]
    return len(before) == 2 and before[1] in ".-/" and before[0].isdigit()


def unbroken(number: Number) -> bool:
    """True for ten digits without a separator."""
    return len(number.groups) == 1
