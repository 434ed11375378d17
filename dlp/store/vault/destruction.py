"""Destroying keys: the record says what is no more, and the store of wrapped keys follows, also after a restore."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, insert, select, update

from dlp.store.actor import SYSTEM, Actor
from dlp.store.audit.chain import append
from dlp.store.tables.trust import tombstones, vault_holds, vault_items
from dlp.store.vault.item_keys import portions
from dlp.store.vault.key_store import KeyStore
from dlp.store.vault.key_tables import destructions, item_keys, wrapping_keys
from dlp.store.vault.traces import forget_day, forget_messages
from dlp.store.vault.wrapping import Place, id_time

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


def erase(connection: Connection, item_ids: Sequence[str], now: datetime, because: Because) -> tuple[str, ...]:
    """Removes items no legal hold holds, with a tombstone each; which they were."""
    stones = []
    gone = delete(vault_items).returning(vault_items.c.id, vault_items.c.day, vault_items.c.connector, vault_items.c.key_id)
    for portion in portions(sorted(set(item_ids))):
        rows = connection.execute(gone.where(vault_items.c.id.in_(portion), vault_items.c.case_id.is_(None)))
        stones += [Tombstone(now, "item", row.day, row.connector, row.id, bytes(row.key_id), because.reason) for row in rows]
    if stones:
        bury(connection, stones, "vault.erase", because)
    return tuple(str(stone.object) for stone in stones)


class Day(NamedTuple):
    """A day of a connector, or its clean messages only."""

    day: int
    connector: str
    clean_only: bool = False


def shred(connection: Connection, store: KeyStore, day: Day, now: datetime, because: Because) -> int:
    """Removes what no legal hold holds of a day, with a tombstone for each of its keys; how many items there were."""
    items, kind = vault_items, "clean" if day.clean_only else "day"
    where = [items.c.day == day.day, items.c.connector == day.connector, items.c.case_id.is_(None)]
    if day.clean_only:
        where.append(items.c.clean == 1)
    removed = connection.execute(delete(items).where(*where)).rowcount
    if not day.clean_only:
        forget_day(connection, day.day, day.connector)
    places = [Place(name, day.day, day.connector) for name in {"clean", kind}]
    ids: list[bytes | None] = [key for key in wrapping_ids(store, places) if not is_doomed(connection, key)]
    stones = [Tombstone(now, kind, day.day, day.connector, None, key, because.reason) for key in ids or [None]]
    # A day nobody wrote on is shredded too, so that it can be proved; clean messages go unasked, day after day.
    if ids or removed or not day.clean_only:
        bury(connection, stones, "vault.shred", because)
    return removed


def wrapping_ids(store: KeyStore, places: Iterable[Place]) -> list[bytes]:
    """The wrapping keys there are for these places."""
    keys = wrapping_keys.c
    with store.reading() as connection:
        return [
            bytes(key)
            for place in places
            for (key,) in connection.execute(
                select(keys.id).where(keys.kind == place.kind, keys.day == place.day, keys.connector == place.connector)
            ).all()
        ]


def connectors_on(connection: Connection, store: KeyStore, day: int) -> tuple[str, ...]:
    """The connectors that have items, or keys of items, of a day."""
    there = set(connection.execute(select(vault_items.c.connector).where(vault_items.c.day == day).distinct()).scalars())
    with store.reading() as reading:
        there |= set(reading.execute(select(wrapping_keys.c.connector).where(wrapping_keys.c.day == day)).scalars())
    return tuple(sorted(there))


def settle(connection: Connection, store: KeyStore, *, after: int = 0) -> int:
    """Destroys the keys whose tombstones are in the record, from this number of row on; how many there were."""
    columns = [tombstones.c[name] for name in _COLUMNS]
    query = select(*columns).where(tombstones.c.key_id.is_not(None), tombstones.c.id > after - _LATE)
    stones = [_stone(row) for row in connection.execute(query)]
    done = _already(store, [stone.key_id for stone in stones])
    return _destroy(store, [stone for stone in stones if stone.key_id not in done])


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
    query = select(keys.c.id, keys.c.day, keys.c.connector).where(
        keys.c.kind != "case", keys.c.day < day, keys.c.swept_at.is_(None)
    )
    with store.reading() as reading:
        places = reading.execute(query).all()
    return sum(_sweep_one(connection, store, place, now) for place in places)


def _sweep_one(connection: Connection, store: KeyStore, place: Row[Any, Any, Any], now: datetime) -> int:
    items = vault_items
    used = select(items.c.key_id).where(items.c.day == place.day, items.c.connector == place.connector)
    held = select(vault_holds.c.item_key).where(vault_holds.c.day_key == place.id)
    live = {bytes(key) for (key,) in connection.execute(used.union(held))}
    made = select(item_keys.c.id).where(item_keys.c.holder == place.id)
    with store.writing() as writing:
        keys = [bytes(key) for (key,) in writing.execute(made)]
        # What was made lately may be in another process's memory and seal the next item.
        old = [key for key in keys if key < id_time(now - _SWEPT_WHEN_OLDER)]
        unused = [key for key in old if key not in live]
        for portion in portions(unused):
            writing.execute(delete(item_keys).where(item_keys.c.id.in_(portion)))
        if len(old) == len(keys):
            writing.execute(update(wrapping_keys).where(wrapping_keys.c.id == place.id).values(swept_at=now))
    return len(unused)


def _stone(row: Row[Any]) -> Tombstone:
    stone = Tombstone(**row._asdict())
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
        connection.execute(
            insert(destructions), [stone._asdict() for stone in {stone.key_id: stone for stone in stones}.values()]
        )
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


def _already(store: KeyStore, key_ids: Sequence[bytes | None]) -> set[bytes]:
    query = select(destructions.c.key_id)
    with store.reading() as connection:
        return {
            bytes(key)
            for portion in portions(key_ids)
            for (key,) in connection.execute(query.where(destructions.c.key_id.in_(portion)))
        }


def _remove_dead(connection: Connection, store: KeyStore, stones: Sequence[Tombstone]) -> int:
    """Removes the items an older record still names although their keys are gone."""
    items = vault_items.c
    places = {(stone.day, stone.connector) for stone in stones if stone.kind in {"day", "clean"}}
    for stone in stones:
        if stone.kind == "day" and stone.day is not None and stone.connector is not None:
            forget_day(connection, stone.day, stone.connector)
    cases = {stone.object for stone in stones if stone.kind == "case"}
    single = [stone.object for stone in stones if stone.kind == "item"]
    for portion in portions(single):
        of_items = select(items.ledger_seq).where(items.id.in_(portion))
        forget_messages(connection, connection.execute(of_items).scalars().all())
    wheres = [and_(items.day == day, items.connector == connector) for day, connector in places]
    wheres += [items.case_id == case for case in cases]
    wheres += [items.id.in_(portion) for portion in portions(single)]
    return sum(_remove_unreadable(connection, store, where) for where in wheres)


def _remove_unreadable(connection: Connection, store: KeyStore, where: ColumnElement[bool]) -> int:
    named = {bytes(key): item for item, key in connection.execute(select(vault_items.c.id, vault_items.c.key_id).where(where))}
    with store.reading() as reading:
        for portion in portions(list(named)):
            for (key,) in reading.execute(select(item_keys.c.id).where(item_keys.c.id.in_(portion))).all():
                del named[bytes(key)]
    for portion in portions(list(named.values())):
        connection.execute(delete(vault_items).where(vault_items.c.id.in_(portion)))
    return len(named)
