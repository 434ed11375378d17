"""Telegram: deletes a message, answers its sender, tells an alert to a chat."""

from __future__ import annotations

import json
from datetime import datetime

from dlp.act.http_exchange import Answer, Request, post
from dlp.act.notice import notice_of
from dlp.act.outcome import Action, Outcome, Setup, away, done, doubtful, later, misset, refused
from dlp.act.texts import letter, reply
from dlp.chats.telegram_actions import ADDRESS, Call, Said, address_of, deletion, said_in, sending


class Deletion:
    """Deletes a message; deleting it again does nothing, so doubt may be tried away."""

    def honours_keys(self, setup: Setup) -> bool:
        return True

    def carry_out(self, action: Action, setup: Setup, now: datetime) -> Outcome:
        try:
            call = deletion(str(action.payload["conversation"]), str(action.payload["message"]))
        except (KeyError, ValueError):
            return misset("the message has no number of its own")
        said = _asked(call, setup)
        if isinstance(said, Said):
            return done(said.description) if said.is_gone else _outcome_of(said)
        return said


class Sending:
    """Sends a text: an officer's, one of the catalogue by code, or an alert's. Sent again it would stand there twice."""

    def honours_keys(self, setup: Setup) -> bool:
        return False

    def carry_out(self, action: Action, setup: Setup, now: datetime) -> Outcome:
        payload = action.payload
        try:
            call = sending(
                str(payload.get("chat_id") or payload["conversation"]), text_of(action), reply_to=payload.get("reply_to")
            )
        except KeyError:
            return misset("no chat to send to")
        said = _asked(call, setup)
        return _outcome_of(said) if isinstance(said, Said) else said


def text_of(action: Action) -> str:
    """The text to send."""
    if action.text:
        return action.text
    if action.payload.get("notice"):
        told = letter(notice_of(action))
        return f"{told.subject}\n\n{told.body}".strip()
    return reply(str(action.payload.get("code", "")), str(action.payload.get("language", "ru")))


def _asked(call: Call, setup: Setup) -> Said | Outcome:
    token = setup.secrets.get("bot_token", "")
    if not token:
        return misset("no token of a bot")
    url = address_of(str(setup.settings.get("api_url") or ADDRESS), token, call)
    body = json.dumps(call.parameters, ensure_ascii=False).encode()
    answer = post(Request(url, body, {"Content-Type": "application/json"}, str(setup.settings.get("ca", ""))))
    if isinstance(answer, Outcome):
        return answer
    said = said_in(answer.body)
    return said if said.well or said.code else _not_telegram(answer)


def _not_telegram(answer: Answer) -> Outcome:
    return doubtful(f"{answer.status}: no answer of the Bot API")


def _outcome_of(said: Said) -> Outcome:
    """What an answer of the Bot API means (core.telegram.org/bots/api, "Making requests")."""
    if said.well:
        return done("ok")
    told = f"{said.code} {said.description}"
    if said.code == 429:
        return later(told, said.retry_after_seconds)
    if said.code in {401, 404}:
        return away(told)  # the token is not, or no longer, good: no action of this bot works
    return doubtful(told) if said.code >= 500 else refused(told)
