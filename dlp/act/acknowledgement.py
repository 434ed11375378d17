"""The signed link that answers an alert: for one alert and one person, good for a while, for one act."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

GOOD_FOR: Final = timedelta(hours=48)
_MAC_BYTES: Final = 16
_LONGEST: Final = 300


class Acknowledgement(NamedTuple):
    """Who answers what; `user_id` "" where the address it was sent to is nobody's account."""

    alert_id: str
    user_id: str
    ends_at: datetime


def token_of(key: bytes, told: Acknowledgement) -> str:
    """The token of a link."""
    written = f"{told.alert_id}.{told.user_id}.{int(told.ends_at.timestamp())}"
    return f"{written}.{_mac(key, written)}"


def acknowledgement_in(key: bytes, token: str, now: datetime) -> Acknowledgement | None:
    """What a token says; None where it is not ours or its time is up."""
    written, _, mac = token[:_LONGEST].rpartition(".")
    if not hmac.compare_digest(_mac(key, written).encode(), mac.encode("utf-8", "replace")):
        return None
    alert_id, user_id, ends = written.split(".")
    told = Acknowledgement(alert_id, user_id, datetime.fromtimestamp(int(ends), UTC))
    return told if now < told.ends_at else None


def _mac(key: bytes, written: str) -> str:
    made = hmac.new(key, b"acknowledge\0" + written.encode("utf-8", "replace"), hashlib.sha256).digest()[:_MAC_BYTES]
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()
