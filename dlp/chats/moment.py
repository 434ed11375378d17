"""Times as messengers write them."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import Any


def unix_moment(seconds: Any) -> datetime | None:
    """The aware moment of unix seconds given as a number or as digits, or None where they are neither or out of range."""
    try:
        return datetime.fromtimestamp(float(seconds), UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def local_moment(local: datetime, zone: tzinfo | None) -> datetime | None:
    """The moment of a time without zone in UTC; None where no zone is known. An hour told twice is the earlier one."""
    return None if zone is None else local.replace(tzinfo=zone).astimezone(UTC)
