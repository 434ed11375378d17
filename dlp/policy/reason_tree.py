"""A reason as lines people read."""

from __future__ import annotations

from collections.abc import Iterator

from dlp.records import Reason

MARKS = {True: "✓", False: "✗", None: "?"}


def tree_lines(reason: Reason, depth: int = 1) -> Iterator[str]:
    """The whole tree, a condition a line, what is inside a condition below it and further in."""
    yield f"{'  ' * depth}{MARKS[reason.held]} {reason.condition}: {reason.said}"
    for part in reason.parts:
        yield from tree_lines(part, depth + 1)


def decisive(reason: Reason) -> tuple[str, ...]:
    """What made the whole come out as it did: the leaves that agree with it, turned round inside `none`."""
    return tuple(_decisive(reason, reason.held))


def _decisive(reason: Reason, held: bool | None) -> Iterator[str]:
    if reason.held is not held:
        return
    if not reason.parts:
        yield f"{reason.condition}: {reason.said}"
        return
    wanted = held if held is None or reason.condition != "none" else not held
    for part in reason.parts:
        yield from _decisive(part, wanted)
