"""Legal holds: the held items, and only they, are sealed anew under the case's key, so that their day may be shredded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, delete, insert, select, update

from dlp.store.tables.trust import tombstones, vault_chunks, vault_holds, vault_items
from dlp.store.vault.aead import opened, sealed
from dlp.store.vault.destruction import Because, Tombstone, bury, erase, is_doomed, wrapping_ids
from dlp.store.vault.errors import Destroyed
from dlp.store.vault.evidence import about, case_place
from dlp.store.vault.item_keys import ItemKey, ItemKeys, portions
from dlp.store.vault.stream import opened_chunks, sealed_chunks


class Case(NamedTuple):
    """The case that holds or releases, and when."""

    id: str
    now: datetime


def hold(connection: Connection, keys: ItemKeys, case: Case, item_ids: Sequence[str]) -> int:
    """Puts items under a case's key; what another case holds is held by both. How many it did not hold before.

    Raises Destroyed where one's key is gone: a hold that cannot hold must not look like one.
    """
    held = 0
    for portion in portions(sorted(set(item_ids))):
        mine = select(vault_holds.c.item_id).where(vault_holds.c.case_id == case.id)
        rows = connection.execute(
            select(vault_items).where(vault_items.c.id.in_(portion), vault_items.c.id.not_in(mine)).with_for_update()
        ).all()
        free = [row for row in rows if row.case_id is None]
        _hold_too(connection, case, [row.id for row in rows if row.case_id is not None])
        _hold_first(connection, keys, case, free)
        held += len(rows)
    return held


def release(connection: Connection, keys: ItemKeys, case: Case, because: Because) -> int:
    """Ends a case's hold; an item goes to the next case that holds it, else back to its day, else it is erased.

    How many items are still there. The case's key is destroyed.
    """
    rows = connection.execute(
        select(vault_items, vault_holds.c.item_key, vault_holds.c.day_key)
        .join(vault_holds, vault_holds.c.item_id == vault_items.c.id)
        .where(vault_holds.c.case_id == case.id)
    ).all()
    connection.execute(delete(vault_holds).where(vault_holds.c.case_id == case.id))
    gone = [row.id for row in rows if row.case_id == case.id and not _handed_on(connection, keys, case, row)]
    key_ids = wrapping_ids(keys.store, [case_place(case.id)])
    stones = [Tombstone(case.now, "case", None, None, case.id, key_id, because.reason) for key_id in key_ids]
    stones = [stone for stone in stones if stone.key_id and not is_doomed(connection, stone.key_id)]
    if stones:
        because = because._replace(audit_seq=bury(connection, stones, "vault.release", because))
    for portion in portions(gone):
        connection.execute(update(vault_items).where(vault_items.c.id.in_(portion)).values(case_id=None))
    erase(connection, gone, case.now, because)
    return len(rows) - len(gone)


def chunks_of(connection: Connection, item_id: str) -> Iterator[bytes]:
    """A file's sealed chunks in order, one at a time."""
    here = select(vault_chunks.c.sealed).where(vault_chunks.c.item_id == item_id)
    number = 0
    while (chunk := connection.execute(here.where(vault_chunks.c.number == number)).scalar()) is not None:
        yield bytes(chunk)
        number += 1


def _hold_first(connection: Connection, keys: ItemKeys, case: Case, rows: Sequence[Row[Any]]) -> None:
    if not rows:
        return
    old = keys.find([bytes(row.key_id) for row in rows])
    if len(old) < len(rows):
        raise Destroyed("the key of an item to be held was destroyed")
    new = keys.take(case_place(case.id), len(rows), case.now, partial(is_doomed, connection))
    holders = keys.holders([bytes(row.key_id) for row in rows])
    for row, key in zip(rows, new, strict=True):
        before = bytes(row.key_id)
        _reseal(connection, row, old[before], key, case.id)
        held = {"item_id": row.id, "case_id": case.id, "day_key": holders[before], "item_key": before}
        connection.execute(insert(vault_holds).values(held))


def _hold_too(connection: Connection, case: Case, item_ids: Sequence[str]) -> None:
    """What stands under another case's key stays there, and keeps the keys of its day in mind."""
    for item_id in item_ids:
        query = select(vault_holds.c.day_key, vault_holds.c.item_key).where(vault_holds.c.item_id == item_id)
        before = connection.execute(query.limit(1)).mappings().one()
        connection.execute(insert(vault_holds).values(item_id=item_id, case_id=case.id, **before))


def _handed_on(connection: Connection, keys: ItemKeys, case: Case, row: Row[Any]) -> bool:
    """Seals an item under what keeps it now; False where nothing does any more."""
    held_by = connection.execute(select(vault_holds.c.case_id).where(vault_holds.c.item_id == row.id).limit(1)).scalar()
    old = keys.find([bytes(row.key_id)])[bytes(row.key_id)]
    if held_by is not None:
        key = keys.take(case_place(held_by), 1, case.now, partial(is_doomed, connection))[0]
        _reseal(connection, row, old, key, held_by)
        return True
    before = bytes(row.item_key)
    found = keys.find([before]).get(before)
    if found is None or _is_shredded(connection, row):
        return False
    _reseal(connection, row, old, ItemKey(before, found), None)
    return True


def _is_shredded(connection: Connection, row: Row[Any]) -> bool:
    """Whether the record says so already; the key itself goes a moment later."""
    keys = [bytes(key) for key in (row.item_key, row.day_key) if key is not None]
    return connection.execute(select(tombstones.c.id).where(tombstones.c.key_id.in_(keys)).limit(1)).first() is not None


def _reseal(connection: Connection, row: Row[Any], old: bytes, key: ItemKey, case_id: str | None) -> None:
    bound = about(row)
    box = sealed(key.key, opened(old, bytes(row.sealed), bound), bound)
    connection.execute(update(vault_items).where(vault_items.c.id == row.id).values(sealed=box, key_id=key.id, case_id=case_id))
    # A chunk is written after the one behind it was read, so one pass over the same rows is enough.
    chunks = chunks_of(connection, row.id)
    first = next(chunks, None)
    if first is None:
        return
    plain = opened_chunks(old, _with_first(first, chunks), bound)
    for number, chunk in enumerate(sealed_chunks(key.key, plain, bound)):
        here = (vault_chunks.c.item_id == row.id, vault_chunks.c.number == number)
        connection.execute(update(vault_chunks).where(*here).values(sealed=chunk))


def _with_first(first: bytes, others: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from others
