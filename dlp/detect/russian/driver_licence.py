"""The Russian driver's licence: a series of four characters, a number of six digits."""

from __future__ import annotations

from collections.abc import Iterator

from dlp.detect.detector import Found, Judged, Number, Pattern
from dlp.detect.russian.labels import claim_on
from dlp.detect.russian.series_number import SeriesAndNumber, found, is_series_and_number, unbroken
from dlp.detect.russian.surroundings import phone_code_before, plus_before
from dlp.detect.view import View

_OLD = Pattern(r"(?<![^\W_])(\d\d)[ -]?([авекмнорстухabekmhopctyx]{2})[ -]{0,2}(?:(?:№|n|номер)[ ]?)?(\d{6})(?!\d)")


class DriverLicenceNumber:
    """Judges ten digits by their grouping and the licence's word; there is no check digit.

    Series and number: order of the Ministry of Internal Affairs No. 365 of 13.05.2009, annex 1.
    """

    name = "ru_driver_license"
    entity = "RU_DRIVER_LICENSE"
    lengths = frozenset({10})
    wakes = (r"(^|[^а-я])(вод|ву([^а-я]|$)|в ?[/\\] ?у|прав(а|ами|ам|ах)([^а-я]|$))", "driv", "licen", "dl[ №]")
    matches = (
        "водительское удостоверение 9912 345678", "в/у 99 12 345678", "вод. уд. 9912345678", "ВУ: 99 12 345678",
        "права 99 12 345678",
        "my driver's license 9912 345678", "ФИО | ВУ\nИванов | 9912 345678",
    )  # fmt: skip
    ignores = (
        "паспорт 4506 123456",
        "права доступа, заявка 9912345678",
        "вот 99 12 345678",
        "права человека, статья 12",
        "позвони 99 12 345678",
    )

    def judge(self, number: Number, view: View) -> Judged | None:
        if not is_series_and_number(number, view) or plus_before(number, view) or phone_code_before(number, view):
            return None
        claim = claim_on(view, number.start, number.end, "licence")
        if not (claim.word and claim.tight):
            return None
        doubtful = unbroken(number) and claim.word.startswith("прав")
        return Judged(0.75 if doubtful else 0.93, f"word near: {claim.word}")


class WrittenDriverLicence(SeriesAndNumber):
    """Finds licences written with words between series and number, and the older ones with two letters: "77 АВ 123456"."""

    name = "ru_driver_license_written"
    entity = "RU_DRIVER_LICENSE"
    anchors = (*SeriesAndNumber.anchors, r"[0-9]{2}[ -]?[авекмнорстухabekmhopctyx]{2}[ -]{0,2}(?:(?:№|n|номер) ?)?[0-9]{6}")
    words: tuple[str, ...] = ()
    matches = ("водительское удостоверение серия 9912 номер 345678", "ВУ 99 12 № 345678", "права 77 АВ 123456", "в/у 77ав123456")
    ignores = ("паспорт серия 4506 номер 123456", "заказ 99 12 № 345678", "вот 77 АВ 123456", "артикул 77АВ123456")

    def find(self, view: View, start: int, end: int) -> Iterator[Found]:
        for written in self.written(view, start, end, "licence"):
            if written.claim.word and written.claim.tight:
                yield found(written, 0.95, f"word near: {written.claim.word}")
        for match in _OLD.finditer(view.lower, start, end):
            claim = claim_on(view, match.start(), match.end(), "licence")
            if claim.word and claim.tight:
                yield Found(match.start(), match.end(), "".join(match.groups()), 0.95, f"word near: {claim.word}")


DETECTORS = (DriverLicenceNumber(), WrittenDriverLicence())
