"""Erases what one person wrote, and gives the act and the extract of the log that prove it (152-FZ art. 21, RKN order 179)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from sqlalchemy import Connection, Row, and_, delete, insert, or_, select, update

from dlp.errors import NotFound, UsageError
from dlp.store.audit import chain
from dlp.store.audit.excerpt import entry_of
from dlp.store.changes import changed
from dlp.store.retention import names
from dlp.store.search import index
from dlp.store.tables.record import findings, incident_words, incidents, ledger
from dlp.store.tables.trust import audit, tombstones, vault_items
from dlp.store.vault.vault import Because, Vault

if TYPE_CHECKING:
    from dlp.store.vault.keys import Keys

ERASED: Final = "person.erased"
_AT_ONCE: Final = 500
T = TypeVar("T")


class Account(NamedTuple):
    """An account as its messenger writes it; `connectors` empty means of every one."""

    account: str
    connectors: tuple[str, ...] = ()


class Subject(NamedTuple):
    """Whom it is about: `named` as the log is to name them, the directory's person where known, accounts with their digests."""

    named: str
    person: str | None
    accounts: tuple[Account, ...]
    digests: tuple[tuple[bytes, ...], ...]  # of each account, under every epoch there was


class Erasure(NamedTuple):
    """What was erased, what was not and why, and the audit records that say so in the verifier's form."""

    audit_seq: int
    at: datetime
    actor: str
    reason: str
    subject: str
    accounts: tuple[str, ...]
    messages: int
    items: int
    findings: int
    incidents: int
    kept_by_legal_hold: int
    log: tuple[dict[str, Any], ...]


def subject_of(
    connection: Connection, keys: Keys, named: str, accounts: Sequence[Account], *, person: str | None = None
) -> Subject:
    """A person ready to be looked for, with the accounts incidents know of. Raises UsageError where nothing says who it is,
    NotFound where nobody knows an account of that person.
    """
    if not accounts and person is None:
        raise UsageError("a person has an account or a name in the directory", code="no_account", pointer="/accounts")
    known = select(incidents.c.sender, incidents.c.connector).distinct()
    known = known.where(incidents.c.person == person, incidents.c.sender.is_not(None))
    rows = connection.execute(known).all() if person is not None else []
    every = tuple(dict.fromkeys((*accounts, *(Account(str(account), (connector,)) for account, connector in rows))))
    if not every:
        raise NotFound("nobody knows an account of this person", code="no_person", pointer="/person")
    epochs = range(1, keys.digest_epoch + 1)
    return Subject(
        named, person, every, tuple(tuple(keys.digest("SENDER", one.account, epoch) for epoch in epochs) for one in every)
    )


def erase_person(connection: Connection, vault: Vault, subject: Subject, because: Because, now: datetime) -> Erasure:
    """Erases messages, files, excerpts, digests and names of a person; `vault.settle` after the commit destroys the keys.

    Verdicts stay as numbers: which message was decided how. What a legal hold keeps is told and not touched. What others
    wrote about the person is not found by this.
    """
    wrote, involved = _written_by(connection, subject), _incidents_of(connection, subject)
    held = _held(connection, wrote)
    free = [seq for seq in wrote if seq not in held]
    accounts = tuple(dict.fromkeys(one.account for one in subject.accounts))
    told = {
        "subject": subject.named,
        "accounts": list(accounts),
        "reason": because.reason,
        "messages": len(free),
        "held": len(held),
    }
    named = subject.digests[0][-1].hex()
    seq = chain.append(connection, because.actor, ERASED, f"person:{named}", told, now)
    stone = {"at": now, "kind": "person", "reason": because.reason, "audit_seq": seq}
    # One for each account, by its digest: a record restored from a backup can be told whom to erase again.
    objects = dict.fromkeys(digests[-1].hex() for digests in subject.digests)
    connection.execute(insert(tombstones), [stone | {"object": one} for one in objects])
    items = vault.erase(connection, _items(connection, free), now, because._replace(audit_seq=seq))
    shed = _forget(connection, free)
    names.forget_beside(connection, subject.accounts, subject.person, actor=because.actor, now=now)
    _forget_names(connection, involved, names.chats_of(connection, subject.accounts), now)
    index.compact(connection)
    rows = connection.execute(select(audit).where(audit.c.seq == seq))
    return Erasure(
        audit_seq=seq,
        at=now,
        actor=because.actor.id,
        reason=because.reason,
        subject=subject.named,
        accounts=accounts,
        messages=len(free),
        items=len(items),
        findings=shed,
        incidents=len(involved),
        kept_by_legal_hold=len(held),
        log=tuple(map(entry_of, rows)),
    )


def _written_by(connection: Connection, subject: Subject) -> list[int]:
    ways = [
        and_(ledger.c.sender.in_(digests), *([ledger.c.connector.in_(one.connectors)] if one.connectors else []))
        for one, digests in zip(subject.accounts, subject.digests, strict=True)
    ]
    return list(connection.execute(select(ledger.c.seq).where(or_(*ways)).order_by(ledger.c.seq)).scalars()) if ways else []


def _incidents_of(connection: Connection, subject: Subject) -> list[str]:
    ways = [
        and_(incidents.c.sender == one.account, *([incidents.c.connector.in_(one.connectors)] if one.connectors else []))
        for one in subject.accounts
    ]
    if subject.person is not None:
        ways.append(incidents.c.person == subject.person)
    return list(connection.execute(select(incidents.c.id).where(or_(*ways))).scalars())


def _held(connection: Connection, seqs: list[int]) -> set[int]:
    query = select(vault_items.c.ledger_seq).where(vault_items.c.case_id.is_not(None))
    return {
        seq for some in _portions(seqs) for seq in connection.execute(query.where(vault_items.c.ledger_seq.in_(some))).scalars()
    }


def _items(connection: Connection, seqs: list[int]) -> list[str]:
    query = select(vault_items.c.id)
    return [
        id for some in _portions(seqs) for id in connection.execute(query.where(vault_items.c.ledger_seq.in_(some))).scalars()
    ]


def _forget(connection: Connection, seqs: list[int]) -> int:
    """The excerpts, digests and search words of these messages; how many findings."""
    shed = 0
    for some in _portions(seqs):
        here = update(findings).where(findings.c.ledger_seq.in_(some))
        shed += connection.execute(here.values(digest=None, snippet=None)).rowcount
        connection.execute(delete(incident_words).where(incident_words.c.ledger_seq.in_(some)))
        connection.execute(update(ledger).where(ledger.c.seq.in_(some)).values(sender=None, twin=None))
    return shed


def _forget_names(connection: Connection, ids: list[str], also: list[str], now: datetime) -> None:
    """Incidents stay as what happened, without whose they were; a chat of two is called after the person.

    `also` are those others caused in a chat that bore the person's name: only the chat's is gone there.
    """
    for some in _portions(ids):
        here = incidents.c.id.in_(some)
        connection.execute(update(incidents).where(here, incidents.c.chat_kind == "direct").values(chat_title=None))
        connection.execute(update(incidents).where(here).values(sender=None, person=None))
    title = (incident_words.c.ledger_seq.is_(None), incident_words.c.history_id.is_(None))
    for some in _portions(list(dict.fromkeys((*ids, *also)))):
        here = incidents.c.id.in_(some)
        connection.execute(update(incidents).where(here).values(version=incidents.c.version + 1))
        connection.execute(delete(incident_words).where(incident_words.c.incident_id.in_(some), *title))
        rows = connection.execute(select(incidents).where(here)).all()
        for row in rows:
            changed(connection, "incident", row.id, row.version, now)
        index.add_many(connection, [index.Words(row.id, _title(row)) for row in rows])


def _title(row: Row[Any]) -> str:
    return " ".join(filter(None, (f"INC-{row.number}", row.chat_title, row.person, row.sender, row.department)))


def _portions(some: Sequence[T]) -> Iterator[Sequence[T]]:
    return (some[start : start + _AT_ONCE] for start in range(0, len(some), _AT_ONCE))
