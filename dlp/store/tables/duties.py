"""What people owe and decide: holds, exceptions, emergencies, alerts, cases, policy versions, exports, reveals."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from dlp.store.columns import METADATA, BigNumber, Moment

connectors = Table(
    "connectors",
    METADATA,
    Column("name", String(64), primary_key=True),
    Column("platform", String(32), nullable=False),  # "telegram", "slack", …, "other"
    Column("title", String(256), nullable=False, default=""),
    Column("zone", String(16)),
    Column("mode", String(16), nullable=False, default="enforce"),  # "observe", "enforce"
    Column("fail", String(16), nullable=False, default="open"),  # the answer when time is up: "open", "closed"
    Column("keep_clean_days", Integer, nullable=False, default=30),
    Column("retention_days", Integer, nullable=False, default=365),
    Column("settings", JSON, nullable=False),
    Column("secrets_sealed", LargeBinary),
    Column("credentials_expire_at", Moment),
    Column("enabled", Boolean, nullable=False, default=True),
    Column("created_at", Moment, nullable=False),
    Column("last_message_at", Moment),
)

holds = Table(
    "holds",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("ledger_seq", BigNumber, nullable=False, index=True),
    Column("incident_id", String(36), index=True),
    Column("connector", String(64), nullable=False),
    Column("policy", String(128), nullable=False),
    Column("rule", String(128), nullable=False),
    Column("state", String(16), nullable=False),  # waiting, released, dropped, expired
    Column("outcome", String(16)),  # "release" or "drop", also where it expired
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("on_expiry", String(16), nullable=False),  # "release", "drop"
    Column("four_eyes", Boolean, nullable=False, default=False),
    Column("asked_by", String(36)),  # the first officer, where two are needed
    Column("asked_outcome", String(16)),
    Column("decided_by", String(36)),
    Column("decided_at", Moment),
    Column("reason", Text, nullable=False, default=""),
    Column("break_glass", Boolean, nullable=False, default=False),
    Column("reviewed_by", String(36)),
    Column("reviewed_at", Moment),
    Column("callback", Text),  # the asker's address, answered by a signed callback
    Column("demo", Boolean, nullable=False, default=False),
    Index("ix_holds_due", "state", "expires_at"),
)

# `scope` "person", "chat" or "rule"; the value itself is sealed so that it can be digested anew when keys rotate.
exceptions = Table(
    "exceptions",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("entity", String(64), nullable=False),
    Column("digest", LargeBinary(16), nullable=False, index=True),
    Column("digest_epoch", Integer, nullable=False),
    Column("value_sealed", LargeBinary, nullable=False),
    Column("scope", String(16), nullable=False),
    Column("scope_value", String(512), nullable=False),
    Column("incident_id", String(36)),
    Column("owner", String(36), nullable=False),
    Column("reason", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("ended_by", String(36)),
)

emergencies = Table(
    "emergencies",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("connector", String(64)),  # None: everywhere
    Column("who", String(36), nullable=False),
    Column("why", Text, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("ended_by", String(36)),
)

cases = Table(
    "cases",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("name", String(256), nullable=False, unique=True),
    Column("kind", String(16), nullable=False, default="import"),
    Column("state", String(16), nullable=False),  # importing, ready, failed, closed
    Column("source", Text, nullable=False, default=""),
    Column("created_by", String(36), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("messages", BigNumber, nullable=False, default=0),
    Column("position", JSON),  # where an interrupted import goes on
    Column("faults", JSON),
    Column("owner", String(36)),
    Column("legal_hold", Boolean, nullable=False, default=False),
    Column("legal_hold_reason", Text, nullable=False, default=""),
)

# Which of our data lies on a service: counts only. `conversation` is "connector/conversation" here and in the tables below.
case_inventory = Table(
    "case_inventory",
    METADATA,
    Column("case_id", String(36), primary_key=True),
    Column("conversation", String(600), primary_key=True),
    Column("entity", String(64), primary_key=True),
    Column("chat_title", String(512)),
    Column("findings", BigNumber, nullable=False),
    Column("messages", BigNumber, nullable=False),
    Column("oldest", Moment),
    Column("newest", Moment),
    Column("outsiders", Boolean),  # None: not known who could read it
)

# Which chats, with which owners, depend on a service.
case_continuity = Table(
    "case_continuity",
    METADATA,
    Column("case_id", String(36), primary_key=True),
    Column("conversation", String(600), primary_key=True),
    Column("chat_title", String(512)),
    Column("chat_kind", String(16)),
    Column("owner", String(256)),
    Column("messages", BigNumber, nullable=False),
    Column("oldest", Moment),
    Column("newest", Moment),
)

# Who wrote there: `kind` "staff", "partner" or "unknown"; of a partner who writes letters only the domain is kept.
case_people = Table(
    "case_people",
    METADATA,
    Column("case_id", String(36), primary_key=True),
    Column("conversation", String(600), primary_key=True),
    Column("account", String(256), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("name", String(256), nullable=False, default=""),
)

policy_versions = Table(
    "policy_versions",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("content_hash", String(64), nullable=False),
    Column("files", JSON, nullable=False),  # {path: text}
    Column("state", String(16), nullable=False),  # draft, tested, active, retired
    Column("note", Text, nullable=False, default=""),
    Column("created_by", String(36), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("report", JSON),  # what check and test said
    Column("activated_by", String(36)),
    Column("activated_at", Moment),
    Column("urgent", Boolean, nullable=False, default=False),
    Column("approved_by", String(36)),
    sqlite_autoincrement=True,
)

policy_modes = Table(
    "policy_modes",  # what an operator set over the file's own mode
    METADATA,
    Column("policy", String(128), primary_key=True),
    Column("mode", String(16), nullable=False),
    Column("set_by", String(36), nullable=False),
    Column("set_at", Moment, nullable=False),
)

# Long work a person waits for: comparisons of policies, bulk changes, exports, imports.
jobs = Table(
    "jobs",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("state", String(16), nullable=False),  # queued, running, ready, failed, cancelled
    Column("owner", String(36), nullable=False),
    Column("asked", JSON, nullable=False),
    Column("done", BigNumber, nullable=False, default=0),
    Column("total", BigNumber),
    Column("result", JSON),
    Column("fault", Text, nullable=False, default=""),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("expires_at", Moment),
)

# What became of each thing a job was asked to do.
job_items = Table(
    "job_items",
    METADATA,
    Column("job_id", String(36), primary_key=True),
    Column("number", BigNumber, primary_key=True),  # of the incident
    Column("outcome", String(16), nullable=False),  # "done", "unchanged", "refused"
    Column("code", String(64), nullable=False, default=""),  # why it was refused
)

# A stateful rule's memory of a sender and thread, sealed.
windows = Table(
    "windows",
    METADATA,
    Column("key", LargeBinary(16), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("version", Integer, nullable=False),
    Column("updated_at", Moment, nullable=False),
)

# Channels nobody feeds us: known, owned, their risk accepted until a date.
unseen_channels = Table(
    "unseen_channels",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("title", String(256), nullable=False),
    Column("owner", String(256), nullable=False),
    Column("risk", Text, nullable=False),
    Column("accepted_by", String(36)),
    Column("accepted_at", Moment),
    Column("review_at", Moment),
    Column("created_at", Moment, nullable=False),
)

# Filters kept for people: free text may itself be a secret, so the address holds only the id and the text is sealed.
queries = Table(
    "queries",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("owner", String(36), nullable=False),
    Column("title", String(256), nullable=False, default=""),  # a saved view has a title, a passing filter none
    Column("shared", Boolean, nullable=False, default=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("created_at", Moment, nullable=False),
)

reveals = Table(
    "reveals",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("incident_id", String(36), nullable=False, index=True),
    Column("scope", JSON, nullable=False),  # {"kind": "finding" | "message" | "context" | "file", …}
    Column("reason", Text, nullable=False),
    Column("reason_code", String(32), nullable=False),
    Column("asked_by", String(36), nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("state", String(16), nullable=False),  # pending, granted, refused, read, expired
    Column("approved_by", String(36)),
    Column("approved_at", Moment),
    Column("expires_at", Moment, nullable=False),
    Column("read_at", Moment),
    Column("audit_seq", BigNumber),
)

# Where alerts go: a mail server, a webhook, a syslog receiver, a messenger's connector. Secrets are written, never read back.
channels = Table(
    "channels",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("kind", String(32), nullable=False),  # "mail", "webhook", "syslog", "telegram"
    Column("title", String(256), nullable=False),
    Column("settings", JSON, nullable=False),
    Column("secrets_sealed", LargeBinary),
    Column("enabled", Boolean, nullable=False, default=True),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
)

# How the other sides of actions are. `channel` is the one of `actions`: "channel:ID" or "connector:NAME".
channel_health = Table(
    "channel_health",
    METADATA,
    Column("channel", String(128), primary_key=True),
    Column("state", String(16), nullable=False),  # working, down
    Column("failures", Integer, nullable=False, default=0),  # in a row
    Column("retry_at", Moment),  # nothing goes out before
    Column("said", Text, nullable=False, default=""),
    Column("changed_at", Moment, nullable=False),
    Column("at", Moment, nullable=False),
)

# Asked in the order of `position`; the first that fits decides, unless `goes_on` asks the next ones too.
alert_routes = Table(
    "alert_routes",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("title", String(256), nullable=False),
    Column("position", Integer, nullable=False),
    Column("matches", JSON, nullable=False),  # {"severity": "high", "policies": […], "departments": […], "kinds": […]}
    Column("channels", JSON, nullable=False),  # [{"channel": ID, "to": […]}, …]: the first that works
    Column("duty", Boolean, nullable=False, default=False),  # also to whoever is on duty
    Column("escalate_after_minutes", Integer),
    Column("escalate_to", JSON),  # the same form as `channels`
    Column("digest", Boolean, nullable=False, default=False),
    Column("digest_minutes", Integer, nullable=False, default=540),  # the minute of the day it is sent at
    Column("fold_minutes", Integer, nullable=False, default=15),
    Column("goes_on", Boolean, nullable=False, default=False),
    Column("language", String(8), nullable=False, default="ru"),
    Column("zone", String(64), nullable=False, default="Europe/Moscow"),
    Column("enabled", Boolean, nullable=False, default=True),
    Column("created_at", Moment),
    Column("secrets_sealed", LargeBinary),
)

duty_roster = Table(
    "duty_roster",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("user_id", String(36), nullable=False),
    Column("starts_at", Moment, nullable=False, index=True),
    Column("ends_at", Moment, nullable=False),
)

# A person is woken; `folded` counts the alike ones that did not wake anybody again. `bucket` numbers the window, so that two
# writers at once make one alert. `facts` holds ids, names of rules, counts: never content.
alerts = Table(
    "alerts",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("route_id", String(36), nullable=False),
    Column("incident_id", String(36), index=True),
    Column("kind", String(32), nullable=False),  # "incident", "hold", "channel_down", "digest", "test", …
    Column("severity", Integer, nullable=False, default=1),
    Column("department", String(256)),
    Column("facts", JSON, nullable=False, default=dict),
    Column("fold_key", String(128), nullable=False),
    Column("bucket", BigNumber, nullable=False, default=0),
    Column("folded", Integer, nullable=False, default=0),
    Column("summed", Integer, nullable=False, default=0),  # of `folded`, how many a summary told of
    Column("summary_at", Moment),
    Column("stage", Integer, nullable=False, default=0),  # which of the route's channels is tried; 100 and on: of `escalate_to`
    Column("state", String(16), nullable=False),  # waiting, acknowledged, escalated, told, undelivered
    Column("created_at", Moment, nullable=False),
    Column("due_at", Moment),
    Column("acknowledged_at", Moment),
    Column("acknowledged_by", String(64)),
    UniqueConstraint("fold_key", "bucket"),
    Index("ix_alerts_fold_key", "fold_key", "created_at"),
    Index("ix_alerts_due", "state", "due_at"),
    Index("ix_alerts_summary_at", "summary_at"),
)

# What a daily digest will tell, counted as it happens. `day` counts days since 1970 in the route's zone.
digest_counts = Table(
    "digest_counts",
    METADATA,
    Column("route_id", String(36), primary_key=True),
    Column("day", Integer, primary_key=True),
    Column("severity", Integer, primary_key=True),
    Column("count", BigNumber, nullable=False),
)

exports = Table(
    "exports",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("kind", String(32), nullable=False),  # "incidents", "audit", "coverage", "policies", "evidence", "monthly"
    Column("form", String(16), nullable=False),  # "csv", "xlsx", "jsonl", "pack"
    Column("language", String(8), nullable=False),
    Column("asked", JSON, nullable=False),
    Column("with_content", Boolean, nullable=False, default=False),
    Column("reason", Text, nullable=False, default=""),
    Column("state", String(16), nullable=False),  # queued, running, ready, failed, expired
    Column("rows", BigNumber),
    Column("size", BigNumber),
    Column("sha256", String(64)),
    Column("owner", String(36), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("ready_at", Moment),
    Column("expires_at", Moment),
    Column("fault", Text, nullable=False, default=""),
)

# An Idempotency-Key and what was answered to it.
idempotency = Table(
    "idempotency",
    METADATA,
    Column("principal", String(36), primary_key=True),
    Column("key", String(256), primary_key=True),
    Column("asked", LargeBinary(32), nullable=False),  # digest of the request: another request under the same key is refused
    Column("answer_sealed", LargeBinary, nullable=False),
    Column("at", Moment, nullable=False, index=True),
)
