"""What proves and what protects: audit chain, checkpoints, tombstones, the evidence vault."""

import sqlalchemy as sa
from alembic import op

from dlp.store.columns import BigNumber, Moment

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    _audit()
    _audit_indexes()
    _checkpoints()
    _signing_keys()
    _tombstones()
    _tombstones_indexes()
    _vault_items()
    _vault_items_indexes()
    _vault_chunks()
    _vault_holds()
    _vault_holds_indexes()


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", BigNumber, autoincrement=False, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("actor_kind", sa.String(length=16), nullable=False),
        sa.Column("act", sa.String(length=64), nullable=False),
        sa.Column("object", sa.String(length=128), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=16), nullable=True),
        sa.Column("details", sa.JSON(), nullable=True),
        sa.Column("commitment", sa.LargeBinary(length=32), nullable=False),
        sa.Column("previous", sa.LargeBinary(length=32), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("streebog", sa.LargeBinary(length=32), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit")),
    )


def _audit_indexes() -> None:
    op.create_index(op.f("ix_audit_act"), "audit", ["act"], unique=False)
    op.create_index(op.f("ix_audit_actor"), "audit", ["actor"], unique=False)
    op.create_index(op.f("ix_audit_at"), "audit", ["at"], unique=False)
    op.create_index(op.f("ix_audit_object"), "audit", ["object"], unique=False)


def _checkpoints() -> None:
    op.create_table(
        "checkpoints",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("audit_seq", BigNumber, nullable=False),
        sa.Column("audit_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("ledger_seq", BigNumber, nullable=False),
        sa.Column("ledger_count", BigNumber, nullable=False),
        sa.Column("merkle_root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.Column("signature", sa.LargeBinary(length=64), nullable=False),
        sa.Column("cades", sa.LargeBinary(), nullable=True),
        sa.Column("sent", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_checkpoints")),
    )


def _signing_keys() -> None:
    op.create_table(
        "signing_keys",
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("public", sa.LargeBinary(length=32), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=True),
        sa.Column("signature", sa.LargeBinary(length=64), nullable=True),
        sa.Column("introduced_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_signing_keys")),
        sa.UniqueConstraint("position", name=op.f("uq_signing_keys_position")),
    )


def _tombstones() -> None:
    op.create_table(
        "tombstones",
        sa.Column("id", BigNumber, autoincrement=True, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("day", sa.Integer(), nullable=True),
        sa.Column("connector", sa.String(length=64), nullable=True),
        sa.Column("object", sa.String(length=128), nullable=True),
        sa.Column("key_id", sa.LargeBinary(length=16), nullable=True),
        sa.Column("ledger_first", BigNumber, nullable=True),
        sa.Column("ledger_last", BigNumber, nullable=True),
        sa.Column("remains", sa.JSON(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("audit_seq", BigNumber, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tombstones")),
        sqlite_autoincrement=True,
    )


def _tombstones_indexes() -> None:
    op.create_index(op.f("ix_tombstones_key_id"), "tombstones", ["key_id"], unique=False)


def _vault_items() -> None:
    op.create_table(
        "vault_items",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("ledger_seq", BigNumber, nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("connector", sa.String(length=64), nullable=False),
        sa.Column("conversation", sa.String(length=512), nullable=True),
        sa.Column("message", sa.String(length=512), nullable=False),
        sa.Column("revision", BigNumber, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("clean", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=True),
        sa.Column("key_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vault_items")),
    )


def _vault_items_indexes() -> None:
    op.create_index("ix_vault_items_day", "vault_items", ["day", "connector"], unique=False)
    op.create_index(op.f("ix_vault_items_ledger_seq"), "vault_items", ["ledger_seq"], unique=False)


def _vault_chunks() -> None:
    op.create_table(
        "vault_chunks",
        sa.Column("item_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["vault_items.id"], name=op.f("fk_vault_chunks_item_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("item_id", "number", name=op.f("pk_vault_chunks")),
    )


def _vault_holds() -> None:
    op.create_table(
        "vault_holds",
        sa.Column("item_id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("day_key", sa.LargeBinary(length=16), nullable=True),
        sa.Column("item_key", sa.LargeBinary(length=16), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["vault_items.id"], name=op.f("fk_vault_holds_item_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("item_id", "case_id", name=op.f("pk_vault_holds")),
    )


def _vault_holds_indexes() -> None:
    op.create_index(op.f("ix_vault_holds_case_id"), "vault_holds", ["case_id"], unique=False)
