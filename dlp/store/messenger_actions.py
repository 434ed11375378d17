"""What a verdict does in a messenger that told of a message after it was there: deletes it, answers its sender."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, select

from dlp.records import Decision, Inspection, Message, Mode
from dlp.store import outbox
from dlp.store.tables.duties import connectors

# What a connector does where its settings' `acts` say nothing else: {"block": ["delete", "reply"], …}.
ACTS: Final = {"coach": ("reply",), "redact": ("delete", "reply"), "block": ("delete", "reply")}
_CODES: Final = {"delete": "deleted", "reply": "reminder"}


class Acted(NamedTuple):
    """A recorded verdict over a message; `connector` is the connector's name, `door` where the message came in."""

    ledger_seq: int
    incident_id: str | None
    connector: str
    door: str
    message: Message
    inspection: Inspection


def on_verdict(connection: Connection, acted: Acted, now: datetime) -> list[str]:
    """Plans the verdict's actions in the messenger, in the verdict's own transaction; their ids.

    Only where the messenger itself told of the message (`door` "hook") and the verdict acts: who asks before a message is
    delivered acts himself. An answer is sent where the sender is to be told.
    """
    decision = acted.inspection.verdict.decision
    if acted.door != "hook" or decision < Decision.COACH or acted.message.conversation is None:
        return []
    row = connection.execute(select(connectors).where(connectors.c.name == acted.connector)).first()
    if row is None or row.platform != "telegram" or not row.enabled:
        return []
    acts = _acts(row, decision)
    if "reply" in acts and not _tells_sender(acted.inspection):
        acts = tuple(act for act in acts if act != "reply")
    return [outbox.plan(connection, _plan(acted, act, acts, row), now) for act in acts]


def _acts(row: Row[*tuple[Any, ...]], decision: Decision) -> tuple[str, ...]:
    told = row.settings.get("acts")
    acts = told.get(decision.label, ()) if isinstance(told, dict) else ACTS.get(decision.label, ())
    return tuple(act for act in ("delete", "reply") if act in acts)


def _tells_sender(inspection: Inspection) -> bool:
    hits = [hit for hit in inspection.judgement.hits if hit.mode is Mode.ENFORCE]
    return inspection.verdict.decision is Decision.COACH or any("sender" in hit.tell for hit in hits)


def _plan(acted: Acted, act: str, acts: tuple[str, ...], row: Row[*tuple[Any, ...]]) -> outbox.Plan:
    message = acted.message
    payload = {"conversation": message.conversation, "message": message.id}
    if act == "reply":
        code = _CODES["delete" if "delete" in acts else "reply"]
        language = str(row.settings.get("language") or "ru")
        payload = {"conversation": message.conversation, "reply_to": message.id, "code": code, "language": language}
    planned = outbox.Plan(f"telegram.{act}", f"verdict:{acted.ledger_seq}:{act}", payload, channel=f"connector:{acted.connector}")
    return planned._replace(incident_id=acted.incident_id, ledger_seq=acted.ledger_seq)
