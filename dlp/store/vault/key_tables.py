"""The tables of the store of wrapped keys, a database of its own: nothing here opens without a key-encryption key."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, MetaData, String, Table, Text, UniqueConstraint

from dlp.store.columns import METADATA, BigNumber, Moment

KEY_METADATA = MetaData(naming_convention=METADATA.naming_convention)

# `check` is a known text wrapped under the key: it tells the right key from another of the same name.
key_encryption_keys = Table(
    "key_encryption_keys",
    KEY_METADATA,
    Column("id", String(64), primary_key=True),
    Column("state", String(16), nullable=False),  # current, retiring, retired
    Column("check", LargeBinary, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("retired_at", Moment),
)

# Keys with a name and an epoch: "secrets", "digests", "twins", "macs", and "audit" (an Ed25519 private key, whose public
# part stands beside it, signed by the key before).
named_keys = Table(
    "named_keys",
    KEY_METADATA,
    Column("name", String(32), primary_key=True),
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("kek", String(64), ForeignKey("key_encryption_keys.id"), nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("public", LargeBinary(32)),
    Column("signed", LargeBinary(64)),
    Column("created_at", Moment, nullable=False),
)

# The keys that wrap items' keys: of a day and connector (clean messages apart, they go sooner), or of a case.
# For a case `day` is -1 and `connector` its id. The newest `serial` of a place seals; an older one waits to be destroyed.
wrapping_keys = Table(
    "wrapping_keys",
    KEY_METADATA,
    Column("id", LargeBinary(16), primary_key=True),
    Column("kind", String(8), nullable=False),  # "day", "clean", "case"
    Column("day", Integer, nullable=False),
    Column("connector", String(64), nullable=False),
    Column("serial", Integer, nullable=False),
    Column("kek", String(64), ForeignKey("key_encryption_keys.id"), nullable=False, index=True),
    Column("wrapped", LargeBinary, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("swept_at", Moment),
    UniqueConstraint("kind", "day", "connector", "serial"),
)

# No foreign key: a wrapping key goes at once, the thousands of keys it wrapped go after it.
item_keys = Table(
    "item_keys",
    KEY_METADATA,
    Column("id", LargeBinary(16), primary_key=True),
    Column("holder", LargeBinary(16), nullable=False, index=True),
    Column("wrapped", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

# What was destroyed, beside the record's tombstones: a record restored from an old backup learns from it.
destructions = Table(
    "destructions",
    KEY_METADATA,
    Column("id", BigNumber, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("day", Integer),
    Column("connector", String(64)),
    Column("object", String(128)),
    Column("key_id", LargeBinary(16), unique=True),
    Column("reason", Text, nullable=False),
    sqlite_autoincrement=True,
)
