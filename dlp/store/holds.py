"""Held messages: waiting until an officer releases or drops them, or until time decides as the policy declared."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import uuid_utils
from sqlalchemy import Connection, Select, func, insert, select, update

from dlp.errors import Conflict, NotFound, RefusedError, UsageError
from dlp.records import HoldTerms, RuleHit
from dlp.store import outbox
from dlp.store.actor import SYSTEM, Actor
from dlp.store.audit import chain
from dlp.store.changes import changed
from dlp.store.incident_note import Officer, in_sight, note
from dlp.store.tables.access import users
from dlp.store.tables.duties import connectors, holds
from dlp.store.tables.record import incidents

MINUTES: Final = 15  # how long a message waits where its rule does not say
OUTCOMES: Final = ("release", "drop")
_STATE: Final = {"release": "released", "drop": "dropped"}
_AT_ONCE: Final = 500  # expired holds ended in one transaction


class Hold(NamedTuple):
    """One held message. `outcome` is "release" or "drop" once it is known; `asked_by` is the first of two officers."""

    id: str
    ledger_seq: int
    incident_id: str | None
    connector: str
    policy: str
    rule: str
    state: str
    outcome: str | None
    created_at: datetime
    expires_at: datetime
    on_expiry: str
    four_eyes: bool
    asked_by: str | None
    asked_outcome: str | None
    decided_by: str | None
    decided_at: datetime | None
    reason: str
    break_glass: bool
    reviewed_by: str | None
    reviewed_at: datetime | None
    callback: str | None
    incident_number: int | None
    severity: int | None


class Ticket(NamedTuple):
    """A message to be held: by which rule, in which incident; `callback` is where its asker wants to hear the outcome."""

    ledger_seq: int
    incident_id: str
    connector: str
    hit: RuleHit
    callback: str | None = None


class Order(NamedTuple):
    """What an officer decides: "release" or "drop". With `break_glass` alone where two are needed, for a reason."""

    outcome: str
    reason: str = ""
    break_glass: bool = False


class Asked(NamedTuple):
    """Which holds a list is to hold. Waiting ones come with the next to expire first, others newest first; `after` is an id."""

    state: str | None = "waiting"
    connector: str | None = None
    to_review: bool = False
    after: str | None = None
    limit: int = 50


_COLUMNS = tuple(holds.c[name] for name in Hold._fields[:-2])


def plan(connection: Connection, ticket: Ticket, now: datetime) -> str:
    """Opens the hold of a message as the rule that holds it says, else as the connector's fail mode says; its id."""
    hit = ticket.hit
    hold_id = str(uuid_utils.uuid7())
    terms = hit.hold or HoldTerms()
    row = {
        "id": hold_id,
        "ledger_seq": ticket.ledger_seq,
        "incident_id": ticket.incident_id,
        "connector": ticket.connector,
        "policy": hit.policy,
        "rule": hit.rule,
        "state": "waiting",
        "created_at": now,
        "expires_at": now + timedelta(minutes=terms.minutes or MINUTES),
        "on_expiry": terms.on_expiry or _fail_outcome(connection, ticket.connector),
        "four_eyes": terms.four_eyes,
        "reason": "",
        "break_glass": False,
        "callback": ticket.callback,
        "demo": ticket.connector.startswith("demo-"),
    }
    connection.execute(insert(holds).values(row))
    changed(connection, "hold", hold_id, 1, now)
    return hold_id


def decide(connection: Connection, hold_id: str, order: Order, officer: Officer, now: datetime) -> Hold:
    """Releases or drops a message, or asks a second officer to, where two are needed and there are two.

    `officer.roles` are the roles whose people may decide holds.
    Raises NotFound, UsageError; Conflict where it was decided or its time is over; RefusedError where one person would
    decide what two must.
    """
    if order.outcome not in OUTCOMES:
        raise UsageError("a held message is released or dropped", code="outcome", pointer="/outcome")
    found = _waiting(connection, hold_id, officer.departments, now)
    if order.break_glass and not order.reason.strip():
        raise UsageError("breaking the glass needs a reason", code="reason_needed", pointer="/reason")
    needs_two = found.four_eyes and _has_second(connection, found, officer)
    if not needs_two:
        return _settle(connection, found, order._replace(break_glass=False), officer.actor, now)
    if order.break_glass:
        return _settle(connection, found, order, officer.actor, now)
    if officer.actor.kind != "user":
        raise RefusedError("two people decide this, not a program", code="people_only")
    if found.asked_outcome != order.outcome:
        return _ask(connection, found, order, officer.actor, now)
    if found.asked_by == officer.actor.id:
        raise RefusedError("a second officer decides this", code="own_request")
    return _settle(connection, found, order, officer.actor, now)


def review(connection: Connection, hold_id: str, comment: str, officer: Officer, now: datetime) -> Hold:
    """Notes that somebody else looked at a decision made by breaking the glass. Raises NotFound, Conflict, RefusedError."""
    found = _one(connection, hold_id, officer.departments, for_update=True)
    if not found.break_glass or found.reviewed_at is not None:
        raise Conflict("there is nothing to review", code="nothing_to_review")
    if found.decided_by == officer.actor.id:
        raise RefusedError("nobody reviews an own decision", code="own_request")
    connection.execute(update(holds).where(holds.c.id == hold_id).values(reviewed_by=officer.actor.id, reviewed_at=now))
    _noted(connection, found, ("hold.reviewed", {"comment": comment.strip()}), officer.actor, now)
    return found._replace(reviewed_by=officer.actor.id, reviewed_at=now)


def expire_due(connection: Connection, now: datetime) -> int:
    """Ends the holds nobody decided in time as their rules declared; how many."""
    due = _query().where(holds.c.state == "waiting", holds.c.expires_at <= now).order_by(holds.c.expires_at).limit(_AT_ONCE)
    found = [Hold(*row) for row in connection.execute(due.with_for_update(skip_locked=True, of=holds))]
    for hold in found:
        _end(connection, hold, {"state": "expired", "outcome": hold.on_expiry, "decided_at": now}, SYSTEM, now)
    return len(found)


def one(connection: Connection, hold_id: str, departments: Collection[str] | None = None) -> Hold:
    """One hold. Raises NotFound, also where its incident is of another department."""
    return _one(connection, hold_id, departments)


def of_message(connection: Connection, ledger_seq: int) -> str | None:
    """The id of the hold of a message, whatever became of it."""
    found: str | None = connection.execute(select(holds.c.id).where(holds.c.ledger_seq == ledger_seq)).scalar()
    return found


def listed(connection: Connection, asked: Asked, departments: Collection[str] | None = None) -> list[Hold]:
    """Holds, in the order `Asked` tells."""
    query = _query().where(in_sight(departments)).limit(asked.limit)
    if asked.state is not None:
        query = query.where(holds.c.state == asked.state)
    if asked.connector is not None:
        query = query.where(holds.c.connector == asked.connector)
    if asked.to_review:
        query = query.where(holds.c.break_glass, holds.c.reviewed_at.is_(None))
    return [Hold(*row) for row in connection.execute(_paged(connection, query, asked))]


def counts(connection: Connection, departments: Collection[str] | None = None) -> dict[str, int]:
    """How many wait ("waiting") and how many decisions by broken glass nobody reviewed ("to_review")."""
    joined = holds.outerjoin(incidents, incidents.c.id == holds.c.incident_id)
    query = select(func.count()).select_from(joined).where(in_sight(departments))
    to_review = query.where(holds.c.break_glass, holds.c.reviewed_at.is_(None))
    return {
        "waiting": connection.execute(query.where(holds.c.state == "waiting")).scalar_one(),
        "to_review": connection.execute(to_review).scalar_one(),
    }


def _query() -> Select[Any]:
    columns = (*_COLUMNS, incidents.c.number, incidents.c.severity)
    return select(*columns).select_from(holds.outerjoin(incidents, incidents.c.id == holds.c.incident_id))


def _paged(connection: Connection, query: Select[Any], asked: Asked) -> Select[Any]:
    waiting = asked.state == "waiting"
    ordered = query.order_by(holds.c.expires_at, holds.c.id) if waiting else query.order_by(holds.c.id.desc())
    if asked.after is None:
        return ordered
    if not waiting:
        return ordered.where(holds.c.id < asked.after)
    due = connection.execute(select(holds.c.expires_at).where(holds.c.id == asked.after)).scalar()
    if due is None:
        raise UsageError("the cursor is not known", code="cursor", pointer="/after")
    return ordered.where((holds.c.expires_at > due) | ((holds.c.expires_at == due) & (holds.c.id > asked.after)))


def _one(connection: Connection, hold_id: str, departments: Collection[str] | None, *, for_update: bool = False) -> Hold:
    query = _query().where(holds.c.id == hold_id, in_sight(departments))
    row = connection.execute(query.with_for_update(of=holds) if for_update else query).first()
    if row is None:
        raise NotFound("there is no such hold", code="hold_not_found")
    return Hold(*row)


def _waiting(connection: Connection, hold_id: str, departments: Collection[str] | None, now: datetime) -> Hold:
    found = _one(connection, hold_id, departments, for_update=True)
    if found.state != "waiting" or found.expires_at <= now:
        state = found.state if found.state != "waiting" else "expired"
        raise Conflict("the message is held no more", code="hold_decided", state=state)
    return found


def _has_second(connection: Connection, hold: Hold, officer: Officer) -> bool:
    """Whether somebody else may decide this hold: an active officer who sees the incident's department."""
    department = connection.execute(select(incidents.c.department).where(incidents.c.id == hold.incident_id)).scalar()
    columns = (users.c.roles, users.c.departments)
    others = connection.execute(select(*columns).where(users.c.state == "active", users.c.id != officer.actor.id))
    return any(officer.roles & set(row.roles) and (row.departments is None or department in row.departments) for row in others)


def _ask(connection: Connection, hold: Hold, order: Order, actor: Actor, now: datetime) -> Hold:
    asked = hold._replace(asked_by=actor.id, asked_outcome=order.outcome, reason=order.reason.strip())
    values = {"asked_by": asked.asked_by, "asked_outcome": asked.asked_outcome, "reason": asked.reason}
    connection.execute(update(holds).where(holds.c.id == hold.id).values(values))
    _noted(connection, hold, ("hold.asked", {"outcome": order.outcome, "reason": asked.reason}), actor, now)
    return asked


def _settle(connection: Connection, hold: Hold, order: Order, actor: Actor, now: datetime) -> Hold:
    values = {
        "state": _STATE[order.outcome],
        "outcome": order.outcome,
        "decided_by": actor.id,
        "decided_at": now,
        "reason": order.reason.strip() or hold.reason,
        "break_glass": order.break_glass,
    }
    return _end(connection, hold, values, actor, now)


def _end(connection: Connection, hold: Hold, values: dict[str, Any], actor: Actor, now: datetime) -> Hold:
    connection.execute(update(holds).where(holds.c.id == hold.id).values(values))
    ended = hold._replace(**values)
    details = {"outcome": ended.outcome, "reason": ended.reason, "break_glass": ended.break_glass, "asked_by": ended.asked_by}
    _free_incident(connection, hold)
    _noted(connection, hold, (f"hold.{ended.state}", details), actor, now)
    _call_back(connection, ended, now)
    return ended


def _free_incident(connection: Connection, hold: Hold) -> None:
    others = select(holds.c.id).where(holds.c.incident_id == hold.incident_id, holds.c.state == "waiting").limit(1)
    if hold.incident_id is not None and connection.execute(others).first() is None:
        connection.execute(update(incidents).where(incidents.c.id == hold.incident_id).values(held=False))


def _noted(connection: Connection, hold: Hold, done: tuple[str, dict[str, Any]], actor: Actor, now: datetime) -> None:
    act, details = done
    told = {"hold": hold.id, "rule": f"{hold.policy}/{hold.rule}", **details}
    chain.append(connection, actor, act, f"hold:{hold.id}", told, now)
    if hold.incident_id is not None:
        note(connection, hold.incident_id, act.replace(".", "_"), details=told, by=(actor, now))
    changed(connection, "hold", hold.id, 1, now)


def _call_back(connection: Connection, hold: Hold, now: datetime) -> None:
    if hold.callback is None:
        return
    body = {"hold_id": hold.id, "state": hold.state, "outcome": hold.outcome, "decided_at": now.isoformat()}
    planned = outbox.Plan(
        "callback",
        f"hold:{hold.id}",
        {"url": hold.callback, "body": body},
        channel=f"connector:{hold.connector}",
        incident_id=hold.incident_id,
        ledger_seq=hold.ledger_seq,
    )
    outbox.plan(connection, planned, now)


def _fail_outcome(connection: Connection, connector: str) -> str:
    fail = connection.execute(select(connectors.c.fail).where(connectors.c.name == connector)).scalar()
    return "drop" if fail == "closed" else "release"
