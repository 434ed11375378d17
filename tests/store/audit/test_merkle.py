"""Roots are RFC 6962's, and stay what they were when rows are removed."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from dlp.store.audit.merkle import Node, Stretch, chained, node_of, remains_of, stretch, written


def _leaf(number: int) -> bytes:
    return hashlib.sha256(b"\0" + bytes([number])).digest()


def _nodes(count: int) -> list[Node]:
    return [Node(seq, seq, 1, _leaf(seq)) for seq in range(1, count + 1)]


def _root(leaves: list[bytes]) -> bytes:
    """RFC 6962 §2.1, as it is written there."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + _root(leaves[:half]) + _root(leaves[half:])).digest()


@given(st.integers(0, 100))
def test_the_root_is_that_of_rfc_6962(count: int) -> None:
    nodes = _nodes(count)
    assert stretch(nodes) == Stretch(_root([node.hash for node in nodes]), count)


@given(st.integers(1, 100), st.data())
def test_removed_rows_leave_the_root(count: int, data: st.DataObject) -> None:
    nodes = _nodes(count)
    for _ in range(2):  # twice: what remains of a first removal stands beside a second
        removed = data.draw(st.sets(st.integers(1, count)))
        remains = remains_of(nodes, removed)
        kept = [node for node in nodes if not (node.first == node.last and node.first in removed)]
        assert sum(node.leaves for node in (*kept, *remains)) == count
        nodes = sorted((*kept, *(node_of(written(node)) for node in remains)))
        assert stretch(nodes) == stretch(_nodes(count))


def test_a_whole_stretch_leaves_a_handful_of_nodes() -> None:
    remains = remains_of(_nodes(200), set(range(1, 201)))
    assert [node.leaves for node in remains] == [128, 64, 8]


def test_a_chained_root_tells_order_and_count() -> None:
    before, one, two = bytes(32), Stretch(_leaf(1), 1), Stretch(_leaf(2), 1)
    assert chained(chained(before, one), two) != chained(chained(before, two), one)
    assert chained(before, one) != chained(before, one._replace(leaves=2))
