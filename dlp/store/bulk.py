"""Inserts many rows at once: the statement is compiled once, and each row costs little more than its values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from itertools import chain
from typing import Any, Final

from sqlalchemy import Column, Connection, Dialect, Insert, LargeBinary, Table, insert
from sqlalchemy.exc import DBAPIError

_Process = Callable[[Any], Any]
_PLACES: Final = (1, 4, 16, 64, 256)
_ASKED: Final = _PLACES[-1]
_IN_ONE_STEP: Final = 64  # at forty columns far below what SQLite binds
_VALUES: Final = re.compile(r"VALUES (\([?, ]+\))")


def insert_rows(connection: Connection, table: Table | Insert, rows: Sequence[dict[str, Any]]) -> None:
    """Inserts `rows`, all with the same columns. Twenty columns a row take a fifth of what the expression language takes.

    Instead of the table, an insert that says what is to be done about conflicts; one that is made once.
    """
    if not rows:
        return
    columns = tuple(rows[0])
    statement, processes, is_positional = _compiled(table, columns, connection.dialect)
    if not is_positional:
        values = [{name: row[name] if process is None else process(row[name]) for name, process in processes} for row in rows]
        with driving(connection) as cursor:
            cursor.executemany(statement, values)
        return
    insert_tuples(
        connection,
        statement,
        [tuple(row[name] if process is None else process(row[name]) for name, process in processes) for row in rows],
    )


def insert_tuples(connection: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Inserts rows the driver takes as they are; `statement` is the `INSERT … VALUES (?, …)` of one.

    SQLite is given many rows in one step: between two steps every other thread would have its turn.
    """
    with driving(connection) as cursor:
        if connection.dialect.paramstyle != "qmark":
            cursor.executemany(statement, rows)
            return
        for start in range(0, len(rows), _IN_ONE_STEP):
            some = rows[start : start + _IN_ONE_STEP]
            cursor.execute(_of_many(statement, len(some)), [*chain.from_iterable(some)])


@lru_cache(1024)
def _of_many(statement: str, rows: int) -> str:
    found = _VALUES.search(statement)
    if found is None:
        raise ValueError("this statement inserts no rows of values")
    return f"{statement[: found.end()]}{f', {found[1]}' * (rows - 1)}{statement[found.end() :]}"


def ask(connection: Connection, statement: str, values: Sequence[Any] = ()) -> list[Any]:
    """The rows of a question in the driver's own words. A tenth of the cost of a built one, for what each message asks."""
    with driving(connection) as cursor:
        cursor.execute(statement, values)
        rows: list[Any] = cursor.fetchall()
    return rows


@contextmanager
def driving(connection: Connection) -> Iterator[Any]:
    """The driver's cursor within the connection's transaction; its errors are raised as SQLAlchemy's."""
    driver = connection.dialect.loaded_dbapi
    cursor = connection.connection.cursor()
    try:
        yield cursor
    except driver.Error as error:
        raise DBAPIError.instance(None, None, error, driver.Error, dialect=connection.dialect) from error
    finally:
        cursor.close()


def present(connection: Connection, column: Column[bytes], values: Sequence[bytes]) -> set[bytes]:
    """Which of these values stand in a column."""
    found: set[bytes] = set()
    for start in range(0, len(values), _ASKED):
        some = values[start : start + _ASKED]
        # Few forms of the question, so that its plan is made once: the places left over ask for the last value again.
        places = next(size for size in _PLACES if size >= len(some))
        asked = (*some, *[some[-1]] * (places - len(some)))
        found.update(bytes(value) for (value,) in ask(connection, _question(column, places, connection.dialect), asked))
    return found


@cache
def _question(column: Column[bytes], places: int, dialect: Dialect) -> str:
    marks = ", ".join(["?" if dialect.paramstyle == "qmark" else "%s"] * places)
    return f"SELECT {column.name} FROM {column.table.name} WHERE {column.name} IN ({marks})"  # noqa: S608 - no values


@cache
def _compiled(
    into: Table | Insert, columns: tuple[str, ...], dialect: Dialect
) -> tuple[str, tuple[tuple[str, _Process | None], ...], bool]:
    statement = insert(into) if isinstance(into, Table) else into
    table = statement.table
    if not isinstance(table, Table):
        raise TypeError("rows are inserted into tables")
    compiled = statement.compile(dialect=dialect, column_keys=list(columns))
    names = compiled.positiontup if compiled.positional else list(columns)
    if names is None or set(names) != set(columns):
        raise ValueError("a row leaves a default to the statement")
    return str(compiled), tuple((name, _process(table.c[name], dialect)) for name in names), compiled.positional


def _process(column: Column[Any], dialect: Dialect) -> _Process | None:
    # Both drivers take bytes as they are.
    return None if isinstance(column.type, LargeBinary) else column.type.dialect_impl(dialect).bind_processor(dialect)
