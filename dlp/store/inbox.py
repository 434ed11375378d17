"""The intake: batches that were accepted and wait for their verdicts, sealed, one row a batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from dlp.chats.events import Deletion
from dlp.errors import UnavailableError
from dlp.records import Message
from dlp.store import message_json
from dlp.store.sums import add_to_sums, hour_of
from dlp.store.tables.record import deletions, inbox, ledger

if TYPE_CHECKING:
    from dlp.store.vault.keys import Keys

PURPOSE: Final = "inbox"
MOST_WAITING: Final = 200_000
MOST_ATTEMPTS: Final = 3  # a batch tried so often without an end is taken apart; a single message is given up
RETRY_AFTER_SECONDS: Final = 5
_COUNTED_AGAIN: Final = timedelta(seconds=1)
_COUNTED_AGAIN_WHEN_FULL: Final = timedelta(milliseconds=200)


class Accepted(NamedTuple):
    """Messages that came in together by one door of one connector. `rejected` counts those nobody could read."""

    connector: str
    door: str
    messages: tuple[Message, ...]
    case_id: str | None = None
    rejected: int = 0


class Leased(NamedTuple):
    """A batch somebody works on until its lease ends; `attempts` counts this one."""

    id: int
    connector: str
    door: str
    case_id: str | None
    received_at: datetime
    messages: int
    sealed: bytes
    attempts: int

    @property
    def is_worn(self) -> bool:
        """Whether it was tried too often: a batch is to be split, a single message recorded as crashed."""
        return self.attempts > MOST_ATTEMPTS


class Waiting(NamedTuple):
    """What was accepted and has no verdict yet."""

    messages: int
    batches: int
    oldest: datetime | None


class Room:
    """How many messages may still be accepted: the intake is counted once a second, and what comes in between is subtracted.

    Used from the record's writer thread alone.
    """

    def __init__(self, most: int = MOST_WAITING) -> None:
        self._most = most
        self._left = 0
        self._counted_at: datetime | None = None

    def take(self, connection: Connection, count: int, now: datetime) -> None:
        """Takes the room of `count` messages. Raises UnavailableError with code "intake_full"."""
        wait = _COUNTED_AGAIN if count <= self._left else _COUNTED_AGAIN_WHEN_FULL
        if self._counted_at is None or not self._counted_at <= now < self._counted_at + wait:
            self._left = self._most - waiting(connection).messages
            self._counted_at = now
        if count > self._left:
            raise UnavailableError("the intake is full", code="intake_full", retry_after_seconds=RETRY_AFTER_SECONDS)
        self._left -= count


def sealed(messages: Sequence[Message], keys: Keys) -> bytes:
    """The messages as the intake keeps them; made outside of the transaction."""
    return keys.seal(PURPOSE, b"\n".join(map(message_json.bytes_of, messages)))


def opened(leased: Leased, keys: Keys) -> tuple[Message, ...]:
    """The messages of a batch, in order."""
    return tuple(map(message_json.message_of, keys.open(PURPOSE, leased.sealed).split(b"\n")))


def accept(
    connection: Connection,
    batches: Sequence[tuple[Accepted, bytes]],
    noted: Sequence[tuple[str, Deletion]],
    *,
    room: Room,
    now: datetime,
) -> int:
    """Keeps batches with what `sealed` made of them, and deletions by connector; how many messages that is.

    Raises UnavailableError with code "intake_full" where too many wait already.
    """
    count = sum(len(batch.messages) for batch, _ in batches)
    room.take(connection, count, now)
    keep(connection, batches, noted, now)
    return count


def keep(
    connection: Connection, batches: Sequence[tuple[Accepted, bytes]], noted: Sequence[tuple[str, Deletion]], now: datetime
) -> None:
    """The same where the room was taken already."""
    rows = [
        {
            "connector": batch.connector,
            "door": batch.door,
            "case_id": batch.case_id,
            "received_at": now,
            "messages": len(batch.messages),
            "sealed": content,
            "attempts": 0,
        }
        for batch, content in batches
        if batch.messages
    ]
    if rows:
        connection.execute(insert(inbox), rows)
    _count(connection, [batch for batch, _ in batches], now)
    note_deletions(connection, noted, now)


def _count(connection: Connection, batches: Iterable[Accepted], now: datetime) -> None:
    counts: Counter[tuple[datetime, str, str]] = Counter()
    for batch in batches:
        counts[hour_of(now), batch.connector, "accepted"] += len(batch.messages)
        if batch.rejected:
            counts[hour_of(now), batch.connector, "rejected"] += batch.rejected
    add_to_sums(connection, {key: count for key, count in counts.items() if count})


def lease(connection: Connection, most_messages: int, *, seconds: float, now: datetime) -> list[Leased]:
    """The oldest batches nobody works on, up to about so many messages, from now on ours for so many seconds.

    A batch that was tried before comes alone: whatever broke may break again, and must not take others with it.
    """
    free = inbox.c.leased_until.is_(None) | (inbox.c.leased_until <= now)
    query = select(inbox).where(free).order_by(inbox.c.id).limit(_rows_for(most_messages)).with_for_update(skip_locked=True)
    chosen: list[Leased] = []
    messages = 0
    for row in connection.execute(query):
        if chosen and (row.attempts or messages + row.messages > most_messages):
            break
        chosen.append(_leased(row))
        messages += row.messages
        if row.attempts:
            break
    if chosen:
        connection.execute(
            update(inbox)
            .where(inbox.c.id.in_([leased.id for leased in chosen]))
            .values(attempts=inbox.c.attempts + 1, leased_until=now + timedelta(seconds=seconds))
        )
    return chosen


def _rows_for(most_messages: int) -> int:
    return max(1, min(most_messages, 512))


def _leased(row: Row[Any]) -> Leased:
    where_from = (row.connector, row.door, row.case_id, row.received_at)
    return Leased(row.id, *where_from, row.messages, bytes(row.sealed), row.attempts + 1)


def release(connection: Connection, ids: Sequence[int], until: datetime | None = None, *, untried: bool = False) -> None:
    """Gives batches back undone, to be taken again from `until` (None: at once).

    The attempt counts, but where they are `untried`: something else than the batches was in the way.
    """
    values: dict[str, Any] = {"leased_until": until}
    if untried:
        values["attempts"] = inbox.c.attempts - 1
    connection.execute(update(inbox).where(inbox.c.id.in_(ids)).values(values))


def release_every(connection: Connection) -> None:
    """Gives back what workers that died had in hand: for the only worker there is, as it starts."""
    connection.execute(update(inbox).where(inbox.c.leased_until.is_not(None)).values(leased_until=None))


def remove(connection: Connection, ids: Sequence[int], now: datetime) -> int:
    """Takes out batches in the transaction that records their verdicts, after these: what was deleted meanwhile is noted.

    Tells how many rows were there: fewer than asked means somebody else has recorded them.
    """
    gone = connection.execute(delete(inbox).where(inbox.c.id.in_(ids))).rowcount
    _apply_deletions(connection, now)
    return gone


def split(connection: Connection, leased: Leased, singles: Sequence[bytes], now: datetime) -> None:
    """Puts each message of a worn batch into a row of its own, as if it had just come in; `singles` are made by `sealed`."""
    if not connection.execute(delete(inbox).where(inbox.c.id == leased.id)).rowcount:
        return
    row = {
        "connector": leased.connector,
        "door": leased.door,
        "case_id": leased.case_id,
        "received_at": leased.received_at,
        "messages": 1,
        "attempts": 1,  # each is taken alone
        "leased_until": now,
    }
    connection.execute(insert(inbox), [row | {"sealed": content} for content in singles])


def waiting(connection: Connection) -> Waiting:
    """How much waits, and since when."""
    told = connection.execute(select(func.coalesce(func.sum(inbox.c.messages), 0), func.count(), func.min(inbox.c.received_at)))
    messages, batches, oldest = told.one()
    return Waiting(int(messages), batches, oldest)


def note_deletions(connection: Connection, told: Sequence[tuple[str, Deletion]], now: datetime) -> None:
    """Notes in the ledger that messages were deleted; for those not decided yet, as soon as they are."""
    for connector, deletion in told:
        if not _mark_deleted(connection, connector, deletion, now):
            row = {"connector": connector, "conversation": deletion.conversation, "message": deletion.message, "at": now}
            connection.execute(insert(deletions).values(row))


def _apply_deletions(connection: Connection, now: datetime) -> None:
    rows = connection.execute(select(deletions).limit(1000)).all()
    done = [row.id for row in rows if _mark_deleted(connection, row.connector, Deletion(row.conversation, row.message), row.at)]
    # What never came to us will not come any more.
    stale = [row.id for row in rows if row.at < now - timedelta(days=1)]
    if done or stale:
        connection.execute(delete(deletions).where(deletions.c.id.in_([*done, *stale])))


def _mark_deleted(connection: Connection, connector: str, deletion: Deletion, at: datetime) -> bool:
    rows = (ledger.c.connector == connector) & (ledger.c.message == deletion.message)
    if deletion.conversation is not None:
        rows &= ledger.c.conversation == deletion.conversation
    found = connection.execute(select(ledger.c.seq, ledger.c.deleted_at).where(rows)).all()
    new = [seq for seq, deleted_at in found if deleted_at is None]
    if new:
        connection.execute(update(ledger).where(ledger.c.seq.in_(new)).values(deleted_at=at))
    return bool(found)
