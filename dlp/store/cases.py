"""Retro cases: what an export of a service holds goes into one, is counted, worked on apart from the daily queue, and closed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import uuid_utils
from sqlalchemy import Connection, Select, exists, func, insert, select, update

from dlp.errors import Conflict, NotFound, UsageError
from dlp.store import jobs
from dlp.store.actor import Actor
from dlp.store.audit import chain
from dlp.store.changes import changed
from dlp.store.incident_note import in_sight
from dlp.store.tables.duties import cases
from dlp.store.tables.record import incidents, ledger
from dlp.store.tables.trust import vault_holds, vault_items

if TYPE_CHECKING:
    from dlp.store.vault.vault import Vault

HOLD_JOB: Final = "case.hold"
RELEASE_JOB: Final = "case.release"
FAULTS: Final = 100  # kept word for word; all are counted
_RESOLVED: Final = ("confirmed_leak", "not_a_leak", "closed")


class Case(NamedTuple):
    """A case. `position` says how far each source was read, `faults` what of it could not be: {"count", "first"}."""

    id: str
    name: str
    kind: str
    state: str
    source: str
    created_by: str
    created_at: datetime
    messages: int
    position: Mapping[str, int]
    faults: Mapping[str, Any]
    owner: str | None
    legal_hold: bool
    legal_hold_reason: str


class CaseSummary(NamedTuple):
    """A case with its incidents counted: all of one's departments, and those still open."""

    case: Case
    incidents: int
    open_incidents: int


class LegalHold(NamedTuple):
    """Whether a case's evidence is to survive its days, and why."""

    on: bool
    reason: str


_COLUMNS = tuple(cases.c[name] for name in Case._fields)


def begin_import(connection: Connection, name: str, source: str, actor: Actor, now: datetime) -> Case:
    """The case of this name, made where there is none, ready to take in more of a source. Raises UsageError, Conflict."""
    if not name.strip() or len(name) > 256:
        raise UsageError("a case has a name of up to 256 letters", code="case_name", pointer="/name")
    found = named(connection, name, for_update=True)
    if found is not None and found.state == "closed":
        raise Conflict("the case is closed", code="case_closed")
    case = found or _made(connection, name, source, actor, now)
    connection.execute(update(cases).where(cases.c.id == case.id).values(state="importing", source=source))
    details = {"source": source, "messages": case.messages}
    chain.append(connection, actor, "case.import_started", f"case:{case.id}", details, now)
    changed(connection, "case", case.id, 1, now)
    return case._replace(state="importing", source=source)


def end_import(connection: Connection, case_id: str, actor: Actor, now: datetime, *, failed: bool = False) -> Case:
    """Notes that a source was read to its end, or that reading it failed for good."""
    case = one(connection, case_id)
    state = "failed" if failed else "ready"
    connection.execute(update(cases).where(cases.c.id == case_id).values(state=state))
    details = {"source": case.source, "messages": case.messages, "faults": case.faults["count"], "failed": failed}
    chain.append(connection, actor, "case.imported", f"case:{case_id}", details, now)
    changed(connection, "case", case_id, 1, now)
    if case.legal_hold:
        jobs.queue(connection, HOLD_JOB, {"case_id": case_id}, actor=actor, now=now)
    return case._replace(state=state)


def advance(connection: Connection, case_id: str, taken: Mapping[str, int], messages: int, faults: Sequence[str]) -> None:
    """Moves a case's position: `taken` tells by source how many items were read; `messages` and `faults` are those just read."""
    case = one(connection, case_id, for_update=True)
    count, first = case.faults["count"] + len(faults), [*case.faults["first"], *faults][:FAULTS]
    values = {
        "position": {**case.position, **taken},
        "messages": case.messages + messages,
        "faults": {"count": count, "first": first},
    }
    connection.execute(update(cases).where(cases.c.id == case_id).values(values))


def close(connection: Connection, case_id: str, reason: str, actor: Actor, now: datetime) -> Case:
    """Closes a case: nothing more goes in. Its incidents stay as they are. Raises NotFound, UsageError, Conflict."""
    case = one(connection, case_id, for_update=True)
    _demand_reason(reason)
    if case.state == "closed":
        raise Conflict("the case is closed", code="case_closed")
    connection.execute(update(cases).where(cases.c.id == case_id).values(state="closed"))
    chain.append(connection, actor, "case.closed", f"case:{case_id}", {"reason": reason.strip()}, now)
    changed(connection, "case", case_id, 1, now)
    return case._replace(state="closed")


def set_legal_hold(connection: Connection, case_id: str, wanted: LegalHold, actor: Actor, now: datetime) -> str:
    """Orders that a case's evidence survive its days, or no longer; the id of the job that does it.

    Raises NotFound, UsageError, Conflict where it is so already.
    """
    case = one(connection, case_id, for_update=True)
    _demand_reason(wanted.reason)
    if case.legal_hold == wanted.on:
        raise Conflict("it is so already", code="legal_hold", on=wanted.on)
    values = {"legal_hold": wanted.on, "legal_hold_reason": wanted.reason.strip()}
    connection.execute(update(cases).where(cases.c.id == case_id).values(values))
    act = "case.held" if wanted.on else "case.released"
    chain.append(connection, actor, act, f"case:{case_id}", {"reason": wanted.reason.strip()}, now)
    changed(connection, "case", case_id, 1, now)
    return jobs.queue(connection, HOLD_JOB if wanted.on else RELEASE_JOB, {"case_id": case_id}, actor=actor, now=now)


def hold_more(connection: Connection, vault: Vault, case_id: str, now: datetime, *, limit: int = 200) -> int:
    """Seals a few more of a case's items under its own key; how many, 0 when all are."""
    mine = exists().where(vault_holds.c.item_id == vault_items.c.id, vault_holds.c.case_id == case_id)
    query = (
        select(vault_items.c.id)
        .join(ledger, ledger.c.seq == vault_items.c.ledger_seq)
        .where(ledger.c.case_id == case_id, ~mine)
        .order_by(vault_items.c.ledger_seq)
        .limit(limit)
    )
    return vault.hold(connection, case_id, list(connection.execute(query).scalars()), now)


def named(connection: Connection, name: str, *, for_update: bool = False) -> Case | None:
    """The case of a name, if there is one."""
    query = select(*_COLUMNS).where(cases.c.name == name)
    row = connection.execute(query.with_for_update() if for_update else query).first()
    return None if row is None else _case_of(row)


def one(connection: Connection, case_id: str, *, for_update: bool = False) -> Case:
    """One case. Raises NotFound."""
    query = select(*_COLUMNS).where(cases.c.id == case_id)
    row = connection.execute(query.with_for_update() if for_update else query).first()
    if row is None:
        raise NotFound("there is no such case", code="case_not_found")
    return _case_of(row)


def summary(connection: Connection, case_id: str, departments: Collection[str] | None = None) -> CaseSummary:
    """One case with its incidents counted. Raises NotFound."""
    return _summed(connection, [one(connection, case_id)], departments)[0]


def listed(
    connection: Connection, departments: Collection[str] | None = None, *, after: str | None = None, limit: int = 50
) -> list[CaseSummary]:
    """Cases, newest first; `after` is an id."""
    query: Select[Any] = select(*_COLUMNS).order_by(cases.c.id.desc()).limit(limit)
    if after is not None:
        query = query.where(cases.c.id < after)
    return _summed(connection, [_case_of(row) for row in connection.execute(query)], departments)


def _summed(connection: Connection, found: list[Case], departments: Collection[str] | None) -> list[CaseSummary]:
    query = (
        select(incidents.c.case_id, incidents.c.state, func.count())
        .where(incidents.c.case_id.in_([case.id for case in found]), in_sight(departments), incidents.c.merged_into.is_(None))
        .group_by(incidents.c.case_id, incidents.c.state)
    )
    total: Counter[str] = Counter()
    still_open: Counter[str] = Counter()
    for case_id, state, count in connection.execute(query):
        total[case_id] += count
        still_open[case_id] += count if state not in _RESOLVED else 0
    return [CaseSummary(case, total[case.id], still_open[case.id]) for case in found]


def _made(connection: Connection, name: str, source: str, actor: Actor, now: datetime) -> Case:
    case = Case(
        id=str(uuid_utils.uuid7()),
        name=name,
        kind="import",
        state="importing",
        source=source,
        created_by=actor.id[:36],
        created_at=now,
        messages=0,
        position={},
        faults={"count": 0, "first": []},
        owner=None,
        legal_hold=False,
        legal_hold_reason="",
    )
    connection.execute(insert(cases).values(case._asdict()))
    chain.append(connection, actor, "case.created", f"case:{case.id}", {"name": name}, now)
    return case


def _case_of(row: Any) -> Case:
    case = Case(*row)
    return case._replace(position=case.position or {}, faults=case.faults or {"count": 0, "first": []})


def _demand_reason(reason: str) -> None:
    if not reason.strip():
        raise UsageError("say why", code="reason_needed", pointer="/reason")
