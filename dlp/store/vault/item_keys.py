"""The keys of single items: made and wrapped a block at a time, durable before any of them seals.

So that recording a message costs no second flush to disk, keys are handed out from memory. What a crash leaves unused is
harmless and swept.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, Row, select

from dlp.errors import DlpError, UnavailableError
from dlp.store.vault.aead import KEY_BYTES, NONCE_BYTES, opened, packed
from dlp.store.vault.key_provider import KeyProvider
from dlp.store.vault.key_store import KeyStore
from dlp.store.vault.key_tables import item_keys, wrapping_keys
from dlp.store.vault.many_rows import insert_many
from dlp.store.vault.wrapping import Place, add_wrapping, new_ids, newest_wrapping, unwrapped

PORTION: Final = 500  # ids in one question: below what any database binds
FRESH_FOR: Final = timedelta(hours=1)  # a block is handed out no longer, so that a sweep of older ones takes none in use
_SMALLEST, _LARGEST = 16, 4096  # keys in a block: it doubles while a place keeps asking
_AHEAD = 256  # a block of so many is filled again beside those who take from it, before it is empty
_PLACES = 128  # with a block in memory
_WRAPPING_KEYS = 1024  # unwrapped in memory

Doomed = Callable[[bytes], bool]


class ItemKey(NamedTuple):
    """A key that seals one item, and its id among the wrapped keys."""

    id: bytes
    key: bytes


class _Block(NamedTuple):
    ready: list[ItemKey]
    size: int
    made_at: datetime
    holder: Row[Any] | None = None


class ItemKeys:
    """Hands out new keys of items and finds old ones; safe to share between threads."""

    def __init__(self, store: KeyStore, provider: KeyProvider) -> None:
        self.store, self._provider = store, provider
        self._lock = threading.Lock()
        self._blocks: OrderedDict[Place, _Block] = OrderedDict()
        self._wrapping: dict[bytes, bytes] = {}
        self._filling: set[Place] = set()
        self._forgotten = 0

    def take(self, place: Place, count: int, now: datetime, doomed: Doomed) -> list[ItemKey]:
        """New keys of a place, wrapped and on disk; none under a wrapping key that `doomed` says is to be destroyed."""
        with self._lock:
            block = self._blocks.get(place)
            if block is None or not abs(now - block.made_at) < FRESH_FOR:
                block = _Block([], _SMALLEST, now)
            if len(block.ready) < count:
                block = self._filled(place, block, count, now=now, doomed=doomed)
            self._blocks[place] = block
            self._blocks.move_to_end(place)
            if len(self._blocks) > _PLACES:
                self._blocks.popitem(last=False)
            taken = block.ready[-count:]
            del block.ready[-count:]
            self._look_ahead(place, block, now)
            return taken

    def find(self, key_ids: Sequence[bytes]) -> dict[bytes, bytes]:
        """The keys of these ids, by id, without those that were destroyed. Raises SealBroken, KeyFault."""
        rows: list[Row[Any]] = []
        with self.store.reading() as connection:
            for portion in portions(key_ids):
                columns = (wrapping_keys, item_keys.c.id.label("item"), item_keys.c.wrapped.label("box"))
                query = select(*columns).join(wrapping_keys, wrapping_keys.c.id == item_keys.c.holder)
                rows += connection.execute(query.where(item_keys.c.id.in_(portion))).all()
        return {bytes(row.item): opened(self._unwrapped(row), bytes(row.box), _about(row.id, row.item)) for row in rows}

    def holders(self, key_ids: Sequence[bytes]) -> dict[bytes, bytes]:
        """Which wrapping key wraps each of these."""
        query = select(item_keys.c.id, item_keys.c.holder)
        with self.store.reading() as connection:
            rows = [row for some in portions(key_ids) for row in connection.execute(query.where(item_keys.c.id.in_(some)))]
        return {bytes(row.id): bytes(row.holder) for row in rows}

    def forget(self) -> None:
        """Hands out nothing made before: some of it may be destroyed."""
        with self._lock:
            self._blocks.clear()
            self._wrapping.clear()
            self._forgotten += 1

    def _look_ahead(self, place: Place, block: _Block, now: datetime) -> None:
        if block.size >= _AHEAD and len(block.ready) * 2 < block.size and place not in self._filling:
            self._filling.add(place)
            threading.Thread(
                target=self._fill_ahead, args=(place, block, now, self._forgotten), name="item-keys", daemon=True
            ).start()

    def _fill_ahead(self, place: Place, block: _Block, now: datetime, forgotten: int) -> None:
        """More keys under the wrapping key of a block; they count only where nothing was destroyed meanwhile."""
        try:
            holder = block.holder
            with self.store.writing() as connection:
                newest = newest_wrapping(connection, place)
                if holder is None or newest is None or bytes(newest.id) != bytes(holder.id):
                    return
                made = self._made(bytes(holder.id), self._unwrapped(holder), block.size, now)
                insert_many(connection, item_keys, ("id", "holder", "wrapped"), [row for _, row in made])
            with self._lock:
                current = self._blocks.get(place)
                if self._forgotten == forgotten and current is not None and current.holder is holder:
                    ready = [*(key for key, _ in made), *current.ready]
                    self._blocks[place] = _Block(ready, min(current.size * 2, _LARGEST), now, holder)
        except DlpError:
            return  # whoever needs keys makes them, and says why it cannot
        finally:
            with self._lock:
                self._filling.discard(place)

    def _filled(self, place: Place, block: _Block, count: int, *, now: datetime, doomed: Doomed) -> _Block:
        size = max(block.size, count - len(block.ready))
        with self.store.writing() as connection:
            holder = self._holder(connection, place, now, doomed)
            made = self._made(bytes(holder.id), self._unwrapped(holder), size, now)
            insert_many(connection, item_keys, ("id", "holder", "wrapped"), [row for _, row in made])
        # What is left of the block may be under another key; it goes first.
        return _Block([*(key for key, _ in made), *block.ready], min(block.size * 2, _LARGEST), now, holder)

    def _holder(self, connection: Connection, place: Place, now: datetime, doomed: Doomed) -> Row[Any]:
        for _ in range(4):
            newest = newest_wrapping(connection, place)
            if newest is not None and not doomed(bytes(newest.id)):
                return newest
            add_wrapping(connection, self._provider, place, newest.serial + 1 if newest else 0, now)
        raise UnavailableError("keys are destroyed as fast as they are made")

    def _made(
        self, holder: bytes, wrapping: bytes, count: int, now: datetime
    ) -> list[tuple[ItemKey, tuple[bytes, bytes, bytes]]]:
        seal = AESGCM(wrapping).encrypt
        random = os.urandom(count * (KEY_BYTES + NONCE_BYTES))
        about = _about(holder, b"")[:-4] + b"\x00\x00\x00\x10"
        made = []
        for place, key_id in enumerate(new_ids(now, count)):
            start = place * (KEY_BYTES + NONCE_BYTES)
            key, nonce = random[start : start + KEY_BYTES], random[start + KEY_BYTES : start + KEY_BYTES + NONCE_BYTES]
            made.append((ItemKey(key_id, key), (key_id, holder, nonce + seal(nonce, key, about + key_id))))
        return made

    def _unwrapped(self, row: Row[Any]) -> bytes:
        key_id = bytes(row.id)
        found = self._wrapping.get(key_id)
        if found is None:
            if len(self._wrapping) >= _WRAPPING_KEYS:
                self._wrapping.clear()
            found = self._wrapping[key_id] = unwrapped(self._provider, row)
        return found


def portions(ids: Sequence[Any], size: int = PORTION) -> Iterator[Sequence[Any]]:
    """The ids a few at a time."""
    return (ids[start : start + size] for start in range(0, len(ids), size))


def _about(holder: bytes, key_id: bytes) -> bytes:
    return packed("item", bytes(holder), bytes(key_id))
