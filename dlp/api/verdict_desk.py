"""Where verdicts wait to be written down: those of many askers in one transaction, each asker told when it is on disk."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Final, NamedTuple

from sqlalchemy import Connection

from dlp.api.answer import Outcome, answer_bytes
from dlp.errors import Conflict, DlpError
from dlp.policy.policy_set import PolicySet
from dlp.records import Decision, Organisation
from dlp.services import Services
from dlp.store import holds, idempotency
from dlp.store.idempotency import Used
from dlp.store.recording import Decided, Recorded, record

_TOGETHER: Final = 128


class Written(NamedTuple):
    """The answer to send; `recorded` None where the same question was answered before."""

    answer: bytes
    recorded: Recorded | None


class _Entry(NamedTuple):
    decided: Decided
    used: Used | None
    written: Future[Written]


class VerdictDesk:
    """Takes verdicts from any thread. Recording one costs about as much as recording ten, so those that wait go together."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._lock = threading.Lock()
        self._waiting: list[_Entry] = []
        self._busy = False

    def put(self, decided: Decided, used: Used | None = None) -> Future[Written]:
        """Records a verdict and makes its answer. The future raises StoreDown, Conflict for a key used for another question."""
        entry = _Entry(decided, used, Future())
        with self._lock:
            self._waiting.append(entry)
            begin = not self._busy
            self._busy = True
        if begin:
            self._write_next()
        return entry.written

    def _write_next(self) -> None:
        with self._lock:
            entries, self._waiting = self._waiting[:_TOGETHER], self._waiting[_TOGETHER:]
            self._busy = bool(entries)
        if entries:
            self._submit(entries, lambda done: self._settle(entries, done))

    def _submit(self, entries: Sequence[_Entry], told: Callable[[Future[list[Written | Conflict]]], None]) -> None:
        try:
            writing = self._services.database.submit(lambda connection: self._write(connection, entries))
        except DlpError as error:
            writing = Future()
            writing.set_exception(error)
        writing.add_done_callback(told)

    def _settle(self, entries: Sequence[_Entry], done: Future[list[Written | Conflict]]) -> None:
        """Called by the record's thread. What failed together is tried alone: one may have spoilt it for the others."""
        if done.exception() is not None and len(entries) > 1:
            for entry in entries:
                self._submit([entry], lambda alone, entry=entry: _tell([entry], alone))  # type: ignore[misc]
        else:
            _tell(entries, done)
        self._write_next()

    def _write(self, connection: Connection, entries: Sequence[_Entry]) -> list[Written | Conflict]:
        services, now = self._services, self._services.clock.now()
        earlier = idempotency.answers_to(connection, [entry.used for entry in entries if entry.used], services.keys)
        answers: list[Written | Conflict | None] = [_earlier(entry, earlier) for entry in entries]
        new = [place for place, answer in enumerate(answers) if answer is None]
        recorded = record(connection, [entries[place].decided for place in new], services.keys, services.vault, now)
        kept: list[tuple[Used, bytes]] = []
        for place, one in zip(new, recorded, strict=True):
            decided, used, _ = entries[place]
            answer = answer_bytes(decided, _outcome(connection, one), policies_of(services))
            answers[place] = Written(answer, one)
            if used is not None:
                kept.append((used, answer))
        idempotency.keep(connection, kept, keys=services.keys, now=now)
        return [answer for answer in answers if answer is not None]


def _earlier(entry: _Entry, earlier: dict[tuple[str, str], tuple[bytes, bytes]]) -> Written | Conflict | None:
    """What was answered to the entry's key before; Conflict where that was another question."""
    found = earlier.get((entry.used.principal, entry.used.key)) if entry.used else None
    if found is None or entry.used is None:
        return None
    asked, answer = found
    return Written(answer, None) if asked == entry.used.asked else idempotency.another_question()


def _tell(entries: Sequence[_Entry], done: Future[list[Written | Conflict]]) -> None:
    error = done.exception()
    for place, entry in enumerate(entries):
        if error is not None:
            entry.written.set_exception(error)
        elif isinstance(told := done.result()[place], Conflict):
            entry.written.set_exception(told)
        else:
            entry.written.set_result(told)


def _outcome(connection: Connection, recorded: Recorded) -> Outcome:
    hold = recorded.hold
    if hold is None and recorded.duplicate and recorded.decision is Decision.HOLD:
        hold = holds.of_message(connection, recorded.ledger_seq)
    ticket = None if hold is None else (hold, holds.one(connection, hold).expires_at)
    return Outcome(
        recorded.decision, recorded.would, recorded.decided_by, recorded.ledger_seq, duplicate=recorded.duplicate, hold=ticket
    )


def policies_of(services: Services) -> PolicySet:
    """The policies' titles for an answer; where they cannot be read, none."""
    try:
        return services.context.policies
    except DlpError:
        return PolicySet(Organisation(), ())
