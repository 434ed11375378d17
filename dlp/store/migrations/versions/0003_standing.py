"""What stands and who is told: holds, exceptions, emergencies, alerts, cases."""

import sqlalchemy as sa
from alembic import op

from dlp.store.columns import BigNumber, Moment

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    _alert_routes()
    _alerts()
    _alerts_indexes()
    _case_continuity()
    _case_inventory()
    _case_people()
    _cases()
    _channel_health()
    _channels()
    _digest_counts()
    _duty_roster()
    _duty_roster_indexes()
    _emergencies()
    _exceptions()
    _exceptions_indexes()
    _holds()
    _holds_indexes()


def _alert_routes() -> None:
    op.create_table(
        "alert_routes",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("title", sa.String(length=256), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("matches", sa.JSON(), nullable=False),
        sa.Column("channels", sa.JSON(), nullable=False),
        sa.Column("duty", sa.Boolean(), nullable=False),
        sa.Column("escalate_after_minutes", sa.Integer(), nullable=True),
        sa.Column("escalate_to", sa.JSON(), nullable=True),
        sa.Column("digest", sa.Boolean(), nullable=False),
        sa.Column("digest_minutes", sa.Integer(), nullable=False),
        sa.Column("fold_minutes", sa.Integer(), nullable=False),
        sa.Column("goes_on", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", Moment(), nullable=True),
        sa.Column("secrets_sealed", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_routes")),
    )


def _alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("route_id", sa.String(length=36), nullable=False),
        sa.Column("incident_id", sa.String(length=36), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("department", sa.String(length=256), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("fold_key", sa.String(length=128), nullable=False),
        sa.Column("bucket", BigNumber, nullable=False),
        sa.Column("folded", sa.Integer(), nullable=False),
        sa.Column("summed", sa.Integer(), nullable=False),
        sa.Column("summary_at", Moment(), nullable=True),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("due_at", Moment(), nullable=True),
        sa.Column("acknowledged_at", Moment(), nullable=True),
        sa.Column("acknowledged_by", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
        sa.UniqueConstraint("fold_key", "bucket", name=op.f("uq_alerts_fold_key_bucket")),
    )


def _alerts_indexes() -> None:
    op.create_index("ix_alerts_due", "alerts", ["state", "due_at"], unique=False)
    op.create_index("ix_alerts_fold_key", "alerts", ["fold_key", "created_at"], unique=False)
    op.create_index(op.f("ix_alerts_incident_id"), "alerts", ["incident_id"], unique=False)
    op.create_index("ix_alerts_summary_at", "alerts", ["summary_at"], unique=False)


def _case_continuity() -> None:
    op.create_table(
        "case_continuity",
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("conversation", sa.String(length=600), nullable=False),
        sa.Column("chat_title", sa.String(length=512), nullable=True),
        sa.Column("chat_kind", sa.String(length=16), nullable=True),
        sa.Column("owner", sa.String(length=256), nullable=True),
        sa.Column("messages", BigNumber, nullable=False),
        sa.Column("oldest", Moment(), nullable=True),
        sa.Column("newest", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", "conversation", name=op.f("pk_case_continuity")),
    )


def _case_inventory() -> None:
    op.create_table(
        "case_inventory",
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("conversation", sa.String(length=600), nullable=False),
        sa.Column("entity", sa.String(length=64), nullable=False),
        sa.Column("chat_title", sa.String(length=512), nullable=True),
        sa.Column("findings", BigNumber, nullable=False),
        sa.Column("messages", BigNumber, nullable=False),
        sa.Column("oldest", Moment(), nullable=True),
        sa.Column("newest", Moment(), nullable=True),
        sa.Column("outsiders", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", "conversation", "entity", name=op.f("pk_case_inventory")),
    )


def _case_people() -> None:
    op.create_table(
        "case_people",
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("conversation", sa.String(length=600), nullable=False),
        sa.Column("account", sa.String(length=256), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=256), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "conversation", "account", name=op.f("pk_case_people")),
    )


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=256), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("created_by", sa.String(length=36), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("messages", BigNumber, nullable=False),
        sa.Column("position", sa.JSON(), nullable=True),
        sa.Column("faults", sa.JSON(), nullable=True),
        sa.Column("owner", sa.String(length=36), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), nullable=False),
        sa.Column("legal_hold_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("name", name=op.f("uq_cases_name")),
    )


def _channel_health() -> None:
    op.create_table(
        "channel_health",
        sa.Column("channel", sa.String(length=128), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("retry_at", Moment(), nullable=True),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_channel_health")),
    )


def _channels() -> None:
    op.create_table(
        "channels",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=256), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("secrets_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channels")),
    )


def _digest_counts() -> None:
    op.create_table(
        "digest_counts",
        sa.Column("route_id", sa.String(length=36), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("count", BigNumber, nullable=False),
        sa.PrimaryKeyConstraint("route_id", "day", "severity", name=op.f("pk_digest_counts")),
    )


def _duty_roster() -> None:
    op.create_table(
        "duty_roster",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("starts_at", Moment(), nullable=False),
        sa.Column("ends_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_roster")),
    )


def _duty_roster_indexes() -> None:
    op.create_index(op.f("ix_duty_roster_starts_at"), "duty_roster", ["starts_at"], unique=False)


def _emergencies() -> None:
    op.create_table(
        "emergencies",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("connector", sa.String(length=64), nullable=True),
        sa.Column("who", sa.String(length=36), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("ended_by", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergencies")),
    )


def _exceptions() -> None:
    op.create_table(
        "exceptions",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("entity", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=16), nullable=False),
        sa.Column("digest_epoch", sa.Integer(), nullable=False),
        sa.Column("value_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("scope_value", sa.String(length=512), nullable=False),
        sa.Column("incident_id", sa.String(length=36), nullable=True),
        sa.Column("owner", sa.String(length=36), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("ended_by", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exceptions")),
    )


def _exceptions_indexes() -> None:
    op.create_index(op.f("ix_exceptions_digest"), "exceptions", ["digest"], unique=False)


def _holds() -> None:
    op.create_table(
        "holds",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("ledger_seq", BigNumber, nullable=False),
        sa.Column("incident_id", sa.String(length=36), nullable=True),
        sa.Column("connector", sa.String(length=64), nullable=False),
        sa.Column("policy", sa.String(length=128), nullable=False),
        sa.Column("rule", sa.String(length=128), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("on_expiry", sa.String(length=16), nullable=False),
        sa.Column("four_eyes", sa.Boolean(), nullable=False),
        sa.Column("asked_by", sa.String(length=36), nullable=True),
        sa.Column("asked_outcome", sa.String(length=16), nullable=True),
        sa.Column("decided_by", sa.String(length=36), nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("break_glass", sa.Boolean(), nullable=False),
        sa.Column("reviewed_by", sa.String(length=36), nullable=True),
        sa.Column("reviewed_at", Moment(), nullable=True),
        sa.Column("callback", sa.Text(), nullable=True),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
    )


def _holds_indexes() -> None:
    op.create_index("ix_holds_due", "holds", ["state", "expires_at"], unique=False)
    op.create_index(op.f("ix_holds_incident_id"), "holds", ["incident_id"], unique=False)
    op.create_index(op.f("ix_holds_ledger_seq"), "holds", ["ledger_seq"], unique=False)
