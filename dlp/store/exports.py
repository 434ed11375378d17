"""Exports people asked for: what, by whom, how large, until when; and the counts reports are made of."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import uuid_utils
from sqlalchemy import Connection, func, insert, select, update

from dlp.errors import Conflict, NotFound
from dlp.store import jobs
from dlp.store.actor import Actor
from dlp.store.audit import chain
from dlp.store.changes import changed
from dlp.store.search.query import Viewer
from dlp.store.tables.duties import exceptions, exports, reveals
from dlp.store.tables.record import gaps, incidents
from dlp.store.tables.trust import audit

if TYPE_CHECKING:
    from dlp.store.vault.keys import Keys

KEPT: Final = timedelta(days=7)
JOB: Final = "export"
_PURPOSE: Final = "exports"
SOUGHT: Final = "text_sealed"  # in `asked`: the words of the query, sealed for `exports`


class Export(NamedTuple):
    """One export. `asked` holds the query, the zone and the period; `sha256` is of the file as it is downloaded."""

    id: str
    kind: str
    form: str
    language: str
    asked: dict[str, Any]
    state: str  # queued, ready, failed, expired
    rows: int | None
    size: int | None
    sha256: str | None
    owner: str
    created_at: datetime
    ready_at: datetime | None
    expires_at: datetime | None
    fault: str


class Wanted(NamedTuple):
    """What is to be exported: `kind` "incidents" or "monthly", `form` "csv", "xlsx", "jsonl", "pdf" or "pack"."""

    kind: str
    form: str
    language: str
    asked: Mapping[str, Any]


_COLUMNS = tuple(exports.c[name] for name in Export._fields)


def ask(connection: Connection, wanted: Wanted, *, actor: Actor, now: datetime) -> str:
    """Queues an export and returns its id; asking for it is an audited act."""
    export = str(uuid_utils.uuid7())
    told = {"kind": wanted.kind, "form": wanted.form, "language": wanted.language, "asked": dict(wanted.asked)}
    row = {"id": export, **told, "state": "queued", "owner": actor.id, "created_at": now, "expires_at": now + KEPT}
    connection.execute(insert(exports).values(row))
    jobs.queue(connection, JOB, {"export": export}, actor=actor, now=now)
    # What was searched for may be a secret: it is sealed in `asked`, and only that there was something is told here.
    details = told | {"asked": {name: value for name, value in wanted.asked.items() if name != SOUGHT}}
    chain.append(connection, actor, "export.asked", f"export:{export}", details | {"text": SOUGHT in wanted.asked}, now)
    changed(connection, "export", export, 1, now)
    return export


def query_asked(asked: Mapping[str, Any], keys: Keys) -> dict[str, Any]:
    """The parameters of an export's query, the words searched for among them."""
    query: dict[str, Any] = dict(asked.get("query") or {})
    if SOUGHT in asked:
        query["text"] = keys.open(_PURPOSE, b64decode(asked[SOUGHT])).decode()
    return query


def sealed_query(query: Mapping[str, Any], keys: Keys) -> dict[str, Any]:
    """The parameters of a query as `asked` holds them; `query_asked` reads them back."""
    told: dict[str, Any] = {"query": {name: value for name, value in query.items() if name != "text"}}
    if query.get("text"):
        told[SOUGHT] = b64encode(keys.seal(_PURPOSE, query["text"].encode())).decode()
    return told


def finish(connection: Connection, export: str, made: Mapping[str, Any], now: datetime) -> None:
    """Keeps what came of it: rows, size and sha256, or the fault."""
    state = "failed" if made.get("fault") else "ready"
    connection.execute(update(exports).where(exports.c.id == export).values(**made, state=state, ready_at=now))
    changed(connection, "export", export, 2, now)


def get(connection: Connection, export: str, viewer: Viewer | None = None) -> Export:
    """One export that the viewer (None: the system) may see. Raises NotFound."""
    row = connection.execute(select(*_COLUMNS).where(exports.c.id == export)).first()
    found = None if row is None else Export(**row._asdict())
    if found is None or not _in_sight(found, viewer):
        raise NotFound("there is no such export")
    return found


def listed(connection: Connection, viewer: Viewer | None = None, limit: int = 100) -> list[Export]:
    """The latest exports the viewer may see, the newest first."""
    query = select(*_COLUMNS).order_by(exports.c.created_at.desc(), exports.c.id.desc()).limit(limit)
    if viewer is not None and viewer.departments is not None:
        query = query.where(exports.c.owner == viewer.user)
    found = [Export(**row._asdict()) for row in connection.execute(query)]
    return [export for export in found if _in_sight(export, viewer)]


def _in_sight(export: Export, viewer: Viewer | None) -> bool:
    """Whoever sees some departments alone sees the exports of their own that hold no others."""
    if viewer is None or viewer.departments is None:
        return True
    held = export.asked.get("departments")
    return export.owner == viewer.user and held is not None and set(held) <= set(viewer.departments)


def download(connection: Connection, export: str, viewer: Viewer, *, actor: Actor, now: datetime) -> Export:
    """An export somebody takes away now: audited. Raises NotFound, Conflict where it is not ready."""
    found = get(connection, export, viewer)
    if found.state != "ready":
        raise Conflict("the export is not ready", code="export_not_ready", state=found.state)
    chain.append(connection, actor, "export.downloaded", f"export:{export}", {"sha256": found.sha256, "rows": found.rows}, now)
    return found


def expire(connection: Connection, now: datetime) -> list[str]:
    """Ends exports whose time is over; their ids, for whoever removes the files."""
    over = connection.scalars(select(exports.c.id).where(exports.c.state != "expired", exports.c.expires_at <= now)).all()
    if over:
        connection.execute(update(exports).where(exports.c.id.in_(over)).values(state="expired"))
    return list(over)


def month_is_asked(connection: Connection, month: str) -> bool:
    """Whether the report of a month ("2026-10") was asked for already."""
    asked = connection.scalars(select(exports.c.asked).where(exports.c.kind == "monthly", exports.c.owner == "system"))
    return any(told.get("month") == month for told in asked)


def acts_about(connection: Connection, incident_ids: Sequence[str]) -> list[int]:
    """The numbers of the audit records about incidents, in order."""
    found: set[int] = set()
    for start in range(0, len(incident_ids), 500):
        objects = [f"incident:{incident}" for incident in incident_ids[start : start + 500]]
        found.update(connection.scalars(select(audit.c.seq).where(audit.c.object.in_(objects))))
    return sorted(found)


def reveals_by_reason(connection: Connection, start: datetime, end: datetime) -> list[tuple[str, int]]:
    """Reveals that were read in a period, by the code of their reason."""
    return _counted(connection, reveals.c.reason_code, reveals.c.read_at.between(start, end))


def exceptions_by_scope(connection: Connection, start: datetime, end: datetime) -> list[tuple[str, int]]:
    """Exceptions made in a period, by scope."""
    return _counted(connection, exceptions.c.scope, exceptions.c.created_at.between(start, end))


def gaps_by_reason(connection: Connection, start: datetime, end: datetime) -> list[tuple[str, int]]:
    """Gaps of a period that were not read after all, by reason and state."""
    label = gaps.c.reason + ": " + gaps.c.state
    return _counted(connection, label, gaps.c.received_at.between(start, end))


def ids_of(connection: Connection, numbers: Sequence[int]) -> list[str]:
    """The ids of incidents by their numbers."""
    found: list[str] = []
    for first in range(0, len(numbers), 500):
        found += connection.scalars(select(incidents.c.id).where(incidents.c.number.in_(numbers[first : first + 500])))
    return found


def _counted(connection: Connection, column: Any, condition: Any) -> list[tuple[str, int]]:
    rows = connection.execute(
        select(column, func.count()).where(condition).group_by(column).order_by(func.count().desc(), column)
    )
    return [(str(name), count) for name, count in rows]
