"""The generic hook: `{"events": [{"type": "message" | "edit" | "delete", "message": {…}}]}`, for any in-house messenger."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from dlp.chats.events import Deletion
from dlp.errors import UsageError
from dlp.ingest.wire import LONGEST_ID, Rejected, message_of
from dlp.records import Message

MOST_EVENTS: Final = 1000


class Told(NamedTuple):
    """What a call of the hook told; events nobody can read are named and the rest is kept."""

    messages: tuple[Message, ...]
    deletions: tuple[Deletion, ...]
    rejected: tuple[Rejected, ...]


def told_by(body: Any) -> Told:
    """The events of a body. Raises UsageError where there is no list of events."""
    events = body.get("events") if type(body) is dict else None
    if type(events) is not list:
        raise UsageError("a hook is called with a list of events", code="not_a_list", pointer="/events")
    if len(events) > MOST_EVENTS:
        raise UsageError("too many events in one call", code="too_many", pointer="/events", most=MOST_EVENTS)
    messages: list[Message] = []
    deletions: list[Deletion] = []
    rejected: list[Rejected] = []
    for index, event in enumerate(events):
        try:
            told = _event(event)
        except UsageError as fault:
            rejected.append(Rejected(index, fault.pointer or "", fault.code))
            continue
        if isinstance(told, Deletion):
            deletions.append(told)
        else:
            messages.append(told)
    return Told(tuple(messages), tuple(deletions), tuple(rejected))


def _event(event: Any) -> Message | Deletion:
    if type(event) is not dict:
        raise UsageError("an event is an object", code="not_an_object", pointer="")
    kind = event.get("type")
    if kind == "delete":
        return _deletion(event.get("message"))
    if kind not in ("message", "edit"):
        raise UsageError("there is no such event", code="unknown_name", pointer="/type", names=["message", "edit", "delete"])
    message = message_of(event.get("message"), "/message")
    # An edit without a revision would have the identity of the message it changes, and be taken for it sent twice.
    if kind == "edit" and not message.revision:
        raise UsageError("an edit needs a revision that grows", code="missing", pointer="/message/revision")
    return message


def _deletion(given: Any) -> Deletion:
    if type(given) is not dict:
        raise UsageError("a message is an object", code="not_an_object", pointer="/message")
    for key, is_needed in (("id", True), ("conversation", False)):
        value = given.get(key)
        if value is None and not is_needed:
            continue
        if type(value) is not str or not 0 < len(value) <= LONGEST_ID or "\0" in value:
            raise UsageError("is not an id", code="missing" if value is None else "not_an_id", pointer=f"/message/{key}")
    return Deletion(given.get("conversation"), given["id"])
