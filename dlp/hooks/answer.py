"""What the server said of a message, or what is to be done where it said nothing in time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from dlp.records import Decision


class Hold(NamedTuple):
    """A held message: `expires_at` (RFC 3339) is when the policy decides by itself."""

    id: str
    expires_at: str
    poll: str


class HoldOutcome(NamedTuple):
    """`outcome` is "release", "drop" or None while it waits; `state` "waiting", "released", "dropped" or "expired"."""

    state: str
    outcome: str | None

    @property
    def is_released(self) -> bool:
        """Whether the message may pass."""
        return self.outcome == "release"


class Answer(NamedTuple):
    """`decided_by` is "policy", "exception", "emergency", "deadline" or "outage"; `told` is the whole answer as JSON.

    Where the server could not be asked, `told` is empty and `decided_by` says why ("deadline", "outage").
    """

    decision: Decision
    decided_by: str
    text: str | None = None
    sender_text: Mapping[str, str] = {}
    hold: Hold | None = None
    told: Mapping[str, Any] = {}

    @property
    def may_pass(self) -> bool:
        """Whether to deliver the message as it is; a redacted one is delivered as `text`, a held one when it is released."""
        return self.decision < Decision.REDACT


def answer_from(told: Mapping[str, Any]) -> Answer:
    """The answer in the server's JSON. Raises ValueError for what is none; a decision this program does not know is a block."""
    try:
        decision = _DECISIONS.get(told["decision"], Decision.BLOCK)
        hold = told.get("hold")
        return Answer(
            decision,
            str(told["decided_by"]),
            told.get("redacted_text"),
            told.get("sender_text") or {},
            None if hold is None else Hold(hold["id"], hold["expires_at"], hold["poll"]),
            told,
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("the server's answer is not a verdict") from error


_DECISIONS: Mapping[str, Decision] = {decision.label: decision for decision in Decision}
