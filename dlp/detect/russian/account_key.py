"""The control key that ties an account to the bank's BIK."""

from __future__ import annotations

from operator import mul

_WEIGHTS = (7, 1, 3) * 8
_ZERO = ord("0")
# Accounts that stand in the books of a unit of the Bank of Russia, and the endings of the units' own codes.
_IN_CENTRAL_BANK = ("301", "302", "40102", "03")
_UNITS = frozenset({"000", "001", "002"})


def key_holds(bik: str, account: str) -> bool:
    """True where the account's ninth digit fits the bank: of a credit institution, or of the Bank of Russia's own unit.

    Bank of Russia, order of calculating the control key No. 515 of 08.09.1997: the sum of the last digits of the products
    with weights 7, 1, 3 ends in 0; the account is headed by the last three digits of the BIK, or by 0 and its digits 5-6.
    """
    if bik[6:] in _UNITS or account.startswith(_IN_CENTRAL_BANK):
        return _sum_ends_in_zero("0" + bik[4:6] + account) or _sum_ends_in_zero(bik[6:] + account)
    return _sum_ends_in_zero(bik[6:] + account)


def _sum_ends_in_zero(digits: str) -> bool:
    # Only the last digit of the sum counts, so the products need not be cut to their last digits first.
    total: int = sum(map(mul, _WEIGHTS, [ord(digit) - _ZERO for digit in digits]))
    return total % 10 == 0
