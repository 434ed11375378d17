"""Numbers that pass their checks and belong to nobody known: made, never looked up."""

from __future__ import annotations

from random import Random

_INN_10 = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_11 = (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_12 = (3, *_INN_11)
_ACCOUNT = (7, 1, 3)
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789"


class Identifiers:
    """Makes identifiers from one source of chance: the same seed makes the same."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance

    def digits(self, count: int) -> str:
        """Digits of which the first is not 0."""
        return str(self._chance.randrange(10 ** (count - 1), 10**count))

    def letters(self, count: int) -> str:
        """Latin letters and digits, as keys are made of."""
        return "".join(self._chance.choices(_LETTERS, k=count))

    def card(self, prefix: str = "220024") -> str:
        """A payment card of 16 digits in groups of four; the last is Luhn's (ISO/IEC 7812-1)."""
        bare = prefix + self.digits(15 - len(prefix))
        doubled = (int(digit) * (2 - index % 2) for index, digit in enumerate(bare))
        number = bare + str(-sum(value - 9 if value > 9 else value for value in doubled) % 10)
        return " ".join(number[index : index + 4] for index in range(0, 16, 4))

    def snils(self) -> str:
        """An insurance number with its control number (Pension Fund order 192p)."""
        bare = str(self._chance.randrange(100_000_000, 999_999_999))
        check = sum(int(digit) * (9 - index) for index, digit in enumerate(bare)) % 101 % 100
        return f"{bare[:3]}-{bare[3:6]}-{bare[6:]} {check:02}"

    def inn_of_person(self) -> str:
        """A taxpayer's number of a person, 12 digits (order ММВ-7-6/435@)."""
        bare = "78" + self.digits(8)
        bare += _weighed(bare, _INN_11)
        return bare + _weighed(bare, _INN_12)

    def inn_of_company(self) -> str:
        """A taxpayer's number of a company, 10 digits."""
        bare = "78" + self.digits(7)
        return bare + _weighed(bare, _INN_10)

    def account(self, bik: str) -> str:
        """A settlement account whose key holds with the bank's BIK (Bank of Russia 515, 1997)."""
        bare = "40702810" + "0" + self.digits(11)
        told = bik[-3:] + bare
        total = sum(int(digit) * _ACCOUNT[index % 3] for index, digit in enumerate(told))
        return bare[:8] + str(total % 10 * 3 % 10) + bare[9:]

    def passport(self) -> str:
        """A series of a region and a recent year, and a number."""
        return f"40 {self._chance.randrange(10, 24):02} {self._chance.randrange(100_000, 999_999)}"

    def phone(self) -> str:
        """A Russian mobile number as people write it."""
        return f"+7 900 {self.digits(3)}-{self._chance.randrange(10, 99)}-{self._chance.randrange(10, 99)}"

    def birthday(self) -> str:
        """A day of birth of a grown-up."""
        return f"{self._chance.randrange(1, 29):02}.{self._chance.randrange(1, 13):02}.{self._chance.randrange(1960, 2004)}"

    def money(self) -> str:
        """A sum with spaces between thousands."""
        return f"{self._chance.randrange(120, 9800)} {self._chance.randrange(100, 999)} {self._chance.randrange(100, 999):03}"


def _weighed(bare: str, weights: tuple[int, ...]) -> str:
    return str(sum(int(digit) * weight for digit, weight in zip(bare, weights, strict=True)) % 11 % 10)
