"""`POST /hooks/{connector}`: what a messenger itself calls, signed; on disk before it is acknowledged."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel

from dlp.api.access import InstallationServices, address_of, public
from dlp.api.doors import Doors, InstallationDoors, Known, body_of
from dlp.api.quick_route import QuickRoute
from dlp.api.routes.messages import RejectedMessage
from dlp.chats.events import Events
from dlp.chats.telegram_bot import SECRET_HEADER, events_of
from dlp.errors import Unauthenticated, UsageError
from dlp.ingest.contract import Told, told_by
from dlp.ingest.signed import demand_certificate, demand_word, proof_of
from dlp.ingest.wire import value_of
from dlp.ingest.wire_schema import MESSAGE_SCHEMA
from dlp.services import Services
from dlp.store.inbox import Accepted

router = APIRouter(tags=["doors"], route_class=QuickRoute)
LARGEST_BODY: Final = 8 << 20

_EVENT: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["type", "message"],
    "properties": {
        "type": {"type": "string", "enum": ["message", "edit", "delete"]},
        "message": {**MESSAGE_SCHEMA, "required": ["id"]},
    },
}
_CALL: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["events"],
    "properties": {"events": {"type": "array", "maxItems": 1000, "items": _EVENT}},
}
_BODY: Final = {
    "requestBody": {
        "required": True,
        "description": "the generic contract; a Telegram connector takes the Bot API's updates and answers with an empty body",
        "content": {"application/json": {"schema": _CALL}},
    }
}


class HookAnswer(BaseModel):
    """What is on disk now. `replayed`: this very call was taken before, and nothing was done again."""

    accepted: int = 0
    deleted: int = 0
    rejected: list[RejectedMessage] = []
    replayed: bool = False


@router.post(
    "/hooks/{connector}",
    response_model=HookAnswer,
    openapi_extra=_BODY,
    max_body_size=LARGEST_BODY,
    dependencies=[public("signed by the messenger with the connector's key, or named by its secret")],
)
async def call_hook(
    request: Request, services: InstallationServices, doors: InstallationDoors, connector: Annotated[str, Path(max_length=64)]
) -> Response | HookAnswer:
    """Takes a messenger's events. A connector nobody knows answers as a wrong signature does."""
    body = await body_of(request)
    known = await doors.connector(connector) if "\0" not in connector else None
    if known is None or not known.connector.enabled:
        raise Unauthenticated("the signature does not hold", code="signature")
    demand_certificate(known.connector.settings, request.headers, address_of(request))
    if known.connector.platform == "telegram":
        await _telegram(request, body, known, doors)
        # A body in the answer could be executed by Telegram as a call of its API.
        return Response()
    return await _generic(request, body, known, services=services, doors=doors)


async def _generic(request: Request, body: bytes, known: Known, *, services: Services, doors: Doors) -> HookAnswer:
    now, name = services.clock.now(), known.connector.name
    secrets = [key.secret for key in known.secrets.hook_keys if key.lives(now)]
    proof = proof_of(request.headers, body, name, secrets=secrets, now=now)
    if doors.seen.has(proof.request):
        return HookAnswer(replayed=True)
    told = told_by(value_of(body))
    await _accept(told, name, doors)
    doors.seen.add(proof.request, proof.timestamp, now)
    rejected = [RejectedMessage(index=fault.place, pointer=fault.pointer, code=fault.code) for fault in told.rejected]
    return HookAnswer(accepted=len(told.messages), deleted=len(told.deletions), rejected=rejected)


async def _telegram(request: Request, body: bytes, known: Known, doors: Doors) -> None:
    demand_word(request.headers.get(SECRET_HEADER, ""), known.secrets.words.get("secret_token"))
    try:
        events = events_of(value_of(body))
    except ValueError:
        raise UsageError("this is no update of the Bot API", code="not_an_update", pointer="/update_id") from None
    await _accept(events, known.connector.name, doors)


async def _accept(told: Told | Events, name: str, doors: Doors) -> None:
    """Whatever connector a message names: it came by this one's door."""
    messages = tuple(message._replace(connector=name) for message in told.messages)
    rejected = len(told.rejected) if isinstance(told, Told) else 0
    await doors.accept([Accepted(name, "hook", messages, rejected=rejected)], [(name, gone) for gone in told.deletions])
