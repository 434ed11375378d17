"""The audit trail: reading it, proving it, and having it verified."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from dlp.api.access import InstallationServices, Principal, allowed
from dlp.api.duty_wire import Name, RowId, Time
from dlp.api.permissions import Permission
from dlp.errors import UsageError
from dlp.services import Services
from dlp.store.audit import chain, checkpoints
from dlp.store.audit.excerpt import Excerpt, excerpt
from dlp.store.audit.reading import Asked, listed
from dlp.store.audit.verification import verify

router = APIRouter(tags=["audit"])
_Reader = Annotated[Principal, allowed(Permission.AUDIT_READ)]
_MOST_PROVED: Final = 10_000
Hex = Annotated[str, Field(pattern=r"^[0-9a-f]+$")]


class AuditRecordOut(BaseModel):
    """One act. `details` is null where they were erased."""

    seq: int
    at: datetime
    actor: str
    actor_kind: str
    actor_name: str | None
    act: str
    object: str
    details: dict[str, Any] | None


class AuditOut(BaseModel):
    """A page of acts, the newest first; `last_seq` is the number of the newest there is."""

    items: list[AuditRecordOut]
    next: str | None
    last_seq: int


class AuditAsked(BaseModel):
    """Which acts; `act` and `object` that end in "." or ":" stand for all that begin so."""

    actor: Name | None = None
    act: Name | None = None
    object: Name | None = None
    since: Time | None = None
    until: Time | None = None
    cursor: Annotated[str, Field(pattern=r"^[0-9]{1,18}$", description="The `next` of the page before.")] | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 50


class SignedCheckpointOut(BaseModel):
    """One checkpoint; `line` is what left the machine, `sent` where to and when."""

    number: int
    at: datetime
    audit_seq: int
    ledger_seq: int
    ledger_count: int
    key_id: str
    line: str
    sent: dict[str, str]
    cades: bool


class SigningKeyOut(BaseModel):
    """The public half of a signing key; `signature` is by `previous`, over the verifier's succession text."""

    key_id: Hex
    public: Hex
    previous: Hex | None
    signature: Hex | None


class CheckpointsOut(BaseModel):
    """A page of checkpoints, the newest first, and every key that ever signed one."""

    items: list[SignedCheckpointOut]
    next: str | None
    keys: list[SigningKeyOut]


class ProvedRecordOut(BaseModel):
    """A record in the form that is hashed; `details` is JSON as text, null where erased or not asked for."""

    seq: int
    at: str
    actor: str
    actor_kind: str
    act: str
    object: str
    salt: Hex | None
    details: str | None
    commitment: Hex
    previous: Hex
    hash: Hex


class ProofOut(BaseModel):
    """What `verifier.py` checks, for checking in the browser: records up to a signed checkpoint, checkpoints, keys."""

    records: list[ProvedRecordOut]
    checkpoints: list[str]
    keys: list[SigningKeyOut]


class VerificationIn(BaseModel):
    """`trust` is the fingerprint to start from, this installation's first key where none is told; `anchor` checkpoint lines."""

    trust: Annotated[str, Field(max_length=200)] | None = None
    anchor: Annotated[str, Field(max_length=500_000)] = ""
    since: Annotated[int, Field(ge=0, le=2**31 - 1, description="Begin after this checkpoint.")] = 0


class FaultOut(BaseModel):
    """The first thing that does not hold: record `number`, or one of `number` to `upto`."""

    kind: Literal["audit", "ledger", "checkpoint", "key"]
    number: int
    upto: int | None
    code: str
    said: str


class VerificationOut(BaseModel):
    """Whether all of it holds; `last_good` is the last checkpoint before the fault. `trust` is what it was judged by."""

    ok: bool
    fault: FaultOut | None
    last_good: int
    audit_records: int
    ledger_records: int
    checkpoints: int
    anchored: int
    erased: int
    removed: int
    unsigned: int
    trust: str


@router.get("/audit")
def list_audit(principal: _Reader, asked: Annotated[AuditAsked, Query()], services: InstallationServices) -> AuditOut:
    """Who did what to what, and when."""
    before = None if asked.cursor is None else int(asked.cursor)
    wanted = Asked(asked.actor, asked.act, asked.object, asked.since, asked.until, before)
    with services.database.reading() as connection:
        found = listed(connection, wanted, asked.limit + 1)
        last = chain.head(connection).seq
    page = found[: asked.limit]
    items = [AuditRecordOut(**record._asdict()) for record in page]
    return AuditOut(items=items, next=str(page[-1].seq) if len(found) > len(page) else None, last_seq=last)


@router.get("/audit/checkpoints")
def list_checkpoints(
    principal: _Reader,
    services: InstallationServices,
    cursor: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> CheckpointsOut:
    """The signed checkpoints."""
    with services.database.reading() as connection:
        rows = checkpoints.listed(connection, before=cursor, limit=limit + 1)
        keys = [SigningKeyOut(**entry) for entry in checkpoints.key_entries(connection)]
    items = [_checkpoint(row) for row in rows[:limit]]
    return CheckpointsOut(items=items, next=str(items[-1].number) if len(rows) > limit else None, keys=keys)


@router.get("/audit/proof")
def prove_audit(
    principal: _Reader,
    services: InstallationServices,
    first: Annotated[RowId, Query(alias="from")] = 1,
    last: Annotated[RowId | None, Query(alias="to")] = None,
) -> ProofOut:
    """What proves a range of records; a checkpoint is taken where none signs its end yet. Reading it is an act."""
    proof = _proof(services, first, last)
    end = proof.rows[-1]["seq"] if proof.rows else 0
    told = {"records": len(proof.rows), "end": end}
    now = services.clock.now()
    services.database.write(
        lambda connection: chain.append(connection, principal.actor, "audit.proved", f"audit:{first}-{proof.last}", told, now)
    )
    return ProofOut(
        records=[ProvedRecordOut(**row) for row in proof.rows],
        checkpoints=[one.line for one in proof.checkpoints],
        keys=[SigningKeyOut(**key) for key in proof.keys],
    )


@router.post("/audit/verify")
def verify_audit(principal: _Reader, asked: VerificationIn, services: InstallationServices) -> VerificationOut:
    """Verifies the record here. Whoever does not trust this server runs `dlp audit verify` or the verifier elsewhere."""
    trust = asked.trust or services.keys.signing_keys()[0].key_id
    with services.database.reading() as connection:
        found = verify(connection, trust, asked.anchor.splitlines(), since=asked.since)
    told = found._asdict()
    told["fault"] = None if found.fault is None else FaultOut(**found.fault._asdict())
    return VerificationOut(ok=found.ok, trust=trust, **told)


def _proof(services: Services, first: int, last: int | None) -> Excerpt:
    with services.database.reading() as connection:
        end = chain.head(connection).seq
    last = end if last is None else last
    if not first <= last <= end:
        raise UsageError(f"there are records 1 to {end}", code="no_such_records", last=end)
    if last - first >= _MOST_PROVED:
        raise UsageError("too many records for one proof", code="too_many_records", most=_MOST_PROVED)
    with services.database.reading() as connection:
        signed = checkpoints.latest(connection)
    if signed is None or signed.audit_seq < last:
        checkpoints.take(services.database, services.keys, services.clock.now())
    with services.database.reading() as connection:
        return excerpt(connection, first, last, whole=True)


def _checkpoint(row: Any) -> SignedCheckpointOut:
    one = checkpoints.of_row(row)
    return SignedCheckpointOut(
        number=row.number,
        at=row.at,
        audit_seq=row.audit_seq,
        ledger_seq=row.ledger_seq,
        ledger_count=row.ledger_count,
        key_id=row.key_id,
        line=one.line,
        sent=row.sent,
        cades=row.cades is not None,
    )
