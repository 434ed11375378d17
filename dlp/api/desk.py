"""Work of many askers done in one transaction of the record, each told its own result when it is on disk."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future
from typing import Final, Generic, NamedTuple, TypeVar

from sqlalchemy import Connection

from dlp.errors import DlpError
from dlp.store.database import Database

T = TypeVar("T")
R = TypeVar("R")
_TOGETHER: Final = 128


class _Entry(NamedTuple, Generic[T, R]):
    task: T
    key: Hashable | None
    told: Future[R]


class Desk(Generic[T, R]):
    """Takes tasks from any thread; doing one costs about as much as doing ten, so those that wait are done together.

    `work` gives a result for each task, in order; an error in its place is that task's alone. Tasks of the same key are never
    done together, but one after the other.
    """

    def __init__(self, database: Database, work: Callable[[Connection, Sequence[T]], Sequence[R | DlpError]]) -> None:
        self._database = database
        self._work = work
        self._lock = threading.Lock()
        self._waiting: list[_Entry[T, R]] = []
        self._busy = False

    def put(self, task: T, key: Hashable | None = None) -> Future[R]:
        """The task's result, when it is on disk. The future raises StoreDown, or the task's own error."""
        entry: _Entry[T, R] = _Entry(task, key, Future())
        with self._lock:
            self._waiting.append(entry)
            begin = not self._busy
            self._busy = True
        if begin:
            self._do_next()
        return entry.told

    def _do_next(self) -> None:
        with self._lock:
            entries, self._waiting = _taken(self._waiting)
            self._busy = bool(entries)
        if entries:
            self._submit(entries, lambda done: self._settle(entries, done))

    def _submit(self, entries: Sequence[_Entry[T, R]], told: Callable[[Future[Sequence[R | DlpError]]], None]) -> None:
        tasks = [entry.task for entry in entries]
        try:
            working = self._database.submit(lambda connection: self._work(connection, tasks))
        except DlpError as error:
            working = Future()
            working.set_exception(error)
        working.add_done_callback(told)

    def _settle(self, entries: Sequence[_Entry[T, R]], done: Future[Sequence[R | DlpError]]) -> None:
        """Called by the record's thread. What failed together is tried alone: one may have spoilt it for the others."""
        if done.exception() is not None and len(entries) > 1:
            for entry in entries:
                self._submit([entry], lambda alone, entry=entry: _tell([entry], alone))  # type: ignore[misc]
        else:
            _tell(entries, done)
        self._do_next()


def _taken(waiting: list[_Entry[T, R]]) -> tuple[list[_Entry[T, R]], list[_Entry[T, R]]]:
    """The first that wait, up to one whose key is among them; and who waits on."""
    keys: set[Hashable] = set()
    for place, entry in enumerate(waiting):
        if place == _TOGETHER or entry.key in keys:
            return waiting[:place], waiting[place:]
        if entry.key is not None:
            keys.add(entry.key)
    return waiting, []


def _tell(entries: Sequence[_Entry[T, R]], done: Future[Sequence[R | DlpError]]) -> None:
    error = done.exception()
    for place, entry in enumerate(entries):
        result = error or done.result()[place]
        if isinstance(result, BaseException):
            entry.told.set_exception(result)
        else:
            entry.told.set_result(result)
