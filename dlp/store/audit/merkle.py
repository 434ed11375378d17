"""The ledger's Merkle trees: RFC 6962 §2.1 hashing over the leaves of one stretch of the ledger, in order of `seq`.

Each checkpoint covers the rows since the one before it as a tree of their own and chains its root to the root before:
SHA-256(0x02 ‖ root before ‖ root of the stretch ‖ leaves of the stretch, 8 bytes big-endian). So a checkpoint never reads
again what an earlier one covered, and a proof of one row is its path in its stretch and the roots that follow. Rows that
retention removed are stood for by nodes of their tree, kept in `tombstones.remains`: roots stay what they were.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator
from heapq import merge
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, select

from dlp.store.tables.record import ledger
from dlp.store.tables.trust import tombstones

NO_ROOT: Final = bytes(32)  # the root before the first checkpoint
_EMPTY: Final = hashlib.sha256(b"").digest()
_AT_ONCE: Final = 10_000


class Node(NamedTuple):
    """A whole subtree of so many leaves, a power of two; rows `first` to `last` of the ledger. A row there is, is one leaf."""

    first: int
    last: int
    leaves: int
    hash: bytes


class Stretch(NamedTuple):
    """The tree of some rows in a row."""

    root: bytes
    leaves: int


def stretch(nodes: Iterable[Node]) -> Stretch:
    """The tree over these nodes, which stand in order and begin at its first leaf."""
    peaks: list[tuple[int, bytes]] = []
    for node in nodes:
        leaves, hash = node.leaves, node.hash
        while peaks and peaks[-1][0] == leaves:
            leaves, hash = 2 * leaves, _joined(peaks.pop()[1], hash)
        peaks.append((leaves, hash))
    if not peaks:
        return Stretch(_EMPTY, 0)
    root = peaks[-1][1]
    for _, hash in reversed(peaks[:-1]):
        root = _joined(hash, root)
    return Stretch(root, sum(leaves for leaves, _ in peaks))


def chained(before: bytes, after: Stretch) -> bytes:
    """The root a checkpoint signs, from the root before it and the stretch since."""
    return hashlib.sha256(b"\x02" + before + after.root + after.leaves.to_bytes(8, "big")).digest()


def remains_of(nodes: Iterable[Node], removed: Collection[int]) -> list[Node]:
    """The largest whole subtrees that hold nothing but removed rows; `nodes` are all of their stretch, in order."""
    remains: list[tuple[int, Node]] = []  # with the place of its first leaf
    place = 0
    for node in nodes:
        if node.first == node.last and node.first in removed:
            _push(remains, place, node)
        place += node.leaves
    return [node for _, node in remains]


def _push(remains: list[tuple[int, Node]], place: int, node: Node) -> None:
    while remains:
        before, left = remains[-1]
        if left.leaves != node.leaves or before + left.leaves != place or before % (2 * left.leaves):
            break
        remains.pop()
        place, node = before, Node(left.first, node.last, 2 * left.leaves, _joined(left.hash, node.hash))
    remains.append((place, node))


def nodes_between(connection: Connection, after: int, upto: int) -> Iterator[Node]:
    """What stands for the ledger's rows `after` < seq ≤ `upto`, in order: rows there are, and remains of rows removed."""
    return merge(_rows(connection, after, upto), sorted(remains_between(connection, after, upto)))


def remains_between(connection: Connection, after: int, upto: int) -> list[Node]:
    """Nodes that stand for removed rows of this stretch; a tombstone is of one stretch."""
    near = (tombstones.c.remains.is_not(None), tombstones.c.ledger_first <= upto, tombstones.c.ledger_last > after)
    rows = connection.execute(select(tombstones.c.remains).where(*near)).scalars()
    return [node_of(written) for nodes in rows for written in nodes or ()]


def node_of(written: list[Any]) -> Node:
    """A node as `tombstones.remains` holds it."""
    first, last, leaves, hash = written
    return Node(first, last, leaves, bytes.fromhex(hash))


def written(node: Node) -> list[Any]:
    """A node as JSON."""
    return [node.first, node.last, node.leaves, node.hash.hex()]


def _rows(connection: Connection, after: int, upto: int) -> Iterator[Node]:
    while True:
        query = select(ledger.c.seq, ledger.c.leaf).where(ledger.c.seq > after, ledger.c.seq <= upto)
        rows = connection.execute(query.order_by(ledger.c.seq).limit(_AT_ONCE)).all()
        for seq, leaf in rows:
            yield Node(seq, seq, 1, bytes(leaf))
        if len(rows) < _AT_ONCE:
            return
        after = rows[-1].seq


def _joined(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
