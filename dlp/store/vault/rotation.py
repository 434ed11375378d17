"""A new key-encryption key: everything wrapped under the old one is wrapped again, resumable wherever it was stopped.

What is sealed stays as it is; only keys are rewrapped. Copies of the store made before stay openable with the retired key
until its owner destroys it, and are useless after.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Row, Table, select, update

from dlp.store.vault.key_provider import KeyProvider
from dlp.store.vault.key_store import KeyStore
from dlp.store.vault.key_tables import key_encryption_keys, named_keys, wrapping_keys
from dlp.store.vault.wrapping import Place, about_named, about_wrapping, add_kek, current_kek

_TOGETHER: Final = 200


class Rotated(NamedTuple):
    """The key everything is wrapped under now, those it replaced, and how many keys were wrapped again by this call."""

    key_id: str
    retired: tuple[str, ...]
    rewrapped: int
    resumed: bool


def rotate(store: KeyStore, provider: KeyProvider, now: datetime) -> Rotated:
    """Ends a rotation that was stopped, else makes one. Raises KeyFault, StoreDown; then it can be repeated.

    Takes a key the provider has and the store does not know, else has one made.
    """
    retiring = _ids(store, "retiring")
    resumed = bool(retiring)
    if not resumed:
        _replace_current(store, provider, now)
        retiring = _ids(store, "retiring")
    rewrapped = 0
    for table, about in ((named_keys, _about_named), (wrapping_keys, _about_wrapping)):
        while count := _rewrap_some(store, provider, table, about):
            rewrapped += count
    _retire(store, provider, now)
    with store.reading() as connection:
        return Rotated(current_kek(connection), retiring, rewrapped, resumed)


def _ids(store: KeyStore, state: str) -> tuple[str, ...]:
    keks = key_encryption_keys.c
    with store.reading() as connection:
        return tuple(connection.execute(select(keks.id).where(keks.state == state).order_by(keks.created_at)).scalars())


def _replace_current(store: KeyStore, provider: KeyProvider, now: datetime) -> None:
    known = {key_id for state in ("current", "retired") for key_id in _ids(store, state)}
    unknown = [key_id for key_id in provider.ids() if key_id not in known]
    new = unknown[-1] if unknown else provider.make()
    keks = key_encryption_keys
    with store.writing() as connection:
        connection.execute(update(keks).where(keks.c.state == "current").values(state="retiring"))
        add_kek(connection, provider, new, now)
    provider.keep(new)


def _rewrap_some(store: KeyStore, provider: KeyProvider, table: Table, about: Callable[[Row[Any]], bytes]) -> int:
    keks = key_encryption_keys
    with store.writing() as connection:
        new = current_kek(connection)
        old = select(keks.c.id).where(keks.c.state == "retiring")
        rows = connection.execute(select(table).where(table.c.kek.in_(old)).limit(_TOGETHER).with_for_update()).all()
        for row in rows:
            key = provider.unwrap(row.kek, bytes(row.wrapped), about(row))
            here = [column == getattr(row, column.name) for column in table.primary_key]
            connection.execute(update(table).where(*here).values(kek=new, wrapped=provider.wrap(new, key, about(row))))
    return len(rows)


def _retire(store: KeyStore, provider: KeyProvider, now: datetime) -> None:
    keks = key_encryption_keys
    with store.writing() as connection:
        connection.execute(update(keks).where(keks.c.state == "retiring").values(state="retired", retired_at=now))
    # The old wrapped bytes leave the files before the key does.
    store.purge()
    for key_id in _ids(store, "retired"):
        provider.retire(key_id)


def _about_named(row: Row[Any]) -> bytes:
    return about_named(row.name, row.epoch)


def _about_wrapping(row: Row[Any]) -> bytes:
    return about_wrapping(bytes(row.id), Place(row.kind, row.day, row.connector))
