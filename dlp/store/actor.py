"""Who acts: in the audit chain, in an incident's history."""

from __future__ import annotations

from typing import Final, NamedTuple


class Actor(NamedTuple):
    """`kind` is "user", "token", "cli" or "system"; `id` a user's or token's id, or the system part's name."""

    id: str
    kind: str = "user"
    name: str = ""


SYSTEM: Final = Actor("system", "system", "dlp")
