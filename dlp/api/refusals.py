"""Refused acts in the audit chain: who was told no at which route; often in a row counts once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final

from dlp.api.access import Principal
from dlp.errors import RefusedError
from dlp.services import Services
from dlp.store.audit import chain

_FOLDED: Final = timedelta(hours=1)
_KEPT: Final = 10_000
_ASKED_AGAIN: Final = frozenset({"step_up_needed"})  # the page asks for a proof and goes on: nobody was turned away


class Refusals:
    """What one application has told no to lately."""

    def __init__(self) -> None:
        self._noted: OrderedDict[tuple[str, str, str], datetime] = OrderedDict()
        self._lock = threading.Lock()

    def note(self, services: Services, principal: Principal, route: str, error: RefusedError) -> None:
        """Audits a refusal, unless the same was audited within the hour. Does not wait for the disk: nothing was done."""
        now = services.clock.now()
        if error.code in _ASKED_AGAIN or not self._is_new((principal.id, route, error.code), now):
            return
        # The route as declared: a path may hold what somebody typed.
        details = {"code": error.code, "route": route}
        actor = principal.actor
        services.database.submit(lambda connection: chain.append(connection, actor, "access.refused", "route", details, now))

    def _is_new(self, refusal: tuple[str, str, str], now: datetime) -> bool:
        with self._lock:
            before = self._noted.pop(refusal, None)
            is_new = before is None or now - before >= _FOLDED
            self._noted[refusal] = now if is_new or before is None else before
            if len(self._noted) > _KEPT:
                self._noted.popitem(last=False)
        return is_new
