"""What is done in Telegram through its Bot API: the calls that delete and send, and what the answers mean."""

from __future__ import annotations

import json
from typing import Any, Final, NamedTuple

from dlp.chats.telegram_bot import place_of

ADDRESS: Final = "https://api.telegram.org"
LONGEST_TEXT: Final = 4096  # characters of one message, Bot API "sendMessage"


class Call(NamedTuple):
    """A method of the Bot API with its parameters."""

    method: str
    parameters: dict[str, Any]


class Said(NamedTuple):
    """An answer of the Bot API. `code` is its `error_code`, 0 where it is well or no answer of the Bot API at all."""

    well: bool
    code: int = 0
    description: str = ""
    retry_after_seconds: int | None = None

    @property
    def is_gone(self) -> bool:
        """Whether a message to be deleted was not there: what was asked for is so."""
        return self.code == 400 and "message to delete not found" in self.description.lower()


def address_of(base_url: str, token: str, call: Call) -> str:
    """Where a call is posted to; the address holds the bot's token and is never logged."""
    return f"{base_url.rstrip('/')}/bot{token}/{call.method}"


def deletion(conversation: str, message: str) -> Call:
    """The call that deletes a message; in a business account's chat it needs the right `can_delete_all_messages`.

    Raises ValueError where the message has no number of its own.
    """
    place = place_of(conversation)
    if place.business_connection_id is not None:
        return Call(
            "deleteBusinessMessages", {"business_connection_id": place.business_connection_id, "message_ids": [int(message)]}
        )
    return Call("deleteMessage", {"chat_id": _chat(place.chat_id), "message_id": int(message)})


def sending(conversation: str, text: str, *, reply_to: str | None = None) -> Call:
    """The call that sends a text, as the answer to a message where told. No formatting, no previews of links."""
    place = place_of(conversation)
    parameters: dict[str, Any] = {
        "chat_id": _chat(place.chat_id),
        "text": text[:LONGEST_TEXT],
        "link_preview_options": {"is_disabled": True},
    }
    if place.business_connection_id is not None:
        parameters["business_connection_id"] = place.business_connection_id
    if reply_to is not None and reply_to.isdecimal():
        # The message answered to may be gone already: the person is told all the same.
        parameters["reply_parameters"] = {"message_id": int(reply_to), "allow_sending_without_reply": True}
    return Call("sendMessage", parameters)


def said_in(body: bytes) -> Said:
    """What an answer says; one that is no JSON of the Bot API (a proxy's page) has code 0."""
    try:
        told = json.loads(body)
    except ValueError:
        return Said(well=False)
    if not isinstance(told, dict) or not isinstance(told.get("ok"), bool):
        return Said(well=False)
    if told["ok"]:
        return Said(well=True)
    code, parameters = told.get("error_code"), told.get("parameters")
    wait = parameters.get("retry_after") if isinstance(parameters, dict) else None
    return Said(
        well=False,
        code=code if isinstance(code, int) else 0,
        description=str(told.get("description") or "")[:300],
        retry_after_seconds=wait if isinstance(wait, int) and wait >= 0 else None,
    )


def _chat(chat_id: str) -> int | str:
    return int(chat_id) if chat_id.lstrip("-").isdecimal() else chat_id
