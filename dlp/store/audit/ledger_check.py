"""Checks the ledger against its checkpoints: no verdict altered, removed or added, except as a tombstone says."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from heapq import merge
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select

from dlp.store.audit import merkle
from dlp.store.audit.faults import Fault, NotHeld
from dlp.store.audit.leaf import Decided, leaf_of
from dlp.store.audit.merkle import Node
from dlp.store.audit.verifier import Checkpoint
from dlp.store.tables.record import ledger
from dlp.store.tables.trust import tombstones

_AT_ONCE: Final = 10_000
_COLUMNS: Final = (ledger.c.seq, ledger.c.leaf, *(ledger.c[name] for name in Decided._fields))


def digest_of(remains: Sequence[Sequence[Any]]) -> str:
    """What the audit record of a removal says of the nodes that stand for the removed rows."""
    return hashlib.sha256(json.dumps(remains, separators=(",", ":")).encode()).hexdigest()


class LedgerCheck:
    """The ledger after a checkpoint that is taken as given."""

    def __init__(self, connection: Connection, base: Checkpoint) -> None:
        self._connection = connection
        self._base = base
        self.checked, self.removed = 0, 0

    def run(self, checkpoints: Sequence[Checkpoint], removals: Mapping[int, str]) -> None:
        """Reads every row; `removals` is what the audit chain says of removals. Raises NotHeld with the first fault."""
        early = self._connection.execute(select(func.min(ledger.c.seq))).scalar()
        if early is not None and early < 1:
            raise NotHeld(Fault("ledger", early, "added", "numbers begin at 1"))
        self._check_removals(removals)
        before = self._base
        for one in checkpoints:
            self._check_stretch(before, one)
            before = one
        for _ in self._leaves(before.ledger_seq, None):
            pass

    def _check_removals(self, removals: Mapping[int, str]) -> None:
        query = select(tombstones).where(tombstones.c.kind == "ledger", tombstones.c.audit_seq > self._base.audit_seq)
        for stone in self._connection.execute(query.order_by(tombstones.c.ledger_first)):
            if removals.get(stone.audit_seq) != digest_of(stone.remains or ()):
                said = f"no audit record tells of their removal ({stone.audit_seq} should)"
                raise NotHeld(Fault("ledger", stone.ledger_first, "removed_unexplained", said, stone.ledger_last))

    def _check_stretch(self, before: Checkpoint, one: Checkpoint) -> None:
        remains = sorted(merkle.remains_between(self._connection, before.ledger_seq, one.ledger_seq))
        nodes = merge(self._leaves(before.ledger_seq, one.ledger_seq), remains)
        found = merkle.stretch(nodes)
        self.removed += sum(node.leaves for node in remains)
        expected = one.ledger_count - before.ledger_count
        if found.leaves < expected:
            raise NotHeld(self._missing(before, one, expected - found.leaves))
        if found.leaves > expected or merkle.chained(bytes.fromhex(before.merkle_root), found).hex() != one.merkle_root:
            code = "added" if found.leaves > expected else "altered"
            said = f"checkpoint {one.number} signs another ledger"
            raise NotHeld(Fault("ledger", before.ledger_seq + 1, code, said, one.ledger_seq))

    def _missing(self, before: Checkpoint, one: Checkpoint, count: int) -> Fault:
        """Numbers may have holes (a verdict recorded twice takes one), so more numbers than rows may be missing."""
        there = select(ledger.c.seq).where(ledger.c.seq > before.ledger_seq, ledger.c.seq <= one.ledger_seq)
        taken = [(seq, seq) for seq in self._connection.execute(there).scalars()]
        remains = merkle.remains_between(self._connection, before.ledger_seq, one.ledger_seq)
        holes, at = [], before.ledger_seq
        for first, last in sorted(taken + [(node.first, node.last) for node in remains]):
            holes += [*range(at + 1, first)]
            at = max(at, last)
        holes += [*range(at + 1, one.ledger_seq + 1)]
        said = f"checkpoint {one.number} signs {count} more"
        if len(holes) > count:
            said += f"; it is among {len(holes)} numbers that are not taken"
        first = holes[0] if holes else before.ledger_seq + 1
        return Fault("ledger", first, "missing", said, first if len(holes) <= count else holes[-1])

    def _leaves(self, after: int, upto: int | None) -> Iterator[Node]:
        while True:
            query = select(*_COLUMNS).where(ledger.c.seq > after)
            if upto is not None:
                query = query.where(ledger.c.seq <= upto)
            rows = self._connection.execute(query.order_by(ledger.c.seq).limit(_AT_ONCE)).all()
            for row in rows:
                yield self._node(row)
            if len(rows) < _AT_ONCE:
                return
            after = rows[-1].seq

    def _node(self, row: Row[Any]) -> Node:
        decided = Decided._make(row[2:])
        if leaf_of(decided._replace(identity=bytes(decided.identity))) != bytes(row.leaf):
            raise NotHeld(Fault("ledger", row.seq, "altered", "it is not what was decided"))
        self.checked += 1
        return Node(row.seq, row.seq, 1, bytes(row.leaf))
