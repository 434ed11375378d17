"""KPP, the code of the reason a firm is registered with a tax office."""

from __future__ import annotations

from dlp.detect.detector import Judged, Number, Pattern
from dlp.detect.russian import regions
from dlp.detect.russian.labels import claim_on
from dlp.detect.view import View

_AFTER_INN = Pattern(r"(?<!\d)\d{10}\s{0,2}[/\\|]\s{0,2}$")
_HEAD_OFFICE = "01001"


class TaxRegistrationReason:
    """Judges KPP by tax region, reason and its word; it has no check digit (FTS order ММВ-7-6/435@ of 29.06.2012).

    Without the word it is believed only right after an INN: 7707083893/773601001.
    """

    name = "ru_kpp"
    entity = "RU_KPP"
    lengths = frozenset({9})
    matches = (
        "у них КПП 773601001",
        "инн/кпп 7707083893/773601001",
        "Организация; ИНН; КПП\nРога; 7707083893; 773601001",
        "компания 7707083893/773601001",
    )
    ignores = (
        "КПП на въезде, пропуск 12",
        "КПП 003601001",
        "номер 773601001",
        "БИК 044525225, КПП не помню",
        "проезд через КПП 773601001000",
    )

    def judge(self, number: Number, view: View) -> Judged | None:
        if len(number.groups) > 1 or number.digits[:2] not in regions.TAX:
            return None
        head_office = number.digits[4:] == _HEAD_OFFICE
        before = view.text[max(0, number.start - 16) : number.start]
        if number.digits[4:6] in {"01", "43", "44", "45", "50", "51"} and _AFTER_INN.compiled.search(before):
            return Judged(0.95 if head_office else 0.85, "after an INN")
        claim = claim_on(view, number.start, number.end, "kpp")
        if not (claim.word and claim.tight) or ("bik" in claim.kinds and number.digits.startswith("04")):
            return None
        return Judged(0.97 if head_office else 0.9, f"word near: {claim.word}")


DETECTORS = (TaxRegistrationReason(),)
