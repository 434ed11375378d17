"""Opening keys: made only where no store exists, refused where a store and its keys do not belong together."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import create_engine, inspect, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from dlp.store.columns import METADATA
from dlp.store.database import StoreDown
from dlp.store.vault.errors import KeyFault
from dlp.store.vault.key_provider import EnvironmentKeys, FileKeys, KeyProvider
from dlp.store.vault.key_store import KeyStore
from dlp.store.vault.key_tables import key_encryption_keys
from dlp.store.vault.wrapping import NAMES, add_kek, add_named, refuse_wrong_kek

# A row in any of these was written with keys that existed then.
_USED = ("ledger", "inbox", "audit", "users")


class KeyPlaces(Protocol):
    """Where keys are: the part of the settings this needs. `key_values` are keys told by the environment, "" for files."""

    @property
    def record(self) -> str: ...
    @property
    def key_store(self) -> str: ...
    @property
    def keys(self) -> Path: ...
    @property
    def key_values(self) -> str: ...


def provider_of(places: KeyPlaces) -> KeyProvider:
    """The key-encryption keys the settings name."""
    return EnvironmentKeys(places.key_values) if places.key_values else FileKeys(places.keys)


def prepare(places: KeyPlaces, *, make: bool, adopt: bool, now: datetime) -> tuple[KeyStore, KeyProvider]:
    """The store of wrapped keys and the keys that open it, checked; what to do where they are missing stands at `open_keys`."""
    refuse_shared_folder(places)
    store, provider = KeyStore(places.key_store), provider_of(places)
    try:
        if not _is_filled(store):
            _make(places, store, provider, allowed=make, adopt=adopt, now=now)
        with store.reading() as connection:
            refuse_wrong_kek(connection, provider)
            current = connection.execute(
                select(key_encryption_keys.c.id).where(key_encryption_keys.c.state == "current")
            ).scalar_one()
        provider.keep(current)
    except BaseException:
        store.close()
        raise
    return store, provider


def _is_filled(store: KeyStore) -> bool:
    if not store.exists():
        return False
    # Killed while it was made: tables without a key are as good as none.
    with store.reading() as connection:
        return connection.execute(select(key_encryption_keys.c.id).limit(1)).first() is not None


def _make(  # noqa: PLR0913 - one step of `prepare`
    places: KeyPlaces, store: KeyStore, provider: KeyProvider, *, allowed: bool, adopt: bool, now: datetime
) -> None:
    there = provider.ids()
    if there and not adopt:
        raise KeyFault(
            f"there is a key ({there[-1]}) but no store of wrapped keys: restore the store, or make one with dlp keys init --init",
            code="store_missing",
            key_id=there[-1],
        )
    if not (allowed or adopt):
        raise KeyFault("there are no keys: make them with dlp keys init", code="keys_missing")
    if record_is_used(places.record):
        raise KeyFault(
            "the record exists but its keys do not: restore the store of wrapped keys and the key files", code="keys_missing"
        )
    id = there[-1] if there else provider.make()
    store.create()
    with store.writing() as connection:
        add_kek(connection, provider, id, now)
        for name in NAMES:
            _add_first(name, now, connection=connection, provider=provider)
    provider.keep(id)
