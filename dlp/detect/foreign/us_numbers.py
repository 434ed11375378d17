"""Numbers the United States and the United Kingdom give people."""

from __future__ import annotations

from dlp.detect.detector import Judged, Near, Number
from dlp.detect.russian.table import heading
from dlp.detect.view import View

_SSN = Near(r"ssns?(?![a-z])", r"social\b", r"соц(?:иальн|страх)", r"ссн\b", before=50, after=25)
_ITIN = Near(r"itin(?![a-z])", r"individual taxpayer", r"tax ?id", r"taxpayer", before=50, after=25)
_NHS = Near(r"nhs(?![a-z])", r"national health", r"health number", before=50, after=25)
# Printed on sample cards and in advertisements, so on nobody's (Social Security Administration).
_SAMPLES = frozenset({"078051120", "219099999", "123456789", "987654321"})
_OF_A_THING = Near(
    r"parts?\b", r"qty\b", r"order\w*", r"ticket\w*", r"sku\b", r"item\w*", r"model\w*", r"арт\w*", r"заказ\w*", r"детал\w*",
    before=30, after=12,
)  # fmt: skip
_SIGNS = frozenset({"-", " "})


def _spaced(number: Number, groups: tuple[int, ...]) -> bool:
    return number.groups == groups and len(set(number.separators)) == 1 and number.separators[0] in _SIGNS


class SocialSecurityNumber:
    """A US social security number: area, group and serial that exist (20 CFR 422.103; SSA randomisation of 2011), a word near."""

    name = "us_ssn"
    entity = "US_SSN"
    lengths: frozenset[int] = frozenset({9})
    matches: tuple[str, ...] = ("my SSN is 536-90-4399", "the social security number 536904399", "наш ssn: 536 90 4399")
    ignores: tuple[str, ...] = ("SSN 666-90-4399", "SSN 536-00-4399", "order 536904399", "SSN 900-12-3456", "078-05-1120")

    def judge(self, number: Number, view: View) -> Judged | None:
        digits = number.digits
        if digits[:3] in ("000", "666") or digits[0] == "9" or digits[3:5] == "00" or digits[5:] == "0000" or digits in _SAMPLES:
            return None
        dashed = _spaced(number, (3, 2, 4))
        if not dashed and number.groups != (9,):
            return None
        word = _SSN.word(view, number.start, number.end) or _SSN.within(heading(view, number.start))
        if word:
            return Judged(0.9, f"structure, word near: {word}")
        if _OF_A_THING.word(view, number.start, number.end):
            return None
        return Judged(0.5 if number.alone else 0.4, "structure") if dashed and number.separators[0] == "-" else None


class TaxpayerNumber:
    """A US individual taxpayer number: 9, then groups 50-65, 70-88, 90-92 or 94-99 (IRS, Internal Revenue Manual 3.21.263)."""

    name = "us_itin"
    entity = "US_ITIN"
    lengths: frozenset[int] = frozenset({9})
    wakes: tuple[str, ...] = ("itin", "taxpayer", "tax ?id")
    matches: tuple[str, ...] = ("my ITIN is 912-70-1234", "the taxpayer id 912 70 1234")
    ignores: tuple[str, ...] = ("ITIN 912-10-1234", "ITIN 812-70-1234", "код 912701234")

    def judge(self, number: Number, view: View) -> Judged | None:
        group = int(number.digits[3:5])
        if number.digits[0] != "9" or not (50 <= group <= 65 or 70 <= group <= 88 or 90 <= group <= 99) or group == 93:
            return None
        if number.groups != (9,) and not _spaced(number, (3, 2, 4)):
            return None
        word = _ITIN.word(view, number.start, number.end) or _ITIN.within(heading(view, number.start))
        return Judged(0.9, f"structure, word near: {word}") if word else None


class HealthServiceNumber:
    """A number of the UK's National Health Service: the last digit checks modulo 11 (NHS Data Dictionary); a word near."""

    name = "uk_nhs"
    entity = "UK_NHS"
    lengths: frozenset[int] = frozenset({10})
    wakes: tuple[str, ...] = ("nhs", "health")
    matches: tuple[str, ...] = ("his NHS number 943 476 5919", "the nhs no: 9434765919")
    ignores: tuple[str, ...] = ("NHS 943 476 5918", "номер 9434765919")

    def judge(self, number: Number, view: View) -> Judged | None:
        if number.groups not in ((10,), (3, 3, 4)):
            return None
        weighted = sum(int(digit) * weight for digit, weight in zip(number.digits, range(10, 1, -1), strict=False))
        if (11 - weighted % 11) % 11 != int(number.digits[9]):
            return None
        word = _NHS.word(view, number.start, number.end) or _NHS.within(heading(view, number.start))
        return Judged(0.95, f"check digit, word near: {word}") if word else None


DETECTORS = (SocialSecurityNumber(), TaxpayerNumber(), HealthServiceNumber())
