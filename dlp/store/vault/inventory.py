"""What keys there are, and whether they fit: told without opening anything they seal."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from dlp.store.vault.errors import KeyFault
from dlp.store.vault.key_provider import KeyProvider
from dlp.store.vault.key_store import KeyStore
from dlp.store.vault.key_tables import destructions, item_keys, key_encryption_keys, named_keys, wrapping_keys
from dlp.store.vault.wrapping import kek_checks


class EncryptionKey(NamedTuple):
    """A key-encryption key; `fits` is "ok", "missing", "wrong", another reason it cannot be used, or "" of a retired one."""

    id: str
    state: str
    created_at: datetime
    retired_at: datetime | None
    fits: str


class NamedKey(NamedTuple):
    """The newest epoch of a named key."""

    name: str
    epoch: int
    created_at: datetime


class Inventory(NamedTuple):
    """All keys of an installation: counts, never a key. Days are days since 1970; `unknown` are keys no store names."""

    keys: tuple[EncryptionKey, ...]
    named: tuple[NamedKey, ...]
    unknown: tuple[str, ...]
    days: int
    first_day: int | None
    last_day: int | None
    cases: int
    items: int
    destroyed: int

    @property
    def fits(self) -> bool:
        """Whether every key that is needed is there and the right one."""
        return all(key.fits in {"ok", ""} for key in self.keys)


def inventory(store: KeyStore, provider: KeyProvider) -> Inventory:
    """What there is. Raises StoreDown."""
    with store.reading() as connection:
        keys = _encryption_keys(connection, provider)
        named = _named(connection)
        day = wrapping_keys.c.day
        days, first, last = connection.execute(
            select(func.count(day.distinct()), func.min(day), func.max(day)).where(wrapping_keys.c.kind != "case")
        ).one()
        cases, items, destroyed = (
            connection.execute(query).scalar_one()
            for query in (
                select(func.count()).select_from(wrapping_keys).where(wrapping_keys.c.kind == "case"),
                select(func.count()).select_from(item_keys),
                select(func.count()).select_from(destructions),
            )
        )
    known = {key.id for key in keys}
    unknown = tuple(key_id for key_id in provider.ids() if key_id not in known)
    return Inventory(keys, named, unknown, days, first, last, cases, items, destroyed)


def _encryption_keys(connection: Connection, provider: KeyProvider) -> tuple[EncryptionKey, ...]:
    rows = connection.execute(select(key_encryption_keys).order_by(key_encryption_keys.c.created_at)).all()
    return tuple(
        EncryptionKey(row.id, row.state, row.created_at, row.retired_at, _fit(provider, row.id, bytes(row.check), row.state))
        for row in rows
    )


def _fit(provider: KeyProvider, id: str, check: bytes, state: str) -> str:
    if state == "retired":
        return ""
    try:
        return "ok" if kek_checks(provider, id, check) else "wrong"
    except KeyFault as fault:
        return fault.code.removeprefix("key_")


def _named(connection: Connection) -> tuple[NamedKey, ...]:
    keys = named_keys.c
    newest = select(keys.name, func.max(keys.epoch), func.max(keys.created_at)).group_by(keys.name).order_by(keys.name)
    return tuple(NamedKey(*row) for row in connection.execute(newest))
