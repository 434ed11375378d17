"""Brings verdicts that were given while the record was down into it, with what was answered then."""

from __future__ import annotations

import logging
from pathlib import Path

from dlp.pipeline import Arrival, crashed, decided_on, store
from dlp.records import Decision, Inspection
from dlp.services import Services
from dlp.store.connectors import touch
from dlp.store.recording import Decided
from dlp.store.spill import Spill, Spilled, in_portions

_log = logging.getLogger(__name__)


def bring(services: Services, spill: Spill | None = None) -> int:
    """Records what waits, each file gone only after it is on disk; how many. Raises StoreDown where the record is still down."""
    spill = spill or Spill(services.settings.home, services.keys)
    return sum(_bring(services, spill, portion) for portion in in_portions(spill.waiting()))


def _bring(services: Services, spill: Spill, paths: list[Path]) -> int:
    taken: list[tuple[Path, Decided]] = []
    for path in paths:
        try:
            taken.append((path, decided_then(services, spill.read(path))))
        except Exception as error:
            _set_aside(spill, path, error)
    if not taken:
        return 0
    try:
        store(services, [decided for _, decided in taken]).result()
    except Exception:
        taken = [(path, one) for path, one in taken if _stored_alone(services, spill, path, one)]
    for path, _ in taken:
        path.unlink(missing_ok=True)
    return len(taken)


def _stored_alone(services: Services, spill: Spill, path: Path, decided: Decided) -> bool:
    """Whether a verdict could be recorded by itself: its own findings, else that it crashed. Raises StoreDown."""
    given_up = decided._replace(inspection=_answered(crashed(decided.message, "record"), decided.inspection.verdict.decision))
    for attempt in (decided, given_up):
        try:
            store(services, [attempt]).result()
        except Exception as error:
            # A record that is down refuses everything; one that refuses only this is not.
            services.database.write(lambda connection: touch(connection, decided.connector, services.clock.now()))
            _log.warning("a spilled verdict cannot be recorded (%s): %s", type(error).__name__, path.name)
            last = error
        else:
            return True
    _set_aside(spill, path, last)
    return False


def _set_aside(spill: Spill, path: Path, error: Exception) -> None:
    _log.error("a spilled verdict is set aside (%s): %s", type(error).__name__, path.name)
    spill.set_aside(path)


def decided_then(services: Services, spilled: Spilled) -> Decided:
    """What the policies say of the message, under the decision that was answered."""
    arrival = Arrival(spilled.message, spilled.connector, spilled.door, spilled.received_at)
    decided = decided_on(services, [arrival])[0]
    return decided._replace(inspection=_answered(decided.inspection, spilled.answered))


def _answered(inspection: Inspection, decision: Decision) -> Inspection:
    return inspection._replace(verdict=inspection.verdict._replace(decision=decision), decided_by="outage")
