"""Runs migrations on the connection it is handed; Alembic loads this file by its name."""

from alembic import context

from dlp.store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"], target_metadata=METADATA, transactional_ddl=False, render_as_batch=False
)
context.run_migrations()
