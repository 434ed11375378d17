"""Words in records whose form is not known in advance."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

UNSPOKEN = frozenset({"type", "id", "style", "language"})
DEPTH = 40


def words_in(value: Any, depth: int = DEPTH) -> Iterator[str]:
    """Every text inside a JSON value, in order, except under keys that name a form; nothing deeper than `depth`."""
    if isinstance(value, str):
        if value.strip():
            yield value
    elif isinstance(value, dict) and depth:
        for key, part in value.items():
            if key not in UNSPOKEN:
                yield from words_in(part, depth - 1)
    elif isinstance(value, list) and depth:
        for part in value:
            yield from words_in(part, depth - 1)
