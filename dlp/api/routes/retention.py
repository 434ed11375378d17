"""How long messages are kept, what legal holds keep, and the erasure of what one person wrote."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, status
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from dlp.api.access import InstallationServices, Principal, allowed, demand_fresh_proof, signed_in
from dlp.api.duty_wire import Name, Reason
from dlp.api.permissions import Permission
from dlp.services import Services
from dlp.store import connectors
from dlp.store.retention.overview import overview
from dlp.store.retention.person import Account, Erasure, erase_person, subject_of
from dlp.store.vault.vault import Because

router = APIRouter(tags=["retention"])


class KeptOut(BaseModel):
    """What is kept of a connector; `ends` is when its oldest day is to go."""

    connector: str
    retention_days: int
    keep_clean_days: int
    items: int
    clean: int
    held: int
    oldest: datetime | None
    ends: datetime | None
    shed_days: int


class LegalHoldOut(BaseModel):
    """A case under legal hold and how many items it keeps."""

    case_id: str
    name: str
    reason: str
    items: int


class RetentionOut(BaseModel):
    """`late` counts connectors with days that should be gone already."""

    connectors: list[KeptOut]
    holds: list[LegalHoldOut]
    persons_erased: int
    late: int


class AccountIn(BaseModel):
    """An account as its messenger writes it; without connectors, of every one."""

    account: Name
    connectors: Annotated[list[Name], Field(max_length=100)] = []


class ErasureIn(BaseModel):
    """Whom to erase: `named` as the log is to say it, accounts, the directory's person (whose accounts are added)."""

    named: Annotated[Name, Field(max_length=256)]
    person: Name | None = None
    accounts: Annotated[list[AccountIn], Field(max_length=100)] = []
    reason: Reason


class ErasureOut(BaseModel):
    """The act: what was erased, by whom, why; and the log's extract, in the verifier's form."""

    audit_seq: int
    at: datetime
    actor: str
    reason: str
    subject: str
    accounts: list[str]
    messages: int
    items: int
    findings: int
    incidents: int
    kept_by_legal_hold: int
    log: list[dict[str, Any]]


@router.get("/retention")
def get_retention(
    principal: Annotated[Principal, allowed(Permission.CONNECTOR_READ)], services: InstallationServices
) -> RetentionOut:
    """What is kept, until when."""
    with services.database.reading() as connection:
        found = overview(connection, services.clock.now())
    return RetentionOut(
        connectors=[KeptOut(**one._asdict()) for one in found.connectors],
        holds=[LegalHoldOut(**one._asdict()) for one in found.holds],
        persons_erased=found.persons_erased,
        late=found.late,
    )


@router.post("/erasures", status_code=status.HTTP_201_CREATED)
def erase_messages_of_person(
    wanted: ErasureIn, principal: Annotated[Principal, signed_in(Permission.ERASURE)], services: InstallationServices
) -> ErasureOut:
    """Erases what one person wrote; wants a fresh proof. What a legal hold keeps is told and stays."""
    now = services.clock.now()
    demand_fresh_proof(principal, now)
    accounts = [Account(one.account, tuple(one.connectors)) for one in wanted.accounts]
    accounts += _accounts_of(services, wanted.person) if wanted.person else []

    def work(connection: Connection) -> Erasure:
        subject = subject_of(connection, services.keys, wanted.named, accounts, person=wanted.person)
        return erase_person(connection, services.vault, subject, Because(principal.actor, wanted.reason), now)

    done = services.database.write(work)
    with services.database.reading() as connection:
        services.vault.settle(connection)
    return ErasureOut(**done._asdict())


def _accounts_of(services: Services, person: str) -> list[Account]:
    """The accounts the directory knows of a person: "platform:account", addresses and phones of every connector."""
    people = services.context.directory.people
    every = (*people.by_account.values(), *people.by_email.values(), *people.by_phone.values())
    found = next((one for one in every if one.person == person), None)
    if found is None:
        return []  # somebody of before the directory; incidents may know them
    with services.database.reading() as connection:
        names = [(one.name, one.platform) for one in connectors.every(connection)]
    accounts = [Account(plain) for plain in (*found.emails, *found.phones, *(f"+{phone}" for phone in found.phones))]
    for told in found.accounts:
        platform, _, account = told.partition(":")
        speaking = tuple({platform, *(name for name, of in names if of == platform)})
        accounts.append(Account(account, speaking))
    return accounts
