"""Addresses of crypto-currency wallets."""

from __future__ import annotations

from collections.abc import Iterator

from dlp.detect.detector import Found, Near, Pattern
from dlp.detect.view import View

# base58check version bytes: Bitcoin (0, 5), Litecoin (48, 50), Dogecoin (30, 22), Dash (76, 16), TRON (65).
_VERSIONS = frozenset({0, 5, 16, 22, 30, 48, 50, 65, 76})
_LONGEST = 100
_LEGACY = Pattern(r"[13LMDATXr9](?<![^\W_].)[1-9A-HJ-NP-Za-km-z]{24,34}+(?![^\W_])")
_SEGWIT = Pattern(
    r"(?:b(?<![^\W_].)(?:c|nb)|t(?<![^\W_].)b|l(?<![^\W_].)tc|a(?<![^\W_].)ddr|c(?<![^\W_].)osmos)"
    r"1[02-9ac-hj-np-z]{11,98}+(?![^\W_])"
)
_ETHER = Pattern(r"0(?<![^\W_].)[xX]([0-9a-fA-F]{40})(?![^\W_])")
_TON = Pattern(r"[EUk](?<![^\W_].)[Q][0-9A-Za-z_\-]{46}(?![\w-])")
_NEAR = Near(
    r"эфир",
    r"кошел",
    r"крипт",
    r"усдт",
    r"адрес",
    r"eth",
    r"usdt",
    r"usdc",
    r"bsc\b|bnb",
    r"erc[- ]?20|bep[- ]?20",
    r"wallet",
    r"polygon|matic",
    r"metamask|метамаск",
    r"contract|контракт",
    r"crypto",
    before=60,
    after=40,
)


class CryptoWallet:
    """A wallet's address whose check code holds: base58check, bech32 and bech32m (BIP 173, 350), EIP-55, TRON, TON (TEP-2)."""

    name = "crypto_wallet"
    entity = "CRYPTO"
    anchors: tuple[str, ...] = (
        r"(^|[^0-9a-z])[13lmdatxr9][1-9a-z]{25}",
        r"(bc|tb|ltc|addr|bnb|cosmos)1[02-9ac-hj-np-z]{11}",
        r"0x[0-9a-f]{40}",
        r"(^|[^0-9a-z])[euk]q[0-9a-z_\-]{46}",
    )
    words: tuple[str, ...] = ()
    before = 52
    after = 12
    matches: tuple[str, ...] = (
        "кошелёк 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        "send to bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        "eth 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "шлите usdt на 0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
        "trc20: TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
    )
    ignores: tuple[str, ...] = (
        "кошелёк 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
        "send to bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
        "eth 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD",
        "commit 5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
    )

    def find(self, view: View, start: int, end: int) -> Iterator[Found]:
        # Imported here: hashlib costs a scan that meets no wallet two milliseconds.
        from dlp.detect.payment import wallet_checks as check

        end = min(len(view.text), end + _LONGEST)
        for match in _LEGACY.finditer(view.text, start, end):
            address = match.group()
            ripple = address[0] == "r" and check.base58_version(address, ripple=True) == 0
            if ripple or check.base58_version(address) in _VERSIONS:
                yield Found(match.start(), match.end(), address, 0.97, "check bytes")
        for match in _SEGWIT.finditer(view.lower, start, end):
            if check.bech32_holds(match.group()):
                yield Found(match.start(), match.end(), match.group(), 0.97, "check characters")
        for match in _TON.finditer(view.text, start, end):
            if check.ton_holds(match.group()):
                yield Found(match.start(), match.end(), match.group(), 0.97, "check bytes")
        for match in _ETHER.finditer(view.text, start, end):
            yield from self._ether(view, match.start(), match.end())

    @staticmethod
    def _ether(view: View, start: int, end: int) -> Iterator[Found]:
        from dlp.detect.payment.wallet_checks import eip55_holds

        address = view.text[start + 2 : end]
        value = f"0x{address.lower()}"
        if address != address.lower() and address != address.upper():
            if eip55_holds(address):
                yield Found(start, end, value, 0.97, "capitals check")
        elif len(set(address)) > 4:
            word = _NEAR.word(view, start, end)
            yield Found(start, end, value, 0.8 if word else 0.4, f"form, word near: {word}" if word else "form")


DETECTORS = (CryptoWallet(),)
