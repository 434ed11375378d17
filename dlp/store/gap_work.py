"""What is done about gaps: trying the message again, or accepting that it stays unread; and channels nobody feeds us."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import uuid_utils
from sqlalchemy import Connection, Row, delete, func, insert, select, update

from dlp.errors import Conflict, NotFound
from dlp.records import Message
from dlp.store import inbox, message_json
from dlp.store.actor import Actor
from dlp.store.audit import chain
from dlp.store.changes import changed
from dlp.store.inbox import Accepted
from dlp.store.tables.duties import unseen_channels
from dlp.store.tables.record import gaps, ledger
from dlp.store.tables.trust import vault_items

if TYPE_CHECKING:
    from dlp.store.vault.keys import Keys
    from dlp.store.vault.vault import Vault

MOST: Final = 1000  # gaps acted on in one call
_TOGETHER: Final = 100
_DOOR: Final = "retry"
# A message tried again is a revision of its own, counted where no messenger's revisions (times in microseconds at most) reach.
_REVISIONS: Final = 2**52


class GapsAsked(NamedTuple):
    """Which gaps; `before` is the id of the last one seen."""

    connector: str | None = None
    reason: str | None = None
    state: str | None = "open"
    start: datetime | None = None
    end: datetime | None = None
    before: int | None = None


class Prepared(NamedTuple):
    """Gaps to try again: the sealed batches of their messages; `lost` are those whose message is not kept."""

    gap_ids: tuple[int, ...]
    batches: tuple[tuple[Accepted, bytes], ...]
    lost: tuple[int, ...]


class Retried(NamedTuple):
    """How many gaps' messages wait for a new verdict, and how many cannot be tried again."""

    retried: int
    not_kept: int


class Channel(NamedTuple):
    """A channel nobody feeds us: who answers for it, what could leak there, and when that is looked at again."""

    title: str
    owner: str
    risk: str
    accepted: bool = False
    review_at: datetime | None = None


def gaps_of(connection: Connection, asked: GapsAsked, limit: int) -> list[Row[Any]]:
    """Gaps with their message's place in the ledger, the latest first."""
    found = select(gaps, ledger.c.conversation, ledger.c.message, ledger.c.revision).join(
        ledger, ledger.c.seq == gaps.c.ledger_seq
    )
    found = found.where(*_conditions(asked))
    return list(connection.execute(found.order_by(gaps.c.id.desc()).limit(limit)))


def count_of(connection: Connection, asked: GapsAsked) -> int:
    """How many gaps those are."""
    return connection.execute(select(func.count()).select_from(gaps).where(*_conditions(asked))).scalar_one()


def prepare_retry(connection: Connection, gap_ids: Sequence[int], keys: Keys, vault: Vault) -> Prepared:
    """Takes the messages of open gaps out of the vault for `retry`; done before the transaction, for sealing takes time."""
    chosen = select(gaps.c.id, gaps.c.ledger_seq).where(gaps.c.id.in_(gap_ids[:MOST]), gaps.c.state == "open")
    of_message: dict[int, list[int]] = defaultdict(list)
    for row in connection.execute(chosen.order_by(gaps.c.id)):
        of_message[row.ledger_seq].append(row.id)
    rows = {row.seq: row for row in connection.execute(select(ledger).where(ledger.c.seq.in_(of_message)))}
    items = select(vault_items.c.id, vault_items.c.ledger_seq).where(
        vault_items.c.ledger_seq.in_(of_message), vault_items.c.kind == "message"
    )
    places = {row.id: row.ledger_seq for row in connection.execute(items)}
    opened = vault.read_many(connection, list(places))
    messages = {places[id]: message_json.message_of(plain) for id, plain in opened.items()}
    kept = {seq: messages[seq]._replace(revision=_REVISIONS + seq) for seq in sorted(messages)}
    lost = tuple(id for seq, ids in of_message.items() if seq not in kept for id in ids)
    return Prepared(tuple(id for seq in kept for id in of_message[seq]), tuple(_batches(kept, rows, keys)), lost)


def retry(connection: Connection, prepared: Prepared, *, room: inbox.Room, actor: Actor, now: datetime) -> Retried:
    """Puts the messages into the intake again, each as a revision of its own. Raises Conflict where somebody was faster."""
    if prepared.gap_ids:
        settled = update(gaps).where(gaps.c.id.in_(prepared.gap_ids), gaps.c.state == "open").values(state="retried")
        if connection.execute(settled).rowcount != len(prepared.gap_ids):
            raise Conflict("somebody was faster", code="gap_settled")
        inbox.accept(connection, prepared.batches, (), room=room, now=now)
        told = {"gaps": len(prepared.gap_ids), "not_kept": len(prepared.lost)}
        _told(connection, "coverage.retry", prepared.gap_ids, told, by=(actor, now))
    return Retried(len(prepared.gap_ids), len(prepared.lost))


def accept(connection: Connection, gap_ids: Sequence[int], reason: str, actor: Actor, now: datetime) -> int:
    """Notes that somebody takes it upon themselves that these stay unread; how many were still open."""
    fields = {"state": "accepted", "accepted_by": actor.id, "accepted_reason": reason}
    open_ones = update(gaps).where(gaps.c.id.in_(gap_ids[:MOST]), gaps.c.state == "open")
    count = connection.execute(open_ones.values(fields)).rowcount
    if count:
        _told(connection, "coverage.accept", gap_ids, {"gaps": count, "reason": reason[:500]}, by=(actor, now))
    return count


def unseen(connection: Connection) -> list[Row[Any]]:
    """The channels nobody feeds us, by title."""
    return list(connection.execute(select(unseen_channels).order_by(unseen_channels.c.title, unseen_channels.c.id)))


def add_unseen(connection: Connection, channel: Channel, actor: Actor, now: datetime) -> Row[Any]:
    """Notes a channel nobody feeds us."""
    id = str(uuid_utils.uuid7())
    connection.execute(insert(unseen_channels).values(id=id, created_at=now, **_fields(channel, actor, now)))
    chain.append(connection, actor, "coverage.unseen.added", f"channel:{id}", {"accepted": channel.accepted}, now)
    return _unseen(connection, id)


def change_unseen(connection: Connection, id: str, channel: Channel, actor: Actor, now: datetime) -> Row[Any]:
    """Changes what is known of such a channel. Raises NotFound."""
    before = _unseen(connection, id)
    fields = _fields(channel, actor, now)
    if channel.accepted and before.accepted_at is not None:
        fields |= {"accepted_by": before.accepted_by, "accepted_at": before.accepted_at}
    connection.execute(update(unseen_channels).where(unseen_channels.c.id == id).values(fields))
    chain.append(connection, actor, "coverage.unseen.changed", f"channel:{id}", {"accepted": channel.accepted}, now)
    return _unseen(connection, id)


def remove_unseen(connection: Connection, id: str, actor: Actor, now: datetime) -> None:
    """Takes such a channel off the list: it is fed to us, or gone. Raises NotFound."""
    _unseen(connection, id)
    connection.execute(delete(unseen_channels).where(unseen_channels.c.id == id))
    chain.append(connection, actor, "coverage.unseen.removed", f"channel:{id}", {}, now)


def _conditions(asked: GapsAsked) -> list[Any]:
    told = (
        (asked.connector, gaps.c.connector == asked.connector),
        (asked.reason, gaps.c.reason == asked.reason),
        (asked.state, gaps.c.state == asked.state),
        (asked.before, gaps.c.id < asked.before if asked.before is not None else None),
        (asked.start, gaps.c.received_at >= asked.start if asked.start is not None else None),
        (asked.end, gaps.c.received_at < asked.end if asked.end is not None else None),
    )
    return [condition for wanted, condition in told if wanted is not None]


def _batches(kept: dict[int, Message], rows: dict[int, Row[Any]], keys: Keys) -> list[tuple[Accepted, bytes]]:
    """The messages by connector and case, some together."""
    grouped: dict[tuple[str, str | None], list[Message]] = defaultdict(list)
    for seq, message in kept.items():
        grouped[rows[seq].connector, rows[seq].case_id].append(message)
    batches = []
    for (connector, case_id), messages in grouped.items():
        for start in range(0, len(messages), _TOGETHER):
            some = tuple(messages[start : start + _TOGETHER])
            batches.append((Accepted(connector, _DOOR, some, case_id), inbox.sealed(some, keys)))
    return batches


def _told(
    connection: Connection, act: str, gap_ids: Sequence[int], details: dict[str, Any], *, by: tuple[Actor, datetime]
) -> None:
    actor, now = by
    chain.append(connection, actor, act, f"gaps:{min(gap_ids)}-{max(gap_ids)}", details, now)
    changed(connection, "gap", str(max(gap_ids)), 2, now)


def _fields(channel: Channel, actor: Actor, now: datetime) -> dict[str, Any]:
    accepted = {"accepted_by": actor.id if channel.accepted else None, "accepted_at": now if channel.accepted else None}
    return {"title": channel.title, "owner": channel.owner, "risk": channel.risk, "review_at": channel.review_at, **accepted}


def _unseen(connection: Connection, id: str) -> Row[Any]:
    row = connection.execute(select(unseen_channels).where(unseen_channels.c.id == id)).first()
    if row is None:
        raise NotFound("there is no such channel", code="channel")
    return row
