"""Who may come in: people, their sessions, programs' tokens, one-time invitations."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Integer, LargeBinary, String, Table

from dlp.store.columns import METADATA, BigNumber, Moment

users = Table(
    "users",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("login", String(128), nullable=False, unique=True),
    Column("name", String(256), nullable=False),
    Column("email", String(256)),
    Column("roles", JSON, nullable=False),  # ["officer", …]
    Column("departments", JSON),  # None: all
    Column("password", String(256)),  # argon2id; None until the invitation is used
    Column("totp_sealed", LargeBinary),
    Column("totp_last", BigNumber),  # the last time step used: a code is good once
    Column("totp_pending", LargeBinary),  # sealed, until the first code shows that it arrived
    Column("state", String(16), nullable=False),  # invited, active, disabled
    Column("language", String(8), nullable=False, default="ru"),
    Column("zone", String(64), nullable=False, default="Europe/Moscow"),
    Column("preferences", JSON, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("last_seen_at", Moment),
)

# Only the SHA-256 of what the browser or program holds is kept.
sessions = Table(
    "sessions",
    METADATA,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("id", String(36), nullable=False, unique=True),
    Column("user_id", String(36), ForeignKey("users.id"), nullable=False, index=True),
    Column("csrf", String(64), nullable=False),
    Column("address", String(64), nullable=False),
    Column("agent", String(256), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("proved_at", Moment, nullable=False),  # the last password or code: reveals want a fresh one
    Column("ended_at", Moment),
)

tokens = Table(
    "tokens",
    METADATA,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("id", String(36), nullable=False, unique=True),
    Column("name", String(128), nullable=False),
    Column("hint", String(12), nullable=False),  # the first letters, so that people know which one it is
    Column("roles", JSON, nullable=False),
    Column("scopes", JSON),  # permissions, None: all of the roles
    Column("connector", String(64)),  # the only connector it may speak for
    Column("created_by", String(36), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    Column("revoked_at", Moment),
)

invitations = Table(
    "invitations",
    METADATA,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("user_id", String(36), ForeignKey("users.id"), nullable=False),
    Column("kind", String(16), nullable=False),  # "first", "invite", "reset", "reset_all" (second factor too)
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
)

# Tries to sign in, by keyed digest of the login ("login:…", known or not) and by address ("address:…"): counted before
# the password is looked at, so that many tries at once are no more than one after another.
attempts = Table(
    "attempts",
    METADATA,
    Column("key", String(80), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("last_at", Moment, nullable=False, index=True),
    Column("locked_until", Moment),
)

# One row a process part: written by the readiness check to see that the record can be written.
pulses = Table(
    "pulses",
    METADATA,
    Column("name", String(64), primary_key=True),
    Column("at", Moment, nullable=False),
)
