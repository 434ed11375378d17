"""The evidence vault: messages and files in the record, each sealed under a key of its own.

Wrapped keys are on disk before the record names them. Destroying works the other way round: the record forgets the item and
says so (tombstone, audit row), and `settle` destroys the key when that is durable. Lost in between, it is made up for at
the next `settle`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from dlp.errors import NotFound
from dlp.store.bulk import ask
from dlp.store.tables.trust import tombstones, vault_chunks, vault_items
from dlp.store.vault import destruction, legal_hold
from dlp.store.vault.aead import opened
from dlp.store.vault.destruction import RETENTION, Because, Replayed, Tombstone, is_doomed
from dlp.store.vault.errors import Destroyed
from dlp.store.vault.evidence import COLUMNS, Item, about, place_of, row_of
from dlp.store.vault.item_keys import ItemKeys, portions
from dlp.store.vault.keys import Keys
from dlp.store.vault.many_rows import insert_many
from dlp.store.vault.stream import opened_chunks, sealed_chunks

__all__ = ["Because", "Item", "Vault"]


class Vault:
    """Seals into the record, and opens what stands there; safe to share between threads."""

    def __init__(self, keys: Keys) -> None:
        self._store = keys.store
        self._keys = ItemKeys(keys.store, keys.provider)
        self._seen = 0  # the last tombstone this process knows of
        self._settled = 0

    def put(self, connection: Connection, items: Sequence[Item], now: datetime) -> None:
        """Keeps items; their keys are on disk before this returns. Raises StoreDown, and then nothing is kept."""
        if not items:
            return
        self._notice(connection)
        waiting = defaultdict(list)
        for item in items:
            waiting[place_of(item)].append(item)
        doomed = partial(is_doomed, connection)
        rows = [
            row_of(item, key)
            for place, alike in waiting.items()
            for item, key in zip(alike, self._keys.take(place, len(alike), now, doomed), strict=True)
        ]
        insert_many(connection, vault_items, COLUMNS, rows)

    def put_file(self, connection: Connection, item: Item, source: Iterable[bytes], now: datetime) -> None:
        """Keeps a file in chunks, beside `item.plain`, what is told of it (its name, its type)."""
        self._notice(connection)
        key = self._keys.take(place_of(item), 1, now, partial(is_doomed, connection))[0]
        insert_many(connection, vault_items, COLUMNS, [row_of(item, key)])
        for number, chunk in enumerate(sealed_chunks(key.key, source, about(item))):
            connection.execute(insert(vault_chunks).values(item_id=item.id, number=number, sealed=chunk))

    def read(self, connection: Connection, item_id: str) -> bytes:
        """What was kept. Raises NotFound, Destroyed where its key is gone, SealBroken where it was changed."""
        row = self._row(connection, item_id)
        return opened(self._key(row), bytes(row.sealed), about(row))

    def read_many(self, connection: Connection, item_ids: Sequence[str]) -> dict[str, bytes]:
        """What was kept, by id, without what is not there or has no key any more. Raises SealBroken."""
        rows = [
            row
            for portion in portions(item_ids)
            for row in connection.execute(select(vault_items).where(vault_items.c.id.in_(portion)))
        ]
        keys = self._keys.find([bytes(row.key_id) for row in rows])
        found = ((row, keys.get(bytes(row.key_id))) for row in rows)
        return {row.id: opened(key, bytes(row.sealed), about(row)) for row, key in found if key is not None}

    def read_file(self, connection: Connection, item_id: str) -> Iterator[bytes]:
        """A file in pieces of 1 MiB. Raises as `read`; SealBroken may come after the first pieces were given."""
        row = self._row(connection, item_id)
        return opened_chunks(self._key(row), legal_hold.chunks_of(connection, item_id), about(row))

    def erase(
        self, connection: Connection, item_ids: Sequence[str], now: datetime, because: Because = RETENTION
    ) -> tuple[str, ...]:
        """Removes items for good and tells which: what a legal hold holds, and what is not there, is not among them."""
        return destruction.erase(connection, item_ids, now, because)

    def shred_day(self, connection: Connection, day: int, connector: str, now: datetime, because: Because = RETENTION) -> int:
        """Removes a day of a connector for good, but for what a legal hold holds; how many items."""
        return destruction.shred(connection, self._store, destruction.Day(day, connector), now, because)

    def shred_clean(self, connection: Connection, day: int, connector: str, now: datetime, because: Because = RETENTION) -> int:
        """The same for the messages of that day no rule was hit by."""
        return destruction.shred(connection, self._store, destruction.Day(day, connector, clean_only=True), now, because)

    def hold(self, connection: Connection, case_id: str, item_ids: Sequence[str], now: datetime) -> int:
        """Seals items under a case's key, so that they survive their day; how many were not held by it before."""
        self._notice(connection)
        return legal_hold.hold(connection, self._keys, legal_hold.Case(case_id, now), item_ids)

    def release(self, connection: Connection, case_id: str, now: datetime, because: Because) -> int:
        """Ends a case's hold: an item goes back under its day's key, or with its day where that is gone; how many stay."""
        return legal_hold.release(connection, self._keys, legal_hold.Case(case_id, now), because)

    def settle(self, connection: Connection) -> int:
        """Destroys the keys of what was erased or shredded in committed transactions; call it after such a commit."""
        newest = _newest(connection)
        settled = destruction.settle(connection, self._store, after=self._settled)
        self._settled = newest
        if settled:
            self._keys.forget()
        return settled

    def replay_tombstones(self, connection: Connection, now: datetime, also: Iterable[Tombstone] = ()) -> Replayed:
        """Makes record and wrapped keys agree after either came from a backup; before serving, within one write."""
        replayed = destruction.replay(connection, self._store, now, also)
        self._keys.forget()
        return replayed

    def sweep(self, connection: Connection, now: datetime) -> int:
        """Removes keys that were made and never used, of days that are over; how many."""
        return destruction.sweep(connection, self._store, now)

    def _row(self, connection: Connection, item_id: str) -> Row[Any]:
        row = connection.execute(select(vault_items).where(vault_items.c.id == item_id)).first()
        if row is None:
            raise NotFound("there is no such item in the vault")
        return row

    def _key(self, row: Row[Any]) -> bytes:
        key_id = bytes(row.key_id)
        found = self._keys.find([key_id]).get(key_id)
        if found is None:
            raise Destroyed("the key of this item was destroyed")
        return found

    def _notice(self, connection: Connection) -> None:
        """Keys handed out from memory must not be those another process destroys just now."""
        newest = _newest(connection)
        if newest != self._seen:
            self._keys.forget()
            self._seen = newest


def _newest(connection: Connection) -> int:
    ((newest,),) = ask(connection, f"SELECT max(id) FROM {tombstones.name}")  # noqa: S608 - no values
    return int(newest or 0)
