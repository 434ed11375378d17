"""The military service card and its kin: two Cyrillic letters, seven digits."""

from __future__ import annotations

from collections.abc import Iterator

from dlp.detect.detector import Found, Pattern
from dlp.detect.russian.labels import claim_on
from dlp.detect.view import View

_FORM = Pattern(r"(?<![^\W_])([а-я]{2})[\s,-]{0,3}(?:(?:№|номер|no?\.?|#)[\s.]{0,2})?(\d{7})(?!\d)")


class MilitaryId:
    """Finds "АБ № 1234567" where the card is named (instruction to order of the Minister of Defence No. 700 of 22.11.2021)."""

    name = "ru_military_id"
    entity = "RU_MILITARY_ID"
    anchors = (r"(?:^|[^а-я])[а-я]{2}[ ,-]{0,3}(?:(?:№|номер|no?\.?|#)[ .]{0,2})?[0-9]{7}",)
    words: tuple[str, ...] = ()
    before = 16
    after = 2
    matches = (
        "военный билет АБ № 1234567",
        "военник ам 1234567",
        "по военному билету АК1234567",
        "his military ID АС № 7654321",
        "военного билета: серия АН №1234567",
    )
    ignores = ("заказ АБ 1234567", "вот АБ № 1234567", "военный билет на 12345678", "накладная АБ № 1234567", "тел АБ 1234567")

    def find(self, view: View, start: int, end: int) -> Iterator[Found]:
        for match in _FORM.finditer(view.lower, start, end):
            claim = claim_on(view, match.start(), match.end(), "military")
            if claim.word and claim.tight:
                yield Found(match.start(), match.end(), match[1] + match[2], 0.93, f"word near: {claim.word}")


DETECTORS = (MilitaryId(),)
