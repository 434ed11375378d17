"""National insurance numbers of the United Kingdom."""

from __future__ import annotations

from collections.abc import Iterator

from dlp.detect.detector import Found, Pattern
from dlp.detect.rivals import Rivals
from dlp.detect.view import View

_NUMBER = Pattern(
    r"(?<![^\W_])(?!bg|gb|nk|kn|tn|nt"
    r"|zz)[abceghj-prstw-z][abceghj-npr-tw-z](?P<sign>[ -]?)\d{2}(?P=sign)\d{2}(?P=sign)\d{2}(?P=sign)[a-d](?![^\W_])"
)
_WORDS = Rivals(
    (r"nino\b", r"national insurance", r"ni (?:number|no)", r"ni\b", r"insurance (?:number|no)", r"нац\w* страхов"),
    (r"order|ticket|track|parcel|серийн|артикул|трек|заказ|sku|part\b|ref\b|flight|рейс|invoice|model|модел",),
)


class InsuranceNumber:
    """Two letters of an issued prefix, six digits, a suffix A to D (HMRC, National Insurance Manual NIM39110)."""

    name = "uk_nino"
    entity = "UK_NINO"
    anchors: tuple[str, ...] = (r"(^|[^0-9a-z])[a-z]{2}[ \-]?[0-9]{2}[ \-]?[0-9]{2}[ \-]?[0-9]{2}[ \-]?[a-d]",)
    words: tuple[str, ...] = ()
    before = 18
    after = 1
    matches: tuple[str, ...] = ("my NI number is AB 12 34 56 C", "his nino: jg103759a", "his AB123456C")
    ignores: tuple[str, ...] = ("NINO BG123456C", "nino QQ123456C", "трек AB123456C", "AB123456E")

    def find(self, view: View, start: int, end: int) -> Iterator[Found]:
        for match in _NUMBER.finditer(view.lower, start, end):
            pull = _WORDS.pull(view, match.start(), match.end())
            if pull.speaks_for is False:
                continue
            value = match.group().replace(" ", "").replace("-", "").upper()
            if pull.speaks_for:
                yield Found(match.start(), match.end(), value, 0.95, f"structure, word near: {pull.word}")
            elif view.text[match.start() : match.start() + 2].isupper():
                yield Found(match.start(), match.end(), value, 0.5, "structure")


DETECTORS = (InsuranceNumber(),)
