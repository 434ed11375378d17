"""VIN, the vehicle identification number: seventeen letters and digits."""

from __future__ import annotations

from collections.abc import Iterator
from operator import mul

from dlp.detect.detector import Found, Near, Pattern
from dlp.detect.view import View

_FORM = Pattern(r"(?<![A-Za-z0-9])(?:[A-HJ-NPR-Z0-9]{13}\d{4}|[a-hj-npr-z0-9]{13}\d{4})(?![A-Za-z0-9])")
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VALUES = {
    char: value for value, chars in enumerate(("", "AJ", "BKS", "CLT", "DMU", "ENV", "FW", "GPX", "HY", "RZ")) for char in chars
}
_VALUES |= {str(digit): digit for digit in range(10)}
# World manufacturer identifiers seen on Russian roads (ISO 3780); the first character alone is too weak.
_MAKERS = tuple(
    "XTA XTT XTC XTH X96 X9F X9L X7L X7M X4X XW8 XW7 XWB XWE XWK XUF XUU XUS XMC Z94 Z8N Z8T Z8U Z6F Z0X WBA WBS WVW WV1 WV2 WAU "
    "WDB WDC WDD W1K W0L "
    "WF0 TMB TMA VF1 VF3 VF7 VSS VNK SAL SB1 JTD JTE JTH JTM JTN JMB JMZ JN1 JF1 JHM JSA KMH KNA KND KPT LVV LGX LGW LSJ LB3 "
    "L6T NMT U5Y YV1 ZFA "
    "1HG 1FA 1FT 1G1 1GC 1C4 1N4 2HG 2T1 3VW 3FA 4T1 4S4 5YJ 5TD 5UX 7SA".split()
)
_WORDS = Near(
    r"vin(?![a-z])", r"вин(?:-?код\w*|-?номер\w*|а|у|ом)?(?![а-я])",
    r"идентификационн\w+\s+номер\w*\s*(?:\(?vin|тс|авто|транс)\w*", r"номер\w*\s+(?:кузов|шасси|рам)\w*",
    r"кузов\w*", r"шасси", r"автомоб\w*", r"машин\w*", r"птс(?![а-я])", r"стс(?![а-я])", r"эптс", r"осаго", r"chassis",
    r"vehicle\w*", r"car(?![a-z])",
    before=60, after=30,
)  # fmt: skip


def check_character_holds(vin: str) -> bool:
    """True where the ninth character is the weighted sum modulo 11, X for ten; binding in North America and China only.

    49 CFR § 565.15.
    """
    rest = sum(map(mul, _WEIGHTS, [_VALUES[char] for char in vin])) % 11
    return vin[8] == ("X" if rest == 10 else str(rest))


class VehicleIdentificationNumber:
    """Finds seventeen letters (none of I, O, Q) and digits, the last four digits; word, maker and check character decide.

    ISO 3779.
    """

    name = "vin"
    entity = "VIN"
    anchors = (r"(?:^|[^a-z0-9])[a-hj-npr-z0-9]{13}[0-9]{4}",)
    words: tuple[str, ...] = ()
    before = 18
    after = 1
    matches = (
        "VIN XTA210990Y2766389",
        "вин-код xta210990y2766389",
        "кузов № Z94CB41AAGR323020",
        "вот 1HGCM82633A004352",
        "car VIN: 1M8GDM9AXKP042788",
    )
    ignores = (
        "VIN XTA210990Y276638",
        "VIN XTAO10990Y2766389",
        "build A7F93B22C8D1E4552",
        "12345678901234567",
        "hash abcdefabcdefa1234",
    )

    def find(self, view: View, start: int, end: int) -> Iterator[Found]:
        for match in _FORM.finditer(view.text, start, end):
            vin = match.group().upper()
            letters = sum(char.isalpha() for char in vin)
            if not 2 <= letters <= 13:
                continue
            word = _WORDS.word(view, match.start(), match.end())
            confidence, why = self._confidence(vin, word, upper=match.group() == vin)
            if confidence:
                yield Found(match.start(), match.end(), vin, confidence, why)

    def _confidence(self, vin: str, word: str, *, upper: bool) -> tuple[float, str]:
        holds, maker = check_character_holds(vin), vin.startswith(_MAKERS)
        if word:
            return (0.97 if holds or maker else 0.88), f"word near: {word}"
        if holds and maker:
            return 0.85, "check character, maker"
        return (0.6, "maker") if upper and maker else (0.0, "")


DETECTORS = (VehicleIdentificationNumber(),)
