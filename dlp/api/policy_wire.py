"""What the policy routes take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

VersionNumber = Annotated[int, Field(ge=1, le=2**31 - 1)]


class RuleOut(BaseModel):
    """One rule; texts by language."""

    rule: str
    title: dict[str, str]
    severity: str
    decision: str


class PolicyOut(BaseModel):
    """One policy in the mode it acts in; `own_mode` is its file's."""

    policy: str
    title: dict[str, str]
    why: dict[str, str]
    law: list[str]
    owner: str
    profiles: list[str]
    applies: bool
    mode: Literal["observe", "enforce"]
    own_mode: Literal["observe", "enforce"]
    rules: list[RuleOut]


class PoliciesOut(BaseModel):
    """What is active now; `version` 0 where policies come from a folder alone."""

    version: int
    items: list[PolicyOut]


class FaultOut(BaseModel):
    """One fault; `line` counts from 1, 0 means the whole file."""

    file: str
    line: int
    message: str


class FailureOut(BaseModel):
    """A case that came out otherwise than written, or a rule without its cases."""

    file: str
    line: int
    policy: str
    rule: str
    told: str


class ReportOut(BaseModel):
    """What check and tests said; a version whose report does not hold cannot be activated."""

    holds: bool
    policies: int
    rules: int
    cases: int
    faults: list[FaultOut]
    failures: list[FailureOut]


class VersionOut(BaseModel):
    """One version of the policies."""

    number: int
    content_hash: str
    state: Literal["draft", "tested", "active", "retired"]
    note: str
    created_by: str
    created_at: datetime
    activated_by: str | None
    activated_at: datetime | None
    urgent: bool
    report: ReportOut | None


class VersionsOut(BaseModel):
    """Versions, the newest first."""

    items: list[VersionOut]
    next: int | None


class FilesIn(BaseModel):
    """A folder of policies as {relative path: text}."""

    files: dict[str, str]


class UploadIn(FilesIn):
    """An upload and why it was made."""

    note: str = Field("", max_length=2000)


class FilesOut(BaseModel):
    """The files of a version."""

    number: int
    content_hash: str
    files: dict[str, str]


class DifferenceOut(BaseModel):
    """Unified differences by path, of the files that differ."""

    before: int
    after: int
    files: dict[str, str]


class TryIn(BaseModel):
    """A text to try; `surroundings` as `dlp policies try --surroundings` takes them. Nothing of it is stored or logged."""

    text: str = Field(max_length=1 << 20)
    connector: str | None = None
    conversation: str | None = None
    sender: str | None = None
    surroundings: dict[str, str] = {}
    version: VersionNumber | None = None
    files: dict[str, str] | None = None


class FindingOut(BaseModel):
    """Where something was found; offsets are code points of the text."""

    entity: str
    detector: str
    origin: str
    start: int
    end: int
    confidence: float
    why: str


class ExplanationOut(BaseModel):
    """Why a rule fired or not: its tree {condition, held, said, missing, parts}."""

    policy: str
    rule: str
    held: bool | None
    decision: str | None
    by_unknown: bool
    reason: dict[str, Any]


class TryOut(BaseModel):
    """What would be decided, and every rule's reason."""

    decision: str
    would: str
    severity: str | None
    findings: list[FindingOut]
    gaps: list[str]
    explanations: list[ExplanationOut]


class CompareIn(BaseModel):
    """Compare a version with the active one over the kept messages of the last days."""

    number: VersionNumber
    days: int = Field(30, ge=1, le=366)


class JobOut(BaseModel):
    """Work that was queued; `GET /jobs/{id}` tells how far it is."""

    id: str


class ActivateIn(BaseModel):
    """Which content was seen tested; `urgent` goes without a comparison and needs a reason in `note`."""

    content_hash: str
    note: str = Field("", max_length=2000)
    urgent: bool = False
    compared: str | None = None


class RollBackIn(BaseModel):
    """Why."""

    note: str = Field(max_length=2000)


class ModeIn(BaseModel):
    """The mode a policy is to act in; null gives it back to its file."""

    mode: Literal["observe", "enforce"] | None
