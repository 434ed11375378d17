"""The legal hold of a case: its evidence sealed under the case's own key, a little at a time, so that intake goes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dlp.services import Services
from dlp.store import cases
from dlp.store.actor import Actor
from dlp.store.jobs import Job
from dlp.store.retention.legal_hold import end_hold
from dlp.store.vault.vault import Because

Tell = Callable[[int, int | None], bool]


def hold_case(services: Services, job: Job, tell: Tell) -> Mapping[str, Any]:
    """The work of a job `case.hold`; begun again it goes on where it was. The result counts the items."""
    database, case_id = services.database, str(job.asked["case_id"])
    held = 0
    while True:
        more = database.write(lambda c: cases.hold_more(c, services.vault, case_id, services.clock.now()))
        held += more
        if not more or not tell(held, None):
            return {"held": held}


def release_case(services: Services, job: Job, _tell: Tell) -> Mapping[str, Any]:
    """The work of a job `case.release`: what another case holds, or its day still keeps, stays. The result counts the items."""
    case_id = str(job.asked["case_id"])
    because = Because(Actor(job.owner), "the legal hold of the case ended")
    left = services.database.write(lambda c: end_hold(c, services.vault, case_id, because=because, now=services.clock.now()))
    with services.database.reading() as connection:
        services.vault.settle(connection)
    return {"left": left}
