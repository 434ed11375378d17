"""The store of wrapped keys as a database: short durable transactions, and bytes that are gone when they are deleted."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from dlp.store.database import StoreDown
from dlp.store.vault.key_tables import KEY_METADATA, key_encryption_keys


class KeyStore:
    """The wrapped keys at a SQLAlchemy URL; opening it creates nothing."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self.is_sqlite = self._url.get_backend_name() == "sqlite"
        self._engine: Engine | None = None

    def exists(self) -> bool:
        """Whether there are tables of keys; asking creates nothing. Raises StoreDown."""
        if self.is_sqlite and not self._file().exists():
            return False
        with _told():
            return inspect(self._opened()).has_table(key_encryption_keys.name)

    def create(self) -> None:
        """Makes the empty tables, in SQLite in a file of mode 0600. Raises StoreDown."""
        if self.is_sqlite:
            file = self._file()
            try:
                file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
            except OSError as error:
                raise StoreDown(f"the store of wrapped keys cannot be made ({type(error).__name__})") from error
        with _told():
            KEY_METADATA.create_all(self._opened())

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one moment of the store. Raises StoreDown."""
        with _told(), self._opened().connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is on disk when the block ends; in SQLite nobody else writes meanwhile. Raises StoreDown."""
        with _told(), self._opened().connect().execution_options(writes=True) as connection, connection.begin():
            yield connection

    def purge(self) -> None:
        """What was deleted leaves the files too: SQLite's log is emptied, PostgreSQL's small tables written anew."""
        with _told():
            if self.is_sqlite:
                self._empty_log()
                return
            with self._opened().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                for table in ("wrapping_keys", "named_keys"):
                    connection.execute(text(f"VACUUM FULL {table}"))
                connection.execute(text("VACUUM item_keys"))

    def _empty_log(self) -> None:
        connection = self._opened().raw_connection()
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
        finally:
            connection.close()

    def close(self) -> None:
        """Lets the connections go."""
        if self._engine is not None:
            self._engine.dispose()

    def _file(self) -> Path:
        return Path(self._url.database or "")

    def _opened(self) -> Engine:
        if self._engine is None:
            self._engine = _engine(self._url.render_as_string(hide_password=False), is_sqlite=self.is_sqlite)
        return self._engine


def _engine(url: str, *, is_sqlite: bool) -> Engine:
    if not is_sqlite:
        return create_engine(url, pool_pre_ping=True)
    engine = create_engine(url, connect_args={"timeout": 30})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _: Any) -> None:
    # The driver must not begin transactions by itself: a writer takes the lock before it reads.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "foreign_keys=ON", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        # The text of a database error may quote the row.
        raise StoreDown(f"the store of wrapped keys cannot be used ({type(error).__name__})") from error
