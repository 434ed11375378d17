"""Work units: a deterministic budget for one text, so that a replay stops where the first run stopped."""

from __future__ import annotations


class WorkSpentError(Exception):
    """The text cost more than its budget."""


class Work:
    """A budget of units; one unit is about a microsecond's worth of confirming."""

    __slots__ = ("left",)

    def __init__(self, units: int) -> None:
        self.left = units

    def spend(self, units: int) -> None:
        """Takes units from the budget; raises WorkSpentError when it is gone."""
        self.left -= units
        if self.left < 0:
            raise WorkSpentError
