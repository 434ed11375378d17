"""Items, places and files for the vault's tests."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import uuid_utils

from dlp.store.vault.vault import Item

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DAY = int(NOW.timestamp() // 86400)
_NUMBERS = itertools.count(1)


class Places(NamedTuple):
    """Where keys are, as the settings tell it."""

    record: str
    key_store: str
    keys: Path
    key_values: str = ""

    @classmethod
    def below(cls, folder: Path) -> Places:
        return cls(f"sqlite:///{folder / 'record.db'}", f"sqlite:///{folder / 'wrapped' / 'wrapped.db'}", folder / "keys")


def an_item(plain: bytes = b"content", **told: Any) -> Item:
    """An item of a message of its own."""
    number = next(_NUMBERS)
    usual: Mapping[str, Any] = {
        "id": str(uuid_utils.uuid7()),
        "ledger_seq": number,
        "day": DAY,
        "connector": "tg",
        "conversation": "chat-1",
        "message": f"m{number}",
        "revision": 0,
        "kind": "message",
        "part": 0,
        "clean": 0,
    }
    return Item(**{**usual, **told, "plain": plain})


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
