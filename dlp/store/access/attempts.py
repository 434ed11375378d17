"""Tries to sign in, counted by account and by address; too many lock it for a while that doubles."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, delete, insert, select, update

from dlp.store.tables.access import attempts


class Patience(NamedTuple):
    """So many tries are free, then a lock that doubles with each further one; all is forgotten after a while of quiet."""

    free: int
    first_lock: timedelta
    longest_lock: timedelta
    forgotten_after: timedelta


# An address is shared by many people of an office: it is given more.
ACCOUNT: Final = Patience(5, timedelta(seconds=30), timedelta(minutes=15), timedelta(hours=24))
ADDRESS: Final = Patience(30, timedelta(seconds=30), timedelta(minutes=15), timedelta(hours=1))


class Door(NamedTuple):
    """What a try is counted against."""

    key: str
    patience: Patience


def account_door(digest: bytes) -> Door:
    """The door of a login, by its keyed digest: whoever mistypes a password as a login leaves nothing readable."""
    return Door(f"login:{digest.hex()}", ACCOUNT)


def address_door(address: str) -> Door:
    """The door of a network address."""
    return Door(f"address:{address[:64]}", ADDRESS)


class Tried(NamedTuple):
    """`wait` zero: go on. `locks`: this was the last free try, and its failure locks the door."""

    wait: timedelta
    locks: bool


def try_doors(connection: Connection, doors: Sequence[Door], now: datetime) -> Tried:
    """Counts one try against every door, or none where one is locked."""
    rows = {door.key: _row(connection, door.key) for door in doors}
    wait = max((_left(row, now) for row in rows.values()), default=timedelta(0))
    if wait > timedelta(0):
        return Tried(wait, locks=False)
    counts = [_count(connection, door, rows[door.key], now) for door in doors]
    return Tried(timedelta(0), locks=any(count >= door.patience.free for door, count in zip(doors, counts, strict=True)))


def succeeded(connection: Connection, account: Door, address: Door) -> None:
    """Forgets the account's tries and takes this one back from the address, which others may be guessing from."""
    connection.execute(delete(attempts).where(attempts.c.key == account.key))
    take_back(connection, (address,))


def take_back(connection: Connection, doors: Sequence[Door]) -> None:
    """Uncounts the try just counted, with the lock it set: it was no guess."""
    mine = attempts.c.key.in_([door.key for door in doors])
    connection.execute(update(attempts).where(mine, attempts.c.count > 0).values(count=attempts.c.count - 1, locked_until=None))


def forgive(connection: Connection, door: Door) -> None:
    """Unlocks a door: a link was used, which proves more than a password."""
    connection.execute(delete(attempts).where(attempts.c.key == door.key))


def forget_old(connection: Connection, now: datetime) -> int:
    """Removes tries nobody counts any more."""
    return connection.execute(delete(attempts).where(attempts.c.last_at < now - ACCOUNT.forgotten_after)).rowcount


def _row(connection: Connection, key: str) -> Any:
    # Locked against a second process that counts at the same moment; SQLite has one writer anyway.
    return connection.execute(select(attempts).where(attempts.c.key == key).with_for_update()).first()


def _left(row: Any, now: datetime) -> timedelta:
    until: datetime | None = None if row is None else row.locked_until
    return timedelta(0) if until is None else max(timedelta(0), until - now)


def _count(connection: Connection, door: Door, row: Any, now: datetime) -> int:
    patience = door.patience
    stale = row is None or now - row.last_at >= patience.forgotten_after
    count = 1 if stale else row.count + 1
    locked_until = None
    if count >= patience.free:
        locked_until = now + min(patience.longest_lock, patience.first_lock * 2 ** min(count - patience.free, 16))
    values = {"count": count, "last_at": now, "locked_until": locked_until}
    if row is None:
        connection.execute(insert(attempts).values(key=door.key, **values))
    else:
        connection.execute(update(attempts).where(attempts.c.key == door.key).values(values))
    return count
