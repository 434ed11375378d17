"""The second factor: codes by time (RFC 6238), their secrets sealed, each code good once."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from typing import Final

import pyotp

from dlp.services import Services

_ISSUER: Final = "DLP"
_STEP = timedelta(seconds=30)
_SLACK = (0, -1, 1)  # steps a clock may be off (RFC 6238, 5.2 allows one of delay)


def new_secret() -> str:
    """A new secret as authenticators take it: 160 bits in base 32 (RFC 4226, 4)."""
    return str(pyotp.random_base32())


def sealed(services: Services, user_id: str, secret: str) -> bytes:
    """The secret as it is kept, bound to its user."""
    return services.keys.seal(f"totp:{user_id}", secret.encode())


def opened(services: Services, user_id: str, box: bytes) -> str:
    """The secret again."""
    return services.keys.open(f"totp:{user_id}", box).decode()


def address_of(secret: str, login: str) -> str:
    """What the QR code holds (the Key Uri Format)."""
    return str(pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=_ISSUER))


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step a code belongs to; None where it is wrong."""
    totp = pyotp.TOTP(secret)
    for slack in _SLACK:
        moment = now + slack * _STEP
        if hmac.compare_digest(totp.at(moment).encode(), code.encode()):
            return int(moment.timestamp()) // int(_STEP.total_seconds())
    return None
