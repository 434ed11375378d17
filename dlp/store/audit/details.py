"""Erasing the details of audit records: the chain still holds, and the erasure is a record itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import Connection, null, select, update

from dlp.errors import Conflict, NotFound
from dlp.store.actor import Actor
from dlp.store.audit import chain
from dlp.store.audit.audit_check import ERASED, REMOVED
from dlp.store.tables.trust import audit

# What verification itself relies on stays.
_KEPT = frozenset({ERASED, REMOVED})
_AT_ONCE = 500


def erase_details(connection: Connection, seqs: Collection[int], *, actor: Actor, reason: str, now: datetime) -> int:
    """Erases salt and details of these records; gives the number of the record that says so.

    Without the salt nobody can try out what the details were. Raises NotFound, and Conflict for records of erasures.
    """
    wanted = sorted(set(seqs))
    for some in _portions(wanted):
        rows = connection.execute(select(audit.c.seq, audit.c.act).where(audit.c.seq.in_(some))).all()
        if len(rows) < len(some):
            raise NotFound("there is no such audit record", code="no_audit_record")
        if any(row.act in _KEPT for row in rows):
            raise Conflict("a record of an erasure keeps its details", code="audit_kept")
    runs = list(_runs(wanted))
    told = {"seqs": runs, "count": len(wanted), "reason": reason}
    seq = chain.append(connection, actor, ERASED, f"audit:{wanted[0]}-{wanted[-1]}", told, now)
    for some in _portions(wanted):
        connection.execute(update(audit).where(audit.c.seq.in_(some)).values(salt=None, details=null()))
    return seq


def _runs(seqs: Iterable[int]) -> Iterable[list[int]]:
    run: list[int] = []
    for seq in seqs:
        if run and seq == run[1] + 1:
            run[1] = seq
            continue
        if run:
            yield run
        run = [seq, seq]
    if run:
        yield run


def _portions(seqs: list[int]) -> Iterable[list[int]]:
    return (seqs[start : start + _AT_ONCE] for start in range(0, len(seqs), _AT_ONCE))
