"""`POST /messages`: batches of messages, on disk before they are acknowledged, judged a moment later."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from dlp.api.access import Principal, allowed
from dlp.api.doors import Doors, InstallationDoors, body_of, connector_named, known_by
from dlp.api.permissions import Permission
from dlp.api.quick_route import QuickRoute
from dlp.errors import DlpError, UnavailableError
from dlp.ingest.wire import MOST_MESSAGES, Batch, Rejected, batch_from
from dlp.ingest.wire_schema import MESSAGE_SCHEMA
from dlp.records import Message
from dlp.store.connectors import API
from dlp.store.inbox import Accepted

router = APIRouter(tags=["doors"], route_class=QuickRoute)
LARGEST_BODY: Final = 32 << 20
_SMALL: Final = 64 << 10  # read at once: less work than handing it to a thread

_LIST: Final[dict[str, Any]] = {"type": "array", "maxItems": MOST_MESSAGES, "items": MESSAGE_SCHEMA}
_BATCH: Final[dict[str, Any]] = {
    "oneOf": [_LIST, {"type": "object", "required": ["messages"], "properties": {"messages": _LIST}}],
}
_BODY: Final = {
    "requestBody": {
        "required": True,
        "description": "a list of messages, or JSONL; gzip is taken",
        "content": {"application/json": {"schema": _BATCH}, "application/x-ndjson": {"schema": {"type": "string"}}},
    }
}


class RejectedMessage(BaseModel):
    """A message that was not taken: its place in the batch, the place in it that is wrong (RFC 6901), a stable code."""

    index: int
    pointer: str
    code: str


class AcceptedMessages(BaseModel):
    """What is on disk now, and what is not: the sender keeps the rejected ones."""

    accepted: int
    rejected: list[RejectedMessage]


@router.post("/messages", status_code=202, openapi_extra=_BODY, max_body_size=LARGEST_BODY)
async def post_messages(
    request: Request, principal: Annotated[Principal, allowed(Permission.MESSAGE_POST)], doors: InstallationDoors
) -> AcceptedMessages:
    """Takes a batch; those nobody can read are named and the others kept. 503 with Retry-After where too many wait."""
    body, kind = await body_of(request), request.headers.get("content-type", "")
    batch = batch_from(body, kind) if len(body) <= _SMALL else await run_in_threadpool(batch_from, body, kind)
    taken, refused = await _sorted_out(batch, principal.connector, doors)
    accepted = await doors.accept(taken)
    rejected = sorted((*batch.rejected, *refused))
    return AcceptedMessages(
        accepted=accepted,
        rejected=[RejectedMessage(index=fault.place, pointer=fault.pointer, code=fault.code) for fault in rejected],
    )


async def _sorted_out(batch: Batch, bound: str | None, doors: Doors) -> tuple[list[Accepted], list[Rejected]]:
    """The messages by the connector they belong to, and those of a connector that takes none from this sender."""
    by_name: dict[str, list[Message]] = {}
    refused: list[Rejected] = []
    faults: dict[str | None, str] = {}
    for place, message in zip(batch.places, batch.messages, strict=True):
        told = message.connector
        if told not in faults:
            faults[told] = await _fault_of(told, bound, doors)
        if faults[told]:
            refused.append(Rejected(place, "/connector", faults[told]))
        else:
            by_name.setdefault(connector_named(told, bound), []).append(message)
    taken = [Accepted(name, "messages", tuple(messages)) for name, messages in by_name.items()]
    if count := len(batch.rejected) + len(refused):
        # Whoever was not understood is counted where the rest of the batch belongs.
        first = taken[0] if taken else Accepted(bound or API, "messages", ())
        taken = [first._replace(rejected=count), *taken[1:]]
    return taken, refused


async def _fault_of(told: str | None, bound: str | None, doors: Doors) -> str:
    """Why a message of this connector is not taken; "" where it is."""
    try:
        await known_by(doors, connector_named(told, bound))
    except DlpError as error:
        if isinstance(error, UnavailableError):
            raise
        return error.code
    return ""
