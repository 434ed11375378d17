"""The signature that proves who sent a request: HMAC-SHA256 over its time and its raw body, in both directions."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from typing import Final

TIMESTAMP_HEADER: Final = "X-DLP-Timestamp"
SIGNATURE_HEADER: Final = "X-DLP-Signature"
_VERSION: Final = "v1="


def sign(secret: bytes, timestamp: int, body: bytes) -> str:
    """`v1=<hex>` over `<timestamp>.<body>`; `timestamp` counts seconds since 1970. Raises ValueError for an empty secret."""
    if not secret:
        raise ValueError("an empty secret proves nothing")
    return _VERSION + hmac.new(secret, b"%d." % timestamp + body, hashlib.sha256).hexdigest()


def holds(secrets: Sequence[bytes], timestamp: int, body: bytes, signature: str) -> bool:
    """Whether one of the comma-separated signatures was made with one of the live secrets; an empty secret proves nothing.

    The caller compares `timestamp` with its clock: an old request that was caught on the way must not count twice.
    """
    offered = [part.strip().encode() for part in signature.split(",")]
    expected = [sign(secret, timestamp, body).encode() for secret in secrets if secret]
    # Every pair is compared, so that the time taken does not tell which secret was near.
    return sum(hmac.compare_digest(right, given) for right in expected for given in offered) > 0
