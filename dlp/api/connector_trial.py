"""A connector's live test: an event of its own kind goes through signature, reader and policies; nothing is recorded."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from dlp.chats.signature import SIGNATURE_HEADER, TIMESTAMP_HEADER, sign
from dlp.chats.telegram_bot import events_of
from dlp.errors import DlpError
from dlp.ingest.contract import told_by
from dlp.ingest.signed import demand_word, proof_of
from dlp.ingest.wire import value_of
from dlp.pipeline import Arrival, decided_on
from dlp.records import Message
from dlp.services import Services
from dlp.store.connectors import Connector, Secrets

StepName = Literal["enabled", "secret", "reading", "verdict"]


class ConnectorTrialRequest(BaseModel):
    """`event` is a call as the messenger makes it; left out, one is made up."""

    model_config = ConfigDict(extra="forbid")

    event: dict[str, Any] | None = Field(None, description="the body of a hook's call, or an update of the Bot API")


class TrialStep(BaseModel):
    """One step; `code` says why it failed."""

    step: StepName
    passed: bool
    code: str | None = None


class ConnectorTrial(BaseModel):
    """How far the event came; `decisions` are those of its messages. Nothing was recorded."""

    passed: bool
    steps: list[TrialStep]
    decisions: list[str]


def trial_of(services: Services, connector: Connector, secrets: Secrets, event: dict[str, Any] | None) -> ConnectorTrial:
    """Runs the event through everything a real one meets, up to the verdict."""
    now = services.clock.now()
    body = json.dumps(event if event is not None else _made_up(connector, now)).encode()
    steps = [TrialStep(step="enabled", passed=connector.enabled, code=None if connector.enabled else "connector_disabled")]
    steps.append(_step("secret", lambda: _check_secret(connector, secrets, body, now)))
    messages: list[Message] = []
    steps.append(_step("reading", lambda: messages.extend(_read(connector, body))))
    decisions: list[str] = []
    if steps[-1].passed:
        steps.append(_step("verdict", lambda: decisions.extend(_decisions(services, connector, messages, now))))
    return ConnectorTrial(passed=all(step.passed for step in steps), steps=steps, decisions=decisions)


def _step(name: StepName, run: Any) -> TrialStep:
    try:
        run()
    except DlpError as error:
        return TrialStep(step=name, passed=False, code=error.code)
    except ValueError:
        return TrialStep(step=name, passed=False, code="not_an_update")
    return TrialStep(step=name, passed=True)


def _check_secret(connector: Connector, secrets: Secrets, body: bytes, now: datetime) -> None:
    if connector.platform == "telegram":
        word = secrets.words.get("secret_token")
        demand_word(word or "", word)
        return
    live = [key.secret for key in secrets.hook_keys if key.lives(now)]
    timestamp = int(now.timestamp())
    headers = {TIMESTAMP_HEADER: str(timestamp)}
    if live:
        headers[SIGNATURE_HEADER] = sign(live[-1].encode(), timestamp, body)
    proof_of(headers, body, connector.name, secrets=live, now=now)


def _read(connector: Connector, body: bytes) -> tuple[Message, ...]:
    if connector.platform == "telegram":
        return events_of(value_of(body)).messages
    told = told_by(value_of(body))
    if told.rejected:
        raise DlpError("an event cannot be read", code=told.rejected[0].code)
    return told.messages


def _decisions(services: Services, connector: Connector, messages: list[Message], now: datetime) -> list[str]:
    arrivals = [Arrival(message, connector.name, "verdict", now) for message in messages]
    return [one.inspection.verdict.decision.label for one in decided_on(services, arrivals)] if arrivals else []


def _made_up(connector: Connector, now: datetime) -> dict[str, Any]:
    if connector.platform == "telegram":
        chat = {"id": -1, "type": "group", "title": "dlp"}
        sender = {"id": 1, "is_bot": False, "first_name": "dlp"}
        message = {"message_id": 1, "date": int(now.timestamp()), "chat": chat, "from": sender, "text": "dlp: test"}
        return {"update_id": 1, "message": message}
    return {"events": [{"type": "message", "message": {"id": "dlp-test", "text": "dlp: test", "occurred_at": now.isoformat()}}]}
