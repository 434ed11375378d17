"""The outbox: actions planned in the transaction that decided them, carried out afterwards, each with an outcome.

planned ─▶ sent ─▶ done | failed | refused | unknown. `sent` is on disk before anything visible happens; what a crash left
there is repeated where the other side honours keys, and is otherwise unknown for ever, unless a person finds out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import uuid_utils
from sqlalchemy import Connection, Row, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from dlp.errors import Conflict, NotFound
from dlp.store.actor import Actor
from dlp.store.audit import chain
from dlp.store.changes import changed
from dlp.store.tables.duties import channel_health
from dlp.store.tables.record import actions, incidents

LEASE: Final = timedelta(minutes=3)  # longer than any channel may take; a relay that died is noticed after it
ENDED: Final = ("done", "failed", "refused", "unknown")
_LONGEST_ANSWER: Final = 500


class Plan(NamedTuple):
    """An action to come. `payload` holds ids, addresses and codes, never content; `item_id` names content in the vault."""

    kind: str
    key: str
    payload: dict[str, Any]
    channel: str = ""
    incident_id: str | None = None
    ledger_seq: int | None = None
    alert_id: str | None = None
    item_id: str | None = None
    not_before: datetime | None = None


class Planned(NamedTuple):
    """A stored action."""

    id: str
    key: str
    kind: str
    channel: str
    alert_id: str | None
    incident_id: str | None
    ledger_seq: int | None
    state: str
    attempts: int
    next_at: datetime
    payload: Mapping[str, Any]
    item_id: str | None
    outcome: str
    created_at: datetime
    updated_at: datetime


class Settlement(NamedTuple):
    """How one attempt ended: `state` "planned" (again at `next_at`) or one of ENDED; `said` the other side's words."""

    action_id: str
    attempt: int
    state: str
    said: str = ""
    next_at: datetime | None = None


_COLUMNS = tuple(actions.c[name] for name in Planned._fields)


def plan(connection: Connection, planned: Plan, now: datetime) -> str:
    """Puts an action into the outbox and returns its id; of one planned before under the same key, that one's id."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    row = {
        **{name: value for name, value in planned._asdict().items() if name != "not_before"},
        "id": str(uuid_utils.uuid7()),
        "state": "planned",
        "attempts": 0,
        "next_at": planned.not_before or now,
        "outcome": "",
        "created_at": now,
        "updated_at": now,
    }
    statement = dialect.insert(actions).values(row).on_conflict_do_nothing(index_elements=["key"]).returning(actions.c.id)
    made: str | None = connection.execute(statement).scalar()
    if made is not None:
        return made
    return str(connection.execute(select(actions.c.id).where(actions.c.key == planned.key)).scalar_one())


def anything_due(connection: Connection, now: datetime) -> bool:
    """Whether `lease` may find something."""
    query = select(actions.c.id).where(actions.c.state == "planned", actions.c.next_at <= now, _open(now))
    return connection.execute(query.limit(1)).first() is not None


def lease(connection: Connection, now: datetime, *, limit: int, busy: Mapping[str, int], at_once: int = 2) -> list[Planned]:
    """Marks due actions `sent` and returns them, oldest first within a channel, the channels taking turns.

    A channel has at most `at_once` under way (`busy` counts them), one while it is down and only tried again.
    """
    leased: list[Planned] = []
    for channel, state in _due_channels(connection, now):
        allowed = (1 if state == "down" else at_once) - busy.get(channel, 0)
        if allowed > 0 and limit > len(leased):
            leased += _lease_of(connection, channel, min(allowed, limit - len(leased)), now)
    return leased


def _open(now: datetime) -> Any:
    shut = select(channel_health.c.channel).where(channel_health.c.retry_at > now)
    return actions.c.channel.not_in(shut)


def _due_channels(connection: Connection, now: datetime) -> list[tuple[str, str | None]]:
    """Channels with something due, the one that has waited longest first."""
    query = (
        select(actions.c.channel, channel_health.c.state)
        .outerjoin(channel_health, channel_health.c.channel == actions.c.channel)
        .where(actions.c.state == "planned", actions.c.next_at <= now)
        .where(or_(channel_health.c.retry_at.is_(None), channel_health.c.retry_at <= now))
        .group_by(actions.c.channel, channel_health.c.state)
        .order_by(func.min(actions.c.next_at))
    )
    return [(row.channel, row.state) for row in connection.execute(query)]


def _lease_of(connection: Connection, channel: str, count: int, now: datetime) -> list[Planned]:
    due = (
        select(*_COLUMNS)
        .where(actions.c.state == "planned", actions.c.channel == channel, actions.c.next_at <= now)
        .order_by(actions.c.next_at, actions.c.id)
        .limit(count)
        .with_for_update(skip_locked=True)  # another relay's rows; SQLite has one writer and ignores it
    )
    rows = [Planned._make(row) for row in connection.execute(due)]
    if not rows:
        return []
    marked = {"state": "sent", "attempts": actions.c.attempts + 1, "next_at": now + LEASE, "updated_at": now}
    connection.execute(update(actions).where(actions.c.id.in_([row.id for row in rows])).values(marked))
    return [row._replace(state="sent", attempts=row.attempts + 1, next_at=now + LEASE) for row in rows]


def abandoned(connection: Connection, now: datetime, *, every: bool = False) -> list[Planned]:
    """Actions marked `sent` by a relay that died; with `every`, all of them: for the only relay there is, as it starts."""
    query = select(*_COLUMNS).where(actions.c.state == "sent")
    if not every:
        query = query.where(actions.c.next_at <= now)
    return [Planned._make(row) for row in connection.execute(query.order_by(actions.c.id).limit(1000))]


def settle(connection: Connection, settlement: Settlement, now: datetime) -> Planned | None:
    """Writes how an attempt ended; None where that attempt was settled before (a later word never undoes a known outcome)."""
    found = _found(connection, settlement.action_id)
    # A slow answer may come after its lease ran out and the action was called unknown: what is known now is better.
    open_still = found.state == "sent" or (found.state == "unknown" and settlement.state in {"done", "refused"})
    if not open_still or found.attempts != settlement.attempt:
        return None
    values: dict[str, Any] = {
        "state": settlement.state,
        "outcome": settlement.said[:_LONGEST_ANSWER],
        "next_at": settlement.next_at or now,
        "updated_at": now,
    }
    connection.execute(update(actions).where(actions.c.id == found.id).values(values))
    if settlement.state in ENDED:
        changed(connection, "action", found.id, found.attempts, now)
    return found._replace(**values)


def begin_again(connection: Connection, action_id: str, actor: Actor, now: datetime) -> Planned:
    """Marks an action of unknown outcome `sent` once more, for somebody who asks the other side. Raises NotFound, Conflict."""
    found = _found(connection, action_id)
    _must_be(found, ("unknown",))
    values: dict[str, Any] = {"state": "sent", "attempts": found.attempts + 1, "next_at": now + LEASE, "updated_at": now}
    connection.execute(update(actions).where(actions.c.id == action_id).values(values))
    chain.append(connection, actor, "action.checked", f"action:{action_id}", {"kind": found.kind}, now)
    return found._replace(**values)


def settle_by_hand(connection: Connection, action_id: str, state: str, *, actor: Actor, now: datetime) -> Planned:
    """A person found out what became of an action of unknown outcome. Raises NotFound, Conflict."""
    found = _found(connection, action_id)
    _must_be(found, ("unknown",))
    values: dict[str, Any] = {"state": state, "outcome": "found out by hand", "updated_at": now}
    connection.execute(update(actions).where(actions.c.id == action_id).values(values))
    chain.append(connection, actor, "action.settled", f"action:{action_id}", {"kind": found.kind, "state": state}, now)
    changed(connection, "action", action_id, found.attempts, now)
    return found._replace(**values)


def withdraw(connection: Connection, action_id: str, why: str, now: datetime) -> bool:
    """Takes back an action nobody has begun to carry out; False where it is under way or has ended."""
    taken = update(actions).where(actions.c.id == action_id, actions.c.state == "planned")
    return connection.execute(taken.values(state="failed", outcome=why, updated_at=now)).rowcount > 0


def action(connection: Connection, action_id: str, departments: Collection[str] | None = None) -> Planned:
    """One action. Raises NotFound also where its incident is of another department."""
    found = _found(connection, action_id)
    if departments is not None and found.incident_id is not None:
        department = connection.execute(select(incidents.c.department).where(incidents.c.id == found.incident_id)).scalar()
        if department not in departments:
            raise NotFound("there is no such action")
    return found


class Asked(NamedTuple):
    """Which actions a list is to hold; None means all. `departments` bounds those of incidents."""

    states: Collection[str] | None = None
    kind: str | None = None
    incident_id: str | None = None
    departments: Collection[str] | None = None
    before: str | None = None  # an action's id: only older ones
    limit: int = 50


def listed(connection: Connection, asked: Asked) -> list[Planned]:
    """Actions, newest first."""
    query = select(*_COLUMNS).order_by(actions.c.id.desc()).limit(asked.limit)
    if asked.states is not None:
        query = query.where(actions.c.state.in_(asked.states))
    if asked.kind is not None:
        query = query.where(actions.c.kind == asked.kind)
    if asked.incident_id is not None:
        query = query.where(actions.c.incident_id == asked.incident_id)
    if asked.departments is not None:
        seen = select(incidents.c.id).where(incidents.c.department.in_(asked.departments))
        query = query.where(or_(actions.c.incident_id.is_(None), actions.c.incident_id.in_(seen)))
    if asked.before is not None:
        query = query.where(actions.c.id < asked.before)
    return [Planned._make(row) for row in connection.execute(query)]


def counts(connection: Connection) -> dict[str, int]:
    """How many actions are in each state."""
    query = select(actions.c.state, func.count()).group_by(actions.c.state)
    return dict.fromkeys(("planned", "sent", *ENDED), 0) | dict(connection.execute(query).all())


def _found(connection: Connection, action_id: str) -> Planned:
    row: Row[Any] | None = connection.execute(select(*_COLUMNS).where(actions.c.id == action_id)).first()
    if row is None:
        raise NotFound("there is no such action")
    return Planned._make(row)


def _must_be(found: Planned, states: tuple[str, ...]) -> None:
    if found.state not in states:
        raise Conflict("the action's state does not allow it", code="action_state", state=found.state)


def plan_sent(connection: Connection, planned: Plan, now: datetime) -> Planned:
    """Plans an action and marks it `sent` at once: for a person who waits for what the other side says."""
    action_id = plan(connection, planned, now)
    values: dict[str, Any] = {"state": "sent", "attempts": 1, "next_at": now + LEASE}
    connection.execute(update(actions).where(actions.c.id == action_id, actions.c.state == "planned").values(values))
    return _found(connection, action_id)
