"""Checks audit records one after another: none altered, missing or in another's place; each checkpoint signs what is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select

from dlp.store.audit import chain
from dlp.store.audit.faults import Fault, NotHeld
from dlp.store.audit.verifier import Checkpoint, commitment
from dlp.store.tables.trust import audit

ERASED: Final = "audit.details_erased"
REMOVED: Final = "ledger.removed"
_AT_ONCE: Final = 2_000


class AuditCheck:
    """The audit chain after a checkpoint that is taken as given."""

    def __init__(self, connection: Connection, base: Checkpoint) -> None:
        self._connection = connection
        self._base = base
        self.last, self.checked, self.erased_count = base.audit_seq, 0, 0
        self.removals: dict[int, str] = {}  # by number, the digest of what stands for the removed ledger records
        self._erased: dict[int, int] = {}  # the first and last of a run of records without details
        self._explained: list[tuple[int, int, int]] = []

    def run(self, checkpoints: Sequence[Checkpoint]) -> None:
        """Reads every record. Raises NotHeld with the first that does not hold."""
        early = self._connection.execute(select(func.min(audit.c.seq))).scalar()
        if early is not None and early < 1:
            raise NotHeld(Fault("audit", early, "added", "numbers begin at 1"))
        signed = {one.audit_seq: one for one in checkpoints}
        held, good = bytes.fromhex(self._base.audit_hash), self._base
        for row, following in _with_following(_rows(self._connection, self._base.audit_seq)):
            self._check_place(row, held, following)
            _check_row(row)
            held, self.last, self.checked = bytes(row.hash), row.seq, self.checked + 1
            self._note(row)
            if one := signed.get(row.seq):
                _check_signed(one, held, good)
                good = one
        self._check_end(checkpoints)
        self._check_erasures()

    def _check_place(self, row: Row[Any], held: bytes, following: Row[Any] | None) -> None:
        if row.seq != self.last + 1:
            raise NotHeld(Fault("audit", self.last + 1, "missing", f"record {row.seq} comes after {self.last}"))
        if bytes(row.previous) == held or chain.hash_of(row) != bytes(row.hash):
            return  # what is wrong with the record itself is told by _check_row
        # Its own hash holds. If the next record follows it, it is what it was, and the one before was made anew.
        followed = following is None or bytes(following.previous) == bytes(row.hash)
        number = max(row.seq - 1, 1) if followed else row.seq
        raise NotHeld(Fault("audit", number, "altered", f"record {row.seq} does not follow from it" if followed else "made anew"))

    def _note(self, row: Row[Any]) -> None:
        if row.details is None:
            self.erased_count += 1
            run = next(reversed(self._erased.items()), None)
            first = run[0] if run and run[1] == row.seq - 1 else row.seq
            self._erased[first] = row.seq
        elif row.act == ERASED:
            self._explained += [(first, last, row.seq) for first, last in row.details["seqs"]]
        elif row.act == REMOVED:
            self.removals[row.seq] = str(row.details["remains"])

    def _check_end(self, checkpoints: Iterable[Checkpoint]) -> None:
        for one in checkpoints:
            if one.audit_seq > self.last:
                said = f"checkpoint {one.number} signs records up to {one.audit_seq}"
                raise NotHeld(Fault("audit", self.last + 1, "missing", said, one.audit_seq))

    def _check_erasures(self) -> None:
        unexplained = (
            seq
            for first, last in self._erased.items()
            for seq in range(first, last + 1)
            if not any(start <= seq <= end < by for start, end, by in self._explained)
        )
        if seq := next(unexplained, None):
            raise NotHeld(Fault("audit", seq, "erased_unexplained", "its details are gone, and no record says who erased them"))


def _check_row(row: Row[Any]) -> None:
    if chain.hash_of(row) != bytes(row.hash):
        raise NotHeld(Fault("audit", row.seq, "altered", "it is not what was hashed"))
    if row.details is None and row.salt is None:
        return
    whole = row.details is not None and row.salt is not None
    if not whole or commitment(bytes(row.salt), chain.canonical(row.details)) != bytes(row.commitment):
        raise NotHeld(Fault("audit", row.seq, "details_altered", "its details are not what was committed to"))


def _check_signed(one: Checkpoint, held: bytes, good: Checkpoint) -> None:
    if one.audit_hash != held.hex():
        first = min(good.audit_seq + 1, one.audit_seq)
        raise NotHeld(Fault("audit", first, "rewritten", f"checkpoint {one.number} signs another chain", one.audit_seq))


def _rows(connection: Connection, after: int) -> Iterator[Row[Any]]:
    while True:
        rows = connection.execute(select(audit).where(audit.c.seq > after).order_by(audit.c.seq).limit(_AT_ONCE)).all()
        yield from rows
        if len(rows) < _AT_ONCE:
            return
        after = rows[-1].seq


def _with_following(rows: Iterator[Row[Any]]) -> Iterator[tuple[Row[Any], Row[Any] | None]]:
    row = next(rows, None)
    while row is not None:
        following = next(rows, None)
        yield row, following
        row = following
