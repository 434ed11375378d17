"""The policy of compulsory medical insurance (OMS): the single policy number of sixteen digits."""

from __future__ import annotations

from dlp.detect.detector import Judged, Number
from dlp.detect.russian.labels import claim_on
from dlp.detect.russian.surroundings import broken_by_line, in_one_line, spelled_out
from dlp.detect.view import View

_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
_ZERO = ord("0")


def check_digit_holds(digits: str) -> bool:
    """True where the last digit fits: the digits of the doubled odd places and those of the even ones sum to a ten.

    Order of the Ministry of Health No. 29н of 25.01.2011 with the rules of the Federal Fund's order No. 79 of 07.04.2011.
    """
    values = [ord(digit) - _ZERO for digit in digits]
    return (sum(values[1::2]) + sum([_DOUBLED[value] for value in values[::2]])) % 10 == 0


class MedicalPolicyNumber:
    """Judges sixteen digits by check digit and word; bank cards pass the same check, so the word is needed."""

    name = "ru_oms"
    entity = "RU_OMS"
    lengths = frozenset({16})
    wakes = ("полис", "омс", "енп", "oms", "enp", "health", "medical")
    matches = (
        "полис ОМС 7754830893002314",
        "мой полис 7754 8308 9300 2314",
        "ЕНП: 7754830893002314",
        "номер полиса ОМСа 7754830893002314",
        "his OMS policy 7754830893002314",
    )
    ignores = (
        "полис ОМС 7754830893002313",
        "карта 7754830893002314",
        "7754830893002314",
        "ОСАГО 7754830893002314",
        "полис готов, карта 7754830893002314",
    )

    def judge(self, number: Number, view: View) -> Judged | None:
        if not check_digit_holds(number.digits) or not self._written_as_one(number):
            return None
        claim = claim_on(view, number.start, number.end, "oms")
        if not claim.word or not claim.tight or "other_paper" in claim.kinds:
            return None
        return Judged(0.96, f"check digit, word near: {claim.word}")

    @staticmethod
    def _written_as_one(number: Number) -> bool:
        return spelled_out(number) or (len(number.groups) <= 6 and (in_one_line(number) or broken_by_line(number)))


DETECTORS = (MedicalPolicyNumber(),)
