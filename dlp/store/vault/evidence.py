"""One piece of evidence: what its seal is bound to, and which key wraps its key."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Any, Final, NamedTuple

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Row

from dlp.store.vault.aead import NONCE_BYTES, packed
from dlp.store.vault.item_keys import ItemKey
from dlp.store.vault.wrapping import Place

VERSION: Final = 1


class Item(NamedTuple):
    """One piece of evidence. `day` is the UTC day of `received_at` since 1970; `clean` 1: no rule was hit.

    `part` tells apart what one message has several of: its files, its redacted texts.
    """

    id: str
    ledger_seq: int
    day: int
    connector: str
    conversation: str | None
    message: str
    revision: int
    kind: str
    part: int
    clean: int
    plain: bytes


def about(item: Item | Row[Any]) -> bytes:
    """The associated data of an item's seal: never a surrogate id, so that a row cannot be moved to another message."""
    where = _where(item.connector, item.conversation)
    return where + packed(item.message, item.revision, item.kind, item.part)


@lru_cache(1024)
def _where(connector: str, conversation: str | None) -> bytes:
    return packed(VERSION, connector, conversation)


def place_of(item: Item | Row[Any]) -> Place:
    """Where the key comes from that wraps an item's key: clean messages go sooner, so they have one of their own."""
    return Place("clean" if item.clean else "day", item.day, item.connector)


def case_place(case_id: str) -> Place:
    """Where the key of a legal hold comes from."""
    return Place("case", -1, case_id)


# As `row_of` gives them.
COLUMNS: Final = (*Item._fields[:-1], "sealed", "key_id")


def row_of(item: Item, key: ItemKey) -> tuple[Any, ...]:
    """An item sealed under its key, as a row of `vault_items`."""
    nonce = os.urandom(NONCE_BYTES)
    return (*item[:-1], nonce + AESGCM(key.key).encrypt(nonce, item.plain, about(item)), key.id)
