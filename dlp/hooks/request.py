"""What a client asks and how it understands the answer; sending is left to `dlp/hooks/client.py`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Final, Literal, NamedTuple, TypedDict
from urllib.parse import quote

import httpx

from dlp.chats.signature import SIGNATURE_HEADER, TIMESTAMP_HEADER, sign
from dlp.errors import Conflict, DlpError, NotFound, RefusedError, TooManyRequests, Unauthenticated, UnavailableError, UsageError
from dlp.hooks.answer import Answer, HoldOutcome
from dlp.ingest.wire import wire_of
from dlp.records import Attachment, ChatKind, Decision, Message, Passage

Fail = Literal["open", "closed"]
API: Final = "/api/v1"
IN_ONE_BATCH: Final = 1000
TO_CONNECT: Final = 0.3  # of the time there is; what is left belongs to the answer
FOR_THE_WAY: Final = 0.1  # of the time there is: the server is given the rest
ATTEMPTS: Final = 5
LONGEST_PAUSE: Final = 30.0
_LATER: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_ERRORS: Final[Mapping[int, type[DlpError]]] = {
    401: Unauthenticated,
    403: RefusedError,
    404: NotFound,
    409: Conflict,
    429: TooManyRequests,
}


class MessageFields(TypedDict, total=False):
    """What is known of a message beside its text; what is left out is unknown, never nobody."""

    id: str
    conversation: str
    revision: int
    sender: str
    sender_name: str
    chat_title: str
    chat_kind: ChatKind
    recipients: Sequence[str]
    occurred_at: datetime
    passages: Sequence[Passage]
    attachments: Sequence[Attachment]
    forwarded_from: str
    reply_to: str


class Rejection(NamedTuple):
    """A message that was not taken: its place among those sent, the place in it that is wrong, a stable code."""

    place: int
    pointer: str
    code: str


class Sent(NamedTuple):
    """How many messages are on the server's disk, and which are not."""

    accepted: int
    rejected: tuple[Rejection, ...] = ()


class Event(NamedTuple):
    """What a messenger tells its hook. An edit has a revision that grows; of a deleted message only the ids count."""

    kind: Literal["message", "edit", "delete"]
    message: Message


class ServerBusy(UnavailableError):
    """The server says: later; `pause` is how many seconds it asks for, None where it does not say."""

    def __init__(self, status: int, pause: float | None) -> None:
        super().__init__(f"the server answered {status}", code="busy", status=status)
        self.pause = pause


def question_of(
    text: str, fields: MessageFields, connector: str | None, *, dry_run: bool, callback: str | None
) -> dict[str, Any]:
    """The body of `POST /verdict` but for the time."""
    told: dict[str, Any] = dict(fields)
    for key in ("recipients", "passages", "attachments"):
        if key in told:
            told[key] = tuple(told[key])
    own_id = told.pop("id", None)
    message = wire_of(Message(own_id or "-", text, connector=connector, **told))
    if own_id is None:
        del message["id"]
    question: dict[str, Any] = {"message": message}
    return question | ({"dry_run": True} if dry_run else {}) | ({"callback": callback} if callback else {})


def with_deadline(question: Mapping[str, Any], seconds: float) -> bytes:
    """The body with the time the server has."""
    given = max(5, min(60_000, int(seconds * (1 - FOR_THE_WAY) * 1000)))
    return json.dumps({**question, "deadline_ms": given}, ensure_ascii=False).encode("utf-8", "replace")


def timeout_of(seconds: float) -> httpx.Timeout:
    """Limits of one attempt that together do not exceed `seconds`."""
    rest = max(0.001, seconds * (1 - TO_CONNECT))
    return httpx.Timeout(connect=max(0.001, seconds * TO_CONNECT), read=rest, write=rest, pool=rest)


def batches_of(messages: Iterable[Message], connector: str | None) -> Iterator[bytes]:
    """Bodies of `POST /messages`, each of at most a thousand messages."""
    left = iter(messages)
    while batch := list(islice(left, IN_ONE_BATCH)):
        named = [message if message.connector or not connector else message._replace(connector=connector) for message in batch]
        yield json.dumps(list(map(wire_of, named)), ensure_ascii=False).encode("utf-8", "replace")


def sent_of(answer: Mapping[str, Any], first: int) -> Sent:
    """What a batch whose first message was the `first` of all came to."""
    rejected = (Rejection(first + fault["index"], fault["pointer"], fault["code"]) for fault in answer.get("rejected", ()))
    return Sent(int(answer["accepted"]), tuple(rejected))


def calls_of(events: Iterable[Event]) -> Iterator[bytes]:
    """Bodies of `POST /hooks/{connector}`, each of at most a thousand events."""
    left = iter(events)
    while batch := list(islice(left, IN_ONE_BATCH)):
        told = [{"type": event.kind, "message": _told(event)} for event in batch]
        yield json.dumps({"events": told}, ensure_ascii=False).encode("utf-8", "replace")


def _told(event: Event) -> dict[str, Any]:
    if event.kind == "delete":
        return {"id": event.message.id, "conversation": event.message.conversation}
    return wire_of(event.message)


def signed(body: bytes, key: str, seconds: int) -> dict[str, str]:
    """The headers that prove who sent this body at this time."""
    return {
        "Content-Type": "application/json",
        TIMESTAMP_HEADER: str(seconds),
        SIGNATURE_HEADER: sign(key.encode(), seconds, body),
    }


def hook_path(connector: str) -> str:
    """Where a connector's messenger calls."""
    return f"{API}/hooks/{quote(connector, safe='')}"


def hold_path(hold_id: str) -> str:
    """Where a held message is asked for."""
    return f"{API}/holds/{quote(hold_id, safe='')}"


def outcome_of(told: Mapping[str, Any]) -> HoldOutcome:
    """The state of a held message."""
    return HoldOutcome(str(told["state"]), told.get("outcome"))


def without_server(fail: Fail, decided_by: str) -> Answer:
    """What is to be done where the server said nothing."""
    return Answer(Decision.ALLOW if fail == "open" else Decision.BLOCK, decided_by)


def told_by(response: httpx.Response) -> Any:
    """The JSON of an answer. Raises ServerBusy for one worth another attempt, else what the caller did wrong."""
    if response.status_code in _LATER:
        raise ServerBusy(response.status_code, _pause(response.headers.get("Retry-After", "")))
    try:
        told = response.json() if response.content else {}
    except ValueError:
        told = {}
    if response.is_success:
        return told
    code = str(told.get("code", "http")) if isinstance(told, dict) else "http"
    faults = told.get("errors", []) if isinstance(told, dict) else []
    pointer = faults[0].get("pointer") if faults else None
    raise _ERRORS.get(response.status_code, UsageError)(
        f"the server answered {response.status_code}: {code}", code=code, pointer=pointer
    )


def _pause(told: str) -> float | None:
    return min(float(told), LONGEST_PAUSE) if told.isascii() and told.isdigit() else None


def pause_before(attempt: int, busy: Exception) -> float:
    """Seconds before the next attempt: what the server asks for, else twice as long each time."""
    asked = busy.pause if isinstance(busy, ServerBusy) else None
    return asked if asked is not None else min(LONGEST_PAUSE, 0.1 * 2.0**attempt)
