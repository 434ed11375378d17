"""Coverage: what was received has a verdict; what could not be read, and channels nobody feeds us."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import Row as SqlRow

from dlp.api.access import InstallationServices, Principal, allowed
from dlp.api.duty_wire import Name, Reason, RowId, Time
from dlp.api.incident_wire import TimeTold, named
from dlp.api.permissions import Permission
from dlp.errors import UsageError
from dlp.services import Services
from dlp.store import coverage, gap_work, inbox
from dlp.store.coverage import Cell, Hole, Row
from dlp.store.gap_work import Channel, GapsAsked
from dlp.store.snippet import masked
from dlp.store.sums import hour_of

router = APIRouter(tags=["coverage"])
_Reader = Annotated[Principal, allowed(Permission.COVERAGE_READ)]
_Editor = Annotated[Principal, allowed(Permission.COVERAGE_EDIT)]
_ChannelId = Annotated[str, Path(pattern=r"^[0-9a-f-]{36}$")]
_Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=256, pattern=r"^[^\x00]*$")]
_LONGEST = timedelta(days=92)
_LISTED = 200
GapState = Literal["open", "retried", "accepted"]


class CoverageAsked(BaseModel):
    """`[start, end)`, by default the last 24 hours; `by` "hour" tells each hour too, of up to 92 days."""

    start: TimeTold | None = None
    end: TimeTold | None = None
    by: Annotated[str, Field(pattern=r"^(connector|hour|connector,hour)$")] = "connector"


class CellOut(BaseModel):
    """`sums` is true where received = verdicts + duplicates + waiting."""

    received: int
    verdicts: int
    duplicates: int
    waiting: int
    gaps: int
    sums: bool


class HourOut(CellOut):
    """One hour."""

    hour: Time


class ConnectorCoverage(CellOut):
    """One connector; hours in which nothing happened are left out."""

    connector: str
    last_message_at: Time | None
    hours: list[HourOut]


class HoleOut(BaseModel):
    """Hours a connector was silent in, where the weeks before had about `usual` messages; why is not known to us.

    `arrived_later` messages sent in these hours came in the week after: backfilled.
    """

    connector: str
    start: Time
    end: Time
    usual: int
    arrived_later: int
    cause: str | None = None


class ReasonOut(BaseModel):
    """What could not be read for one reason; `GET /coverage/gaps` with the same reason and state lists it."""

    reason: str
    open: int
    retried: int
    accepted: int


class CoverageOut(BaseModel):
    """A period's sums; `checked_at` is when."""

    start: Time
    end: Time
    checked_at: Time
    total: CellOut
    connectors: list[ConnectorCoverage]
    holes: list[HoleOut]
    gaps: list[ReasonOut]


class GapRow(BaseModel):
    """Something of a message that could not be read; its origin is told whole only to who may read incidents."""

    id: int
    ledger_seq: int
    connector: str
    conversation: str | None
    message: str
    received_at: Time
    origin: str
    reason: str
    detail: str
    state: GapState
    accepted_by: str | None
    accepted_reason: str | None


class GapList(BaseModel):
    """A page, the latest first; `next` is `before` of the next one."""

    items: list[GapRow]
    next: int | None


class GapFilter(BaseModel):
    """Which gaps."""

    connector: Name | None = None
    reason: Name | None = None
    state: GapState | None = "open"
    start: TimeTold | None = None
    end: TimeTold | None = None
    before: RowId | None = None


class GapsChosen(BaseModel):
    """Named gaps, or the first thousand open ones of a connector, a reason, a period."""

    ids: Annotated[list[RowId], Field(min_length=1, max_length=gap_work.MOST)] | None = None
    connector: Name | None = None
    reason: Name | None = None
    start: TimeTold | None = None
    end: TimeTold | None = None


class GapsAccepted(GapsChosen):
    """Why it may stay unread."""

    comment: Reason


class RetriedOut(BaseModel):
    """`retried` wait for a new verdict; of `not_kept` the message is no longer kept; so many are `left` to ask for again."""

    retried: int
    not_kept: int
    left: int


class AcceptedOut(BaseModel):
    """How many gaps were accepted, and how many are left to ask for again."""

    accepted: int
    left: int


class ChannelIn(BaseModel):
    """A channel nobody feeds us: who answers for it, what could leak there; the risk is accepted until `review_at`."""

    title: _Line
    owner: _Line
    risk: Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000, pattern=r"^[^\x00]*$")] = ""
    accepted: bool = False
    review_at: TimeTold | None = None


class ChannelOut(BaseModel):
    """A channel nobody feeds us; `overdue`: its review is."""

    id: str
    title: str
    owner: str
    risk: str
    accepted_by: str | None
    accepted_at: Time | None
    review_at: Time | None
    created_at: Time
    overdue: bool


class ChannelList(BaseModel):
    """All of them, by title."""

    items: list[ChannelOut]


@router.get("/coverage")
def get_coverage(principal: _Reader, services: InstallationServices, asked: Annotated[CoverageAsked, Query()]) -> CoverageOut:
    """What was received, decided, sent twice and waits, by connector and hour; silences; what could not be read, by reason."""
    now = services.clock.now()
    end = asked.end or hour_of(now) + timedelta(hours=1)
    start = asked.start or end - timedelta(hours=24)
    if not timedelta(0) < end - start <= _LONGEST:
        raise UsageError("a period is up to 92 days", code="period", pointer="/start")
    with services.database.reading() as connection:
        rows = coverage.coverage(connection, start, end)
        silent = coverage.holes(connection, start, end, now)
        reasons = coverage.gaps_by_reason(connection, start, end)
    total = Cell()
    for row in rows:
        total = total.plus(row.total)
    return CoverageOut(
        start=start,
        end=end,
        checked_at=now,
        total=CellOut(**_told(total)),
        connectors=[_connector(row, hours="hour" in asked.by) for row in rows],
        holes=[_hole(hole) for hole in silent],
        gaps=[
            ReasonOut(reason=reason, open=count["open"], retried=count["retried"], accepted=count["accepted"])
            for reason, count in sorted(reasons.items())
        ],
    )


@router.get("/coverage/gaps")
def list_gaps(principal: _Reader, services: InstallationServices, asked: Annotated[GapFilter, Query()]) -> GapList:
    """What could not be read or finished."""
    with services.database.reading() as connection:
        found = gap_work.gaps_of(connection, GapsAsked(**asked.model_dump()), _LISTED)
    # Gaps are of all departments: who sees some alone is told as little as who sees none.
    whole = Permission.INCIDENT_READ in principal.permissions and principal.departments is None
    items = [named(GapRow, row, origin=_origin(row.origin, whole=whole)) for row in found]
    return GapList(items=items, next=items[-1].id if len(items) == _LISTED else None)


@router.post("/coverage/gaps/retry", status_code=202)
def retry_gaps(body: GapsChosen, principal: _Editor, services: InstallationServices, request: Request) -> RetriedOut:
    """Puts the messages of gaps into the intake again; each gets a verdict as a revision of its own."""
    ids, left = _chosen(services, body)
    with services.database.reading() as connection:
        prepared = gap_work.prepare_retry(connection, ids, services.keys, services.vault)
    now, room = services.clock.now(), inbox.Room()
    done = services.database.write(
        lambda connection: gap_work.retry(connection, prepared, room=room, actor=principal.actor, now=now)
    )
    if (kick := getattr(request.app.state, "kick", None)) is not None:
        kick()
    return RetriedOut(retried=done.retried, not_kept=done.not_kept, left=left)


@router.post("/coverage/gaps/accept")
def accept_gaps(body: GapsAccepted, principal: _Editor, services: InstallationServices) -> AcceptedOut:
    """Takes it upon oneself that these stay unread. Audited with the reason."""
    ids, left = _chosen(services, body)
    now = services.clock.now()
    count = services.database.write(lambda connection: gap_work.accept(connection, ids, body.comment, principal.actor, now))
    return AcceptedOut(accepted=count, left=left)


@router.get("/coverage/unseen")
def list_unseen_channels(principal: _Reader, services: InstallationServices) -> ChannelList:
    """The channels nobody feeds us."""
    with services.database.reading() as connection:
        found = gap_work.unseen(connection)
    return ChannelList(items=[_channel(row, services.clock.now()) for row in found])


@router.post("/coverage/unseen", status_code=201)
def add_unseen_channel(body: ChannelIn, principal: _Editor, services: InstallationServices) -> ChannelOut:
    """Notes a channel nobody feeds us. Audited."""
    now, channel = services.clock.now(), Channel(**body.model_dump())
    row = services.database.write(lambda connection: gap_work.add_unseen(connection, channel, principal.actor, now))
    return _channel(row, now)


@router.put("/coverage/unseen/{channel_id}")
def change_unseen_channel(
    channel_id: _ChannelId, body: ChannelIn, principal: _Editor, services: InstallationServices
) -> ChannelOut:
    """Changes what is known of such a channel. Audited."""
    now, channel = services.clock.now(), Channel(**body.model_dump())
    row = services.database.write(
        lambda connection: gap_work.change_unseen(connection, channel_id, channel, principal.actor, now)
    )
    return _channel(row, now)


@router.delete("/coverage/unseen/{channel_id}", status_code=204, response_class=Response)
def remove_unseen_channel(channel_id: _ChannelId, principal: _Editor, services: InstallationServices) -> None:
    """Takes such a channel off the list. Audited."""
    now = services.clock.now()
    services.database.write(lambda connection: gap_work.remove_unseen(connection, channel_id, principal.actor, now))


def _told(cell: Cell) -> dict[str, Any]:
    return {**cell._asdict(), "sums": cell.sums}


def _connector(row: Row, *, hours: bool) -> ConnectorCoverage:
    told = [HourOut(hour=hour, **_told(cell)) for hour, cell in row.hours.items()] if hours else []
    return ConnectorCoverage(connector=row.connector, last_message_at=row.last_message_at, hours=told, **_told(row.total))


def _hole(hole: Hole) -> HoleOut:
    return HoleOut.model_validate(hole._asdict())


def _origin(origin: str, *, whole: bool) -> str:
    """What of an origin may be told: a file's name is content to whoever may not read incidents."""
    return masked(origin, ()) if whole else origin.partition(":")[0]


def _chosen(services: Services, body: GapsChosen) -> tuple[list[int], int]:
    """The gaps to act on, and how many more there are."""
    if body.ids is not None:
        return list(body.ids), 0
    asked = GapsAsked(body.connector, body.reason, "open", body.start, body.end)
    with services.database.reading() as connection:
        ids = [row.id for row in gap_work.gaps_of(connection, asked, gap_work.MOST)]
        left = gap_work.count_of(connection, asked) - len(ids)
    return ids, max(0, left)


def _channel(row: SqlRow[Any], now: datetime) -> ChannelOut:
    return named(ChannelOut, row, overdue=row.review_at is not None and row.review_at < now)
