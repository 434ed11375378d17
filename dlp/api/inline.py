"""One message judged while its sender waits: on time or by the connector's fail mode, and never unrecorded."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import Future
from datetime import datetime
from typing import Any, Final, NamedTuple

from starlette.concurrency import run_in_threadpool

from dlp.api.answer import Outcome, answer_bytes
from dlp.api.doors import Doors
from dlp.api.verdict_desk import Written, policies_of
from dlp.errors import Conflict, DlpError, UnavailableError
from dlp.pipeline import Arrival, decided_on
from dlp.policy.policy_set import NOTHING_JUDGED
from dlp.records import Decision, Gap, GapReason, Inspection, Message, Scan, Verdict
from dlp.store.connectors import Connector
from dlp.store.idempotency import Used
from dlp.store.recording import Decided
from dlp.store.spill import Spilled

_log = logging.getLogger(__name__)
LATE: Final = 1 << 61  # set in the revision of a verdict that came after its message was answered by the deadline
_SHORT: Final = 8000  # characters scanned at once: less work than handing them to a thread
_TO_RECORD: Final = 0.25  # of the time given is kept for writing the answer down, at most this many seconds:
_TO_RECORD_SECONDS: Final = 0.05


class Question(NamedTuple):
    """What is asked about one message; `until` is the loop's time by which the answer must be there.

    `used` is its Idempotency-Key, if it has one.
    """

    message: Message
    connector: Connector
    received_at: datetime
    asked_at: float
    until: float
    dry_run: bool = False
    callback: str | None = None
    used: Used | None = None

    @property
    def arrival(self) -> Arrival:
        """The message as the pipeline takes it."""
        return Arrival(self.message, self.connector.name, "verdict", self.received_at, callback=self.callback)


async def answer_to(question: Question, doors: Doors) -> bytes:
    """The answer, as JSON."""
    decided = await _decided_in_time(question, doors)
    if decided is None:
        return await _by_deadline(question, doors)
    if question.dry_run:
        verdict = decided.inspection.verdict
        outcome = Outcome(verdict.decision, verdict.would, decided.inspection.decided_by, dry_run=True)
        return answer_bytes(decided, outcome, policies_of(doors.services))
    return await _recorded(question, decided, doors)


async def _decided_in_time(question: Question, doors: Doors) -> Decided | None:
    """What the policies say; None where they were not done, and then what they say later is recorded."""
    given = question.until - question.asked_at
    until = question.until - min(given * _TO_RECORD, _TO_RECORD_SECONDS)
    if _length(question.message) <= _SHORT and _left(until) > 0:
        return _judged(question, doors)
    judging = doors.scans.submit(_judged, question, doors)
    if await _is_done(judging, until):
        return judging.result()
    if not question.dry_run:
        judging.add_done_callback(lambda late: _record_late(late, question, doors))
    return None


def _judged(question: Question, doors: Doors) -> Decided:
    """What the policies say; where not even they can be asked (a broken file of theirs), what the fail mode says."""
    try:
        return decided_on(doors.services, [question.arrival])[0]
    except Exception as error:
        _log.error("a message could not be judged (%s)", type(error).__name__)
        return _not_decided(question, doors, Gap("message", GapReason.CRASH, type(error).__name__), decided_by="outage")


async def _is_done(work: Future[Any], until: float) -> bool:
    """Waits for work of another thread, not longer than until a time; what it raises is for whoever asks its result."""
    wrapped = asyncio.wrap_future(work)
    wrapped.add_done_callback(lambda done: done.cancelled() or done.exception())
    done, _ = await asyncio.wait([wrapped], timeout=max(0.0, _left(until)))
    return bool(done)


def _length(message: Message) -> int:
    return len(message.text) + sum(len(passage.text) for passage in message.passages)


def _now() -> float:
    return asyncio.get_running_loop().time()


def _left(until: float) -> float:
    return until - _now()


async def _recorded(question: Question, decided: Decided, doors: Doors) -> bytes:
    """Writes the verdict down and answers it; where that is not done in time or cannot be done, answers by the fail mode."""
    try:
        writing = doors.desk.put(decided, question.used)
        if await _is_done(writing, max(question.until, _now() + 0.001)):
            return _told(writing.result(), question, doors)
    except Conflict:
        raise
    except Exception as error:
        return await _by_outage(question, decided, doors, error)
    doors.counters.uncommitted.inc()
    writing.add_done_callback(lambda written: _explain(written, question, doors))
    return _unwritten(question, decided, doors, "deadline")


def _told(written: Written, question: Question, doors: Doors) -> bytes:
    if written.recorded is not None:
        _count(question, written.recorded.decision, written.recorded.decided_by, doors)
    return written.answer


async def _by_deadline(question: Question, doors: Doors) -> bytes:
    decided = _timed_out(question, doors)
    if question.dry_run:
        decision = decided.inspection.verdict.decision
        return answer_bytes(decided, Outcome(decision, decision, "deadline", dry_run=True), policies_of(doors.services))
    return await _recorded(question, decided, doors)


def _timed_out(question: Question, doors: Doors) -> Decided:
    """What is recorded of a message that was answered because its time was up."""
    gap = Gap("message", GapReason.DEADLINE, f"{round((question.until - question.asked_at) * 1000)} ms")
    return _not_decided(question, doors, gap, decided_by="deadline")


def _not_decided(question: Question, doors: Doors, gap: Gap, *, decided_by: str) -> Decided:
    decision = fail_decision(question, doors)
    message = question.message._replace(connector=question.connector.name, received_at=question.received_at)
    inspection = Inspection(message, Scan(gaps=(gap,)), NOTHING_JUDGED, Verdict(decision, decision), decided_by=decided_by)
    return Decided(message, question.connector.name, "verdict", question.received_at, inspection)


async def _by_outage(question: Question, decided: Decided, doors: Doors, error: Exception) -> bytes:
    """Answers by the fail mode; the message goes to disk, to be recorded when the record is back."""
    if not isinstance(error, UnavailableError):
        # The text of an error may quote the message.
        _log.error("a verdict could not be recorded (%s)", type(error).__name__)
    spilled = Spilled(question.message, question.connector.name, "verdict", question.received_at, fail_decision(question, doors))
    await run_in_threadpool(doors.spill.add, spilled)
    return _unwritten(question, decided, doors, "outage")


def _unwritten(question: Question, decided: Decided, doors: Doors, decided_by: str) -> bytes:
    decision = fail_decision(question, doors)
    _count(question, decision, decided_by, doors)
    outcome = Outcome(decision, decided.inspection.verdict.would, decided_by)
    return answer_bytes(decided, outcome, policies_of(doors.services))


def fail_decision(question: Question, doors: Doors) -> Decision:
    """What a message gets that could not be judged: its connector says; who only observes or declared an emergency lets pass."""
    if question.connector.fail == "open" or question.connector.mode == "observe":
        return Decision.ALLOW
    try:
        emergency = doors.services.context.standing.emergency(question.connector.name, question.received_at)
    except DlpError:
        emergency = None
    return Decision.BLOCK if emergency is None else Decision.ALLOW


def _record_late(judging: Future[Decided], question: Question, doors: Doors) -> None:
    """Records what the policies said after the deadline, beside the answer that was given: `would` is what they say.

    The decision is the one that was answered: nothing is held any more that has passed.
    """
    try:
        late = judging.result()
        verdict = late.inspection.verdict._replace(decision=fail_decision(question, doors))
        _record_beside(late._replace(inspection=late.inspection._replace(verdict=verdict, decided_by="deadline")), doors)
    except Exception as error:
        _log.error("a late verdict could not be recorded (%s)", type(error).__name__)


def _explain(writing: Future[Written], question: Question, doors: Doors) -> None:
    """Records that a verdict, on disk too late, was not the one that was answered."""
    try:
        recorded = writing.result().recorded
        if recorded is not None and recorded.decision is not fail_decision(question, doors):
            _record_beside(_timed_out(question, doors), doors)
    except Exception as error:
        _log.error("a verdict could not be recorded after its answer (%s)", type(error).__name__)


def _record_beside(decided: Decided, doors: Doors) -> None:
    """Records a second verdict on the same message, as a revision no messenger has."""
    message = decided.message._replace(revision=decided.message.revision | LATE)
    beside = decided._replace(message=message, inspection=decided.inspection._replace(message=message))
    doors.desk.put(beside).add_done_callback(lambda done: done.exception())


def _count(question: Question, decision: Decision, decided_by: str, doors: Doors) -> None:
    doors.counters.verdicts.labels(question.connector.name, decision.label, decided_by).inc()
    doors.note(question.connector.name, question.received_at)
