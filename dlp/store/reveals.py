"""Reading content with a reason: asked, where four eyes are set approved by somebody else, read once, all of it audited."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import uuid_utils
from sqlalchemy import Connection, Select, func, insert, select, update

from dlp.errors import Conflict, NotFound, RefusedError, UsageError
from dlp.store.actor import SYSTEM, Actor
from dlp.store.audit import chain
from dlp.store.changes import changed
from dlp.store.incident_note import Officer, in_sight, incident_in_sight, note
from dlp.store.tables.duties import reveals
from dlp.store.tables.record import findings, incidents, occurrences

if TYPE_CHECKING:
    from dlp.store.revealed import Content
    from dlp.store.vault.vault import Vault

TO_APPROVE: Final = timedelta(hours=24)  # how long a request waits for a second person
TO_READ: Final = timedelta(minutes=30)  # how long a granted one may be read, once
KINDS: Final = ("finding", "message", "context")
REASONS: Final = ("investigation", "false_positive", "legal", "subject_request", "quality", "other")
_NEIGHBOURS: Final = 20


class Scope(NamedTuple):
    """What is to be read: one finding, one message of the incident, or a message with its neighbours in the chat."""

    kind: str
    ledger_seq: int | None = None
    finding_id: int | None = None
    before: int = 0
    after: int = 0


class Request(NamedTuple):
    """Who wants to read content says what and why; `reason_code` is one of REASONS."""

    incident_id: str
    scope: Scope
    reason_code: str
    reason: str


class Reveal(NamedTuple):
    """A request: "pending", "granted", "refused", "read", or "expired" unread."""

    id: str
    incident_id: str
    scope: Scope
    reason: str
    reason_code: str
    asked_by: str
    asked_at: datetime
    state: str
    approved_by: str | None
    approved_at: datetime | None
    expires_at: datetime
    read_at: datetime | None
    audit_seq: int | None
    incident_number: int


class Asked(NamedTuple):
    """Which requests a list is to hold, newest first; `by` limits to one person's own, `after` is an id."""

    state: str | None = "pending"
    by: str | None = None
    after: str | None = None
    limit: int = 50


_COLUMNS = tuple(reveals.c[name] for name in Reveal._fields[:-1])


def ask(connection: Connection, request: Request, officer: Officer, now: datetime, *, four_eyes: bool) -> Reveal:
    """Asks to read content: granted at once, pending where four eyes are set. Raises UsageError, NotFound."""
    incident = incident_in_sight(connection, request.incident_id, officer.departments)
    _demand_reason(request)
    made = Reveal(
        id=str(uuid_utils.uuid7()),
        incident_id=request.incident_id,
        scope=_exact(connection, request.incident_id, request.scope),
        reason=request.reason.strip(),
        reason_code=request.reason_code,
        asked_by=officer.actor.id,
        asked_at=now,
        state="pending" if four_eyes else "granted",
        approved_by=None,
        approved_at=None,
        expires_at=now + (TO_APPROVE if four_eyes else TO_READ),
        read_at=None,
        audit_seq=None,
        incident_number=incident.number,
    )
    row = made._asdict() | {"scope": _json_of(made.scope)}
    del row["incident_number"]
    connection.execute(insert(reveals).values(row))
    _noted(connection, made, "reveal.asked", officer.actor, now)
    return made


def approve(connection: Connection, reveal_id: str, officer: Officer, now: datetime) -> Reveal:
    """Lets the asker read once within a set time. Raises NotFound, Conflict, RefusedError for one's own request."""
    found = _pending(connection, reveal_id, officer, now)
    values = {"state": "granted", "approved_by": officer.actor.id, "approved_at": now, "expires_at": now + TO_READ}
    return _change(connection, found, ("reveal.approved", values), officer.actor, now)


def refuse(connection: Connection, reveal_id: str, officer: Officer, now: datetime) -> Reveal:
    """Refuses a request. Raises NotFound, Conflict, RefusedError for one's own request."""
    found = _pending(connection, reveal_id, officer, now)
    values = {"state": "refused", "approved_by": officer.actor.id, "approved_at": now}
    return _change(connection, found, ("reveal.refused", values), officer.actor, now)


def read(connection: Connection, vault: Vault, reveal_id: str, officer: Officer, now: datetime) -> tuple[Reveal, Content]:
    """The content, once; the reveal's `audit_seq` is the number of the record this made.

    Raises NotFound, RefusedError for somebody else's request, Conflict where it may not be read or nothing is kept any more.
    """
    from dlp.store.revealed import content_of  # the vault's cryptography is needed by nobody else here

    found = _one(connection, reveal_id, officer.departments, for_update=True)
    if found.asked_by != officer.actor.id:
        raise RefusedError("only who asked may read", code="not_yours")
    if found.state != "granted" or found.expires_at <= now:
        state = "expired" if found.state == "granted" else found.state
        raise Conflict("this may not be read now", code="reveal_state", state=state)
    content = content_of(connection, vault, found.scope)
    seq = chain.append(connection, officer.actor, "content.revealed", f"incident:{found.incident_id}", _details(found), now)
    values = {"state": "read", "read_at": now, "audit_seq": seq}
    connection.execute(update(reveals).where(reveals.c.id == reveal_id).values(values))
    note(connection, found.incident_id, "revealed", details=_details(found) | {"audit": seq}, by=(officer.actor, now))
    changed(connection, "reveal", reveal_id, 1, now)
    return found._replace(state="read", read_at=now, audit_seq=seq), content


def expire_due(connection: Connection, now: datetime) -> int:
    """Ends requests nobody approved and grants nobody used in time; how many."""
    open_still = (reveals.c.state.in_(("pending", "granted")), reveals.c.expires_at <= now)
    ids = connection.execute(select(reveals.c.id).where(*open_still).with_for_update(skip_locked=True)).scalars().all()
    for reveal_id in ids:
        connection.execute(update(reveals).where(reveals.c.id == reveal_id).values(state="expired"))
        chain.append(connection, SYSTEM, "reveal.expired", f"reveal:{reveal_id}", {}, now)
        changed(connection, "reveal", reveal_id, 1, now)
    return len(ids)


def one(connection: Connection, reveal_id: str, departments: Collection[str] | None = None) -> Reveal:
    """One request. Raises NotFound, also where its incident is of another department."""
    return _one(connection, reveal_id, departments)


def listed(connection: Connection, asked: Asked, departments: Collection[str] | None = None) -> list[Reveal]:
    """Requests, newest first."""
    query = _query().where(in_sight(departments)).order_by(reveals.c.id.desc()).limit(asked.limit)
    if asked.state is not None:
        query = query.where(reveals.c.state == asked.state)
    if asked.by is not None:
        query = query.where(reveals.c.asked_by == asked.by)
    if asked.after is not None:
        query = query.where(reveals.c.id < asked.after)
    return [_reveal_of(row) for row in connection.execute(query)]


def _query() -> Select[Any]:
    return select(*_COLUMNS, incidents.c.number).join(incidents, incidents.c.id == reveals.c.incident_id)


def _one(connection: Connection, reveal_id: str, departments: Collection[str] | None, *, for_update: bool = False) -> Reveal:
    query = _query().where(reveals.c.id == reveal_id, in_sight(departments))
    row = connection.execute(query.with_for_update(of=reveals) if for_update else query).first()
    if row is None:
        raise NotFound("there is no such request", code="reveal_not_found")
    return _reveal_of(row)


def _reveal_of(row: Any) -> Reveal:
    found = Reveal(*row)
    return found._replace(scope=Scope(**row.scope))


def _pending(connection: Connection, reveal_id: str, officer: Officer, now: datetime) -> Reveal:
    found = _one(connection, reveal_id, officer.departments, for_update=True)
    if found.asked_by == officer.actor.id:
        raise RefusedError("nobody approves an own request", code="own_request")
    if found.state != "pending" or found.expires_at <= now:
        state = "expired" if found.state == "pending" else found.state
        raise Conflict("the request waits for nobody", code="reveal_state", state=state)
    return found


def _change(connection: Connection, found: Reveal, done: tuple[str, dict[str, Any]], actor: Actor, now: datetime) -> Reveal:
    act, values = done
    connection.execute(update(reveals).where(reveals.c.id == found.id).values(values))
    changed_to = found._replace(**values)
    _noted(connection, changed_to, act, actor, now)
    return changed_to


def _exact(connection: Connection, incident_id: str, scope: Scope) -> Scope:
    """The scope with the message named, so that what is approved is what is read."""
    if scope.kind not in KINDS:
        raise UsageError("this cannot be revealed", code="scope", pointer="/scope/kind", kinds=list(KINDS))
    mine = occurrences.c.incident_id == incident_id
    if scope.kind == "finding":
        joined = findings.join(occurrences, occurrences.c.ledger_seq == findings.c.ledger_seq)
        query = select(findings.c.ledger_seq).select_from(joined).where(mine, findings.c.id == scope.finding_id)
    elif scope.ledger_seq is not None:
        query = select(occurrences.c.ledger_seq).where(mine, occurrences.c.ledger_seq == scope.ledger_seq)
    else:
        query = select(func.max(occurrences.c.ledger_seq)).where(mine)
    seq = connection.execute(query.limit(1)).scalar()
    if seq is None:
        raise NotFound("the incident holds no such message or finding", code="scope_not_found", pointer="/scope")
    if scope.kind != "context":
        return Scope(scope.kind, seq, scope.finding_id if scope.kind == "finding" else None)
    return Scope(scope.kind, seq, None, *(min(max(count, 0), _NEIGHBOURS) for count in (scope.before, scope.after)))


def _demand_reason(request: Request) -> None:
    if request.reason_code not in REASONS:
        raise UsageError("the reason is not on the list", code="reason_code", pointer="/reason_code", reasons=list(REASONS))
    if not request.reason.strip():
        raise UsageError("say why", code="reason_needed", pointer="/reason")


def _json_of(scope: Scope) -> dict[str, Any]:
    return {name: value for name, value in scope._asdict().items() if value not in (None, 0)}


def _details(reveal: Reveal) -> dict[str, Any]:
    return {
        "reveal": reveal.id,
        "scope": _json_of(reveal.scope),
        "reason_code": reveal.reason_code,
        "reason": reveal.reason,
        "asked_by": reveal.asked_by,
        "approved_by": reveal.approved_by,
    }


def _noted(connection: Connection, reveal: Reveal, act: str, actor: Actor, now: datetime) -> None:
    chain.append(connection, actor, act, f"incident:{reveal.incident_id}", _details(reveal), now)
    note(connection, reveal.incident_id, act.replace(".", "_"), details=_details(reveal), by=(actor, now))
    changed(connection, "reveal", reveal.id, 1, now)
