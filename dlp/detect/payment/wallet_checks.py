"""Check codes of crypto-currency addresses."""

from __future__ import annotations

import hashlib
from binascii import a2b_base64, crc_hqx
from functools import reduce
from operator import xor

from dlp.detect.payment.keccak import keccak_256

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_RIPPLE58 = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
# What the five bits shifted out put in, for each of their values.
_FEEDBACK = tuple(reduce(xor, (generator for bit, generator in enumerate(_GENERATORS) if top >> bit & 1), 0) for top in range(32))
_BECH32_SUMS = frozenset({1, 0x2BC830A3})


def base58_version(address: str, *, ripple: bool = False) -> int | None:
    """The version byte of a 25-byte base58check address whose check bytes hold, else None (Bitcoin's base58check)."""
    alphabet = _RIPPLE58 if ripple else _BASE58
    number = 0
    for character in address:
        digit = alphabet.find(character)
        if digit < 0:
            return None
        number = number * 58 + digit
    try:
        decoded = number.to_bytes(25, "big")
    except OverflowError:
        return None
    check = hashlib.sha256(hashlib.sha256(decoded[:21]).digest()).digest()[:4]
    return decoded[0] if check == decoded[21:] else None


def bech32_holds(address: str) -> bool:
    """Whether the check characters of a lower-case bech32 or bech32m address hold (BIP 173, BIP 350)."""
    prefix, _, payload = address.rpartition("1")
    values = [_BECH32.find(character) for character in payload]
    if not prefix or len(values) < 6 or -1 in values:
        return False
    expanded = [ord(character) >> 5 for character in prefix] + [0] + [ord(character) & 31 for character in prefix]
    remainder = 1
    for value in expanded + values:
        remainder = (remainder & 0x1FFFFFF) << 5 ^ value ^ _FEEDBACK[remainder >> 25]
    return remainder in _BECH32_SUMS


def eip55_holds(address: str) -> bool:
    """Whether the capitals among forty hexadecimal digits are those of the check (EIP-55)."""
    digest = keccak_256(address.lower().encode()).hex()
    return all(
        not letter.isalpha() or letter.isupper() == (int(mark, 16) > 7) for letter, mark in zip(address, digest, strict=False)
    )


def ton_holds(address: str) -> bool:
    """Whether the check bytes of a user-friendly TON address of 48 characters hold (TEP-2)."""
    decoded = a2b_base64(address.replace("-", "+").replace("_", "/"))
    return crc_hqx(decoded[:34], 0) == int.from_bytes(decoded[34:], "big")
