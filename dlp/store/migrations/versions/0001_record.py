"""What was decided about every message: intake, ledger, incidents, outbox."""

import sqlalchemy as sa
from alembic import op

from dlp.store.columns import BigNumber, Moment
from dlp.store.search.index import create_search

revision = "0001"
down_revision = None


def upgrade() -> None:
    _actions()
    _actions_indexes()
    _changes()
    _deletions()
    _deletions_indexes()
    _inbox()
    _incidents()
    _incidents_indexes()
    _ledger()
    _ledger_indexes()
    _ledger_sums()
    _findings()
    _findings_indexes()
    _gaps()
    _gaps_indexes()
    _incident_history()
    _incident_history_indexes()
    _incident_words()
    _incident_words_indexes()
    _occurrences()
    _occurrences_indexes()
    create_search(op.get_bind())


def _actions() -> None:
    op.create_table(
        "actions",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=48), nullable=False),
        sa.Column("channel", sa.String(length=128), nullable=False),
        sa.Column("alert_id", sa.String(length=36), nullable=True),
        sa.Column("incident_id", sa.String(length=36), nullable=True),
        sa.Column("ledger_seq", BigNumber, nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", Moment(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("item_id", sa.String(length=36), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actions")),
        sa.UniqueConstraint("key", name=op.f("uq_actions_key")),
    )


def _actions_indexes() -> None:
    op.create_index(op.f("ix_actions_alert_id"), "actions", ["alert_id"], unique=False)
    op.create_index("ix_actions_due", "actions", ["state", "channel", "next_at"], unique=False)
    op.create_index(op.f("ix_actions_incident_id"), "actions", ["incident_id"], unique=False)
    op.create_index(op.f("ix_actions_ledger_seq"), "actions", ["ledger_seq"], unique=False)


def _changes() -> None:
    op.create_table(
        "changes",
        sa.Column("seq", BigNumber, autoincrement=True, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_changes")),
        sqlite_autoincrement=True,
    )


def _deletions() -> None:
    op.create_table(
        "deletions",
        sa.Column("id", BigNumber, autoincrement=True, nullable=False),
        sa.Column("connector", sa.String(length=64), nullable=False),
        sa.Column("conversation", sa.String(length=512), nullable=True),
        sa.Column("message", sa.String(length=512), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deletions")),
        sqlite_autoincrement=True,
    )


def _deletions_indexes() -> None:
    op.create_index("ix_deletions_message", "deletions", ["connector", "message"], unique=False)


def _inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("id", BigNumber, autoincrement=True, nullable=False),
        sa.Column("connector", sa.String(length=64), nullable=False),
        sa.Column("door", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=True),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sqlite_autoincrement=True,
    )


def _incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("number", BigNumber, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("group_key", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("decision", sa.Integer(), nullable=False),
        sa.Column("would", sa.Integer(), nullable=False),
        sa.Column("policy", sa.String(length=128), nullable=False),
        sa.Column("rule", sa.String(length=128), nullable=False),
        sa.Column("connector", sa.String(length=64), nullable=False),
        sa.Column("conversation", sa.String(length=512), nullable=True),
        sa.Column("chat_title", sa.String(length=512), nullable=True),
        sa.Column("chat_kind", sa.String(length=16), nullable=True),
        sa.Column("zone", sa.String(length=16), nullable=True),
        sa.Column("external", sa.Boolean(), nullable=True),
        sa.Column("sender", sa.String(length=256), nullable=True),
        sa.Column("person", sa.String(length=256), nullable=True),
        sa.Column("department", sa.String(length=256), nullable=True),
        sa.Column("entities", sa.String(length=1024), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.Column("due_at", Moment(), nullable=True),
        sa.Column("snoozed_until", Moment(), nullable=True),
        sa.Column("assignee", sa.String(length=36), nullable=True),
        sa.Column("resolution", sa.String(length=32), nullable=True),
        sa.Column("resolved_at", Moment(), nullable=True),
        sa.Column("resolved_by", sa.String(length=36), nullable=True),
        sa.Column("occurrences", sa.Integer(), nullable=False),
        sa.Column("gaps", sa.Integer(), nullable=False),
        sa.Column("tags", sa.String(length=512), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=True),
        sa.Column("merged_into", sa.String(length=36), nullable=True),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("marked_demo", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
        sa.UniqueConstraint("number", name=op.f("uq_incidents_number")),
    )


def _incidents_indexes() -> None:
    op.create_index(
        "ix_incidents_case_id",
        "incidents",
        ["case_id"],
        unique=False,
        sqlite_where=sa.text("case_id IS NOT NULL"),
        postgresql_where=sa.text("case_id IS NOT NULL"),
    )
    op.create_index("ix_incidents_group_key", "incidents", ["group_key", "state"], unique=False)
    op.create_index("ix_incidents_person", "incidents", ["person", "opened_at"], unique=False)
    op.create_index(
        "ix_incidents_queue",
        "incidents",
        [sa.literal_column("severity DESC"), "opened_at", "number", "state", "assignee", "department"],
        unique=False,
    )
    op.create_index(
        "ix_incidents_times",
        "incidents",
        ["opened_at", "due_at", "snoozed_until", "state", "merged_into", "case_id", "number"],
        unique=False,
    )
    op.create_index("ix_incidents_updated_at", "incidents", ["updated_at"], unique=False)


def _ledger() -> None:
    op.create_table(
        "ledger",
        sa.Column("seq", BigNumber, autoincrement=True, nullable=False),
        sa.Column("identity", sa.LargeBinary(length=16), nullable=False),
        sa.Column("connector", sa.String(length=64), nullable=False),
        sa.Column("conversation", sa.String(length=512), nullable=True),
        sa.Column("message", sa.String(length=512), nullable=False),
        sa.Column("revision", BigNumber, nullable=False),
        sa.Column("door", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=True),
        sa.Column("occurred_at", Moment(), nullable=True),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("decided_at", Moment(), nullable=False),
        sa.Column("decision", sa.Integer(), nullable=False),
        sa.Column("would", sa.Integer(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=True),
        sa.Column("decided_by", sa.String(length=16), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("findings", sa.Integer(), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.Column("gaps", sa.Integer(), nullable=False),
        sa.Column("sender", sa.LargeBinary(length=16), nullable=True),
        sa.Column("content", sa.LargeBinary(length=16), nullable=True),
        sa.Column("twin", sa.LargeBinary(length=16), nullable=True),
        sa.Column("deleted_at", Moment(), nullable=True),
        sa.Column("leaf", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_ledger")),
        sa.UniqueConstraint("identity", name=op.f("uq_ledger_identity")),
        sqlite_autoincrement=True,
    )


def _ledger_indexes() -> None:
    op.create_index("ix_ledger_conversation", "ledger", ["connector", "conversation", "message"], unique=False)
    op.create_index(op.f("ix_ledger_received_at"), "ledger", ["received_at"], unique=False)
    op.create_index(op.f("ix_ledger_sender"), "ledger", ["sender"], unique=False)
    op.create_index("ix_ledger_twin", "ledger", ["twin", "received_at"], unique=False)


def _ledger_sums() -> None:
    op.create_table(
        "ledger_sums",
        sa.Column("hour", Moment(), nullable=False),
        sa.Column("connector", sa.String(length=64), nullable=False),
        sa.Column("measure", sa.String(length=64), nullable=False),
        sa.Column("count", BigNumber, nullable=False),
        sa.PrimaryKeyConstraint("hour", "connector", "measure", name=op.f("pk_ledger_sums")),
    )


def _findings() -> None:
    op.create_table(
        "findings",
        sa.Column("id", BigNumber, autoincrement=True, nullable=False),
        sa.Column("ledger_seq", BigNumber, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("entity", sa.String(length=64), nullable=False),
        sa.Column("detector", sa.String(length=64), nullable=False),
        sa.Column("origin", sa.String(length=512), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("why", sa.String(length=256), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=16), nullable=True),
        sa.Column("snippet", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["ledger_seq"], ["ledger.seq"], name=op.f("fk_findings_ledger_seq")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
        sqlite_autoincrement=True,
    )


def _findings_indexes() -> None:
    op.create_index(op.f("ix_findings_digest"), "findings", ["digest"], unique=False)
    op.create_index(op.f("ix_findings_ledger_seq"), "findings", ["ledger_seq"], unique=False)


def _gaps() -> None:
    op.create_table(
        "gaps",
        sa.Column("id", BigNumber, autoincrement=True, nullable=False),
        sa.Column("ledger_seq", BigNumber, nullable=False),
        sa.Column("connector", sa.String(length=64), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("origin", sa.String(length=512), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("detail", sa.String(length=256), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("accepted_by", sa.String(length=36), nullable=True),
        sa.Column("accepted_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["ledger_seq"], ["ledger.seq"], name=op.f("fk_gaps_ledger_seq")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gaps")),
        sqlite_autoincrement=True,
    )


def _gaps_indexes() -> None:
    op.create_index(op.f("ix_gaps_ledger_seq"), "gaps", ["ledger_seq"], unique=False)
    op.create_index(op.f("ix_gaps_received_at"), "gaps", ["received_at"], unique=False)


def _incident_history() -> None:
    op.create_table(
        "incident_history",
        sa.Column("id", BigNumber, autoincrement=True, nullable=False),
        sa.Column("incident_id", sa.String(length=36), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("act", sa.String(length=48), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("undoes", BigNumber, nullable=True),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_incident_history_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_history")),
        sqlite_autoincrement=True,
    )


def _incident_history_indexes() -> None:
    op.create_index(op.f("ix_incident_history_incident_id"), "incident_history", ["incident_id"], unique=False)


def _incident_words() -> None:
    op.create_table(
        "incident_words",
        sa.Column("id", BigNumber, autoincrement=True, nullable=False),
        sa.Column("incident_id", sa.String(length=36), nullable=False),
        sa.Column("ledger_seq", BigNumber, nullable=True),
        sa.Column("history_id", BigNumber, nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_incident_words_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_words")),
        sqlite_autoincrement=True,
    )


def _incident_words_indexes() -> None:
    op.create_index(op.f("ix_incident_words_history_id"), "incident_words", ["history_id"], unique=False)
    op.create_index(op.f("ix_incident_words_incident_id"), "incident_words", ["incident_id"], unique=False)
    op.create_index(op.f("ix_incident_words_ledger_seq"), "incident_words", ["ledger_seq"], unique=False)


def _occurrences() -> None:
    op.create_table(
        "occurrences",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("ledger_seq", BigNumber, nullable=False),
        sa.Column("incident_id", sa.String(length=36), nullable=True),
        sa.Column("policy", sa.String(length=128), nullable=False),
        sa.Column("rule", sa.String(length=128), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("decision", sa.Integer(), nullable=False),
        sa.Column("by_unknown", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.JSON(), nullable=True),
        sa.Column("law", sa.String(length=512), nullable=False),
        sa.Column("exception_id", sa.String(length=36), nullable=True),
        sa.Column("received_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_occurrences_incident_id")),
        sa.ForeignKeyConstraint(["ledger_seq"], ["ledger.seq"], name=op.f("fk_occurrences_ledger_seq")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occurrences")),
        sa.UniqueConstraint("ledger_seq", "policy", "rule", name=op.f("uq_occurrences_ledger_seq_policy_rule")),
    )


def _occurrences_indexes() -> None:
    op.create_index(op.f("ix_occurrences_exception_id"), "occurrences", ["exception_id"], unique=False)
    op.create_index("ix_occurrences_incident_id", "occurrences", ["incident_id", "ledger_seq"], unique=False)
    op.create_index(op.f("ix_occurrences_received_at"), "occurrences", ["received_at"], unique=False)
