"""Reading content: asked for with a reason, approved by a second person where four eyes are set, read once, audited."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from dlp.api.access import InstallationServices, Principal, demand_fresh_proof, signed_in
from dlp.api.duty_wire import Cursor, IdInPath, PageSize, Reason, RowId, Time, allowed_any, officer_of
from dlp.api.permissions import Permission
from dlp.extract.texts import texts_of
from dlp.store import reveals
from dlp.store.revealed import Content, Place, Revealed
from dlp.store.reveals import Reveal, Scope

router = APIRouter(tags=["reveals"])
_Revealer = Annotated[Principal, signed_in(Permission.CONTENT_REVEAL)]
_Approver = Annotated[Principal, signed_in(Permission.CONTENT_APPROVE)]
Kind = Literal["finding", "message", "context"]
State = Literal["pending", "granted", "refused", "read", "expired"]


class RevealScope(BaseModel):
    """What is to be read: a finding, a message of the incident (the latest where none is named), or it with its neighbours."""

    kind: Kind
    finding_id: RowId | None = None
    ledger_seq: RowId | None = None
    before: int = Field(0, ge=0, le=20)
    after: int = Field(0, ge=0, le=20)


class RevealIn(BaseModel):
    """Who wants to read content says what and why."""

    incident_id: str = Field(pattern=r"^[0-9a-f-]{36}$")
    scope: RevealScope
    reason_code: Literal["investigation", "false_positive", "legal", "subject_request", "quality", "other"]
    reason: Reason


class RevealOut(BaseModel):
    """A request; facts only, never content. `audit_seq` is the number of the record its reading made."""

    id: str
    state: State
    incident_id: str
    incident_number: int
    scope: RevealScope
    reason_code: str
    reason: str
    asked_by: str
    asked_at: Time
    approved_by: str | None
    approved_at: Time | None
    expires_at: Time
    read_at: Time | None
    audit_seq: int | None


class RevealsOut(BaseModel):
    """A page of requests, newest first."""

    items: list[RevealOut]
    next: str | None


class RevealedFinding(BaseModel):
    """A finding's place in its text, in code points, `[start, end)`."""

    id: int
    entity: str
    start: int
    end: int


class RevealedText(BaseModel):
    """One text of a message with its findings."""

    origin: str
    text: str
    findings: list[RevealedFinding]


class RevealedMessage(BaseModel):
    """One message; nothing but its number where nothing is kept of it (any more)."""

    ledger_seq: int
    kept: bool
    asked_for: bool
    sender: str | None = None
    sender_name: str | None = None
    chat_title: str | None = None
    occurred_at: Time | None = None
    attachments: list[str] = []
    texts: list[RevealedText] = []


class RevealContentOut(BaseModel):
    """What was asked for, in the chat's order; `audit_seq` is the number of the record this reading made."""

    reveal_id: str
    audit_seq: int
    messages: list[RevealedMessage]


class RevealsAsked(BaseModel):
    """Which requests a page is to hold; `mine` limits to one's own."""

    state: Literal["pending", "granted", "refused", "read", "expired", "all"] = "pending"
    mine: bool = False
    after: Cursor | None = None
    limit: PageSize = 50


@router.post("/reveals", status_code=201)
def ask_reveal(body: RevealIn, principal: _Revealer, services: InstallationServices) -> RevealOut:
    """Asks to read content: granted at once, or pending where four eyes are set. Audited. Wants a fresh password or code."""
    now = services.clock.now()
    demand_fresh_proof(principal, now)
    wanted = Scope(body.scope.kind, body.scope.ledger_seq, body.scope.finding_id, body.scope.before, body.scope.after)
    request = reveals.Request(body.incident_id, wanted, body.reason_code, body.reason)
    officer, four_eyes = officer_of(principal), services.settings.reveal_four_eyes
    made = services.database.write(lambda connection: reveals.ask(connection, request, officer, now, four_eyes=four_eyes))
    return _out(made)


@router.get("/reveals")
def list_reveals(
    principal: Annotated[Principal, allowed_any(Permission.CONTENT_REVEAL, Permission.CONTENT_APPROVE, Permission.AUDIT_READ)],
    services: InstallationServices,
    asked: Annotated[RevealsAsked, Query()],
) -> RevealsOut:
    """Requests to read content, newest first; those that wait for approval where nothing else is asked."""
    state = None if asked.state == "all" else asked.state
    wanted = reveals.Asked(state, principal.id if asked.mine else None, asked.after, asked.limit)
    with services.database.reading() as connection:
        found = reveals.listed(connection, wanted, principal.departments)
    following = found[-1].id if len(found) == asked.limit else None
    return RevealsOut(items=list(map(_out, found)), next=following)


@router.post("/reveals/{reveal_id}/approve")
def approve_reveal(reveal_id: IdInPath, principal: _Approver, services: InstallationServices) -> RevealOut:
    """Lets the asker read once, within half an hour; nobody approves an own request. Audited. Wants a fresh proof."""
    officer, now = officer_of(principal), services.clock.now()
    demand_fresh_proof(principal, now)
    return _out(services.database.write(lambda connection: reveals.approve(connection, reveal_id, officer, now)))


@router.post("/reveals/{reveal_id}/refuse")
def refuse_reveal(reveal_id: IdInPath, principal: _Approver, services: InstallationServices) -> RevealOut:
    """Refuses a request. Audited."""
    officer, now = officer_of(principal), services.clock.now()
    return _out(services.database.write(lambda connection: reveals.refuse(connection, reveal_id, officer, now)))


@router.get("/reveals/{reveal_id}/content")
def get_reveal_content(
    reveal_id: IdInPath, principal: _Revealer, services: InstallationServices, response: Response
) -> RevealContentOut:
    """The content, once, for who asked. Audited. Wants a fresh password or code."""
    officer, now = officer_of(principal), services.clock.now()
    demand_fresh_proof(principal, now)
    found, content = services.database.write(lambda connection: reveals.read(connection, services.vault, reveal_id, officer, now))
    response.headers["Cache-Control"] = "no-store"
    messages = [_message(one, content) for one in content.messages]
    return RevealContentOut(reveal_id=found.id, audit_seq=found.audit_seq or 0, messages=messages)


def _message(revealed: Revealed, content: Content) -> RevealedMessage:
    message, asked_for = revealed.message, revealed.ledger_seq == content.ledger_seq
    if message is None:
        return RevealedMessage(ledger_seq=revealed.ledger_seq, kept=False, asked_for=asked_for)
    texts = [_text(text.origin, text.text, revealed.places) for text in texts_of(message)]
    only = content.only
    if only is not None:
        cut = next((text.text[only.start : only.end] for text in texts_of(message) if text.origin == only.origin), "")
        texts = [_text(only.origin, cut, (only._replace(start=0, end=only.end - only.start),))]
    return RevealedMessage(
        ledger_seq=revealed.ledger_seq,
        kept=True,
        asked_for=asked_for,
        sender=message.sender,
        sender_name=message.sender_name,
        chat_title=message.chat_title,
        occurred_at=message.occurred_at,
        attachments=[] if only is not None else [file.name for file in message.attachments],
        texts=texts,
    )


def _text(origin: str, text: str, places: tuple[Place, ...]) -> RevealedText:
    found = [
        RevealedFinding(id=place.id, entity=place.entity, start=place.start, end=place.end)
        for place in places
        if place.origin == origin
    ]
    return RevealedText(origin=origin, text=text, findings=found)


def _out(reveal: Reveal) -> RevealOut:
    return RevealOut.model_validate(reveal._asdict() | {"scope": reveal.scope._asdict()})
