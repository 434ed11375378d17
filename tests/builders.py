"""Builders: each states only what matters to a test, the rest is ordinary."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from dlp.records import (
    Attachment,
    Decision,
    Finding,
    Gap,
    GapReason,
    Message,
    Mode,
    Organisation,
    Passage,
    RuleHit,
    Scan,
    Severity,
    Surroundings,
    TermHit,
    Text,
)

WEDNESDAY_NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


def a_message(text: str = "see you at lunch", id: str = "m1", **fields: Any) -> Message:
    """A message; any field of `Message` by name, `quote="…"` and `poll="…"` make passages."""
    passages = tuple(Passage(origin, fields.pop(origin)) for origin in ("quote", "poll") if origin in fields)
    return Message(id, text, **{"passages": passages, **fields})


def an_attachment(name: str = "plan.pdf", **fields: Any) -> Attachment:
    """A file sent with a message."""
    return Attachment(name, **fields)


def a_text(text: str, origin: str = "body") -> Text:
    """One text to search."""
    return Text(origin, text)


def a_finding(entity: str = "RU_INN", value: str = "7707083893", **fields: Any) -> Finding:
    """A finding at the start of the body, sure enough for any rule."""
    defaults = {
        "detector": entity.lower(),
        "start": 0,
        "end": len(value),
        "confidence": 0.95,
        "origin": "body",
    }
    return Finding(entity=entity, value=value, **{**defaults, **fields})


def a_term_hit(key: str, start: int = 0, **fields: Any) -> TermHit:
    """A demanded term found in the body."""
    return TermHit(key, start, **{"end": start + 1, "origin": "body", **fields})


def a_gap(reason: GapReason = GapReason.NOT_EXTRACTED, origin: str = "attachment:plan.pdf", *, detail: str = "") -> Gap:
    """Something that could not be read."""
    return Gap(origin, reason, detail)


def a_scan(*findings: Finding, terms: tuple[TermHit, ...] = (), gaps: tuple[Gap, ...] = ()) -> Scan:
    """What detection says, in the order given."""
    return Scan(findings, terms, gaps)


def a_hit(policy: str = "ru-personal-data", rule: str = "bulk-subjects", **fields: Any) -> RuleHit:
    """A rule that fired: high, enforced, holding the message."""
    defaults = {"severity": Severity.HIGH, "mode": Mode.ENFORCE, "decision": Decision.HOLD}
    return RuleHit(policy, rule, **{**defaults, **fields})


def surroundings(**fields: Any) -> Surroundings:
    """Who and where; what is not given is unknown."""
    return Surroundings(**fields)


def an_organisation(**fields: Any) -> Organisation:
    """The company of the tests, `corp.ru`, in Moscow."""
    return Organisation(**{"name": "Вектор", "domains": frozenset({"corp.ru"}), "zone": "Europe/Moscow", **fields})
