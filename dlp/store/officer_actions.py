"""What an officer has done outside for an incident: its messages deleted, its sender answered."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import uuid_utils
from sqlalchemy import Connection, Row, select

from dlp.errors import Conflict
from dlp.store import idempotency, outbox
from dlp.store.audit import chain
from dlp.store.incident_note import Officer, incident_in_sight, note
from dlp.store.tables.duties import connectors
from dlp.store.tables.record import ledger, occurrences
from dlp.store.vault.vault import Item

if TYPE_CHECKING:
    from dlp.store.vault.keys import Keys
    from dlp.store.vault.vault import Vault

_ABLE: Final = frozenset({"telegram"})  # platforms we can act in
_MOST: Final = 500


class Order(NamedTuple):
    """`kind` "delete" or "reply"; a reply says the sentence of `code`, or `text`. `key` is the request's Idempotency-Key."""

    incident_id: str
    kind: str
    key: str
    code: str = "reminder"
    language: str = "ru"
    text: str = ""

    def digest(self) -> bytes:
        """What tells this order from another one under the same key."""
        return blake2b(json.dumps(self._asdict(), sort_keys=True).encode(), digest_size=32).digest()


def plan(
    connection: Connection, order: Order, officer: Officer, sealing: tuple[Keys, Vault], now: datetime
) -> list[outbox.Planned]:
    """Plans one deletion a message, or one reply a chat; the same order again gives the same actions.

    Raises NotFound, Conflict where nothing can be done in that messenger or the key was used for another order.
    """
    keys, vault = sealing
    incident_in_sight(connection, order.incident_id, officer.departments)
    used = idempotency.Used(officer.actor.id, order.key, order.digest())
    if before := _planned_before(connection, used, keys):
        return before
    found = _messages(connection, order.incident_id)
    plans = [_deletion(row, order, officer) for row in found] if order.kind == "delete" else []
    if order.kind == "reply":
        plans = [_reply(connection, row, (order, officer), vault, now) for row in _latest_by_chat(found)]
    if not plans:
        raise Conflict("nothing can be done in this messenger", code="action_not_supported")
    ids = [outbox.plan(connection, planned, now) for planned in plans]
    idempotency.keep(connection, [(used, json.dumps(ids).encode())], keys=keys, now=now)
    details = {"kind": order.kind, "actions": len(ids), "code": "" if order.text else order.code}
    note(connection, order.incident_id, "acted", details={**details, "ids": ids[:20]}, by=(officer.actor, now))
    chain.append(connection, officer.actor, "action.ordered", f"incident:{order.incident_id}", details, now)
    return [outbox.action(connection, action_id) for action_id in ids]


def _planned_before(connection: Connection, used: idempotency.Used, keys: Keys) -> list[outbox.Planned]:
    known = idempotency.answers_to(connection, [used], keys).get((used.principal, used.key))
    if known is None:
        return []
    asked, answer = known
    if asked != used.asked:
        raise idempotency.another_question()
    return [outbox.action(connection, action_id) for action_id in json.loads(answer)]


def _messages(connection: Connection, incident_id: str) -> Sequence[Row[*tuple[Any, ...]]]:
    """The incident's messages where we can act, each once, in its newest revision."""
    query = (
        select(ledger.c.seq, ledger.c.connector, ledger.c.conversation, ledger.c.message, ledger.c.revision, ledger.c.received_at)
        .join(occurrences, occurrences.c.ledger_seq == ledger.c.seq)
        .join(connectors, connectors.c.name == ledger.c.connector)
        .where(occurrences.c.incident_id == incident_id, connectors.c.platform.in_(_ABLE), connectors.c.enabled)
        .where(ledger.c.conversation.is_not(None), ledger.c.deleted_at.is_(None))
        .order_by(ledger.c.seq)
    )
    newest: dict[tuple[str, str, str], Row[*tuple[Any, ...]]] = {}
    for row in connection.execute(query).all():
        newest[row.connector, row.conversation, row.message] = row
    if len(newest) > _MOST:
        raise Conflict("too many messages for one order", code="too_many_messages", messages=len(newest), most=_MOST)
    return list(newest.values())


def _latest_by_chat(found: Sequence[Row[*tuple[Any, ...]]]) -> list[Row[*tuple[Any, ...]]]:
    return list({(row.connector, row.conversation): row for row in found}.values())


def _deletion(row: Row[*tuple[Any, ...]], order: Order, officer: Officer) -> outbox.Plan:
    payload = {"conversation": row.conversation, "message": row.message}
    return _planned("telegram.delete", row, payload, order, officer)


def _reply(
    connection: Connection, row: Row[*tuple[Any, ...]], ordered: tuple[Order, Officer], vault: Vault, now: datetime
) -> outbox.Plan:
    order, officer = ordered
    payload = {"conversation": row.conversation, "reply_to": row.message, "code": order.code, "language": order.language}
    planned = _planned("telegram.reply", row, payload, order, officer)
    if not order.text:
        return planned
    item = Item(
        id=str(uuid_utils.uuid7()),
        ledger_seq=row.seq,
        day=int(row.received_at.timestamp() // 86400),
        connector=row.connector,
        conversation=row.conversation,
        message=row.message,
        revision=row.revision,
        kind="reply",
        part=0,
        clean=0,
        plain=order.text.encode(),
    )
    vault.put(connection, [item], now)
    return planned._replace(item_id=item.id)


def _planned(kind: str, row: Row[*tuple[Any, ...]], payload: dict[str, Any], order: Order, officer: Officer) -> outbox.Plan:
    told = f"{officer.actor.id}\0{order.key}\0{order.incident_id}\0{row.seq}".encode()
    key = f"officer:{blake2b(told, digest_size=16).hexdigest()}"
    planned = outbox.Plan(kind, key, payload, channel=f"connector:{row.connector}")
    return planned._replace(incident_id=order.incident_id, ledger_seq=row.seq)
