"""Rows of the record as recording leaves them; each builder states only what matters."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

import uuid_utils
from sqlalchemy import Connection, func, insert, select

from dlp.store.changes import changed
from dlp.store.search import index
from dlp.store.tables.record import findings, incident_history, incidents, ledger, occurrences
from tests.builders import WEDNESDAY_NOON

_messages = count(1)


def an_incident(connection: Connection, **fields: Any) -> str:
    """An open high incident of one occurrence's worth, opened at WEDNESDAY_NOON; returns its id. `words` are findable."""
    words = fields.pop("words", "")
    number = (connection.execute(select(func.max(incidents.c.number))).scalar() or 0) + 1
    row: dict[str, Any] = {
        "id": str(uuid_utils.uuid7()), "number": number, "version": 1, "group_key": f"key-{number}", "state": "opened",
        "severity": 3, "decision": 4, "would": 4, "policy": "ru-personal-data", "rule": "bulk-subjects", "connector": "telegram",
        "conversation": "chat-1", "chat_title": "Проект 12", "zone": "foreign", "external": True, "sender": "user1",
        "person": "i.petrov", "department": "sales", "entities": "RU_PASSPORT RU_SNILS", "opened_at": WEDNESDAY_NOON,
        "updated_at": WEDNESDAY_NOON, "due_at": WEDNESDAY_NOON + timedelta(hours=4), "occurrences": 0,
    } | fields  # fmt: skip
    connection.execute(insert(incidents).values(row))
    note = {"incident_id": row["id"], "at": row["opened_at"], "actor": "system", "act": "opened", "details": {}}
    connection.execute(insert(incident_history).values(note))
    changed(connection, "incident", row["id"], 1, row["opened_at"])
    if words:
        index.add(connection, row["id"], words)
    return str(row["id"])


def an_occurrence(connection: Connection, incident_id: str | None, **fields: Any) -> int:
    """One message that broke the incident's rule, with one finding; returns the ledger's number.

    `digest` and `snippet` are the finding's, `message` names columns of the ledger, the rest are the occurrence's.
    """
    number = next(_messages)
    digest, snippet = fields.pop("digest", bytes(16)), fields.pop("snippet", "…паспорт ⟦0:RU_PASSPORT:●●●● ●●●●●●⟧ клиента…")
    message = {
        "identity": number.to_bytes(16, "big"), "connector": "telegram", "conversation": "chat-1", "message": str(number),
        "revision": 0, "door": "messages", "occurred_at": WEDNESDAY_NOON, "received_at": WEDNESDAY_NOON,
        "decided_at": WEDNESDAY_NOON, "decision": 4, "would": 4, "severity": 3, "decided_by": "policy", "policy_version": 1,
        "findings": 1, "hits": 1, "gaps": 0, "leaf": bytes(32),
    } | fields.pop("message", {})  # fmt: skip
    seq = int(connection.execute(insert(ledger).values(message).returning(ledger.c.seq)).scalar_one())
    row = {
        "id": str(uuid_utils.uuid7()), "ledger_seq": seq, "incident_id": incident_id, "policy": "ru-personal-data",
        "rule": "bulk-subjects", "severity": message["severity"], "mode": "enforce", "decision": message["decision"],
        "reason": {"condition": "all", "held": True, "said": "2 of 2", "missing": [], "parts": []},
        "received_at": message["received_at"],
    } | fields  # fmt: skip
    connection.execute(insert(occurrences).values(row))
    found = {
        "ledger_seq": seq, "ordinal": 0, "entity": "RU_PASSPORT", "detector": "ru_passport", "origin": "body", "start": 8,
        "end": 19, "confidence": 0.9, "why": "", "digest": digest, "snippet": snippet,
    }  # fmt: skip
    connection.execute(insert(findings).values(found))
    if incident_id is not None:
        kept = incidents.update().where(incidents.c.id == incident_id).values(occurrences=incidents.c.occurrences + 1)
        connection.execute(kept)
        if snippet:
            index.add(connection, incident_id, snippet, seq)
    return seq
