"""What browsers and programs hold: random words, of which the record keeps only the SHA-256."""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

TOKEN_PREFIX: Final = "dlp_"
_BYTES = 32


def new_secret() -> str:
    """256 random bits in letters that survive addresses and headers."""
    return secrets.token_urlsafe(_BYTES)


def digest_of(secret: str) -> bytes:
    """The SHA-256 of a secret. It needs no salt: 256 random bits cannot be guessed."""
    return hashlib.sha256(secret.encode()).digest()
