"""Where verdicts wait to be written down and answered."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from typing import NamedTuple

from sqlalchemy import Connection

from dlp.api.answer import Outcome, answer_bytes
from dlp.api.desk import Desk
from dlp.errors import Conflict, DlpError
from dlp.policy.policy_set import PolicySet
from dlp.records import Decision, Organisation
from dlp.services import Services
from dlp.store import holds, idempotency
from dlp.store.idempotency import Used
from dlp.store.recording import Decided, Recorded, record


class Written(NamedTuple):
    """The answer to send; `recorded` None where the same question was answered before."""

    answer: bytes
    recorded: Recorded | None


class Task(NamedTuple):
    """A verdict to be recorded, and the Idempotency-Key its answer is kept under."""

    decided: Decided
    used: Used | None = None


class VerdictDesk:
    """Records the verdicts that wait, together, and makes their answers."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._desk: Desk[Task, Written] = Desk(services.database, self._write)

    def put(self, decided: Decided, used: Used | None = None) -> Future[Written]:
        """The answer, when it is on disk. The future raises StoreDown, Conflict for a key used for another question."""
        return self._desk.put(Task(decided, used), None if used is None else (used.principal, used.key))

    def _write(self, connection: Connection, tasks: Sequence[Task]) -> list[Written | DlpError]:
        services, now = self._services, self._services.clock.now()
        earlier = idempotency.answers_to(connection, [task.used for task in tasks if task.used], services.keys)
        answers = {place: told for place, task in enumerate(tasks) if (told := _earlier(task, earlier)) is not None}
        new = [place for place in range(len(tasks)) if place not in answers]
        recorded = record(connection, [tasks[place].decided for place in new], services.keys, services.vault, now)
        kept: list[tuple[Used, bytes]] = []
        for place, one in zip(new, recorded, strict=True):
            decided, used = tasks[place]
            answer = answer_bytes(decided, _outcome(connection, one), policies_of(services))
            answers[place] = Written(answer, one)
            if used is not None:
                kept.append((used, answer))
        idempotency.keep(connection, kept, keys=services.keys, now=now)
        return [answers[place] for place in range(len(tasks))]


def _earlier(task: Task, earlier: dict[tuple[str, str], tuple[bytes, bytes]]) -> Written | Conflict | None:
    """What was answered to the task's key before; Conflict where that was another question."""
    found = earlier.get((task.used.principal, task.used.key)) if task.used else None
    if found is None or task.used is None:
        return None
    asked, answer = found
    return Written(answer, None) if asked == task.used.asked else idempotency.another_question()


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
