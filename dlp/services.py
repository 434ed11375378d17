"""What a running installation is made of; wiring builds it, everything that serves is handed it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from dlp.clock import Clock
from dlp.pipeline import Context
from dlp.settings import Settings

if TYPE_CHECKING:
    from dlp.store.database import Database
    from dlp.store.vault.keys import Keys
    from dlp.store.vault.vault import Vault


class Services:
    """One installation: its settings, clock, record, keys, vault, and the context messages are inspected in."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        database: Database,
        keys: Keys,
        load_context: Callable[[Services, Context | None], Context],
    ) -> None:
        from dlp.store.vault.vault import Vault

        self.settings = settings
        self.clock = clock
        self.database = database
        self.keys = keys
        self.vault: Vault = Vault(keys)
        self._load_context = load_context
        self._lock = threading.Lock()
        self._context: Context | None = None
        self.generation = 0  # of the context: worker processes load theirs anew when it grows

    @property
    def context(self) -> Context:
        """The active policies, directory and standing decisions; frozen, replaced whole by `renew`."""
        context = self._context
        if context is None:
            return self.renew()
        return context

    def renew(self) -> Context:
        """Loads the context again: after an activation, an exception, a change of mode, an emergency."""
        with self._lock:
            self._context = context = self._load_context(self, self._context)
            self.generation += 1
            return context

    def close(self) -> None:
        """Writes what waits and lets everything go."""
        self.database.close()
        self.keys.close()
