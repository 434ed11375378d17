"""What stands around an incident: the chat before and after, who could read it, what looks like it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy import Connection, Row

from dlp.api.access import InstallationServices, Principal, allowed
from dlp.api.duty_wire import RowId, Time
from dlp.api.incident_wire import IncidentId, SegmentOut, SimilarIncidents, alike_out, segments_out, viewer_of
from dlp.api.permissions import Permission
from dlp.extract.texts import texts_of
from dlp.records import Decision, Message, Surroundings
from dlp.services import Services
from dlp.store.incidents import reading, work
from dlp.store.incidents.reading import segments_of
from dlp.store.revealed import message_of
from dlp.store.search.query import NONE
from dlp.store.snippet import masked

router = APIRouter(tags=["incidents"])
_Reader = Annotated[Principal, allowed(Permission.INCIDENT_READ)]
_MOST_NEIGHBOURS = 50


class Around(BaseModel):
    """Which message of the incident (by default its latest), and how many messages before and after it."""

    ledger_seq: RowId | None = None
    before: Annotated[int, Field(ge=0, le=_MOST_NEIGHBOURS)] = 5
    after: Annotated[int, Field(ge=0, le=_MOST_NEIGHBOURS)] = 5


class Neighbour(BaseModel):
    """A message of the chat; `kept` false: nothing but its place is known any more. Its text is masked like a snippet."""

    ledger_seq: int
    own: bool
    occurred_at: Time | None
    received_at: Time
    deleted_at: Time | None
    sender: str | None
    sender_name: str | None
    length: int | None
    attachments: int | None
    decision: str
    kept: bool
    segments: list[SegmentOut]


class ContextOut(BaseModel):
    """The chat around a message, in its order."""

    items: list[Neighbour]


class KnownNumber(BaseModel):
    """A number, or that it is not known."""

    known: bool
    value: float | None = None


class KnownFlag(BaseModel):
    """Yes or no, or that it is not known."""

    known: bool
    value: bool | None = None


class KnownNames(BaseModel):
    """Names, or that they are not known."""

    known: bool
    value: list[str] | None = None


class MembersOut(BaseModel):
    """Who could read the chat, as far as anybody told us: `staff` are in the directory, `outside` have foreign addresses."""

    total: KnownNumber
    staff: KnownNumber
    outside: KnownNumber
    bots: KnownNumber
    domains: KnownNames


class ExposureOut(BaseModel):
    """Who could read a message and for how long; what messengers do not report is told as not known."""

    ledger_seq: int | None
    chat_kind: str | None
    zone: str | None
    external: KnownFlag
    members: MembersOut
    delivered: KnownFlag
    visible_from: Time | None
    visible_until: Time | None
    visible_seconds: KnownNumber
    history_visible_to_joiners: KnownFlag
    forwarded: KnownFlag


@router.get("/incidents/{incident_id}/context")
def get_incident_context(
    incident_id: IncidentId, principal: _Reader, services: InstallationServices, asked: Annotated[Around, Query()]
) -> ContextOut:
    """The messages around one of the incident's in its chat: who and when, and the text masked, where it is kept."""
    with services.database.reading() as connection:
        row = work.find(connection, incident_id, viewer_of(principal))
        found = reading.neighbours_of(connection, row, asked.ledger_seq, before=asked.before, after=asked.after)
        if found is None:
            return ContextOut(items=[])
        around = (*found.before, found.message, *found.after)
        messages = {one.seq: message_of(connection, services.vault, one.seq) for one in around}
    return ContextOut(items=[_neighbour(services, one, messages[one.seq], own=one.seq == found.message.seq) for one in around])


@router.get("/incidents/{incident_id}/exposure")
def get_incident_exposure(
    incident_id: IncidentId,
    principal: _Reader,
    services: InstallationServices,
    ledger_seq: Annotated[RowId | None, Query()] = None,
) -> ExposureOut:
    """Who could read a message of the incident (by default its latest), and for how long."""
    with services.database.reading() as connection:
        row = work.find(connection, incident_id, viewer_of(principal))
        found = reading.neighbours_of(connection, row, ledger_seq, before=0, after=0)
        message = None if found is None else message_of(connection, services.vault, found.message.seq)
        shown = _Shown(None) if found is None else _shown(connection, row, found.message)
    known = message or Message("", "", row.connector, row.conversation, sender=row.sender)
    where = services.context.directory.surroundings(known)
    return ExposureOut(
        ledger_seq=None if found is None else found.message.seq,
        chat_kind=row.chat_kind,
        zone=row.zone,
        external=_flag(where.audience_external if where.audience_external is not None else row.external),
        members=_members(services, message, where),
        **_window(shown),
        history_visible_to_joiners=KnownFlag(known=False),
        forwarded=KnownFlag(known=False),
    )


@router.get("/incidents/{incident_id}/similar")
def get_similar_incidents(incident_id: IncidentId, principal: _Reader, services: InstallationServices) -> SimilarIncidents:
    """Other incidents with the same value, and of the same rule by the same person."""
    viewer = viewer_of(principal)
    with services.database.reading() as connection:
        row = work.find(connection, incident_id, viewer)
        value, digests = reading.same_value(connection, row, viewer)
        person = reading.same_rule_and_person(connection, row, viewer)
    who = {"person": [row.person]} if row.person is not None else {"person": [NONE], "sender": [row.sender or NONE]}
    return SimilarIncidents(
        same_value=alike_out(value, {"value": list(digests[:100])}),
        same_rule_and_person=alike_out(person, {"policy": [row.policy], "rule": [row.rule], **who}),
    )


def _neighbour(services: Services, row: Row[Any], message: Message | None, *, own: bool) -> Neighbour:
    return Neighbour(
        ledger_seq=row.seq,
        own=own,
        occurred_at=row.occurred_at,
        received_at=row.received_at,
        deleted_at=row.deleted_at,
        sender=message and message.sender,
        sender_name=message and message.sender_name,
        length=None if message is None else len(message.text),
        attachments=None if message is None else len(message.attachments),
        decision=Decision(row.decision).label,
        kept=message is not None,
        segments=[] if message is None else _masked(services, message),
    )


def _masked(services: Services, message: Message) -> list[SegmentOut]:
    """The body with everything detection finds in it masked, e-mails and longer numbers too."""
    findings = [one for one in services.context.engine.scan(texts_of(message)).findings if one.origin == "body"]
    return segments_out(segments_of(masked(message.text, findings)))


def _members(services: Services, message: Message | None, where: Surroundings) -> MembersOut:
    recipients: Sequence[str] = (message.recipients if message is not None else None) or ()
    directory = services.context.directory
    staff = outside = None
    if recipients:
        known = [directory.people.find(message and message.connector, account) is not None for account in recipients]
        staff = sum(known)
        domains = directory.own_domains
        foreign = [account for account, is_ours in zip(recipients, known, strict=True) if not is_ours and "@" in account]
        outside = sum(account.rpartition("@")[2].lower() not in domains for account in foreign) if domains else None
    return MembersOut(
        total=_number(where.audience_size),
        staff=_number(staff),
        outside=_number(outside),
        bots=KnownNumber(known=False),
        domains=KnownNames(known=where.audience_domains is not None, value=sorted(where.audience_domains or ()) or None),
    )


class _Shown(NamedTuple):
    """Whether a message reached its readers (None: not known), since when, until when."""

    delivered: bool | None
    since: datetime | None = None
    until: datetime | None = None


def _shown(connection: Connection, incident: Row[Any], message: Row[Any]) -> _Shown:
    since, until = message.occurred_at or message.received_at, _gone_at(connection, incident, message)
    if message.door != "verdict":
        return _Shown(True, since, until)
    # Whoever asks before delivering does as the answer says; what it did with a milder one is not told to us.
    if message.decision < int(Decision.HOLD):
        return _Shown(None, since, until)
    released = reading.released_at(connection, message.seq)
    return _Shown(False) if released is None else _Shown(True, released, until)


def _window(shown: _Shown) -> dict[str, Any]:
    seconds = 0.0 if shown.delivered is False else None
    if shown.since is not None and shown.until is not None:
        seconds = max(0.0, (shown.until - shown.since).total_seconds())
    return {
        "delivered": _flag(shown.delivered),
        "visible_from": shown.since,
        "visible_until": shown.until,
        "visible_seconds": _number(seconds),
    }


def _gone_at(connection: Connection, incident: Row[Any], message: Row[Any]) -> datetime | None:
    """When the message disappeared from the chat: the messenger told so, or our deletion was answered."""
    if message.deleted_at is not None:
        told: datetime = message.deleted_at
        return told
    done = reading.deletions_of(connection, incident.id, message.seq)
    return min(done, default=None)


def _number(value: float | None) -> KnownNumber:
    return KnownNumber(known=value is not None, value=value)


def _flag(value: bool | None) -> KnownFlag:
    return KnownFlag(known=value is not None, value=value)
