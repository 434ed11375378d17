"""The leaf of one verdict: what the ledger's Merkle tree holds of it (RFC 6962 §2.1 form, domain separated)."""

from __future__ import annotations

import hashlib
import struct
from datetime import datetime
from typing import Final, NamedTuple

from dlp.store.columns import microseconds

# The first byte sets leaves (0) apart from nodes (1) and from the roots chained by checkpoints (2).
_HEAD: Final = b"\x00dlp-verdict-1\n"
_NUMBERS: Final = struct.Struct(">qqiiiqqqq")


class Decided(NamedTuple):
    """The fields of a ledger row that may never change; all of them stand in its leaf. Names are the columns'."""

    identity: bytes
    connector: str
    received_at: datetime
    decided_at: datetime
    decision: int
    would: int
    severity: int | None
    decided_by: str
    policy_version: int
    findings: int
    hits: int
    gaps: int


def leaf_of(row: Decided) -> bytes:
    """SHA-256 over 0x00, "dlp-verdict-1\\n", nine big-endian numbers (no severity is -1), then identity, connector and
    decided_by, each with its length in four bytes before it.
    """
    numbers = _NUMBERS.pack(
        microseconds(row.received_at),
        microseconds(row.decided_at),
        row.decision,
        row.would,
        -1 if row.severity is None else row.severity,
        row.policy_version,
        row.findings,
        row.hits,
        row.gaps,
    )
    connector, decided_by = row.connector.encode(), row.decided_by.encode()
    return hashlib.sha256(
        b"".join(
            (
                _HEAD,
                numbers,
                struct.pack(">III", len(row.identity), len(connector), len(decided_by)),
                row.identity,
                connector,
                decided_by,
            )
        )
    ).digest()
