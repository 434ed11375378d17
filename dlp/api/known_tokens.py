"""Tokens seen a moment ago: a messenger's stream must not ask the record about the same token a thousand times a second."""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from starlette.concurrency import run_in_threadpool

from dlp.services import Services
from dlp.store.access import tokens
from dlp.store.access.secrets import digest_of
from dlp.store.access.tokens import Token

# A token revoked through another process still opens doors for this long; through this one it is forgotten at once.
_FRESH: Final = timedelta(seconds=1)
_KEPT: Final = 1000


class _Known(NamedTuple):
    token: Token
    read_at: datetime


class KnownTokens:
    """What one application remembers of tokens: by digest, never by the word."""

    def __init__(self) -> None:
        self._known: OrderedDict[bytes, _Known] = OrderedDict()
        self._lock = threading.Lock()

    async def held_by(self, services: Services, secret: str) -> Token | None:
        """The token of a word, dead or alive; its use is noted now and then."""
        digest, now = digest_of(secret), services.clock.now()
        known = self._known.get(digest)
        if known is not None and timedelta(0) <= now - known.read_at < _FRESH:
            return known.token
        token = await run_in_threadpool(_read, services, secret)
        if token is None:
            return None
        if token.holds(now) and token.wants_touch(now):
            services.database.submit(lambda connection: tokens.touch(connection, token.id, now))
        with self._lock:
            self._known[digest] = _Known(token, now)
            if len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return token

    def forget(self, token_id: str) -> None:
        """Asks the record anew: the token was revoked."""
        with self._lock:
            for digest in [digest for digest, known in self._known.items() if known.token.id == token_id]:
                del self._known[digest]


def _read(services: Services, secret: str) -> Token | None:
    with services.database.reading() as connection:
        return tokens.held_by(connection, secret)
