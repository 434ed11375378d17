"""Thousands of rows in one statement, past SQLAlchemy's care for each value, which costs more than sealing them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table

from dlp.store.bulk import insert_tuples


def insert_many(connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Inserts rows whose values the database takes as they are: texts, bytes, numbers, None."""
    mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
    names = ", ".join(map(connection.dialect.identifier_preparer.quote, columns))
    marks = ", ".join([mark] * len(columns))
    insert_tuples(connection, f"INSERT INTO {table.name} ({names}) VALUES ({marks})", rows)  # noqa: S608 - no values
