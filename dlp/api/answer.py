"""The answer to `POST /verdict`: its form, and how a verdict is put into it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, Field

from dlp.api.sender_words import title_of, told_to_sender
from dlp.decide.redaction import redacted
from dlp.policy.policy_set import PolicySet
from dlp.records import Decision, Mode, RuleHit, Text
from dlp.spans import Span
from dlp.store.recording import Decided

DecisionName = Literal["allow", "alert", "coach", "redact", "hold", "block"]
SeverityName = Literal["low", "medium", "high", "critical"]
DecidedBy = Literal["policy", "exception", "emergency", "deadline", "outage"]


class LocalWords(BaseModel):
    """One text in both languages."""

    ru: str = ""
    en: str = ""


class VerdictReason(BaseModel):
    """A rule that was hit; `code` is stable."""

    code: str = Field(examples=["ru-personal-data/bulk-subjects"])
    policy: str
    rule: str
    severity: SeverityName
    decision: DecisionName
    mode: Literal["observe", "enforce"]
    law: list[str] = []
    title: LocalWords


class VerdictFinding(BaseModel):
    """A fact in the message: code points `[start, end)` of `origin`; never the value."""

    entity: str
    detector: str
    origin: str
    start: int
    end: int
    confidence: float


class VerdictGap(BaseModel):
    """What could not be read or finished."""

    origin: str
    reason: str
    detail: str = ""


class HoldTicket(BaseModel):
    """A held message: ask `poll` for its outcome until `expires_at`, then it is decided as the policy says."""

    id: str
    expires_at: datetime
    poll: str


class RedactedText(BaseModel):
    """A text outside the body with the same struck out."""

    origin: str
    text: str


class Verdict(BaseModel):
    """What may happen to the message.

    Where `decision` is "redact", `redacted_text` (and `redacted_passages`) may be delivered instead; `redacted_text` null means
    that nothing can be struck out (a file, an unknown): deliver nothing. `sender_text` is what to tell the sender.
    """

    decision: DecisionName
    would: DecisionName
    decided_by: DecidedBy
    severity: SeverityName | None = None
    reasons: list[VerdictReason] = []
    sender_text: LocalWords | None = None
    redacted_text: str | None = None
    redacted_passages: list[RedactedText] = []
    hold: HoldTicket | None = None
    findings: list[VerdictFinding] = []
    gaps: list[VerdictGap] = []
    record: int | None = Field(None, description="number of the verdict in the ledger; null where nothing was recorded")
    duplicate: bool = False
    dry_run: bool = False


class Outcome(NamedTuple):
    """What is answered beside what was decided: the record's word where it has one."""

    decision: Decision
    would: Decision
    decided_by: str
    record: int | None = None
    duplicate: bool = False
    dry_run: bool = False
    hold: tuple[str, datetime] | None = None


def answer_bytes(decided: Decided, outcome: Outcome, policies: PolicySet) -> bytes:
    """The answer as JSON in the form of `Verdict`."""
    inspection, decision = decided.inspection, outcome.decision
    hits = inspection.judgement.hits
    titles = {id(hit): title_of(hit, policies) for hit in hits}
    acting = [titles[id(hit)] for hit in hits if hit.mode is Mode.ENFORCE and hit.decision >= Decision.COACH]
    severity = inspection.verdict.severity
    told: dict[str, Any] = {
        "decision": decision.label,
        "would": outcome.would.label,
        "decided_by": outcome.decided_by,
        "severity": None if severity is None else severity.label,
        "reasons": [_reason(hit, titles[id(hit)]) for hit in hits],
        "sender_text": told_to_sender(decision, outcome.decided_by, acting),
        **_redaction(decided, policies, needed=decision is Decision.REDACT),
        "hold": None if outcome.hold is None else _ticket(*outcome.hold),
        "findings": [
            {
                "entity": finding.entity,
                "detector": finding.detector,
                "origin": finding.origin,
                "start": finding.start,
                "end": finding.end,
                "confidence": finding.confidence,
            }
            for finding in inspection.scan.findings
        ],
        "gaps": [{"origin": gap.origin, "reason": gap.reason.value, "detail": gap.detail} for gap in inspection.scan.gaps],
        "record": outcome.record,
        "duplicate": outcome.duplicate,
        "dry_run": outcome.dry_run,
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _reason(hit: RuleHit, title: dict[str, str]) -> dict[str, Any]:
    return {
        "code": f"{hit.policy}/{hit.rule}",
        "policy": hit.policy,
        "rule": hit.rule,
        "severity": hit.severity.label,
        "decision": hit.decision.label,
        "mode": hit.mode.value,
        "law": list(hit.law),
        "title": {"ru": title.get("ru", ""), "en": title.get("en", "")},
    }


def _ticket(hold_id: str, expires_at: datetime) -> dict[str, str]:
    return {"id": hold_id, "expires_at": expires_at.isoformat(), "poll": f"/api/v1/holds/{hold_id}"}


def _redaction(decided: Decided, policies: PolicySet, *, needed: bool) -> dict[str, Any]:
    marks = _marks(decided, policies) if needed else []
    if not marks:
        return {"redacted_text": None, "redacted_passages": []}
    struck = redacted(decided.texts, marks)
    body = next((text.text for text in struck if text.origin == "body"), "")
    return {"redacted_text": body, "redacted_passages": [_passage(text) for text in struck if text.origin != "body"]}


def _passage(text: Text) -> dict[str, str]:
    return {"origin": text.origin, "text": text.text}


def _marks(decided: Decided, policies: PolicySet) -> list[tuple[str, Span]]:
    """Where the message holds what the rules that want it redacted asked for; else everything that was found in it."""
    scan = decided.inspection.scan
    found = [(finding.entity, finding.origin, Span(finding.start, finding.end)) for finding in scan.findings]
    found += [(hit.key, hit.origin, Span(hit.start, hit.end)) for hit in scan.terms]
    asked = _asked_by(decided.inspection.judgement.hits, policies)
    marks = [(origin, span) for name, origin, span in found if name in asked]
    return marks or [(origin, span) for _, origin, span in found]


def _asked_by(hits: tuple[RuleHit, ...], policies: PolicySet) -> frozenset[str]:
    """The entities and keys of words that the redacting ones of these rules look for."""
    names = {(hit.policy, hit.rule) for hit in hits if hit.decision is Decision.REDACT and hit.mode is Mode.ENFORCE}
    rules = [rule for policy in policies.policies for rule in policy.rules if (policy.policy, rule.rule) in names]
    words = {term.key for rule in rules for term in rule.terms} | {pattern.key for rule in rules for pattern in rule.patterns}
    return frozenset(words).union(*(rule.entities for rule in rules))
