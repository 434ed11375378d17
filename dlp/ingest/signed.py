"""Who may call a hook: requests signed with a shared key, a time window, what was caught and sent again, certificates."""

from __future__ import annotations

import hmac
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, NamedTuple

from dlp.chats.signature import SIGNATURE_HEADER, TIMESTAMP_HEADER, holds
from dlp.errors import Unauthenticated

WINDOW_SECONDS: Final = 300
_REMEMBERED: Final = 200_000


class Seen:
    """Which signed requests were taken within the window: one that comes again was taken already."""

    def __init__(self) -> None:
        self._taken: OrderedDict[bytes, int] = OrderedDict()
        self._lock = threading.Lock()

    def has(self, request: bytes) -> bool:
        """Whether this request was taken."""
        with self._lock:
            return request in self._taken

    def add(self, request: bytes, timestamp: int, now: datetime) -> None:
        """Remembers a request that was taken, until its time has left the window."""
        oldest = now.timestamp() - 2 * WINDOW_SECONDS
        with self._lock:
            self._taken[request] = timestamp
            while self._taken and (len(self._taken) > _REMEMBERED or next(iter(self._taken.values())) < oldest):
                self._taken.popitem(last=False)


class Proof(NamedTuple):
    """A request whose signature holds; `request` names it for `Seen`."""

    timestamp: int
    request: bytes


def proof_of(headers: Mapping[str, str], body: bytes, connector: str, *, secrets: Sequence[str], now: datetime) -> Proof:
    """Checks time and signature of a request to a connector. Raises Unauthenticated with a code that says which failed.

    The signature is `dlp.chats.signature`'s over the time and the raw body; one by any of the live keys is enough.
    """
    told, signature = headers.get(TIMESTAMP_HEADER, ""), headers.get(SIGNATURE_HEADER, "")
    if not told or not signature:
        raise Unauthenticated("the request is not signed", code="signature_missing")
    if not (told.isascii() and told.isdigit() and len(told) <= 12):
        raise Unauthenticated("the time is not in seconds since 1970", code="timestamp")
    timestamp = int(told)
    if not holds([secret.encode() for secret in secrets], timestamp, body, signature):
        raise Unauthenticated("the signature does not hold", code="signature")
    # Judged after the signature, so that strangers do not learn our clock.
    if abs(now.timestamp() - timestamp) > WINDOW_SECONDS:
        raise Unauthenticated("the request is too old or from the future", code="timestamp", window_seconds=WINDOW_SECONDS)
    return Proof(timestamp, sha256(b"%s\0%d.%s" % (connector.encode(), timestamp, body)).digest())


def demand_certificate(settings: Mapping[str, Any], headers: Mapping[str, str], address: str) -> None:
    """Where a connector wants a client certificate: a proxy we trust must say that it saw the right one.

    `settings["client_certificate"]` is {"header", "value", "proxies"}. Raises Unauthenticated.
    """
    wanted = settings.get("client_certificate")
    if not wanted:
        return
    given = headers.get(str(wanted["header"]), "")
    is_right = hmac.compare_digest(given.encode(), str(wanted["value"]).encode())
    if address not in wanted["proxies"] or not is_right:
        raise Unauthenticated("the client certificate is missing or another's", code="client_certificate")


def demand_word(given: str, secret: str | None) -> None:
    """Compares a word a messenger sends with each call, in constant time; where we have none nobody comes in.

    Raises Unauthenticated.
    """
    if not secret or not hmac.compare_digest(given.encode(), secret.encode()):
        raise Unauthenticated("the secret is missing or wrong", code="secret")
