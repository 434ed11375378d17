"""The birth certificate: a Roman numeral, two Cyrillic letters, six digits."""

from __future__ import annotations

from collections.abc import Iterator

from dlp.detect.detector import Found, Pattern
from dlp.detect.russian.labels import claim_on
from dlp.detect.view import View

_FORM = Pattern(r"(?<![^\W_])([ivxlіхуп1]{1,6})(\s?-\s?|\s|)([а-я]{2})[\s,-]{0,3}(№|номер|no?\.?|#)?[\s.]{0,2}(\d{6})(?!\d)")
_LATIN = str.maketrans({"1": "i", "l": "i", "і": "i", "х": "x", "у": "v"})
_NUMERALS = frozenset(
    [
        "i",
        "ii",
        "iii",
        "iv",
        "v",
        "vi",
        "vii",
        "viii",
        "ix",
        "x",
        "xi",
        "xii",
        "xiii",
        "xiv",
        "xv",
        "xvi",
        "xvii",
        "xviii",
        "xix",
        "xx",
        "п",
    ]
)


class BirthCertificate:
    """Finds "II-АБ № 123456" and its kin.

    Government resolution No. 1274 of 31.10.1998; order of the Ministry of Justice No. 167 of 13.08.2018.

    Certificates of marriage, divorce, change of name and death have the same form: where one is named, this is silent.
    """

    name = "ru_birth_certificate"
    entity = "RU_BIRTH_CERTIFICATE"
    anchors = (r"[ivxlіхуп1] ?-? ?[а-я]{2}[ ,-]{0,3}(?:№|номер|no?\.?|#)?[ .]{0,2}[0-9]{6}",)
    words: tuple[str, ...] = ()
    before = 24
    after = 2
    matches = (
        "свидетельство о рождении II-АБ № 123456", "св-во о рождении IV-МЮ 654321", "вот II-АБ № 123456",
        "свид. о рождении 1-МЮ №654321",
        "birth certificate III-ИК 123456", "о рождении ii-аб 123456",
    )  # fmt: skip
    ignores = (
        "свидетельство о браке II-АБ № 123456",
        "договор IV-АБ 123456",
        "i на 123456",
        "о рождении проекта 123456",
        "свидетельство о смерти III-ИК 123456",
    )

    def find(self, view: View, start: int, end: int) -> Iterator[Found]:
        for match in _FORM.finditer(view.lower, start, end):
            numeral = match[1].translate(_LATIN)
            if numeral not in _NUMERALS:
                continue
            claim = claim_on(view, match.start(), match.end(), "birth")
            confidence = self._confidence(match[2], match[4], bool(claim.word), claim.taken)
            if confidence:
                why = f"word near: {claim.word}" if claim.word else "form I-АБ № 000000"
                yield Found(match.start(), match.end(), numeral + match[3] + match[5], confidence, why)

    def _confidence(self, dash: str, sign: str | None, named: bool, taken: str) -> float:
        if named:
            return 0.95
        if taken not in ("", "series"):
            return 0.0
        return 0.8 if "-" in dash and sign else 0.55 if "-" in dash else 0.0


DETECTORS = (BirthCertificate(),)
