"""Settlement, deposit, correspondent and treasury accounts: twenty digits."""

from __future__ import annotations

from dlp.detect.detector import Judged, Number, Pattern
from dlp.detect.russian.account_key import key_holds
from dlp.detect.russian.labels import claim_on
from dlp.detect.russian.surroundings import in_one_line, stands_free
from dlp.detect.view import View

# Balance accounts of the second order that chats carry (Bank of Russia regulation No. 809-П, section А; treasury accounts
# 03… and the single treasury account 40102 by order of the Treasury No. 14н of 01.04.2020).
_CHART = Pattern(
    r"30[1-9]\d\d|031\d\d|032\d\d|033\d\d|31[2-9]\d\d|32[0-9]\d\d|40[1-9]\d\d|4[1-3]\d\d\d|44[0-9]\d\d|45[1-9]\d\d|4[67]\d\d\d|5[0-2]\d\d\d|60[1-9]\d\d|61[2-7]\d\d|70[1-9]\d\d|91[0-9]\d\d"
)
_USUAL = frozenset(
    {
        "301",
        "302",
        "303",
        "401",
        "402",
        "403",
        "404",
        "405",
        "406",
        "407",
        "408",
        "410",
        "420",
        "421",
        "422",
        "423",
        "425",
        "426",
        "455",
        "454",
    }
)
# All-Russian classifier of currencies OK 014-2000; 810 is the rouble's old code, which accounts keep.
_CURRENCIES = frozenset(
    "810 643 840 978 156 826 756 392 398 933 974 051 944 972 417 860 949 784 356 344 036 124 208 578 752 203 985 946 348 980 "
    "981 498 934 795 710 "
    "702 764 704 818 682 634 360 410 376 496 986 764 941 975 959 961 962 963 964".split()
)
_BIK = Pattern(r"(?<!\d)0[0-4]\d{7}(?!\d)")
_BIK_LABELLED = Pattern(r"(?<![^\W_])(?:бик|bi[kc])\w{0,2}[\s:=№.\"'-]{0,5}(0[0-4]\d{7})(?!\d)")
# The country code of an IBAN touches its number.
_ENDS_IN_LATIN = Pattern(r"[a-z]")
_REACH = 300


class BankAccount:
    """Judges an account by the chart of accounts, the currency, the control key with a BIK near, and its word."""

    name = "ru_bank_account"
    entity = "RU_BANK_ACCOUNT"
    lengths = frozenset({20})
    matches = (
        "р/с 40702810138000012345", "БИК 044525225, р/с 40702810438000012340", "счёт 40817810099910004312",
        "вот 40817810099910004312",
        "к/с 30101810400000000225 БИК 044525225", "the account 40702 810 1 3800 0012345", "acc 40817810099910004312",
    )  # fmt: skip
    ignores = (
        "БИК 044525225, счёт 40702810438000012345 и ещё", "номер платежа 40817810099910004312", "р/с 12345678901234567890",
        "р/с 40702000438000012345",
        "УИН 18810177201010012345", "offset=40702810138000012345",
    )  # fmt: skip

    def judge(self, number: Number, view: View) -> Judged | None:
        digits = number.digits
        if digits[5:8] not in _CURRENCIES or not _CHART.match(digits, 0, 5):
            return None
        if len(number.groups) > 1 and not (in_one_line(number) and len(number.groups) <= 8):
            return None
        if _ENDS_IN_LATIN.match(view.lower, max(0, number.start - 1), number.start):
            return None
        by_key = self._by_key(number, view)
        if by_key is False:
            return None
        if by_key:
            return Judged(0.98, "key fits the BIK near")
        claim = claim_on(view, number.start, number.end, "account")
        return self._without_bik(number, view, claim.word, claim.taken)

    def _by_key(self, number: Number, view: View) -> bool | None:
        """Whether the key fits some BIK near; `None` where no BIK is near."""
        start, end = max(0, number.start - _REACH), min(len(view.text), number.end + _REACH)
        if any(key_holds(match.group(), number.digits) for match in _BIK.finditer(view.text, start, end)):
            return True
        near = view.lower[start:end]
        labelled = ("бик" in near or "bi" in near) and _BIK_LABELLED.search(view.lower, start, end)
        return False if labelled else None

    def _without_bik(self, number: Number, view: View, word: str, taken: str) -> Judged | None:
        if word:
            return Judged(0.93, f"chart of accounts, currency, word near: {word}")
        usual = number.digits[:3] in _USUAL or number.digits[:2] == "03"
        if len(number.groups) > 1 or not usual or not stands_free(number, view):
            return None
        if taken in {"order", "technical", "time", "phone", "card"}:
            return None
        return Judged(0.8, "chart of accounts, currency")


DETECTORS = (BankAccount(),)
