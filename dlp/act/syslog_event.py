"""An alert as a syslog message (RFC 5424) whose text is CEF or JSON in the field names of ECS."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import dlp
from dlp.act.notice import Notice

_CEF_SEVERITY: Final = {"low": 3, "medium": 5, "high": 8, "critical": 10}  # CEF: 0–3 low … 9–10 very high
_PRIORITY: Final = {"low": 5, "medium": 4, "high": 3, "critical": 2}  # RFC 5424: notice, warning, error, critical
_ECS_VERSION: Final = "8.17.0"
_NOT_PRINTABLE: Final = re.compile(r"[^!-~]")


def message_of(notice: Notice, settings: Mapping[str, Any], now: datetime) -> bytes:
    """The whole syslog message, not yet framed. `settings`: form "cef" or "ecs", facility 0–23, host."""
    text = ecs(notice) if settings.get("form") == "ecs" else cef(notice)
    priority = int(settings.get("facility", 13)) * 8 + _PRIORITY.get(notice.severity, 5)
    stamp = now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    head = f"<{priority}>1 {stamp} {_word(settings.get('host') or '-', 255)} dlp - {_word(notice.kind or '-', 32)} -"
    return f"{head} {text}".encode()


def cef(notice: Notice) -> str:
    """ArcSight's Common Event Format, version 0: seven head fields, then `key=value` pairs."""
    head = ("CEF:0", "dlp-monitor", "dlp", dlp.__version__, _signature(notice), notice.kind, str(_cef_severity(notice)))
    at = datetime.fromisoformat(notice.at)
    pairs = {
        "externalId": notice.key,
        "rt": str(int(at.timestamp() * 1000)),
        "cnt": str(notice.times),
        "act": notice.decision,
        "cs1Label": "incident",
        "cs1": f"INC-{notice.number}" if notice.number else "",
        "cs2Label": "policy",
        "cs2": notice.policy,
        "cs3Label": "rule",
        "cs3": notice.rule,
        "cs4Label": "connector",
        "cs4": notice.connector,
        "request": notice.incident_link,
        "msg": _facts(notice),
    }
    empty = {f"{name}Label" for name, value in pairs.items() if not value} | {name for name, value in pairs.items() if not value}
    told = " ".join(f"{name}={_cef_value(value)}" for name, value in pairs.items() if name not in empty)
    return "|".join(_cef_head(field) for field in head[1:]).join((f"{head[0]}|", f"|{told}"))


def ecs(notice: Notice) -> str:
    """One line of JSON in the field names of the Elastic Common Schema; `event.id` is the key a SIEM can fold doubles by."""
    told = {
        "@timestamp": notice.at,
        "ecs": {"version": _ECS_VERSION},
        "event": {
            "kind": "alert",
            "module": "dlp",
            "dataset": "dlp.alert",
            "id": notice.key,
            "code": notice.kind,
            "severity": _cef_severity(notice),
            "action": notice.decision or None,
            "url": notice.incident_link or None,
        },
        "rule": {"ruleset": notice.policy or None, "name": notice.rule or None},
        "observer": {"vendor": "dlp-monitor", "product": "dlp", "version": dlp.__version__, "type": "dlp"},
        "dlp": {
            "alert": notice.alert,
            "incident": {"id": notice.incident, "number": notice.number or None},
            "severity": notice.severity,
            "count": notice.times,
            "connector": notice.connector or None,
            "facts": dict(notice.facts),
        },
    }
    return json.dumps(_without_nothing(told), separators=(",", ":"))


def _signature(notice: Notice) -> str:
    return f"{notice.policy}/{notice.rule}" if notice.policy else notice.kind


def _cef_severity(notice: Notice) -> int:
    return _CEF_SEVERITY.get(notice.severity, 3)


def _facts(notice: Notice) -> str:
    return json.dumps(dict(notice.facts), sort_keys=True) if notice.facts else ""


def _cef_head(field: str) -> str:
    return _one_line(field).replace("\\", "\\\\").replace("|", "\\|")


def _cef_value(field: str) -> str:
    return field.replace("\\", "\\\\").replace("=", "\\=").replace("\r", "").replace("\n", "\\n")


def _one_line(field: str) -> str:
    return " ".join(field.split())


def _word(told: object, longest: int) -> str:
    return _NOT_PRINTABLE.sub("_", str(told))[:longest] or "-"


def _without_nothing(told: Any) -> Any:
    if not isinstance(told, dict):
        return told
    kept = {name: _without_nothing(value) for name, value in told.items()}
    return {name: value for name, value in kept.items() if value is not None and value != {}}
