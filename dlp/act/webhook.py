"""Signed HTTP messages: alerts to a webhook, and the answer a hold's asker waits for.

The receiver proves `X-DLP-Signature` over `X-DLP-Timestamp` and the raw body (`dlp/chats/signature.py`) and does nothing
twice under one `Idempotency-Key`; one that cannot is set up with `honours_keys: false`, and doubt stays doubt.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from dlp.act.http_exchange import Answer, Request, post
from dlp.act.notice import Notice, notice_of
from dlp.act.outcome import Action, Outcome, Setup, done, doubtful, later, misset, refused
from dlp.chats.signature import SIGNATURE_HEADER, TIMESTAMP_HEADER, sign

_COME_AGAIN = frozenset({408, 425, 429, 503})  # the receiver says that it did nothing


class Webhook:
    """An alert as JSON to the address in the channel's settings."""

    def honours_keys(self, setup: Setup) -> bool:
        return bool(setup.settings.get("honours_keys", True))

    def carry_out(self, action: Action, setup: Setup, now: datetime) -> Outcome:
        return send(str(setup.settings.get("url", "")), event(notice_of(action)), (action, setup), now)


class Callback:
    """What became of a hold, to the address its asker gave; signed with the connector's own key."""

    def honours_keys(self, setup: Setup) -> bool:
        return True

    def carry_out(self, action: Action, setup: Setup, now: datetime) -> Outcome:
        return send(str(action.payload.get("url", "")), action.payload.get("body", {}), (action, setup), now)


def send(url: str, told: Any, carried: tuple[Action, Setup], now: datetime) -> Outcome:
    """Posts `told` as JSON. The body of one key is always the same, its signature is of now."""
    action, setup = carried
    secrets = [setup.secrets[name] for name in ("secret", "previous") if setup.secrets.get(name)]
    if not secrets:
        return misset("no secret to sign with")
    body = json.dumps(told, ensure_ascii=False, sort_keys=True).encode()
    timestamp = int(now.timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "dlp",
        "Idempotency-Key": action.key,
        TIMESTAMP_HEADER: str(timestamp),
        # Both keys of a rotation sign: the receiver may take the new one when it likes.
        SIGNATURE_HEADER: ",".join(sign(secret.encode(), timestamp, body) for secret in secrets),
    }
    answer = post(Request(url, body, headers, str(setup.settings.get("ca", ""))))
    return answer if isinstance(answer, Outcome) else outcome_of(answer)


def outcome_of(answer: Answer) -> Outcome:
    """What an answer means. The body of a refusal is told, it is what a person needs to mend it."""
    said = f"{answer.status} {answer.body[:200].decode('utf-8', 'replace')}"
    if 200 <= answer.status < 300:
        return done(str(answer.status))
    if answer.status in _COME_AGAIN:
        busy = later(said, answer.retry_after_seconds)
        return busy._replace(works=False) if answer.status == 503 else busy
    if answer.status >= 500:
        return doubtful(said)
    return refused(said)


def event(notice: Notice) -> dict[str, Any]:
    """The JSON of an alert: ids, names of rules, counts; never text, file names or people."""
    told = {
        "version": 1,
        "kind": notice.kind,
        "alert": notice.alert,
        "at": notice.at,
        "severity": notice.severity,
        "count": notice.times,
        "incident": {"id": notice.incident, "number": notice.number} if notice.incident else None,
        "policy": notice.policy or None,
        "rule": notice.rule or None,
        "decision": notice.decision or None,
        "connector": notice.connector or None,
        "facts": dict(notice.facts),
        "link": notice.incident_link or None,
        "acknowledge": notice.acknowledge_link or None,
    }
    return {name: value for name, value in told.items() if value not in (None, {})}
