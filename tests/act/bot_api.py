"""A fake of Telegram's Bot API: it deletes once, keeps what is sent, and answers in the form aiogram's types accept."""

from __future__ import annotations

import json
from typing import Any

from aiogram.methods import DeleteBusinessMessages, DeleteMessage, SendMessage
from aiogram.methods.base import Response, TelegramMethod
from aiogram.types import Message

from tests.act.receivers import Received, Reply

TOKEN = "123:ABC"
_METHODS: dict[str, type[TelegramMethod[Any]]] = {
    "deleteMessage": DeleteMessage,
    "deleteBusinessMessages": DeleteBusinessMessages,
    "sendMessage": SendMessage,
}


class BotApi:
    """Messages that are there, by (chat, number); `broken` statuses are answered first, one a call (0 breaks off)."""

    def __init__(self, *there: tuple[int, int], broken: list[Reply] | None = None) -> None:
        self.there = set(there)
        self.sent: list[dict[str, Any]] = []
        self.broken = broken or []

    def __call__(self, received: Received) -> Reply:
        _, token, method = received.path.split("/")
        parameters = json.loads(received.body)
        # The oracle: aiogram refuses a call that the Bot API would refuse.
        _METHODS[method].model_validate(parameters)
        done = {"deleteMessage": self._delete, "deleteBusinessMessages": self._delete_business, "sendMessage": self._send}
        if token != f"bot{TOKEN}":
            return failure(401, "Unauthorized")
        if self.broken:
            reply = self.broken.pop(0)
            if reply.status == 0:
                done[method](parameters)  # it happened, the answer was lost
            return reply
        return done[method](parameters)

    def _delete(self, told: dict[str, Any]) -> Reply:
        place = (told["chat_id"], told["message_id"])
        if place not in self.there:
            return failure(400, "Bad Request: message to delete not found")
        self.there.remove(place)
        return _well(True, bool)

    def _delete_business(self, told: dict[str, Any]) -> Reply:
        return _well(True, bool)

    def _send(self, told: dict[str, Any]) -> Reply:
        self.sent.append(told)
        chat = {"id": told["chat_id"], "type": "private"}
        return _well({"message_id": len(self.sent), "date": 1795358260, "chat": chat, "text": told["text"]}, Message)


def failure(code: int, description: str, **parameters: int) -> Reply:
    """What the Bot API says where it does not do something."""
    told = {"ok": False, "error_code": code, "description": description}
    return _checked(told | ({"parameters": parameters} if parameters else {}), bool, code)


def _well(result: Any, kind: type[Any]) -> Reply:
    return _checked({"ok": True, "result": result}, kind, 200)


def _checked(told: dict[str, Any], kind: type[Any], status: int) -> Reply:
    Response[kind].model_validate(told)  # type: ignore[valid-type]
    return Reply(status, json.dumps(told).encode())
