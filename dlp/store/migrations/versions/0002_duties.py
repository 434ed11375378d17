"""What people set up and ask for: connectors, policies, jobs, exports, filters, reveals."""

import sqlalchemy as sa
from alembic import op

from dlp.store.columns import BigNumber, Moment

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    _connectors()
    _exports()
    _idempotency()
    _idempotency_indexes()
    _job_items()
    _jobs()
    _policy_modes()
    _policy_versions()
    _queries()
    _reveals()
    _reveals_indexes()
    _unseen_channels()
    _windows()


def _connectors() -> None:
    op.create_table(
        "connectors",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=256), nullable=False),
        sa.Column("zone", sa.String(length=16), nullable=True),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("fail", sa.String(length=16), nullable=False),
        sa.Column("keep_clean_days", sa.Integer(), nullable=False),
        sa.Column("retention_days", sa.Integer(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("secrets_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("credentials_expire_at", Moment(), nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("last_message_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_connectors")),
    )


def _exports() -> None:
    op.create_table(
        "exports",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("form", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("with_content", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("rows", BigNumber, nullable=True),
        sa.Column("size", BigNumber, nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("owner", sa.String(length=36), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("ready_at", Moment(), nullable=True),
        sa.Column("expires_at", Moment(), nullable=True),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exports")),
    )


def _idempotency() -> None:
    op.create_table(
        "idempotency",
        sa.Column("principal", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=256), nullable=False),
        sa.Column("asked", sa.LargeBinary(length=32), nullable=False),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("principal", "key", name=op.f("pk_idempotency")),
    )


def _idempotency_indexes() -> None:
    op.create_index(op.f("ix_idempotency_at"), "idempotency", ["at"], unique=False)


def _job_items() -> None:
    op.create_table(
        "job_items",
        sa.Column("job_id", sa.String(length=36), nullable=False),
        sa.Column("number", BigNumber, nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("job_id", "number", name=op.f("pk_job_items")),
    )


def _jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("owner", sa.String(length=36), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("done", BigNumber, nullable=False),
        sa.Column("total", BigNumber, nullable=True),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )


def _policy_modes() -> None:
    op.create_table(
        "policy_modes",
        sa.Column("policy", sa.String(length=128), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("set_by", sa.String(length=36), nullable=False),
        sa.Column("set_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("policy", name=op.f("pk_policy_modes")),
    )


def _policy_versions() -> None:
    op.create_table(
        "policy_versions",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_by", sa.String(length=36), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=True),
        sa.Column("activated_by", sa.String(length=36), nullable=True),
        sa.Column("activated_at", Moment(), nullable=True),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("approved_by", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_policy_versions")),
        sqlite_autoincrement=True,
    )


def _queries() -> None:
    op.create_table(
        "queries",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("owner", sa.String(length=36), nullable=False),
        sa.Column("title", sa.String(length=256), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queries")),
    )


def _reveals() -> None:
    op.create_table(
        "reveals",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("incident_id", sa.String(length=36), nullable=False),
        sa.Column("scope", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reason_code", sa.String(length=32), nullable=False),
        sa.Column("asked_by", sa.String(length=36), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("approved_by", sa.String(length=36), nullable=True),
        sa.Column("approved_at", Moment(), nullable=True),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("read_at", Moment(), nullable=True),
        sa.Column("audit_seq", BigNumber, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reveals")),
    )


def _reveals_indexes() -> None:
    op.create_index(op.f("ix_reveals_incident_id"), "reveals", ["incident_id"], unique=False)


def _unseen_channels() -> None:
    op.create_table(
        "unseen_channels",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("title", sa.String(length=256), nullable=False),
        sa.Column("owner", sa.String(length=256), nullable=False),
        sa.Column("risk", sa.Text(), nullable=False),
        sa.Column("accepted_by", sa.String(length=36), nullable=True),
        sa.Column("accepted_at", Moment(), nullable=True),
        sa.Column("review_at", Moment(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unseen_channels")),
    )


def _windows() -> None:
    op.create_table(
        "windows",
        sa.Column("key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_windows")),
    )
