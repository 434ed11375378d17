"""OGRN and OGRNIP, the state registration numbers of firms and of sole traders."""

from __future__ import annotations

from dlp.detect.detector import Judged, Near, Number
from dlp.detect.russian import regions
from dlp.detect.russian.labels import claim_on
from dlp.detect.russian.surroundings import broken_by_line, in_one_line, one_kind_of_separator, plus_before, stands_free
from dlp.detect.view import View

_TRADE = Near(
    r"реестр\w*",
    r"контраг\w*",
    r"ооо(?![а-я])",
    r"ип(?![а-я])",
    r"реквизит\w*",
    r"компани\w*",
    r"фирм\w*",
    r"регистр\w*",
    r"registr\w*",
    r"company",
)

# The registers began in 2002 (firms) and 2004 (sole traders); numbers carry two digits of the year.
_FIRST_YEAR, _LAST_YEAR = 2, 35


def check_digit_holds(digits: str) -> bool:
    """True where the last digit is the rest of the number before it by 11 (13 digits) or by 13 (15 digits), modulo 10.

    Order of the Ministry of Finance No. 165н of 30.10.2017, items 6-8.
    """
    return int(digits[:-1]) % (len(digits) - 2) % 10 == ord(digits[-1]) - ord("0")


class StateRegistrationNumber:
    """Judges a registration number by its first digit, year, region, check digit and what stands near."""

    name: str
    entity: str
    lengths: frozenset[int]
    first_digits: str
    matches: tuple[str, ...]
    ignores: tuple[str, ...]

    def judge(self, number: Number, view: View) -> Judged | None:
        digits = number.digits
        if (
            digits[0] not in self.first_digits
            or not _FIRST_YEAR <= int(digits[1:3]) <= _LAST_YEAR
            or not check_digit_holds(digits)
        ):
            return None
        grouped = len(number.groups) > 1
        if digits[3:5] not in regions.TAX or (grouped and not self._written_as_one(number)):
            return None
        claim = claim_on(view, number.start, number.end, "ogrn")
        if claim.word:
            return Judged(0.98 if claim.tight else 0.9, f"check digit, word near: {claim.word}")
        if grouped or claim.taken or plus_before(number, view) or not stands_free(number, view):
            return None
        word = _TRADE.word(view, number.start, number.end)
        return Judged(0.85, f"check digit, word near: {word}") if word else Judged(0.65, "check digit, year and region")

    @staticmethod
    def _written_as_one(number: Number) -> bool:
        return (in_one_line(number) and one_kind_of_separator(number)) or (len(number.groups) == 2 and broken_by_line(number))


class FirmRegistration(StateRegistrationNumber):
    """OGRN of a firm; the register's other records begin with other digits."""

    name = "ru_ogrn"
    entity = "RU_OGRN"
    lengths = frozenset({13})
    first_digits = "15"
    matches = (
        "их ОГРН 1027700132195", "огрн: 1027700132195", "вот 1027700132195", "в реестре 1027700132195",
        "their OGRN 1 02 77 00132195",
    )  # fmt: skip
    ignores = (
        "ОГРН 1027700132196", "штрихкод 1027700132195", "ts=1027700132195", "order #1027700132195", "трек 1027700132195",
    )  # fmt: skip


class SoleTraderRegistration(StateRegistrationNumber):
    """OGRNIP of a sole trader."""

    name = "ru_ogrnip"
    entity = "RU_OGRNIP"
    lengths = frozenset({15})
    first_digits = "34"
    matches = ("его ОГРНИП 304500116000157", "огрнипом 304500116000157", "вот 304500116000157")
    ignores = ("ОГРНИП 304500116000158", "IMEI 304500116000157", "накладная 304500116000157")


DETECTORS = (FirmRegistration(), SoleTraderRegistration())
