"""The connection to the record: reading from a pool, writing through one group commit."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing, contextmanager, suppress
from queue import SimpleQueue
from typing import Any, Final, NamedTuple, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from dlp.errors import UnavailableError

T = TypeVar("T")
_CHECKPOINT_SECONDS: Final = 1.0
_LONG_LOG: Final = 4096  # pages of 4 KiB in SQLite's write-ahead log before the writer itself helps to empty it
_TOGETHER: Final = 256  # pieces of work that share one commit at most: bounds how much a crash of one makes the others repeat


class StoreDown(UnavailableError):
    """The record cannot be written or read now (disk full, server away); nothing was accepted."""

    code = "store"


class Database:
    """The record at a SQLAlchemy URL: `sqlite:////var/lib/dlp/record.db` or `postgresql+psycopg://…`.

    Everything written goes through `write` or `submit`: pieces of work of many threads share one transaction and one
    flush to disk, and each is answered only after it. A piece that raises is rolled back alone; where the database itself
    fails, all of the transaction is. Nobody is told of something that is not on disk.
    """

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._queue: SimpleQueue[_Piece | None] = SimpleQueue()
        self._closed = False
        self._pen: Connection | None = None
        self._writer = threading.Thread(target=self._write_all, name="record-writer", daemon=True)
        self._writer.start()
        self._written = self._log_is_long = False
        self._stopped = threading.Event()
        self._keeper = threading.Thread(target=self._shorten_log, name="record-log", daemon=True)
        if self.is_sqlite:
            self._keeper.start()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one moment of the record. Raises StoreDown."""
        try:
            with self.engine.connect() as connection:
                yield connection
        except DBAPIError as error:
            raise StoreDown(f"the record cannot be read ({type(error.orig).__name__})") from error

    def write(self, work: Callable[[Connection], T]) -> T:
        """Runs `work`; returns its result when it is on disk. Raises what `work` raised, StoreDown where it cannot be kept."""
        return self.submit(work).result()

    def submit(self, work: Callable[[Connection], T]) -> Future[T]:
        """The same, as a future: the caller may go on until it needs the answer."""
        if self._closed:
            raise StoreDown("the record is closed")
        piece = _Piece(work, Future())
        self._queue.put(piece)
        return piece.answer

    def close(self) -> None:
        """Writes what is waiting and lets the connections go."""
        if not self._closed:
            self._closed = True
            self._queue.put(None)
            self._writer.join()
            self._stopped.set()
            if self.is_sqlite:
                self._keeper.join()
            if self._pen is not None:
                self._pen.close()
            self.engine.dispose()

    def _write_all(self) -> None:
        while True:
            piece = self._queue.get()
            if piece is None:
                return
            pieces = [piece]
            while len(pieces) < _TOGETHER and not self._queue.empty():
                following = self._queue.get()
                if following is None:
                    self._commit(pieces)
                    return
                pieces.append(following)
            self._commit(pieces)

    def _commit(self, pieces: list[_Piece]) -> None:
        done: list[tuple[_Piece, Any]] = []
        pieces = [piece for piece in pieces if piece.answer.set_running_or_notify_cancel()]
        try:
            with self._writing() as connection, connection.begin():
                for piece in pieces:
                    _run(connection, piece, done, alone=len(pieces) == 1)
        except SQLAlchemyError as error:
            _refuse(pieces, StoreDown(f"the record cannot be written ({_class_of(error)})"))
        except BaseException as error:
            _refuse(pieces, error)
        else:
            for piece, answer in done:
                piece.answer.set_result(answer)
        self._written = True
        if self._log_is_long:
            self._checkpoint()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """The writer's own connection, kept as long as all goes well: what it has read of the record stays in its memory."""
        if self._pen is None:
            self._pen = self.engine.connect().execution_options(writes=True)
        try:
            yield self._pen
        except BaseException:
            pen, self._pen = self._pen, None
            with suppress(SQLAlchemyError):
                pen.close()
            raise

    def _shorten_log(self) -> None:
        """Brings what was committed from SQLite's write-ahead log into its place, beside the writer and not in its way."""
        while not self._stopped.wait(_CHECKPOINT_SECONDS):
            if self._written:
                self._written = False
                self._checkpoint()

    def _checkpoint(self) -> None:
        """Waits for nobody. While somebody writes the log is never quite empty; so in the end the writer does the rest itself."""
        try:
            with closing(self.engine.raw_connection()) as connection:
                _, pages, _ = connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        except (sqlite3.Error, SQLAlchemyError):
            return  # what is written next says so
        self._log_is_long = pages >= _LONG_LOG and threading.current_thread() is self._keeper


class _Piece(NamedTuple):
    work: Callable[[Connection], Any]
    answer: Future[Any]


def _run(connection: Connection, piece: _Piece, done: list[tuple[_Piece, Any]], *, alone: bool) -> None:
    savepoint = None if alone else connection.begin_nested()
    try:
        answer = piece.work(connection)
    except OperationalError:
        raise  # the disk is full, the server away: SQLite may have ended the transaction by itself
    except Exception as error:
        if savepoint is None:
            connection.rollback()
        else:
            savepoint.rollback()
        if isinstance(error, DBAPIError):
            error = StoreDown(f"the record cannot be written ({_class_of(error)})")
        _refuse([piece], error)
        return
    if savepoint is not None:
        savepoint.commit()
    done.append((piece, answer))


def _refuse(pieces: Sequence[_Piece], error: BaseException) -> None:
    for piece in pieces:
        # One refused on its own has its answer already.
        if not piece.answer.done():
            piece.answer.set_exception(error)


def _class_of(error: SQLAlchemyError) -> str:
    # The text of a database error may quote the row.
    return type(error.orig).__name__ if isinstance(error, DBAPIError) and error.orig is not None else type(error).__name__


def _engine(url: str) -> Engine:
    if make_url(url).get_backend_name() == "sqlite":
        engine = create_engine(
            url, connect_args={"timeout": 30, "cached_statements": 512}, pool_size=16, max_overflow=32, pool_use_lifo=True
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=20)


# The log is shortened by a thread of its own: the writer would stand still for it. 16 MiB hold the inner pages of every index.
_PRAGMAS: Final = (
    "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", "temp_store=MEMORY", "wal_autocheckpoint=0",
    "cache_size=-16384",
)  # fmt: skip


def _prepare_sqlite(connection: Any, record: Any) -> None:
    # The driver must not begin transactions by itself: SAVEPOINT and a consistent read need our own BEGIN.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads before it writes must own the file from its start, or another process's commit in between ends it.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")
