"""How often somebody may ask: a token bucket for each principal, and one for each address where nobody signed in."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

from dlp.clock import Clock
from dlp.errors import TooManyRequests


class Rate(NamedTuple):
    """So many a second in the long run, so many at once."""

    per_second: float
    burst: float


class Limits(NamedTuple):
    """The rates of a person, of a program (a whole messenger's stream comes through one token), of an unknown address."""

    user: Rate = Rate(50, 300)
    token: Rate = Rate(5000, 20000)
    address: Rate = Rate(2000, 5000)


_KEPT: Final = 10_000  # buckets; the one unused for longest goes first, and was full again long ago


class Limiter:
    """The buckets of one process."""

    def __init__(self, clock: Clock, limits: Limits) -> None:
        self._clock = clock
        self._rates: Mapping[str, Rate] = limits._asdict()
        self._buckets: OrderedDict[tuple[str, str], tuple[float, datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def spend(self, who: str, kind: str) -> None:
        """Takes one from the bucket of a principal. Raises TooManyRequests."""
        rate = self._rates[kind]
        wait = self._take((kind, who), rate)
        if wait > 0:
            raise TooManyRequests("asked too often", code="rate", retry_after_seconds=math.ceil(wait))

    def spend_address(self, address: str) -> None:
        """Takes one from the bucket of an address. Raises TooManyRequests."""
        self.spend(address, "address")

    def _take(self, key: tuple[str, str], rate: Rate) -> float:
        """0 where there was one to take, else the seconds until there is."""
        now = self._clock.now()
        with self._lock:
            left, since = self._buckets.pop(key, (rate.burst, now))
            left = min(rate.burst, left + max(0.0, (now - since).total_seconds()) * rate.per_second)
            taken = left >= 1
            self._buckets[key] = (left - 1 if taken else left, now)
            if len(self._buckets) > _KEPT:
                self._buckets.popitem(last=False)
        return 0.0 if taken else (1 - left) / rate.per_second
