"""Actions outside: what was asked of other systems and what came of it; an officer's own deletions and replies."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Header, Query
from pydantic import BaseModel, StringConstraints
from sqlalchemy import Connection

from dlp.api.access import InstallationServices, Principal, allowed
from dlp.api.duty_wire import Cursor, IdInPath, Name, PageSize, Time, allowed_any, officer_of
from dlp.api.permissions import Permission
from dlp.chats.telegram_actions import LONGEST_TEXT
from dlp.errors import Conflict
from dlp.store import officer_actions, outbox
from dlp.store.officer_actions import Order
from dlp.store.outbox import Planned
from dlp.worker.carrying import ask_again, may_repeat

router = APIRouter(tags=["actions"])
_Reader = Annotated[Principal, allowed_any(Permission.INCIDENT_READ, Permission.ALERT_EDIT)]
_Officer = Annotated[Principal, allowed(Permission.ACTION_RELEASE)]
State = Literal["planned", "sent", "done", "failed", "refused", "unknown"]


class ActionOut(BaseModel):
    """One action. `outcome` are the other side's words; `can_be_checked`: its unknown outcome can be found out by asking."""

    id: str
    kind: str
    state: State
    attempts: int
    incident_id: str | None
    alert_id: str | None
    outcome: str
    can_be_checked: bool
    created_at: Time
    updated_at: Time
    next_at: Time | None


class ActionsOut(BaseModel):
    """A page of actions, newest first."""

    items: list[ActionOut]
    next: str | None


class ActionsAsked(BaseModel):
    """Which actions."""

    state: list[State] | None = None
    kind: Name | None = None
    incident: Cursor | None = None
    after: Cursor | None = None
    limit: PageSize = 50


class ActionIn(BaseModel):
    """What is to be done in the messenger: the messages deleted, or the sender answered by a code's sentence or a text."""

    kind: Literal["delete", "reply"]
    code: Literal["deleted", "please_delete", "reminder", "redacted", "held"] = "reminder"
    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_TEXT, pattern=r"^[^\x00]*$")] = ""
    language: Literal["ru", "en"] = "ru"


class ActionsMadeOut(BaseModel):
    """The actions that were planned; their outcomes come later."""

    items: list[ActionOut]


class ActionFoundIn(BaseModel):
    """What a person found out about an action of unknown outcome."""

    state: Literal["done", "failed"]


@router.get("/actions")
def list_actions(principal: _Reader, services: InstallationServices, asked: Annotated[ActionsAsked, Query()]) -> ActionsOut:
    """Actions, newest first."""
    told = outbox.Asked(asked.state, asked.kind, asked.incident, principal.departments, asked.after, asked.limit)
    with services.database.reading() as connection:
        found = outbox.listed(connection, told)
    items = [_out(one, checkable=one.state == "unknown" and may_repeat(services, one)) for one in found]
    return ActionsOut(items=items, next=found[-1].id if len(found) == asked.limit else None)


@router.get("/actions/{action_id}")
def get_action(action_id: IdInPath, principal: _Reader, services: InstallationServices) -> ActionOut:
    """One action."""
    with services.database.reading() as connection:
        found = outbox.action(connection, action_id, principal.departments)
    return _out(found, checkable=found.state == "unknown" and may_repeat(services, found))


@router.post("/actions/{action_id}/check")
def check_action(action_id: IdInPath, principal: _Officer, services: InstallationServices) -> ActionOut:
    """Asks the other side again, under the same key, where that does nothing twice; 409 elsewhere. Audited."""
    with services.database.reading() as connection:
        found = outbox.action(connection, action_id, principal.departments)
    if not may_repeat(services, found):
        raise Conflict("the other side cannot be asked", code="cannot_be_checked")
    now = services.clock.now()
    begun = services.database.write(lambda connection: outbox.begin_again(connection, action_id, principal.actor, now))
    settled = ask_again(services, begun)
    return _out(settled, checkable=settled.state == "unknown")


@router.post("/actions/{action_id}/settle")
def settle_action(action_id: IdInPath, body: ActionFoundIn, principal: _Officer, services: InstallationServices) -> ActionOut:
    """Writes what a person found out about an action of unknown outcome. Audited."""
    now = services.clock.now()

    def settle(connection: Connection) -> Planned:
        outbox.action(connection, action_id, principal.departments)
        return outbox.settle_by_hand(connection, action_id, body.state, actor=principal.actor, now=now)

    return _out(services.database.write(settle), checkable=False)


@router.post("/incidents/{incident_id}/actions", status_code=202)
def act_on_incident(
    incident_id: IdInPath,
    body: ActionIn,
    principal: _Officer,
    services: InstallationServices,
    idempotency_key: Annotated[str, Header(min_length=1, max_length=128, pattern=r"^[!-~]+$")],
) -> ActionsMadeOut:
    """Deletes the incident's messages in the messenger, or answers in its chats; the same key does nothing twice. Audited."""
    order = Order(incident_id, body.kind, idempotency_key, body.code, body.language, body.text)
    officer, now, sealing = officer_of(principal), services.clock.now(), (services.keys, services.vault)
    made = services.database.write(lambda c: officer_actions.plan(c, order, officer, sealing, now))
    return ActionsMadeOut(items=[_out(one, checkable=False) for one in made])


def _out(action: Planned, *, checkable: bool) -> ActionOut:
    told = action._asdict() | {"can_be_checked": checkable, "next_at": action.next_at if action.state == "planned" else None}
    return ActionOut.model_validate(told)
