"""Verifies the record in place: signatures, audit chain, ledger; names the first record that does not hold.

Order: keys from the trusted fingerprint, signatures of checkpoints, the anchor, audit records, the checkpoints' own
numbers, ledger records. What an anchor holds counts like a checkpoint of the record, so that a cut-off end shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Final

from sqlalchemy import Connection, select

from dlp.errors import UsageError
from dlp.store.audit import checkpoints
from dlp.store.audit.audit_check import AuditCheck
from dlp.store.audit.faults import Fault, NotHeld, Verified
from dlp.store.audit.ledger_check import LedgerCheck
from dlp.store.audit.verifier import Broken, Checkpoint, check_signatures, checkpoint_of, trusted_keys
from dlp.store.tables.trust import checkpoints as table

_NOTHING: Final = Checkpoint(0, "", 0, bytes(32).hex(), 0, 0, bytes(32).hex(), "", "")


def verify(connection: Connection, trust: str, anchor: Iterable[str] = (), *, since: int = 0) -> Verified:
    """Checks the record after checkpoint `since` against the trusted fingerprint and the anchor's lines.

    Give a connection nothing was read through: on PostgreSQL all is then read as of one moment. Raises UsageError for an
    anchor no trusted key signed.
    """
    if connection.dialect.name == "postgresql" and not connection.in_transaction():
        connection = connection.execution_options(isolation_level="REPEATABLE READ")
    check = _Check(connection, since)
    try:
        check.run(_fingerprint(trust), [line.strip() for line in anchor if line.strip()])
    except NotHeld as found:
        return check.verified(found.fault)
    return check.verified(None)


class _Check:
    def __init__(self, connection: Connection, since: int) -> None:
        self.connection = connection
        rows = connection.execute(select(table).where(table.c.number >= since).order_by(table.c.number))
        self.stored = [checkpoints.of_row(row) for row in rows]
        if since and (not self.stored or self.stored[0].number != since):
            raise UsageError(f"there is no checkpoint {since}", code="no_checkpoint")
        self.base = self.stored.pop(0) if since else _NOTHING
        self.anchored: dict[int, Checkpoint] = {}
        self.audit = AuditCheck(connection, self.base)
        self.ledger = LedgerCheck(connection, self.base)

    def run(self, trust: str, anchor: Sequence[str]) -> None:
        keys = self._keys(trust)
        self._read_anchor(anchor, keys)
        stored = [self.base, *self.stored] if self.base.number else self.stored
        _check_signed(stored, keys)
        for one in stored:
            if self.anchored.get(one.number, one) != one:
                raise NotHeld(Fault("checkpoint", one.number, "not_in_anchor", "not the one the anchor has"))
        every = {one.number: one for one in (*self.anchored.values(), *self.stored) if one.number > self.base.number}
        self.audit.run([every[number] for number in sorted(every)])
        self._check_numbers(every)
        self.ledger.run(self.stored, self.audit.removals)

    def verified(self, fault: Fault | None) -> Verified:
        last = self.stored[-1] if self.stored else self.base
        return Verified(
            fault=fault,
            last_good=last.number if fault is None else self._last_good(fault),
            audit_records=self.audit.checked,
            ledger_records=self.ledger.checked,
            checkpoints=len(self.stored),
            anchored=len(self.anchored),
            erased=self.audit.erased_count,
            removed=self.ledger.removed,
            unsigned=max(self.audit.last - last.audit_seq, 0) if fault is None else 0,
        )

    def _keys(self, trust: str) -> dict[str, bytes]:
        try:
            return trusted_keys(checkpoints.key_entries(self.connection), trust)
        except Broken as error:
            raise NotHeld(Fault("key", 0, "no_key", str(error))) from error

    def _read_anchor(self, lines: Sequence[str], keys: dict[str, bytes]) -> None:
        try:
            anchored = sorted(set(map(checkpoint_of, lines)))
            if strange := [one for one in anchored if one.key_id not in keys]:
                said = f"the record knows no key {strange[0].key_id}, which signed the anchor's checkpoint {strange[0].number}"
                raise NotHeld(Fault("key", 0, "no_key", said))
            check_signatures(anchored, keys)
        except Broken as error:
            raise UsageError(f"the anchor is not to be relied on: {error}", code="anchor") from error
        self.anchored = {one.number: one for one in anchored}

    def _check_numbers(self, every: dict[int, Checkpoint]) -> None:
        there = {one.number for one in self.stored}
        for number in range(self.base.number + 1, max(every, default=self.base.number) + 1):
            if number not in there:
                raise NotHeld(Fault("checkpoint", number, "missing", "not in the record, although later ones or the anchor are"))

    def _last_good(self, fault: Fault) -> int:
        """The last checkpoint that is signed and lies before the fault."""
        place = {"audit": lambda one: one.audit_seq, "ledger": lambda one: one.ledger_seq, "checkpoint": lambda one: one.number}
        if fault.kind == "key":
            return 0
        good = (one.number for one in self.stored if place[fault.kind](one) < fault.number)
        return max(good, default=self.base.number)


def _check_signed(stored: Sequence[Checkpoint], keys: dict[str, bytes]) -> None:
    with suppress(Broken):
        check_signatures(stored, keys)
        return
    for place, one in enumerate(stored):
        try:
            check_signatures(stored[max(place - 1, 0) : place + 1], keys)
        except Broken as error:
            raise NotHeld(Fault("checkpoint", one.number, "forged", str(error))) from error


def _fingerprint(told: str) -> str:
    fingerprint = "".join(told.lower().replace(":", "").split())
    if len(fingerprint) != 64 or not set(fingerprint) <= set("0123456789abcdef"):
        raise UsageError("a fingerprint is 64 hexadecimal digits, as `dlp audit fingerprint` prints it", code="fingerprint")
    return fingerprint
