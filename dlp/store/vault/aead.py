"""Sealing: AES-256-GCM (NIST SP 800-38D) with a random nonce in front, and associated data nobody can read two ways."""

from __future__ import annotations

import hmac
import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dlp.store.vault.errors import SealBroken

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
_ABSENT: Final = b"\xff\xff\xff\xff"

Field = str | bytes | int | None


def packed(*fields: Field) -> bytes:
    """Fields one after another, each with its length in front: two different lists never give the same bytes."""
    parts = []
    for field in fields:
        if isinstance(field, str):
            # A lone surrogate may come from a broken export: it must not make a message unkeepable.
            written = field.encode("utf-8", "surrogatepass")
        elif isinstance(field, int):
            written = field.to_bytes(8, "big", signed=True)
        elif field is None:
            parts.append(_ABSENT)
            continue
        else:
            written = field
        parts += (len(written).to_bytes(4, "big"), written)
    return b"".join(parts)


def sealed(key: bytes, plain: bytes, about: bytes) -> bytes:
    """Nonce, ciphertext and tag; the nonce is random, so a key seals at most 2^32 times."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, about)


def opened(key: bytes, box: bytes, about: bytes) -> bytes:
    """What was sealed. Raises SealBroken."""
    try:
        return AESGCM(key).decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], about)
    except (InvalidTag, ValueError) as error:
        raise SealBroken("sealed bytes are not what was sealed") from error


def derived(key: bytes, purpose: str) -> bytes:
    """A key of its own for a purpose: HKDF-Expand (RFC 5869) of one block, from a key that is random already."""
    return hmac.digest(key, purpose.encode() + b"\x01", "sha256")
