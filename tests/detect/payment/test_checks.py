"""The check codes of payment identifiers, against the examples their standards print."""

import pytest

from dlp.detect.payment.keccak import keccak_256
from dlp.detect.payment.luhn import luhn_holds
from dlp.detect.payment.wallet_checks import base58_version, bech32_holds, eip55_holds


def test_luhn_holds_for_the_standards_example_and_no_neighbour_of_it() -> None:
    assert [digit for digit in "0123456789" if luhn_holds(f"7992739871{digit}")] == ["3"]


def test_keccak_of_nothing_is_the_known_digest() -> None:
    assert keccak_256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"


def test_keccak_refuses_more_than_a_block() -> None:
    with pytest.raises(ValueError, match="block"):
        keccak_256(bytes(136))


@pytest.mark.parametrize(
    "address",
    [
        "a12uel5l",
        "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw",
        "a1lqfn3a",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
    ],
)
def test_the_examples_of_bip_173_and_350_hold(address: str) -> None:
    assert bech32_holds(address)
    assert not bech32_holds(address[:-1] + ("q" if address[-1] != "q" else "p"))


@pytest.mark.parametrize(
    "address",
    ["fB6916095ca1df60bB79Ce92cE3Ea74c37c5d359", "D1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb"],
)
def test_the_examples_of_eip_55_hold(address: str) -> None:
    assert eip55_holds(address)
    assert not eip55_holds(address.swapcase())


def test_a_base58_address_tells_its_version_only_when_its_check_holds() -> None:
    assert base58_version("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2") == 0
    assert base58_version("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3") is None
    assert base58_version("0OIl") is None
