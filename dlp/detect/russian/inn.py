"""INN, the taxpayer's number: ten digits for a firm, twelve for a person."""

from __future__ import annotations

from operator import mul

from dlp.detect.detector import Judged, Near, Number, Pattern
from dlp.detect.russian import regions
from dlp.detect.russian.labels import claim_on
from dlp.detect.russian.surroundings import (
    broken_by_line,
    in_one_line,
    like_russian_phone,
    like_unix_time,
    one_kind_of_separator,
    phone_code_before,
    plus_before,
    spelled_out,
    stands_free,
)
from dlp.detect.view import View

_FIRM = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_PERSON_FIRST = (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
_PERSON_SECOND = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
_ZERO = ord("0")
_FIRM_LENGTH = 10
# "7707083893/773601001": the two are written together in requisites.
_BEFORE_KPP = Pattern(r" ?[/\\|] ?\d{4}(?:01|43|44|45|50|51)\d{3}(?!\d)")
_MOST_GROUPS, _LONGEST_GROUP, _HALVES = 5, 6, 2

_TRADE = Near(
    r"контраг\w*", r"[опзнт]?ао(?![а-я])", r"ооо(?![а-я])", r"ип(?![а-я])", r"реквизит\w*", r"юр\.?\s?лиц\w*", r"поставщик\w*",
    r"организаци\w*",
    r"компани\w*", r"фирм\w*", r"заказчик\w*", r"покупател\w*", r"продав\w*", r"плательщик\w*", r"налог\w*", r"фнс", r"ифнс",
    r"самозанят\w*",
    r"клиент\w*", r"партнер\w*", r"учредител\w*", r"директор\w*", r"по\s+баз\w*", r"реестр\w*", r"спарк\w*", r"фокус\w*",
    r"пробей\w*",
    r"провер\w*", r"company", r"counterpart\w*", r"vendor\w*", r"supplier\w*", r"taxpayer\w*", r"customer\w*", r"llc",
    r"legal entity",
    before=60, after=40,
)  # fmt: skip
_WEAK = ("провер", "пробей", "клиент", "customer", "директор")


def check_digits_hold(digits: str) -> bool:
    """True where the control digits fit: one after nine digits, two after ten (annex to FTS order ЕД-7-14/559@)."""
    values = [ord(digit) - _ZERO for digit in digits]
    if len(values) == _FIRM_LENGTH:
        return _check_digit(_FIRM, values) == values[9]
    return _check_digit(_PERSON_FIRST, values) == values[10] and _check_digit(_PERSON_SECOND, values) == values[11]


def _check_digit(weights: tuple[int, ...], values: list[int]) -> int:
    total: int = sum(map(mul, weights, values))
    return total % 11 % 10


def _written_as_one(number: Number) -> bool:
    if spelled_out(number) or (len(number.groups) == _HALVES and broken_by_line(number)):
        return True
    return max(number.groups) <= _LONGEST_GROUP and len(number.groups) <= _MOST_GROUPS and in_one_line(number)


class TaxpayerNumber:
    """Judges INN by control digits, tax region and what stands near.

    One in ten numbers of ten digits fits by luck, so without its word it must stand free, look neither like a phone nor a
    moment in time, and be claimed by no other label ("заказ №", "тел.", "р/с").
    """

    name = "ru_inn"
    entity = "RU_INN"
    lengths = frozenset({10, 12})
    matches = (
        "пришлите ИНН 7707083893", "по инн: 500100732259 всё чисто", "их ИНН/КПП 7707083893/773601001",
        "контрагент 7707083893, проверьте",
        "ИННом 7707083893 заинтересовались", "tax id (INN): 7707083893", "Компания\tИНН\nРога\t7707083893", "вот 500100732259",
    )  # fmt: skip
    ignores = (
        "ИНН 7707083894", "инн: 500100732258", "заказ № 7707083893", "ticket 7707083893", "артикул 7707083893", "ts=1655000007",
        "тел. 9161234567", "offset=500100732259", "p/items/7707083893?page=2",
    )  # fmt: skip

    def judge(self, number: Number, view: View) -> Judged | None:
        digits = number.digits
        if digits[:2] not in regions.TAX or not check_digits_hold(digits):
            return None
        grouped = len(number.groups) > 1
        if grouped and not _written_as_one(number):
            return None
        claim = claim_on(view, number.start, number.end, "inn")
        if claim.word:
            return self._labelled(number, view, claim.word, claim.tight, grouped)
        if not (grouped or claim.taken) and _BEFORE_KPP.match(view.text, number.end, min(len(view.text), number.end + 13)):
            return Judged(0.85, "check digit, before a KPP")
        if grouped or claim.taken or not stands_free(number, view) or plus_before(number, view):
            return None
        return self._unlabelled(number, view)

    def _labelled(self, number: Number, view: View, word: str, tight: bool, grouped: bool) -> Judged | None:
        if grouped and not (tight and one_kind_of_separator(number)):
            return None
        if plus_before(number, view) or (not tight and like_russian_phone(number.digits) and len(number.digits) == _FIRM_LENGTH):
            return None
        confidence = 0.96 if len(number.digits) == _FIRM_LENGTH else 0.98
        return Judged(confidence if tight else confidence - 0.08, f"check digits, word near: {word}")

    def _unlabelled(self, number: Number, view: View) -> Judged | None:
        digits = number.digits
        word = _TRADE.word(view, number.start, number.end)
        firm = len(digits) == _FIRM_LENGTH
        if firm and (phone_code_before(number, view) or (like_russian_phone(digits) and (digits[0] == "9" or not word))):
            return None
        if firm and like_unix_time(digits):
            return Judged(0.6, f"check digits, word near: {word}") if word and not word.startswith(_WEAK) else None
        if word:
            return Judged(0.75 if firm else 0.85, f"check digits, word near: {word}")
        if not firm and digits[:3] in {"375", "380", "998", "996", "992", "994", "995", "374", "373"}:
            return None  # Phones of the neighbouring countries, typed without a plus.
        return Judged(0.52 if firm else 0.65, "check digits")


DETECTORS = (TaxpayerNumber(),)
