"""Wrapping keys under key-encryption keys: which is the current one, and what a wrapped key belongs to."""

from __future__ import annotations

import os
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Row, insert, select

from dlp.store.vault.aead import KEY_BYTES, packed
from dlp.store.vault.errors import KeyFault, SealBroken
from dlp.store.vault.key_provider import KeyProvider
from dlp.store.vault.key_tables import key_encryption_keys, named_keys, wrapping_keys

_CHECK: Final = b"dlp key check 1"
NAMES: Final = ("secrets", "digests", "twins", "macs", "audit")


def current_kek(connection: Connection) -> str:
    """The key everything new is wrapped under; it stays the current one until this transaction ends."""
    keks = key_encryption_keys
    found = connection.execute(select(keks.c.id).where(keks.c.state == "current").with_for_update(read=True)).scalar()
    if found is None:
        raise KeyFault("the store of wrapped keys names no current key", code="key_store_broken")
    return str(found)


def add_kek(connection: Connection, provider: KeyProvider, id: str, now: datetime) -> None:
    """Writes a key-encryption key down as the current one, with what tells it from another of its name."""
    check = provider.wrap(id, _CHECK, packed("check", id))
    connection.execute(insert(key_encryption_keys).values(id=id, state="current", check=check, created_at=now))


def refuse_wrong_kek(connection: Connection, provider: KeyProvider) -> None:
    """Raises KeyFault, naming the key, where one that is needed is missing or another one."""
    keks = key_encryption_keys
    for id, check in connection.execute(select(keks.c.id, keks.c.check).where(keks.c.state != "retired")).all():
        if not kek_checks(provider, id, bytes(check)):
            raise KeyFault(f"the key {id} is not the one these wrapped keys were made with", code="key_wrong", key_id=id)


def kek_checks(provider: KeyProvider, id: str, check: bytes) -> bool:
    """Whether the provider's key of this id is the one the check was made with. Raises KeyFault where there is none."""
    try:
        return provider.unwrap(id, check, packed("check", id)) == _CHECK
    except SealBroken:
        return False


def about_named(name: str, epoch: int) -> bytes:
    """What a named key is bound to."""
    return packed("named", name, epoch)


def about_wrapping(id: bytes, kind: str, day: int, connector: str) -> bytes:
    """What a day's or a case's key is bound to."""
    return packed("wrapping", id, kind, day, connector)


def add_named(
    connection: Connection, provider: KeyProvider, name: str, epoch: int, *, now: datetime, key: bytes = b"", **public: bytes
) -> bytes:
    """Keeps a named key wrapped under the current key-encryption key and returns it; made where none is given."""
    key = key or os.urandom(KEY_BYTES)
    kek = current_kek(connection)
    wrapped = provider.wrap(kek, key, about_named(name, epoch))
    row = {"name": name, "epoch": epoch, "kek": kek, "wrapped": wrapped, "created_at": now, **public}
    connection.execute(insert(named_keys).values(row))
    return key


def add_wrapping(connection: Connection, provider: KeyProvider, kind: str, day: int, connector: str, *, now: datetime) -> bytes:
    """Makes the key of a day and connector, or of a case, and returns its id."""
    id, kek = new_id(now), current_kek(connection)
    wrapped = provider.wrap(kek, os.urandom(KEY_BYTES), about_wrapping(id, kind, day, connector))
    row = {"id": id, "kind": kind, "day": day, "connector": connector, "kek": kek, "wrapped": wrapped, "created_at": now}
    connection.execute(insert(wrapping_keys).values(row))
    return id


def unwrapped(provider: KeyProvider, row: Row[tuple[object, ...]]) -> bytes:
    """The key of a row of wrapping_keys. Raises SealBroken, KeyFault."""
    return provider.unwrap(row.kek, bytes(row.wrapped), about_wrapping(bytes(row.id), row.kind, row.day, row.connector))


def new_id(now: datetime, count: int = 0) -> bytes:
    """16 bytes that sort by time and are never given twice: 6 of time, 8 at random, 2 that count within a block."""
    return _prefix(now) + count.to_bytes(2, "big")


def new_ids(now: datetime, count: int) -> list[bytes]:
    """Ids of one block, at most 65,536."""
    prefix = _prefix(now)
    return [prefix + number.to_bytes(2, "big") for number in range(count)]


def _prefix(now: datetime) -> bytes:
    return int(now.timestamp() * 1000).to_bytes(6, "big") + os.urandom(8)
