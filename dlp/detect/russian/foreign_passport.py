"""The passport for travel abroad: a series of two digits, a number of seven."""

from __future__ import annotations

from collections.abc import Iterator

from dlp.detect.detector import Found, Judged, Number, Pattern
from dlp.detect.russian.labels import claim_on
from dlp.detect.russian.surroundings import plus_before
from dlp.detect.view import View

_FORM = (2, 7)
# Series in use: 50-53 and 60-67 of the old form, 70-77 with a chip, and those of diplomats and seamen.
_USUAL_FIRST = frozenset("5678")
_WITH_SIGN = Pattern(
    r"(?<!\d)(?:сери[яиюей]{1,2}[ :]{0,2}|сер\.[ ]?)?(\d\d)[\s,;-]{0,3}(?:№|номер\w{0,2}|no\.?|n|number)[\s:.]{0,3}(\d{7})(?!\d)"
)


class ForeignPassportNumber:
    """Judges nine digits by their word; there is no check digit (Federal Law 114-FZ art. 8; ICAO Doc 9303 for the form)."""

    name = "ru_passport_foreign"
    entity = "RU_PASSPORT_FOREIGN"
    lengths = frozenset({9})
    matches = (
        "мой загранпаспорт 71 1234567", "загран 711234567 до 2030", "заграничный паспорт: 65 1234567",
        "international passport 71 1234567",
        "по загранпаспорту 75-1234567", "his passport 71 1234567",
    )  # fmt: skip
    ignores = (
        "заказ 71 1234567",
        "загранпаспорт готов, заявка 711234567",
        "номер 711234567",
        "паспорт скину, тел 4951234567",
        "вот 71 1234567",
    )

    def judge(self, number: Number, view: View) -> Judged | None:
        if number.groups not in (_FORM, (9,), (2, 3, 4), (2, 3, 2, 2)) or plus_before(number, view):
            return None
        if len(number.groups) > 1 and not all(separator in (" ", "-", "  ") for separator in number.separators):
            return None
        claim = claim_on(view, number.start, number.end, "foreign_passport")
        if claim.word and claim.tight:
            return Judged(0.93 if number.digits[0] in _USUAL_FIRST else 0.8, f"word near: {claim.word}")
        return self._of_any_passport(number, view)

    def _of_any_passport(self, number: Number, view: View) -> Judged | None:
        if number.groups != _FORM or number.digits[0] not in _USUAL_FIRST:
            return None
        claim = claim_on(view, number.start, number.end, "passport")
        return Judged(0.78, f"form 00 0000000, word near: {claim.word}") if claim.word and claim.tight else None


class WrittenForeignPassport:
    """Finds the same with a sign between series and number: "71 № 1234567"."""

    name = "ru_passport_foreign_written"
    entity = "RU_PASSPORT_FOREIGN"
    anchors = (r"[0-9]{2}[ .,;:\t\n-]{0,3}(?:№|номер|no\.?|n|number)[ :.\n]{0,3}[0-9]{7}",)
    words: tuple[str, ...] = ()
    before = 40
    after = 2
    matches = ("загранпаспорт 71 № 1234567", "загранпаспорт серия 71 номер 1234567", "паспорт 71 № 1234567")
    ignores = ("заказ 71 № 1234567", "дом 71 № 12345678", "военный билет 71 № 1234567")

    def find(self, view: View, start: int, end: int) -> Iterator[Found]:
        for match in _WITH_SIGN.finditer(view.lower, start, end):
            claim = claim_on(view, match.start(), match.end(), "foreign_passport", "passport")
            if claim.word and claim.tight:
                yield Found(match.start(1), match.end(2), match[1] + match[2], 0.93, f"word near: {claim.word}")


DETECTORS = (ForeignPassportNumber(), WrittenForeignPassport())
