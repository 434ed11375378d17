"""Actions as the relay hands them to a channel."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from dlp.act.outcome import Action

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def an_alert(kind: str = "mail", key: str = "alert:1:1:0", **payload: Any) -> Action:
    """An action that tells of an incident; payload fields by name replace the ordinary ones."""
    told = {
        "notice": "incident",
        "alert": "0192f000-0000-7000-8000-000000000001",
        "incident": "0192f000-0000-7000-8000-000000000002",
        "severity": "high",
        "at": NOON.isoformat(),
        "facts": {"number": 10482, "policy": "ru-personal-data", "rule": "bulk-subjects", "connector": "telegram", "decision": 4},
        "to": "officer@example.com",
        "language": "ru",
    }
    return Action(
        key,
        kind,
        {**told, **payload},
        NOON,
        incident_link="https://dlp.example/incidents/2",
        acknowledge_link="https://dlp.example/ack?token=t",
    )
