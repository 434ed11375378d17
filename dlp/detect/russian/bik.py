"""BIK, the identification code of a bank."""

from __future__ import annotations

from dlp.detect.detector import Judged, Number, Pattern
from dlp.detect.russian.account_key import key_holds
from dlp.detect.russian.labels import claim_on
from dlp.detect.russian.surroundings import in_one_line
from dlp.detect.view import View

_ACCOUNT = Pattern(r"(?<!\d)\d{20}(?!\d)")
_REACH = 250


class BankCode:
    """Judges BIK by its first digits and its word, or by an account near whose key it fits.

    Bank of Russia regulation No. 732-П: 04 is Russia's code in the codes of banks; 00-02 stand in those of the Treasury.
    """

    name = "ru_bik"
    entity = "RU_BIK"
    lengths = frozenset({9})
    matches = (
        "его БИК 044525225",
        "вот бик: 044525225",
        "наш р/с 40702810938000012345, 044525225",
        "в БИК ТОФК 024501901",
        "без бика 044525225",
        "their BIK 04 45 25 225",
    )
    ignores = ("БИК 344525225", "номер 044525225", "артикул 044525225", "ручка bic 144525225", "КПП 044525225")

    def judge(self, number: Number, view: View) -> Judged | None:
        digits = number.digits
        if digits[0] != "0" or digits[1] not in "0124":
            return None
        if len(number.groups) > 1 and not in_one_line(number):
            return None
        claim = claim_on(view, number.start, number.end, "bik")
        if claim.word and claim.tight:
            return Judged(0.97 if digits[1] == "4" else 0.88, f"word near: {claim.word}")
        if len(number.groups) == 1 and digits[1] == "4" and claim.taken in {"", "account"} and _account_fits(view, number):
            return Judged(0.92, "key of an account near")
        return None


def _account_fits(view: View, number: Number) -> bool:
    end = min(len(view.text), number.end + _REACH)
    near = _ACCOUNT.finditer(view.text, max(0, number.start - _REACH), end)
    return any(key_holds(number.digits, match.group()) for match in near)


DETECTORS = (BankCode(),)
