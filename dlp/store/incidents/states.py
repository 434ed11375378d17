"""What an incident may go through: every act, from which states, to which state; every reason to resolve it."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final, NamedTuple

from dlp.errors import Conflict, UsageError

OPENED: Final = "opened"
ASSIGNED: Final = "assigned"
IN_REVIEW: Final = "in_review"
CONFIRMED_LEAK: Final = "confirmed_leak"
NOT_A_LEAK: Final = "not_a_leak"
CLOSED: Final = "closed"
OPEN: Final = frozenset({OPENED, ASSIGNED, IN_REVIEW})
RESOLVED: Final = frozenset({CONFIRMED_LEAK, NOT_A_LEAK, CLOSED})
ALL: Final = OPEN | RESOLVED

# The reason an officer gives, and the state it leads to; the keys 1 to 6 of the console in this order.
RESOLUTIONS: Final = MappingProxyType(
    {
        "confirmed_leak": CONFIRMED_LEAK,
        "false_positive": NOT_A_LEAK,
        "accepted_risk": CLOSED,
        "duplicate": CLOSED,
        "training": CLOSED,
        "other": CLOSED,
    }
)


class Step(NamedTuple):
    """The states an act is allowed in and the state after it; None leaves the state as it is."""

    before: frozenset[str]
    after: str | None = None


STEPS: Final = MappingProxyType(
    {
        "assigned": Step(OPEN),  # an opened one becomes assigned, one in review stays so
        "unassigned": Step(OPEN),
        "taken": Step(OPEN),
        "review_started": Step(frozenset({OPENED, ASSIGNED}), IN_REVIEW),
        "resolved": Step(OPEN),  # to the state of its reason
        "closed": Step(frozenset({CONFIRMED_LEAK, NOT_A_LEAK}), CLOSED),  # what had to follow was done
        "reopened": Step(RESOLVED),
        "snoozed": Step(OPEN),
        "due_set": Step(OPEN),
        "tagged": Step(ALL),
        "commented": Step(ALL),
        "split": Step(ALL),
        "merged": Step(ALL),
    }
)


def allowed_in(act: str, state: str) -> Step:
    """The step of an act. Raises Conflict where the state does not allow it."""
    step = STEPS[act]
    if state not in step.before:
        raise Conflict(
            f"an incident that is {state} cannot be {act}", code="state", act=act, state=state, allowed=sorted(step.before)
        )
    return step


def state_after(reason: str) -> str:
    """The state a reason to resolve leads to. Raises UsageError."""
    if reason not in RESOLUTIONS:
        raise UsageError(f"there is no reason {reason!r}", code="unknown_value", pointer="/resolution", known=list(RESOLUTIONS))
    return RESOLUTIONS[reason]
