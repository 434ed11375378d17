"""SNILS, the number of the individual pension account."""

from __future__ import annotations

from operator import mul

from dlp.detect.detector import Judged, Number
from dlp.detect.russian.labels import claim_on
from dlp.detect.russian.surroundings import (
    broken_by_line,
    in_one_line,
    like_russian_phone,
    plus_before,
    spelled_out,
    stands_free,
)
from dlp.detect.view import View

_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, 1)
_LAST_WITHOUT_CHECK = "001001998"
_FORM = (3, 3, 3, 2)
# Groups and separators of a number typed without its form.
_CARELESS = (((11,), ()), ((9, 2), (" ",)), ((3, 3, 5), ("-", "-")))
_ZERO = ord("0")


def check_number_holds(digits: str) -> bool:
    """True where the last two digits are the weighted sum of the first nine modulo 101, 100 written as 00.

    Numbers up to 001-001-998 have no check (resolution of the Pension Fund's board No. 192п of 31.07.2006, annex 1).
    """
    if digits[:9] <= _LAST_WITHOUT_CHECK:
        return digits[:9] != "000000000"
    total: int = sum(map(mul, _WEIGHTS, [ord(digit) - _ZERO for digit in digits]))
    return total % 101 % 100 == int(digits[9:])


class PensionAccountNumber:
    """Judges SNILS by its check number, the form 112-233-445 95 and what stands near.

    One unbroken run of eleven digits in a hundred fits by luck, and phones have eleven: those need the word.
    """

    name = "ru_snils"
    entity = "RU_SNILS"
    lengths = frozenset({11})
    matches = (
        "мой СНИЛС 112-233-445 95", "112-233-445 95", "вот: 112-233-445-95", "снилса 11223344595 нет в базе",
        "номер 112 233 445 95",
        "по снилсу: 112.233.445.95", "pension number SNILS: 112-233-445 95", "ФИО | СНИЛС\nИванов | 11223344595",
    )  # fmt: skip
    ignores = (
        "СНИЛС 112-233-445 96",
        "снилс 11223344594",
        "заказ 11223344595",
        "order #11223344595",
        "звони 89161234580",
        "GET /items/11223344595?p=1",
    )

    def judge(self, number: Number, view: View) -> Judged | None:
        digits = number.digits
        if not check_number_holds(digits):
            return None
        well_cut = self._cut_well(number)
        if not well_cut and not (spelled_out(number) or broken_by_line(number)):
            return None
        claim = claim_on(view, number.start, number.end, "snils")
        if not well_cut and not (claim.word and claim.tight):
            return None
        if digits[:9] <= _LAST_WITHOUT_CHECK:
            return Judged(0.85, f"word near: {claim.word}") if claim.word and claim.tight else None
        if claim.word:
            return None if plus_before(number, view) else Judged(0.98, f"check number, word near: {claim.word}")
        if number.groups == _FORM:
            return self._formed(number, view, claim.taken)
        return self._unbroken(number, view, claim.taken)

    def _cut_well(self, number: Number) -> bool:
        if len(number.groups) == 1:
            return True
        return len(number.groups) <= 6 and in_one_line(number) and len(set(number.separators[:2])) == 1

    def _formed(self, number: Number, view: View, taken: str) -> Judged | None:
        if plus_before(number, view):
            return None
        if number.separators[:2] == ("-", "-"):
            return Judged(0.6 if taken else 0.93, "check number, form 000-000-000 00")
        return None if taken else Judged(0.8, "check number, form 000 000 000 00")

    def _unbroken(self, number: Number, view: View, taken: str) -> Judged | None:
        parted = (number.groups, number.separators) not in _CARELESS
        if parted or taken or like_russian_phone(number.digits) or not stands_free(number, view):
            return None
        return Judged(0.6, "check number")


DETECTORS = (PensionAccountNumber(),)
