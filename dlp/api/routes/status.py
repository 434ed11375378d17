"""How things stand, in a few numbers: for the status page and the console's frame."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel

import dlp
from dlp.api.access import InstallationServices, Principal, signed_in
from dlp.api.permissions import Permission
from dlp.records import Severity
from dlp.store.vitals import Vitals, vitals

router = APIRouter(tags=["status"])


class CoverageNow(BaseModel):
    """The last 24 hours: what was accepted, what was decided, what of it has gaps; `waiting` is all that waits."""

    accepted: int
    decided: int
    gaps: int
    waiting: int
    oldest_waiting: datetime | None


class DutiesNow(BaseModel):
    """What waits for people."""

    incidents: dict[str, int]
    holds_waiting: int
    reviews_waiting: int
    unknown_outcomes: int


class EmergencyNow(BaseModel):
    """A pass-through in force; shown to everybody."""

    connector: str | None
    since: datetime
    until: datetime


class Status(BaseModel):
    """What the asker may not know is null."""

    version: str
    time: datetime
    coverage: CoverageNow | None
    duties: DutiesNow | None
    emergencies: list[EmergencyNow]


@router.get("/status")
def get_status(principal: Annotated[Principal, signed_in()], services: InstallationServices) -> Status:
    """How things stand now."""
    now = services.clock.now()
    with services.database.reading() as connection:
        seen = vitals(connection, now)
    # Sums over all departments are not for somebody who sees only some.
    everywhere = principal.departments is None
    may = principal.permissions
    return Status(
        version=dlp.__version__,
        time=now,
        coverage=_coverage(seen) if Permission.COVERAGE_READ in may else None,
        duties=_duties(seen) if Permission.INCIDENT_READ in may and everywhere else None,
        emergencies=[EmergencyNow(connector=one.connector, since=one.started_at, until=one.until) for one in seen.emergencies],
    )


def _coverage(seen: Vitals) -> CoverageNow:
    return CoverageNow(
        accepted=seen.sum_of("accepted"),
        decided=seen.sum_of("decision:"),
        gaps=seen.sum_of("gap:"),
        waiting=seen.waiting,
        oldest_waiting=seen.oldest_waiting,
    )


def _duties(seen: Vitals) -> DutiesNow:
    return DutiesNow(
        incidents={Severity(severity).name.lower(): count for severity, count in sorted(seen.incidents.items())},
        holds_waiting=seen.holds["waiting"],
        reviews_waiting=seen.holds["to_review"],
        unknown_outcomes=seen.outbox["unknown"],
    )
