"""`POST /verdict`: may this message pass? Answered when the verdict is on disk, or when the time given is up."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from typing import Annotated, Any, Final, NamedTuple

import uuid_utils
from fastapi import APIRouter, Header, Request, Response

from dlp.api.access import InstallationServices, Principal, allowed
from dlp.api.answer import Verdict
from dlp.api.doors import InstallationDoors, body_of, connector_named, known_by
from dlp.api.inline import Question, answer_to
from dlp.api.permissions import Permission
from dlp.api.quick_route import QuickRoute
from dlp.errors import UsageError
from dlp.ingest.wire import message_of, value_of
from dlp.ingest.wire_schema import MESSAGE_SCHEMA
from dlp.store.connectors import Connector
from dlp.store.idempotency import Used

router = APIRouter(tags=["doors"], route_class=QuickRoute)
LARGEST_BODY: Final = 8 << 20
DEADLINE_MS: Final = 1000  # where neither the question nor the connector says
SHORTEST_MS: Final = 5
LONGEST_MS: Final = 60_000
_OPTION_SCHEMAS: Final[dict[str, Any]] = {
    "deadline_ms": {
        "type": ["integer", "null"],
        "minimum": SHORTEST_MS,
        "maximum": LONGEST_MS,
        "description": "the answer comes by then: by the connector's fail mode where nothing was decided",
    },
    "dry_run": {"type": ["boolean", "null"], "description": "nothing is recorded and nobody is told"},
    "callback": {"type": ["string", "null"], "maxLength": 2048, "description": "where a hold's outcome is told, signed"},
}
_MESSAGE: Final = {**MESSAGE_SCHEMA, "required": ["text"], "description": "without an id it is a message of its own"}
_QUESTION_SCHEMA: Final[dict[str, Any]] = {
    "anyOf": [
        {
            "type": "object",
            "additionalProperties": False,
            "required": ["message"],
            "properties": {"message": _MESSAGE, **_OPTION_SCHEMAS},
        },
        {**_MESSAGE, "properties": {**MESSAGE_SCHEMA["properties"], **_OPTION_SCHEMAS}},
    ]
}
_BODY: Final = {"requestBody": {"required": True, "content": {"application/json": {"schema": _QUESTION_SCHEMA}}}}


class _Asked(NamedTuple):
    """The request as it was understood; `place` is where the message stands in it."""

    message: dict[str, Any]
    place: str
    deadline_ms: int | None
    dry_run: bool
    callback: str | None


@router.post("/verdict", response_model=Verdict, openapi_extra=_BODY, max_body_size=LARGEST_BODY)
async def ask_verdict(
    request: Request,
    principal: Annotated[Principal, allowed(Permission.VERDICT_ASK)],
    services: InstallationServices,
    doors: InstallationDoors,
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=256)] = None,
) -> Response:
    """Judges one message; the same Idempotency-Key and body get the same answer, byte for byte."""
    asked_at = asyncio.get_running_loop().time()
    body = await body_of(request)
    used = None if idempotency_key is None else Used(principal.id, idempotency_key, hashlib.sha256(body).digest())
    asked = _asked(value_of(body))
    message = message_of(asked.message, asked.place)
    known = await known_by(doors, connector_named(message.connector, principal.connector))
    _check_callback(asked.callback, known.connector)
    given = asked.deadline_ms or _deadline_of(known.connector.settings)
    question = Question(
        message,
        known.connector,
        services.clock.now(),
        asked_at,
        asked_at + given / 1000,
        dry_run=asked.dry_run,
        callback=asked.callback,
        used=None if asked.dry_run else used,
    )
    return _json(await answer_to(question, doors))


def _asked(body: Any) -> _Asked:
    message, place = _message(body)
    if message.get("id") is None:
        message = {**message, "id": f"verdict-{uuid_utils.uuid7()}"}
    dry_run = body.get("dry_run")
    if dry_run not in (None, True, False) or type(dry_run) is int:
        raise UsageError("is not true or false", code="not_a_truth", pointer="/dry_run")
    callback = body.get("callback")
    if callback is not None and (type(callback) is not str or len(callback) > 2048):
        raise UsageError("is not an address", code="not_text", pointer="/callback")
    return _Asked(message, place, _milliseconds(body.get("deadline_ms")), bool(dry_run), callback)


def _message(body: Any) -> tuple[dict[str, Any], str]:
    """The message, under "message" or as the body itself with the options beside its fields; and where it stands."""
    if type(body) is dict and "message" not in body and "text" in body:
        return {key: value for key, value in body.items() if key not in _OPTION_SCHEMAS}, ""
    if type(body) is not dict or type(body.get("message")) is not dict:
        raise UsageError('a question is an object with "message"', code="not_an_object", pointer="/message")
    for key in body:
        if key != "message" and key not in _OPTION_SCHEMAS:
            raise UsageError("there is no such field", code="unknown_field", pointer=f"/{key[:64]}")
    return body["message"], "/message"


def _milliseconds(value: Any) -> int | None:
    if value is None or (type(value) is int and SHORTEST_MS <= value <= LONGEST_MS):
        return value
    raise UsageError(
        "is not a time there could be", code="not_a_number", pointer="/deadline_ms", least=SHORTEST_MS, most=LONGEST_MS
    )


def _deadline_of(settings: Mapping[str, Any]) -> int:
    told = settings.get("deadline_ms")
    return told if type(told) is int and SHORTEST_MS <= told <= LONGEST_MS else DEADLINE_MS


def _check_callback(callback: str | None, connector: Connector) -> None:
    """Only addresses an administrator named are called: a hook must not make the server speak to whom it likes."""
    allowed_prefixes = connector.settings.get("callback_prefixes") or ()
    if callback is not None and not any(callback.startswith(prefix) for prefix in allowed_prefixes):
        raise UsageError("this connector may not be called back there", code="callback_not_allowed", pointer="/callback")


def _json(answer: bytes) -> Response:
    return Response(answer, media_type="application/json")
