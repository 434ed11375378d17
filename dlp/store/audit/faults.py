"""What verification found: the first record that does not hold, and what was checked on the way to it."""

from __future__ import annotations

from typing import NamedTuple


class Fault(NamedTuple):
    """The first thing that does not hold.

    `kind` is "audit", "ledger", "checkpoint" or "key"; `number` the record (0 for a key), `upto` the last one it may be where
    it is one of several. `code` is stable: missing, altered, details_altered, rewritten, erased_unexplained,
    removed_unexplained, added, forged, not_in_order, not_in_anchor, no_key.
    """

    kind: str
    number: int
    code: str
    said: str
    upto: int | None = None

    @property
    def place(self) -> str:
        """For a person: "audit record 17", "one of ledger records 20 to 31"."""
        name = {"audit": "audit record", "ledger": "ledger record", "checkpoint": "checkpoint", "key": "signing key"}[self.kind]
        if self.kind == "key":
            return name
        return f"{name} {self.number}" if self.upto in {None, self.number} else f"one of {name}s {self.number} to {self.upto}"


class NotHeld(Exception):
    """Carries the first fault out of a check."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.said)
        self.fault = fault


class Verified(NamedTuple):
    """What was checked. `last_good` is the last checkpoint up to which everything holds, 0 where there is none.

    `unsigned` counts audit records after the last checkpoint: they follow each other, but nothing signs them yet.
    """

    fault: Fault | None
    last_good: int
    audit_records: int = 0
    ledger_records: int = 0
    checkpoints: int = 0
    anchored: int = 0
    erased: int = 0
    removed: int = 0
    unsigned: int = 0

    @property
    def ok(self) -> bool:
        """Whether all of it holds."""
        return self.fault is None
