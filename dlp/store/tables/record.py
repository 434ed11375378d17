"""What was decided about every message: intake, ledger, occurrences, findings, gaps, incidents and their actions."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from dlp.store.columns import METADATA, BigNumber, Moment

# Accepted and not yet decided: one row a batch, the messages sealed. `messages` is how many; a worker leases a row by
# `leased_until` and removes it in the transaction that records the verdicts.
inbox = Table(
    "inbox",
    METADATA,
    Column("id", BigNumber, primary_key=True, autoincrement=True),
    Column("connector", String(64), nullable=False),
    Column("door", String(32), nullable=False),  # "messages", "hook", "import", "demo"
    Column("case_id", String(36)),
    Column("received_at", Moment, nullable=False),
    Column("messages", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("leased_until", Moment),
    sqlite_autoincrement=True,
)

# The messenger told that a message was deleted before its verdict was recorded; the row goes when `ledger.deleted_at` is set.
deletions = Table(
    "deletions",
    METADATA,
    Column("id", BigNumber, primary_key=True, autoincrement=True),
    Column("connector", String(64), nullable=False),
    Column("conversation", String(512)),
    Column("message", String(512), nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_deletions_message", "connector", "message"),
    sqlite_autoincrement=True,
)

# Exactly one row a message identity (connector, conversation, message, revision). `identity` is its 128-bit digest.
ledger = Table(
    "ledger",
    METADATA,
    Column("seq", BigNumber, primary_key=True, autoincrement=True),
    Column("identity", LargeBinary(16), nullable=False, unique=True),
    Column("connector", String(64), nullable=False),
    Column("conversation", String(512)),
    Column("message", String(512), nullable=False),
    Column("revision", BigNumber, nullable=False, default=0),
    Column("door", String(32), nullable=False),  # "verdict", "messages", "hook", "import", "demo"
    Column("case_id", String(36)),
    Column("occurred_at", Moment),
    Column("received_at", Moment, nullable=False, index=True),
    Column("decided_at", Moment, nullable=False),
    Column("decision", Integer, nullable=False),  # dlp.records.Decision
    Column("would", Integer, nullable=False),
    Column("severity", Integer),
    Column("decided_by", String(16), nullable=False),  # "policy", "exception", "deadline", "outage", "emergency"
    Column("policy_version", Integer, nullable=False, default=0),
    Column("findings", Integer, nullable=False, default=0),
    Column("hits", Integer, nullable=False, default=0),
    Column("gaps", Integer, nullable=False, default=0),
    Column("sender", LargeBinary(16), index=True),  # keyed digest of the sender's account: finds what one person wrote
    Column("content", LargeBinary(16)),  # keyed digest of what was said: other words under a known id are a revision
    Column("twin", LargeBinary(16)),  # keyed digest of (folded text, files, person): the same message through another door
    Column("deleted_at", Moment),  # the messenger told that the message was deleted
    Column("leaf", LargeBinary(32), nullable=False),  # what the Merkle tree of the next checkpoint holds of this row
    Index("ix_ledger_conversation", "connector", "conversation", "message"),
    Index("ix_ledger_twin", "twin", "received_at"),
    sqlite_autoincrement=True,
)

# Sums of the ledger by hour, written in the same transaction: coverage never has to count the ledger.
ledger_sums = Table(
    "ledger_sums",
    METADATA,
    Column("hour", Moment, primary_key=True),  # of received_at
    Column("connector", String(64), primary_key=True),
    Column("measure", String(64), primary_key=True),  # "accepted", "duplicate", "decision:block", "would:block", "gap:corrupt"
    Column("count", BigNumber, nullable=False),
)

gaps = Table(
    "gaps",
    METADATA,
    Column("id", BigNumber, primary_key=True, autoincrement=True),
    Column("ledger_seq", BigNumber, ForeignKey("ledger.seq"), nullable=False, index=True),
    Column("connector", String(64), nullable=False),
    Column("received_at", Moment, nullable=False, index=True),
    Column("origin", String(512), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("detail", String(256), nullable=False, default=""),
    Column("state", String(16), nullable=False, default="open"),  # "open", "retried", "accepted"
    Column("accepted_by", String(36)),
    Column("accepted_reason", Text),
    sqlite_autoincrement=True,
)

# `number` is what people say: INC-10482. `version` grows with every change and is the ETag.
incidents = Table(
    "incidents",
    METADATA,
    Column("id", String(36), primary_key=True),  # UUIDv7
    Column("number", BigNumber, nullable=False, unique=True),
    Column("version", Integer, nullable=False, default=1),
    Column("group_key", String(64), nullable=False),
    Column("state", String(16), nullable=False),  # opened, assigned, in_review, confirmed_leak, not_a_leak, closed
    Column("severity", Integer, nullable=False),
    Column("decision", Integer, nullable=False),
    Column("would", Integer, nullable=False),
    Column("policy", String(128), nullable=False),  # of the strictest hit
    Column("rule", String(128), nullable=False),
    Column("connector", String(64), nullable=False),
    Column("conversation", String(512)),
    Column("chat_title", String(512)),
    Column("chat_kind", String(16)),
    Column("zone", String(16)),
    Column("external", Boolean),
    Column("sender", String(256)),
    Column("person", String(256)),  # the directory's, None where unknown
    Column("department", String(256)),
    Column("entities", String(1024), nullable=False, default=""),  # distinct, sorted, space-separated
    Column("opened_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("due_at", Moment),
    Column("snoozed_until", Moment),
    Column("assignee", String(36)),
    Column("resolution", String(32)),
    Column("resolved_at", Moment),
    Column("resolved_by", String(36)),
    Column("occurrences", Integer, nullable=False, default=0),
    Column("gaps", Integer, nullable=False, default=0),
    Column("tags", String(512), nullable=False, default=""),
    Column("case_id", String(36)),
    Column("merged_into", String(36)),
    Column("held", Boolean, nullable=False, default=False),
    Column("marked_demo", Boolean, nullable=False, default=False),
    Index("ix_incidents_group_key", "group_key", "state"),
    Index("ix_incidents_queue", text("severity DESC"), "opened_at", "number", "state", "assignee", "department"),
    # Everything that periods, dues and counts look at, so that they need not touch the rows.
    Index("ix_incidents_times", "opened_at", "due_at", "snoozed_until", "state", "merged_into", "case_id", "number"),
    Index("ix_incidents_updated_at", "updated_at"),
    Index("ix_incidents_person", "person", "opened_at"),
    # Of imports alone: lists leave them out, and an index of every row that has none would lead SQLite astray.
    Index(
        "ix_incidents_case_id",
        "case_id",
        sqlite_where=text("case_id IS NOT NULL"),
        postgresql_where=text("case_id IS NOT NULL"),
    ),
)

# One message broke one rule. `reason` is the explanation tree with measured values, never message text.
occurrences = Table(
    "occurrences",
    METADATA,
    Column("id", String(36), primary_key=True),  # UUIDv7
    Column("ledger_seq", BigNumber, ForeignKey("ledger.seq"), nullable=False),
    Column("incident_id", String(36), ForeignKey("incidents.id")),  # None where an exception suppressed it
    Column("policy", String(128), nullable=False),
    Column("rule", String(128), nullable=False),
    Column("severity", Integer, nullable=False),
    Column("mode", String(16), nullable=False),
    Column("decision", Integer, nullable=False),
    Column("by_unknown", Boolean, nullable=False, default=False),
    Column("reason", JSON),
    Column("law", String(512), nullable=False, default=""),
    Column("exception_id", String(36), index=True),
    Column("received_at", Moment, nullable=False, index=True),
    UniqueConstraint("ledger_seq", "policy", "rule"),
    Index("ix_occurrences_incident_id", "incident_id", "ledger_seq"),
)

# `digest` is keyed (design.md "At rest"); `snippet` is the masked surroundings. Both go with their day.
findings = Table(
    "findings",
    METADATA,
    Column("id", BigNumber, primary_key=True, autoincrement=True),
    Column("ledger_seq", BigNumber, ForeignKey("ledger.seq"), nullable=False, index=True),
    Column("ordinal", Integer, nullable=False),
    Column("entity", String(64), nullable=False),
    Column("detector", String(64), nullable=False),
    Column("origin", String(512), nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("why", String(256), nullable=False, default=""),
    Column("digest", LargeBinary(16), index=True),
    Column("snippet", Text),
    sqlite_autoincrement=True,
)

# Everything people did to an incident, comments among it; `undoes` names the entry it takes back.
incident_history = Table(
    "incident_history",
    METADATA,
    Column("id", BigNumber, primary_key=True, autoincrement=True),
    Column("incident_id", String(36), ForeignKey("incidents.id"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("act", String(48), nullable=False),  # "opened", "assigned", "commented", "resolved", "reopened", "revealed", …
    Column("details", JSON, nullable=False),
    Column("undoes", BigNumber),
    sqlite_autoincrement=True,
)

# The outbox: planned with the verdict, carried out after it. `key` is told to receivers that honour keys. `payload` holds
# ids, addresses and codes, never content; what must hold content is sealed in the vault and named by `item_id`.
actions = Table(
    "actions",
    METADATA,
    Column("id", String(36), primary_key=True),  # UUIDv7
    Column("key", String(128), nullable=False, unique=True),
    Column("kind", String(48), nullable=False),  # "mail", "webhook", "syslog", "telegram.delete", "telegram.reply", "callback", …
    # Whose settings and secrets carry it out, "channel:ID" or "connector:NAME": one that is down waits without holding up others.
    Column("channel", String(128), nullable=False, default=""),
    Column("alert_id", String(36), index=True),
    Column("incident_id", String(36), index=True),
    Column("ledger_seq", BigNumber, index=True),
    Column("state", String(16), nullable=False, default="planned"),  # planned, sent, done, failed, refused, unknown
    Column("attempts", Integer, nullable=False, default=0),
    Column("next_at", Moment, nullable=False),
    Column("payload", JSON, nullable=False),
    Column("item_id", String(36)),
    Column("outcome", Text, nullable=False, default=""),  # the other side's words, or the error's class
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Index("ix_actions_due", "state", "channel", "next_at"),
)

# What changed, for live pages: ids only.
changes = Table(
    "changes",
    METADATA,
    Column("seq", BigNumber, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    Column("kind", String(32), nullable=False),  # "incident", "hold", "policy", "gap", "action", "emergency", …
    Column("id", String(36), nullable=False),
    Column("version", Integer, nullable=False),
    sqlite_autoincrement=True,
)

# The words of one masked snippet (`ledger_seq`), comment (`history_id`) or title of an incident, by our own chain and parted by
# spaces; FTS5 and a GIN index are built beside (dlp/store/search/index.py) and follow every change of a row by themselves.
incident_words = Table(
    "incident_words",
    METADATA,
    Column("id", BigNumber, primary_key=True, autoincrement=True),
    Column("incident_id", String(36), ForeignKey("incidents.id"), nullable=False, index=True),
    Column("ledger_seq", BigNumber, index=True),
    Column("history_id", BigNumber, index=True),
    Column("words", Text, nullable=False),
    sqlite_autoincrement=True,
)
