"""Keccak-256 as Ethereum uses it; the standard library has only the later SHA-3 with other padding."""

from __future__ import annotations

_MASK = (1 << 64) - 1
_RATE = 136


def _round_constants() -> list[int]:
    constants, register = [], 1
    for _ in range(24):
        constant = 0
        for power in range(7):
            if register & 1:
                constant |= 1 << ((1 << power) - 1)
            register <<= 1
            if register & 0x100:
                register ^= 0x171
        constants.append(constant)
    return constants


_CONSTANTS = _round_constants()


def _turn(word: int, count: int) -> int:
    count %= 64
    return ((word << count) | (word >> (64 - count))) & _MASK


def _permute(lanes: list[list[int]]) -> None:
    """Keccak-f[1600] over `lanes[x][y]` (FIPS 202, 3.2 and 3.3)."""
    for constant in _CONSTANTS:
        parity = [lanes[x][0] ^ lanes[x][1] ^ lanes[x][2] ^ lanes[x][3] ^ lanes[x][4] for x in range(5)]
        for x in range(5):
            mixed = parity[x - 1] ^ _turn(parity[(x + 1) % 5], 1)
            lanes[x] = [lane ^ mixed for lane in lanes[x]]
        x, y, current = 1, 0, lanes[1][0]
        for step in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            current, lanes[x][y] = lanes[x][y], _turn(current, (step + 1) * (step + 2) // 2)
        for y in range(5):
            row = [lanes[x][y] for x in range(5)]
            for x in range(5):
                lanes[x][y] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5] & _MASK)
        lanes[0][0] ^= constant


def keccak_256(message: bytes) -> bytes:
    """The digest of a message shorter than one block of 136 bytes (the Keccak submission, padding 10*1)."""
    if len(message) >= _RATE:
        raise ValueError("longer than one block")
    block = bytearray(message.ljust(_RATE, b"\0"))
    block[len(message)] ^= 0x01
    block[-1] ^= 0x80
    lanes = [[0] * 5 for _ in range(5)]
    for index in range(_RATE // 8):
        lanes[index % 5][index // 5] = int.from_bytes(block[8 * index : 8 * index + 8], "little")
    _permute(lanes)
    return b"".join(lanes[index][0].to_bytes(8, "little") for index in range(4))
