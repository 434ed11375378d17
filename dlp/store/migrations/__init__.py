"""The record's migrations (Alembic): every start brings the record to the tables this version knows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

if TYPE_CHECKING:
    from dlp.store.database import Database

_MIGRATING = 0x646C7002  # PostgreSQL's advisory lock: two replicas that start together migrate one after the other


def migrate(database: Database) -> None:
    """Brings the record to the newest version; does nothing where it is there already. One transaction."""
    database.write(_upgrade)


def version_of(connection: Connection) -> str | None:
    """The migration the record stands at; None where it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


def newest() -> str:
    """The migration this version of the product wants."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise LookupError("the product was installed without its migrations")
    return head


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATING})
    if version_of(connection) == newest():
        return
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config
