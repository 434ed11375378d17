"""An alert as the channels tell it: ids, names of rules, counts; never text, file names or people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from dlp.act.outcome import Action
from dlp.records import Decision

# Of `facts` these are fields of their own.
_NAMED: Final = frozenset({"number", "policy", "rule", "connector", "decision", "count"})


class Notice(NamedTuple):
    """One alert for one recipient. `number` is the incident's, 0 where there is none; `at` is RFC 3339."""

    kind: str
    key: str
    alert: str
    at: str
    severity: str = "low"
    times: int = 1
    incident: str | None = None
    number: int = 0
    policy: str = ""
    rule: str = ""
    decision: str = ""
    connector: str = ""
    facts: Mapping[str, Any] = {}
    language: str = "ru"
    incident_link: str = ""
    acknowledge_link: str = ""


def notice_of(action: Action) -> Notice:
    """The notice an action's payload holds."""
    payload = action.payload
    facts: Mapping[str, Any] = payload.get("facts") or {}
    decision = facts.get("decision")
    return Notice(
        kind=str(payload.get("notice", "")),
        key=action.key,
        alert=str(payload.get("alert") or ""),
        at=str(payload.get("at") or action.created_at.isoformat()),
        severity=str(payload.get("severity") or "low"),
        times=int(facts.get("count", 1)),
        incident=payload.get("incident"),
        number=int(facts.get("number") or 0),
        policy=str(facts.get("policy") or ""),
        rule=str(facts.get("rule") or ""),
        decision=Decision(decision).label if isinstance(decision, int) else str(decision or ""),
        connector=str(facts.get("connector") or ""),
        facts={name: value for name, value in facts.items() if name not in _NAMED and value is not None},
        language=str(payload.get("language") or "ru"),
        incident_link=action.incident_link,
        acknowledge_link=action.acknowledge_link,
    )
