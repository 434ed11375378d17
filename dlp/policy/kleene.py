"""Three-valued logic (Kleene's strong tables): None is unknown, and unknown never passes for false."""

from __future__ import annotations

from collections.abc import Iterable

Truth = bool | None


def all_of(values: Iterable[Truth]) -> Truth:
    """False where one is false, else unknown where one is unknown, else true."""
    known = True
    for value in values:
        if value is None:
            known = False
        elif not value:
            return False
    return True if known else None


def any_of(values: Iterable[Truth]) -> Truth:
    """True where one is true, else unknown where one is unknown, else false."""
    known = True
    for value in values:
        if value is None:
            known = False
        elif value:
            return True
    return False if known else None


def negation(value: Truth) -> Truth:
    """The opposite; unknown stays unknown."""
    return None if value is None else not value
