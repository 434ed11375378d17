"""What proves and what protects: the audit chain with its checkpoints, and the evidence vault.

The wrapped keys are not here: they live in a store of their own (`dlp/store/vault/`).
"""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from dlp.store.columns import METADATA, BigNumber, Moment

# `commitment` is SHA-256 over salt and details: both can be erased and the chain still verifies.
audit = Table(
    "audit",
    METADATA,
    Column("seq", BigNumber, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False, index=True),
    Column("actor", String(64), nullable=False, index=True),
    Column("actor_kind", String(16), nullable=False),  # "user", "token", "system", "cli"
    Column("act", String(64), nullable=False, index=True),
    Column("object", String(128), nullable=False, index=True),
    Column("salt", LargeBinary(16)),
    Column("details", JSON),
    Column("commitment", LargeBinary(32), nullable=False),
    Column("previous", LargeBinary(32), nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
    Column("streebog", LargeBinary(32)),  # GOST R 34.11-2012 beside SHA-256, where a company wants it
)

checkpoints = Table(
    "checkpoints",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("audit_seq", BigNumber, nullable=False),
    Column("audit_hash", LargeBinary(32), nullable=False),
    Column("ledger_seq", BigNumber, nullable=False),
    Column("ledger_count", BigNumber, nullable=False),
    Column("merkle_root", LargeBinary(32), nullable=False),
    Column("key_id", String(64), nullable=False),
    Column("signature", LargeBinary(64), nullable=False),
    Column("cades", LargeBinary),  # a detached CAdES signature, where a company makes one
    Column("sent", JSON, nullable=False),  # {"syslog": "…", "mail": "…"}: where it left the machine to
)

# Public halves of the keys that signed checkpoints; `signature` is the predecessor's over `verifier.succession_text`.
signing_keys = Table(
    "signing_keys",
    METADATA,
    Column("key_id", String(64), primary_key=True),  # SHA-256 of `public` in hexadecimal: the fingerprint people compare
    Column("position", Integer, nullable=False, unique=True),
    Column("public", LargeBinary(32), nullable=False),
    Column("previous", String(64)),
    Column("signature", LargeBinary(64)),
    Column("introduced_at", Moment, nullable=False),
)

# A row of the ledger, or an item, that is no more: who, why, when; replayed when a backup is restored.
tombstones = Table(
    "tombstones",
    METADATA,
    Column("id", BigNumber, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    Column("kind", String(16), nullable=False),  # "day", "item", "person", "ledger"
    Column("day", Integer),  # days since 1970 of received_at, UTC
    Column("connector", String(64)),
    Column("object", String(128)),
    Column("key_id", LargeBinary(16), index=True),  # the wrapped key that was destroyed
    Column("ledger_first", BigNumber),
    Column("ledger_last", BigNumber),
    Column("remains", JSON),  # nodes of the Merkle tree in place of removed ledger rows: [[first, last, leaves, hash], …]
    Column("reason", Text, nullable=False),
    Column("audit_seq", BigNumber, nullable=False),
    sqlite_autoincrement=True,
)

# One sealed piece of evidence. Associated data = version, connector, conversation, message, revision, kind, part.
vault_items = Table(
    "vault_items",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("ledger_seq", BigNumber, nullable=False, index=True),
    Column("day", Integer, nullable=False),  # days since 1970 of received_at, UTC
    Column("connector", String(64), nullable=False),
    Column("conversation", String(512)),
    Column("message", String(512), nullable=False),
    Column("revision", BigNumber, nullable=False),
    Column("kind", String(32), nullable=False),  # "message" (the whole Message as JSON), "file", "redacted", …
    Column("part", Integer, nullable=False, default=0),
    Column("clean", Integer, nullable=False, default=0),  # 1: no rule was hit, kept for `keep_clean_days`
    Column("case_id", String(36)),  # the legal hold whose key seals it now
    Column("key_id", LargeBinary(16), nullable=False),  # the item's own key, among the wrapped ones
    Column("sealed", LargeBinary, nullable=False),
    Index("ix_vault_items_day", "day", "connector"),
)

# What a file's item is followed by: its sealed chunks of 1 MiB.
vault_chunks = Table(
    "vault_chunks",
    METADATA,
    Column("item_id", String(36), ForeignKey("vault_items.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("sealed", LargeBinary, nullable=False),
)

# Which cases hold an item; `day_key` and `item_key` sealed it before the first hold, and still seal its copies in backups.
vault_holds = Table(
    "vault_holds",
    METADATA,
    Column("item_id", String(36), ForeignKey("vault_items.id", ondelete="CASCADE"), primary_key=True),
    Column("case_id", String(36), primary_key=True, index=True),
    Column("day_key", LargeBinary(16)),
    Column("item_key", LargeBinary(16)),
)
