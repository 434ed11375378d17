"""Wrapping keys under key-encryption keys: which is the current one, and what a wrapped key belongs to."""

from __future__ import annotations

import os
from datetime import datetime
from typing import Any, Final, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, Row, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from dlp.store.vault.aead import KEY_BYTES, packed
from dlp.store.vault.errors import KeyFault, SealBroken
from dlp.store.vault.key_provider import KeyProvider
from dlp.store.vault.key_tables import key_encryption_keys, named_keys, wrapping_keys

_CHECK: Final = b"dlp key check 1"
NAMES: Final = ("secrets", "digests", "twins", "macs", "audit")


class Signing(NamedTuple):
    """A new signing key, and the signature by the one before it."""

    key: Ed25519PrivateKey
    signed: bytes | None = None


def current_kek(connection: Connection) -> str:
    """The key everything new is wrapped under; it stays the current one until this transaction ends."""
    keks = key_encryption_keys
    query = select(keks.c.id).where(keks.c.state == "current").with_for_update(read=True)
    # PostgreSQL finds none where a rotation replaced it while we waited: the second look sees the new one.
    found = connection.execute(query).scalar() or connection.execute(query).scalar()
    if found is None:
        raise KeyFault("the store of wrapped keys names no current key", code="key_store_broken")
    return str(found)


def add_kek(connection: Connection, provider: KeyProvider, id: str, now: datetime) -> None:
    """Writes a key-encryption key down as the current one, with what tells it from another of its name."""
    check = provider.wrap(id, _CHECK, packed("check", id))
    connection.execute(insert(key_encryption_keys).values(id=id, state="current", check=check, created_at=now))


def refuse_wrong_keks(connection: Connection, provider: KeyProvider) -> None:
    """Raises KeyFault, naming the key, where one that is needed is missing or another one."""
    keks = key_encryption_keys
    for kek, check in connection.execute(select(keks.c.id, keks.c.check).where(keks.c.state != "retired")).all():
        if not kek_checks(provider, kek, bytes(check)):
            raise KeyFault(f"the key {kek} is not the one these wrapped keys were made with", code="key_wrong", key_id=kek)


def kek_checks(provider: KeyProvider, id: str, check: bytes) -> bool:
    """Whether the provider's key of this id is the one the check was made with. Raises KeyFault where there is none."""
    try:
        return provider.unwrap(id, check, packed("check", id)) == _CHECK
    except SealBroken:
        return False


def about_named(name: str, epoch: int) -> bytes:
    """What a named key is bound to."""
    return packed("named", name, epoch)


def about_wrapping(key_id: bytes, place: Place) -> bytes:
    """What a day's or a case's key is bound to."""
    return packed("wrapping", key_id, *place)


def add_named(
    connection: Connection, provider: KeyProvider, name: tuple[str, int], *, now: datetime, signing: Signing | None = None
) -> None:
    """Makes the key of this name and epoch, random or the signing key given, and keeps it wrapped."""
    key = os.urandom(KEY_BYTES) if signing is None else signing.key.private_bytes_raw()
    kek = current_kek(connection)
    row: dict[str, Any] = {"name": name[0], "epoch": name[1], "kek": kek, "created_at": now}
    row["wrapped"] = provider.wrap(kek, key, about_named(*name))
    if signing is not None:
        row["public"], row["signed"] = signing.key.public_key().public_bytes_raw(), signing.signed
    connection.execute(insert(named_keys).values(row))


class Place(NamedTuple):
    """What a wrapping key is for: a day and connector ("day", "clean"), or a case ("case", -1, its id)."""

    kind: str
    day: int
    connector: str


def newest_wrapping(connection: Connection, place: Place) -> Row[Any] | None:
    """The key that seals for a place; nobody destroys it until this transaction ends."""
    keys = wrapping_keys
    here = (keys.c.kind == place.kind, keys.c.day == place.day, keys.c.connector == place.connector)
    query = select(keys).where(*here).order_by(keys.c.serial.desc()).limit(1)
    return connection.execute(query.with_for_update(read=True)).first()


def add_wrapping(connection: Connection, provider: KeyProvider, place: Place, serial: int, now: datetime) -> None:
    """Makes the key of a place under this serial, unless somebody else just did."""
    key_id, kek = new_ids(now, 1)[0], current_kek(connection)
    wrapped = provider.wrap(kek, os.urandom(KEY_BYTES), about_wrapping(key_id, place))
    row = {"id": key_id, "kek": kek, "wrapped": wrapped, "created_at": now, "serial": serial, **place._asdict()}
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    connection.execute(dialect.insert(wrapping_keys).values(row).on_conflict_do_nothing())


def unwrapped(provider: KeyProvider, row: Row[Any]) -> bytes:
    """The key of a row of wrapping_keys. Raises SealBroken, KeyFault."""
    place = Place(row.kind, row.day, row.connector)
    return provider.unwrap(row.kek, bytes(row.wrapped), about_wrapping(bytes(row.id), place))


def new_ids(now: datetime, count: int) -> list[bytes]:
    """Ids of 16 bytes that sort by time and are never given twice: 6 of time, 8 at random, 2 that count to 65,536."""
    prefix = id_time(now) + os.urandom(8)
    return [prefix + number.to_bytes(2, "big") for number in range(count)]


def id_time(now: datetime) -> bytes:
    """What ids made at this time begin with."""
    return int(now.timestamp() * 1000).to_bytes(6, "big")
