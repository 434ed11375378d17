"""The internal passport of a Russian citizen: a series of four digits, a number of six."""

from __future__ import annotations

from collections.abc import Iterator

from dlp.detect.detector import Found, Judged, Near, Number
from dlp.detect.russian import regions
from dlp.detect.russian.labels import claim_on
from dlp.detect.russian.series_number import SeriesAndNumber, Written, found, is_series_and_number, unbroken
from dlp.detect.russian.surroundings import (
    broken_by_line,
    like_russian_phone,
    phone_code_before,
    plus_before,
    spelled_out,
    stands_free,
)
from dlp.detect.view import View

_ISSUED = Near(
    r"выдан\w*", r"код\w*\s+подр\w*", r"к/п(?![а-я])", r"уфмс", r"фмс", r"овд(?![а-я])", r"о?увд(?![а-я])", r"гу\s?мвд",
    r"прописан\w*", r"зарегистрирован\w*",
    r"issued", r"личност\w*",
    before=10, after=40,
)  # fmt: skip
_PATRONYMIC = Near(r"[а-я]{3,14}(?:ович|евич|ич|овна|евна|ична)[аеуы]?м?(?![а-я])", before=18, after=0)
_FIRST_FORM, _LAST_FORM = 97, 35


def plausibility(digits: str) -> tuple[float, str]:
    """How far region and form's year of a series lower the confidence, and what they say.

    The series is the region's OKATO code and the year of the form, 97-99 or 00 on (government resolution No. 828 of
    08.07.1997, annex; order of the Ministry of Internal Affairs No. 851 of 16.11.2020). Exceptions were printed,
    so neither rejects.
    """
    year = int(digits[2:4])
    region_known, year_known = digits[:2] in regions.OKATO, year >= _FIRST_FORM or year <= _LAST_FORM
    if region_known and year_known:
        return 0.0, "region and year"
    return (0.1, "region" if region_known else "year") if region_known or year_known else (0.2, "")


class PassportNumber:
    """Judges ten digits as a passport by their grouping, the region and year of the series, and what stands near.

    It has no check digit: without a word ("паспорт", "выдан", a table's heading) there is nothing to believe.
    """

    name = "ru_passport"
    entity = "RU_PASSPORT"
    lengths = frozenset({10})
    matches = (
        "мой паспорт 4506 123456", "по паспорту 45 06 123456 выдан ОВД", "в пасспорте 4506123456",
        "серия и номер паспорта: 4506-123456",
        "паспорт РФ 4506 123456 выдан 12.03.2015", "russian passport 45 06 123456", "ФИО\tПаспорт\nИванов И.И.\t4506 123456",
        "Петров Пётр Петрович, 4506 123456", "клиент: 45 06 123456, выдан УФМС 12.03.2015",
    )  # fmt: skip
    ignores = (
        "паспорт скину позже, тел. 9161234567", "заказ 4506 123456", "паспорт изделия 4506 123456", "12.03.2015 123456 паспорт",
        "сумма 4506 123456",
        "паспорт выдан 12.03.2015, код 770-001", "водительское удостоверение 4506 123456", "вот 4506 123456",
    )  # fmt: skip

    def judge(self, number: Number, view: View) -> Judged | None:
        whole = is_series_and_number(number, view)
        if not (whole or spelled_out(number) or broken_by_line(number)) or plus_before(number, view):
            return None
        claim = claim_on(view, number.start, number.end, "passport")
        if not whole and not (claim.word and claim.tight):
            return None
        if claim.word and "foreign_passport" not in claim.kinds:
            return self._labelled(number, view, claim.word, claim.tight)
        return None if claim.taken not in ("", "series") else self._unlabelled(number, view)

    def _labelled(self, number: Number, view: View, word: str, tight: bool) -> Judged | None:
        lowered, said = plausibility(number.digits)
        whole = unbroken(number)
        if (whole and not tight and like_russian_phone(number.digits)) or phone_code_before(number, view):
            return None
        if not tight and (lowered or whole):
            return None
        confidence = (0.88 if whole else 0.95) - lowered - (0.0 if tight else 0.15)
        return Judged(confidence, f"{said}, word near: {word}".lstrip(", "))

    def _unlabelled(self, number: Number, view: View) -> Judged | None:
        lowered, said = plausibility(number.digits)
        if lowered or (unbroken(number) and like_russian_phone(number.digits)):
            return None
        word = _ISSUED.word(view, number.start, number.end)
        if word and stands_free(number, view):
            return Judged(0.82, f"{said}, word near: {word}")
        if not unbroken(number) and _PATRONYMIC.word(view, number.start, number.end) and stands_free(number, view):
            return Judged(0.65, f"{said}, after a full name")
        return None


class WrittenPassport(SeriesAndNumber):
    """Finds passports whose series and number are parted by words: "серия 4506 номер 123456", "4506 № 123456"."""

    name = "ru_passport_written"
    entity = "RU_PASSPORT"
    words: tuple[str, ...] = ()
    matches = (
        "паспорт 4506 № 123456", "паспорт серия 4506 номер 123456", "паспорт: сер. 45 06, №123456",
        "Паспорт\nСерия: 4506\nНомер: 123456",
        "серия 45 06 № 123456 выдан ОВД", "passport series 4506 number 123456", "паспорт № 123456 серия 4506",
        "пасп. 45-06 N 123456",
    )  # fmt: skip
    ignores = (
        "заказ 4506 № 123456", "дом 4506 номер 123456789", "водительское удостоверение серия 4506 номер 123456",
        "диплом серия 4506 № 123456",
        "полис ОСАГО серия 4506 номер 123456", "артикул 4506 № 123456",
    )  # fmt: skip

    def find(self, view: View, start: int, end: int) -> Iterator[Found]:
        for written in self.written(view, start, end, "passport"):
            judged = self._judge(written, view)
            if judged is not None:
                yield judged

    def _judge(self, written: Written, view: View) -> Found | None:
        lowered, said = plausibility(written.digits)
        claim = written.claim
        if claim.word and "foreign_passport" not in claim.kinds:
            return found(written, 0.97 - lowered - (0.0 if claim.tight else 0.1), f"{said}, word near: {claim.word}".lstrip(", "))
        if claim.taken not in ("", "series") or lowered:
            return None
        word = _ISSUED.word(view, written.start, written.end) or _PATRONYMIC.word(view, written.start, written.end)
        if word:
            return found(written, 0.85, f"{said}, word near: {word}")
        return found(written, 0.7, f"{said}, series and number") if written.named else None


DETECTORS = (PassportNumber(), WrittenPassport())
