"""Destroying keys: the record says what is no more, and the store of wrapped keys follows, also after a restore."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from dlp.store.actor import SYSTEM, Actor
from dlp.store.audit.chain import append
from dlp.store.tables.trust import tombstones, vault_holds, vault_items
from dlp.store.vault.item_keys import portions
from dlp.store.vault.key_store import KeyStore
from dlp.store.vault.key_tables import destructions, item_keys, wrapping_keys
from dlp.store.vault.wrapping import id_time

_COLUMNS: Final = ("at", "kind", "day", "connector", "object", "key_id", "reason")
# Numbers of rows are given out before they are committed: a row may appear behind later ones, but never this far.
_LATE: Final = 10_000
_SWEPT_WHEN_OLDER: Final = timedelta(days=1)


class Because(NamedTuple):
    """Who destroys and why. `audit_seq` is the act's row of the audit chain, where the caller wrote one."""

    actor: Actor
    reason: str
    audit_seq: int | None = None


RETENTION: Final = Because(SYSTEM, "retention")


class Tombstone(NamedTuple):
    """What was destroyed: the key of a day and connector, of its clean messages, of an item or of a case."""

    at: datetime
    kind: str
    day: int | None
    connector: str | None
    object: str | None
    key_id: bytes | None
    reason: str


class Replayed(NamedTuple):
    """What a replay did: keys destroyed again, tombstones written again, items removed again."""

    keys: int
    tombstones: int
    items: int


def bury(connection: Connection, stones: Sequence[Tombstone], act: str, because: Because) -> int:
    """Writes tombstones, and the audit row they belong to where the caller wrote none; gives its number."""
    first, kinds = stones[0], sorted({stone.kind for stone in stones})
    seq = because.audit_seq
    if seq is None:
        named = first.object or f"{first.kind}:{first.day}:{first.connector}"
        details = {"reason": because.reason, "kinds": kinds, "count": len(stones), "day": first.day, "connector": first.connector}
        seq = append(connection, because.actor, act, f"vault:{named}", details, first.at)
    connection.execute(insert(tombstones), [{**stone._asdict(), "audit_seq": seq} for stone in stones])
    return seq


def is_doomed(connection: Connection, key_id: bytes) -> bool:
    """Whether the record says of a wrapped key that it is to be destroyed."""
    return connection.execute(select(tombstones.c.id).where(tombstones.c.key_id == key_id).limit(1)).first() is not None


def settle(connection: Connection, store: KeyStore, *, after: int = 0) -> int:
    """Destroys the keys whose tombstones are in the record, from this number of row on; how many there were."""
    columns = [tombstones.c[name] for name in _COLUMNS]
    query = select(*columns).where(tombstones.c.key_id.is_not(None), tombstones.c.id > after - _LATE)
    with store.reading() as reading:
        done = {bytes(key) for (key,) in reading.execute(select(destructions.c.key_id))}
    waiting = [stone for row in connection.execute(query) if (stone := _stone(row)).key_id not in done]
    return _destroy(store, waiting)


def replay(connection: Connection, store: KeyStore, now: datetime, also: Iterable[Tombstone] = ()) -> Replayed:
    """Makes record and store agree on what is no more, after either came from a backup; before anything is served."""
    known = {bytes(key) for (key,) in connection.execute(select(tombstones.c.key_id).where(tombstones.c.key_id.is_not(None)))}
    with store.reading() as reading:
        told = [_stone(row) for row in reading.execute(select(*[destructions.c[name] for name in _COLUMNS]))]
    forgotten = list({stone.key_id: stone for stone in (*told, *also) if stone.key_id and stone.key_id not in known}.values())
    if forgotten:
        details = {"count": len(forgotten)}
        seq = append(connection, SYSTEM, "vault.replayed", "vault:tombstones", details, now)
        bury(connection, forgotten, "vault.replayed", Because(SYSTEM, "replayed", seq))
    destroyed = settle(connection, store)
    return Replayed(destroyed, len(forgotten), _remove_dead(connection, store, forgotten))


def all_tombstones(connection: Connection) -> tuple[Tombstone, ...]:
    """What a restore must be told of when record and store both come from backups (`replay`'s `also`)."""
    return tuple(map(_stone, connection.execute(select(*[tombstones.c[name] for name in _COLUMNS]).order_by(tombstones.c.id))))


def sweep(connection: Connection, store: KeyStore, now: datetime) -> int:
    """Removes wrapped keys no item was ever sealed with, of days that are over; how many there were."""
    day = int(now.timestamp() // 86400) - 2
    keys = wrapping_keys
    query = select(keys.c.id, keys.c.day, keys.c.connector).where(keys.c.kind != "case", keys.c.day < day, keys.c.swept_at.is_(None))
    with store.reading() as reading:
        places = reading.execute(query).all()
    return sum(_sweep_one(connection, store, place, now) for place in places)


def _sweep_one(connection: Connection, store: KeyStore, place: Row[Any], now: datetime) -> int:
    items = vault_items
    used = select(items.c.key_id).where(items.c.day == place.day, items.c.connector == place.connector)
    held = select(vault_holds.c.item_key).where(vault_holds.c.day_key == place.id)
    live = {bytes(key) for (key,) in connection.execute(used.union(held))}
    # What was made lately may be in another process's memory and seal the next item.
    old = select(item_keys.c.id).where(item_keys.c.holder == place.id, item_keys.c.id < id_time(now - _SWEPT_WHEN_OLDER))
    with store.writing() as writing:
        unused = [bytes(key) for (key,) in writing.execute(old) if bytes(key) not in live]
        for portion in portions(unused):
            writing.execute(delete(item_keys).where(item_keys.c.id.in_(portion)))
        writing.execute(update(wrapping_keys).where(wrapping_keys.c.id == place.id).values(swept_at=now))
    return len(unused)


def _stone(row: Row[Any]) -> Tombstone:
    stone = Tombstone(*row)
    return stone._replace(key_id=None if stone.key_id is None else bytes(stone.key_id))


def _destroy(store: KeyStore, stones: Sequence[Tombstone]) -> int:
    if not stones:
        return 0
    ids = [stone.key_id for stone in stones]
    with store.writing() as connection:
        holders = []
        for portion in portions(ids):
            gone = delete(wrapping_keys).where(wrapping_keys.c.id.in_(portion)).returning(wrapping_keys.c.id)
            holders += [bytes(key) for (key,) in connection.execute(gone)]
            connection.execute(delete(item_keys).where(item_keys.c.id.in_(portion)))
        connection.execute(insert(destructions), [stone._asdict() for stone in {stone.key_id: stone for stone in stones}.values()])
    for holder in holders:
        _drop_wrapped_by(store, holder)
    store.purge()
    return len(stones)


def _drop_wrapped_by(store: KeyStore, holder: bytes) -> None:
    """The keys a destroyed key wrapped: useless already, so they go a few at a time and hold nobody up."""
    some = select(item_keys.c.id).where(item_keys.c.holder == holder).limit(5000)
    while True:
        with store.writing() as connection:
            if not connection.execute(delete(item_keys).where(item_keys.c.id.in_(some))).rowcount:
                return


def _remove_dead(connection: Connection, store: KeyStore, stones: Sequence[Tombstone]) -> int:
    """Items an older record still names although their keys are gone."""
    return 0
