"""Removes rows of the ledger so that every signed checkpoint still holds: a tombstone keeps their nodes of the tree."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import Connection, Select, Table, delete, insert, select

from dlp.errors import Conflict
from dlp.store.actor import SYSTEM
from dlp.store.audit import chain, checkpoints, merkle
from dlp.store.audit.audit_check import REMOVED
from dlp.store.audit.ledger_check import digest_of
from dlp.store.audit.merkle import Node
from dlp.store.tables.record import findings, gaps, incident_words, ledger, occurrences
from dlp.store.tables.trust import checkpoints as signed
from dlp.store.tables.trust import tombstones, vault_items
from dlp.store.vault.vault import Because

_OF_A_ROW: Final[tuple[Table, ...]] = (incident_words, gaps, findings, occurrences)
_AT_ONCE: Final = 500
_A_SWEEP: Final = 100_000
OLD: Final = Because(SYSTEM, "retention of the ledger")


class Stretch(NamedTuple):
    """The rows one checkpoint covers: `after` < seq ≤ `upto`."""

    after: int
    upto: int


def stretches_before(connection: Connection, seq: int) -> list[Stretch]:
    """Signed stretches that lie before `seq` and have rows nothing holds, the oldest first; so many that one sweep ends."""
    ends = _ends(connection)
    query = select(ledger.c.seq).where(ledger.c.seq < seq, ledger.c.seq.not_in(_held())).order_by(ledger.c.seq).limit(_A_SWEEP)
    places = sorted({bisect_left(ends, row) for row in connection.execute(query).scalars()})
    # Only whole stretches: one that is old in part goes when all of it is.
    return [Stretch(ends[place - 1], ends[place]) for place in places if place < len(ends) and ends[place] < seq]


def remove_stretch(connection: Connection, stretch: Stretch, now: datetime, because: Because = OLD) -> int:
    """Removes the rows of a stretch but for those whose evidence a legal hold keeps; how many."""
    between = (ledger.c.seq > stretch.after, ledger.c.seq <= stretch.upto, ledger.c.seq.not_in(_held()))
    return _remove(connection, stretch, set(connection.execute(select(ledger.c.seq).where(*between)).scalars()), now, because)


def remove_rows(connection: Connection, seqs: Collection[int], now: datetime, because: Because) -> int:
    """Removes these rows and what hangs on them; how many. Raises Conflict where no checkpoint covers them yet."""
    if not seqs:
        return 0
    last = checkpoints.latest(connection)
    if last is None or max(seqs) > last.ledger_seq:
        raise Conflict("no checkpoint covers these rows yet", code="not_signed_yet")
    groups: dict[Stretch, set[int]] = {}
    ends = _ends(connection)
    for seq in seqs:
        place = bisect_left(ends, seq)
        groups.setdefault(Stretch(ends[place - 1], ends[place]), set()).add(seq)
    return sum(_remove(connection, stretch, here, now, because) for stretch, here in sorted(groups.items()))


def _ends(connection: Connection) -> list[int]:
    return [0, *connection.execute(select(signed.c.ledger_seq).order_by(signed.c.number)).scalars()]


def _held() -> Select[tuple[int]]:
    return select(vault_items.c.ledger_seq).where(vault_items.c.case_id.is_not(None))


def _remove(connection: Connection, stretch: Stretch, seqs: set[int], now: datetime, because: Because) -> int:
    nodes = list(merkle.nodes_between(connection, *stretch))
    there = select(ledger.c.seq).where(ledger.c.seq > stretch.after, ledger.c.seq <= stretch.upto)
    seqs &= set(connection.execute(there).scalars())
    if not seqs:
        return 0
    remains = [merkle.written(node) for node in _remains(nodes, seqs)]
    first, last = min(seqs), max(seqs)
    told = {"first": first, "last": last, "count": len(seqs), "remains": digest_of(remains), "reason": because.reason}
    seq = chain.append(connection, because.actor, REMOVED, f"ledger:{first}-{last}", told, now)
    stone = {"at": now, "kind": "ledger", "ledger_first": first, "ledger_last": last, "remains": remains}
    connection.execute(insert(tombstones).values(**stone, reason=because.reason, audit_seq=seq))
    ordered = sorted(seqs)
    for start in range(0, len(ordered), _AT_ONCE):
        some = ordered[start : start + _AT_ONCE]
        for table in _OF_A_ROW:
            connection.execute(delete(table).where(table.c.ledger_seq.in_(some)))
        connection.execute(delete(ledger).where(ledger.c.seq.in_(some)))
    return len(seqs)


def _remains(nodes: list[Node], seqs: set[int]) -> list[Node]:
    if len(seqs) < len(nodes):
        return merkle.remains_of(nodes, seqs)
    whole = merkle.stretch(nodes)  # all of it goes: one node is enough, whatever its size
    return [Node(nodes[0].first, nodes[-1].last, whole.leaves, whole.root)]
