"""The record's first tables."""

from alembic import op

from dlp.store.search.index import create_search
from dlp.store.tables import METADATA

revision = "0001"
down_revision = None


def upgrade() -> None:
    METADATA.create_all(op.get_bind())
    create_search(op.get_bind())
