"""Opening keys: made only where no store exists, refused where a store and its keys do not belong together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, Protocol

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
from dlp.store.vault.wrapping import NAMES, Signing, add_kek, add_named, current_kek, refuse_wrong_keks

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


class Opened(NamedTuple):
    """A store of wrapped keys and what unwraps them."""

    store: KeyStore
    provider: KeyProvider


def opened_at(places: KeyPlaces) -> Opened:
    """The store and the provider the settings name; nothing is opened or made yet. Raises KeyFault."""
    _refuse_shared_folder(places)
    provider = EnvironmentKeys(places.key_values) if places.key_values else FileKeys(places.keys)
    return Opened(KeyStore(places.key_store), provider)


def is_made(store: KeyStore) -> bool:
    """Whether the store holds keys; killed while it was made, it has tables without a key, which is as good as none."""
    if not store.exists():
        return False
    with store.reading() as connection:
        return connection.execute(select(key_encryption_keys.c.id).limit(1)).first() is not None


def make(opened: Opened, places: KeyPlaces, *, allowed: bool, adopt: bool, now: datetime) -> None:
    """Makes a key (`adopt`: takes the one that is there) and a store. Raises KeyFault unless `allowed`, or lost."""
    store, provider = opened
    there = provider.ids()
    if there and not adopt:
        raise KeyFault(
            f"there is a key ({there[-1]}) but no store of wrapped keys: restore it, or make one with dlp keys init --init",
            code="store_missing",
            key_id=there[-1],
        )
    if not (allowed or adopt):
        raise KeyFault("there are no keys: make them with dlp keys init", code="keys_missing")
    if record_is_used(places.record):
        raise KeyFault(
            "the record exists but its keys do not: restore the store of wrapped keys and the key files", code="keys_missing"
        )
    kek = there[-1] if there else provider.make()
    store.create()
    with store.writing() as connection:
        # Somebody else may have been making it at the same moment.
        if connection.execute(select(key_encryption_keys.c.id).limit(1)).first() is None:
            add_kek(connection, provider, kek, now)
            for name in NAMES:
                signing = Signing(Ed25519PrivateKey.generate()) if name == "audit" else None
                add_named(connection, provider, (name, 1), now=now, signing=signing)


def check(opened: Opened) -> None:
    """Raises KeyFault, naming the key id, where a key-encryption key that is needed is missing or another one."""
    with opened.store.reading() as connection:
        refuse_wrong_keks(connection, opened.provider)
        current = current_kek(connection)
    opened.provider.keep(current)


def record_is_used(url: str) -> bool:
    """Whether the record holds anything that was written with keys; asking creates nothing. Raises StoreDown."""
    target = make_url(url)
    if target.get_backend_name() == "sqlite" and not Path(target.database or "").exists():
        return False
    engine = create_engine(url)
    try:
        there = set(inspect(engine).get_table_names()).intersection(_USED)
        with engine.connect() as connection:
            return any(
                connection.execute(select(*METADATA.tables[name].primary_key).limit(1)).first() is not None for name in there
            )
    except SQLAlchemyError as error:
        raise StoreDown(f"the record cannot be read ({type(error).__name__})") from error
    finally:
        engine.dispose()


def _refuse_shared_folder(places: KeyPlaces) -> None:
    folder = places.keys.absolute()
    for url in (make_url(places.record), make_url(places.key_store)):
        if url.get_backend_name() == "sqlite" and folder in Path(url.database or "").absolute().parents:
            raise KeyFault(f"the folder of keys {folder} must hold no database: a backup of one would take the keys along")
    if places.record == places.key_store:
        raise KeyFault("the store of wrapped keys must be a database of its own, apart from the record")


@contextmanager
def closed_on_failure(opened: Opened) -> Iterator[Opened]:
    """Lets the store go where the block fails."""
    try:
        yield opened
    except BaseException:
        opened.store.close()
        raise
