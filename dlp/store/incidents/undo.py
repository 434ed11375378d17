"""Taking an act back: the opposite is done and written beside it; both stay in the history."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from dlp.errors import Conflict, NotFound
from dlp.store.incidents import regroup, work
from dlp.store.incidents.work import Act, Done, Hand
from dlp.store.search import index
from dlp.store.tables.record import incident_history

# What nobody can take back: what happened outside, or what was read.
_FINAL: Final = frozenset({"opened", "revealed"})


def undo(connection: Connection, id: str, event: int, hand: Hand, now: datetime) -> Done:
    """Takes back an entry of an incident's history. Raises Conflict where the same fields were changed again since."""
    row = work.find(connection, id, hand.viewer)
    entry = _entry(connection, row.id, event)
    _refuse_second(connection, row.id, event)
    details = entry.details
    if entry.act in regroup.REVERSED:
        return regroup.REVERSED[entry.act](connection, row, entry, hand, now)
    if row.merged_into is not None:
        raise Conflict("the incident was merged into another", code="merged", into=row.merged_into)
    before, after = work.untold(details.get("before", {})), work.untold(details.get("after", {}))
    differing = sorted(name for name, value in after.items() if getattr(row, name) != value)
    if differing:
        raise Conflict("it was changed again since", code="changed_since", fields=differing, version=row.version)
    if details.get("comment"):
        index.remove_comment(connection, event)
    done = work.carry_out(connection, row, Act("undone", before, hand, now, more={"act": entry.act}, undoes=event))
    if entry.undoes is not None:
        _say_again(connection, row.id, entry.undoes)
    return done


def _entry(connection: Connection, id: str, event: int) -> Row[Any]:
    entry = connection.execute(
        select(incident_history).where(incident_history.c.id == event, incident_history.c.incident_id == id)
    ).first()
    if entry is None:
        raise NotFound("the incident's history has no such entry", code="event")
    if entry.act in _FINAL or (entry.act == "reopened" and "after" not in entry.details):
        raise Conflict(f"{entry.act} cannot be taken back", code="final", act=entry.act)
    return entry


def _refuse_second(connection: Connection, id: str, event: int) -> None:
    found = select(incident_history.c.id).where(incident_history.c.incident_id == id, incident_history.c.undoes == event)
    if connection.execute(found).first() is not None:
        raise Conflict("that was taken back already", code="undone")


def _say_again(connection: Connection, id: str, event: int) -> None:
    """The undoing of a comment was taken back: its words are found again."""
    taken_back = connection.execute(select(incident_history.c.details).where(incident_history.c.id == event)).scalar() or {}
    if taken_back.get("comment"):
        index.add_many(connection, [index.Words(id, taken_back["comment"], history_id=event)])
