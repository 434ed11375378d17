"""Content out of the vault for a granted reveal: whole messages with the places of their findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Connection, func, select

from dlp.errors import Conflict
from dlp.records import Message
from dlp.store import message_json
from dlp.store.tables.record import findings, ledger
from dlp.store.tables.trust import vault_items
from dlp.store.vault.errors import Destroyed

if TYPE_CHECKING:
    from dlp.store.reveals import Scope
    from dlp.store.vault.vault import Vault


class Place(NamedTuple):
    """Where a finding stands in a text of a message."""

    id: int
    entity: str
    origin: str
    start: int
    end: int


class Revealed(NamedTuple):
    """One message; `message` None where nothing is kept of it (any more)."""

    ledger_seq: int
    message: Message | None
    places: tuple[Place, ...] = ()


class Content(NamedTuple):
    """The messages in the chat's order; `ledger_seq` is the one asked for, `only` the finding where no more was asked for."""

    ledger_seq: int
    messages: tuple[Revealed, ...]
    only: Place | None = None


def content_of(connection: Connection, vault: Vault, scope: Scope) -> Content:
    """What a scope names. Raises Conflict where nothing is kept of the message asked for."""
    seq = scope.ledger_seq or 0
    wanted = [seq]
    if scope.kind == "context":
        wanted = [*_neighbours(connection, scope, back=True)[::-1], seq, *_neighbours(connection, scope, back=False)]
    messages = tuple(Revealed(one, message_of(connection, vault, one), _places(connection, one)) for one in wanted)
    asked = next(one for one in messages if one.ledger_seq == seq)
    if asked.message is None:
        raise Conflict("nothing is kept of this message any more", code="content_gone")
    only = next((place for place in asked.places if place.id == scope.finding_id), None)
    return Content(seq, messages, only)


def message_of(connection: Connection, vault: Vault, ledger_seq: int) -> Message | None:
    """A message out of the vault; None where it was not kept, shredded or erased."""
    item = select(vault_items.c.id).where(vault_items.c.ledger_seq == ledger_seq, vault_items.c.kind == "message")
    item_id = connection.execute(item.order_by(vault_items.c.part).limit(1)).scalar()
    if item_id is None:
        return None
    try:
        return message_json.message_of(vault.read(connection, item_id))
    except Destroyed:
        return None


def _places(connection: Connection, ledger_seq: int) -> tuple[Place, ...]:
    columns = (findings.c[name] for name in Place._fields)
    query = select(*columns).where(findings.c.ledger_seq == ledger_seq).order_by(findings.c.ordinal)
    return tuple(Place(*row) for row in connection.execute(query))


def _neighbours(connection: Connection, scope: Scope, *, back: bool) -> list[int]:
    """The numbers of the messages next to the one asked for in its chat, the nearest first."""
    count = scope.before if back else scope.after
    centre = connection.execute(select(ledger).where(ledger.c.seq == scope.ledger_seq)).one()
    if not count or centre.conversation is None:
        return []
    moment, seq = func.coalesce(ledger.c.occurred_at, ledger.c.received_at), ledger.c.seq
    at = centre.occurred_at or centre.received_at
    same_time = (moment == at) & (seq < centre.seq if back else seq > centre.seq)
    beyond = (moment < at if back else moment > at) | same_time
    order = [column.desc() if back else column.asc() for column in (moment, seq)]
    same_chat = (ledger.c.connector == centre.connector, ledger.c.conversation == centre.conversation)
    query = select(ledger.c.seq).where(*same_chat, beyond).order_by(*order).limit(count)
    return list(connection.execute(query).scalars())
