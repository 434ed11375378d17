"""What an exception would be about, out of an incident's finding, and which incidents it touches."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, distinct, func, select

from dlp.errors import Conflict, NotFound, UsageError
from dlp.store.incident_note import incident_in_sight
from dlp.store.tables.record import findings, incidents, ledger, occurrences

SCOPES: Final = ("person", "chat", "rule")
_MOST: Final = 2000  # messages looked at before an exception is saved


class About(NamedTuple):
    """What a person points at: a finding of an incident, and how far the exception is to reach.

    `rule` ("policy/rule") says which of the message's rules, for scope "rule"; the incident's own where it is not told.
    """

    incident_id: str
    finding_id: int
    scope: str
    rule: str | None = None


class Subject(NamedTuple):
    """The finding and the scope's value, found out by the server. The finding's value is in the vault alone."""

    incident_id: str
    ledger_seq: int
    entity: str
    digest: bytes
    origin: str
    start: int
    end: int
    scope: str
    scope_value: str


class Touched(NamedTuple):
    """An incident with the value in it: the messages that hold it, of how many of the period."""

    incident_id: str
    number: int
    department: str | None
    ledger_seqs: tuple[int, ...]
    messages: int


class Reach(NamedTuple):
    """The incidents an exception touches, the newest message first; `whole` is False where there were too many to look at."""

    touched: tuple[Touched, ...]
    whole: bool = True


def subject_of(connection: Connection, about: About, departments: Collection[str] | None) -> Subject:
    """What the exception would be about. Raises NotFound, UsageError, Conflict where nothing is kept of the value any more."""
    if about.scope not in SCOPES:
        raise UsageError("an exception is for a person, a chat or a rule", code="scope", pointer="/scope")
    incident = incident_in_sight(connection, about.incident_id, departments)
    joined = findings.join(occurrences, occurrences.c.ledger_seq == findings.c.ledger_seq)
    joined = joined.join(ledger, ledger.c.seq == findings.c.ledger_seq)
    query = select(findings, ledger.c.connector, ledger.c.conversation).select_from(joined)
    mine = (findings.c.id == about.finding_id, occurrences.c.incident_id == about.incident_id)
    row = connection.execute(query.where(*mine).limit(1)).first()
    if row is None:
        raise NotFound("the incident has no such finding", code="finding_not_found", pointer="/finding_id")
    if row.digest is None:
        raise Conflict("nothing is kept of this value", code="value_gone")
    value = _scope_value(connection, about, incident, row)
    return Subject(
        about.incident_id, row.ledger_seq, row.entity, bytes(row.digest), row.origin, row.start, row.end, about.scope, value
    )


def reach(connection: Connection, subject: Subject, digests: Collection[bytes], since: datetime) -> Reach:
    """The incidents since a time with the value in the exception's scope; `digests` are the value's, of every key in use."""
    joined = findings.join(occurrences, occurrences.c.ledger_seq == findings.c.ledger_seq)
    joined = joined.join(incidents, incidents.c.id == occurrences.c.incident_id)
    joined = joined.join(ledger, ledger.c.seq == findings.c.ledger_seq)
    columns = (incidents.c.id, incidents.c.number, incidents.c.department, findings.c.ledger_seq)
    query = (
        select(*columns)
        .select_from(joined)
        .where(findings.c.digest.in_(list(digests)), findings.c.entity == subject.entity)
        .where(occurrences.c.received_at >= since, _in_scope(subject))
        .group_by(*columns)
        .order_by(findings.c.ledger_seq.desc())
        .limit(_MOST + 1)
    )
    rows = connection.execute(query).all()
    seqs: dict[tuple[str, int, str | None], list[int]] = {}
    for row in rows[:_MOST]:
        seqs.setdefault((row.id, row.number, row.department), []).append(row.ledger_seq)
    messages = _messages(connection, [incident for incident, *_ in seqs], since)
    touched = (Touched(*told, tuple(found), messages[told[0]]) for told, found in seqs.items())
    return Reach(tuple(touched), whole=len(rows) <= _MOST)


def _messages(connection: Connection, incident_ids: list[str], since: datetime) -> dict[str, int]:
    """How many messages of the period each incident holds."""
    counted = select(occurrences.c.incident_id, func.count(distinct(occurrences.c.ledger_seq)))
    mine = (occurrences.c.incident_id.in_(incident_ids), occurrences.c.received_at >= since)
    return dict(connection.execute(counted.where(*mine).group_by(occurrences.c.incident_id)).all())


def _scope_value(connection: Connection, about: About, incident: Row[*tuple[Any, ...]], finding: Row[*tuple[Any, ...]]) -> str:
    if about.scope == "rule":
        return _rule(connection, about, incident, finding.ledger_seq)
    if about.scope == "chat":
        value = f"{finding.connector}/{finding.conversation}" if finding.conversation else None
    else:
        value = incident.person or (f"{incident.connector}/{incident.sender}" if incident.sender else None)
    if value is None:
        raise Conflict("it is not known whose or which this is", code="scope_unknown", pointer="/scope")
    return value


def _rule(connection: Connection, about: About, incident: Row[*tuple[Any, ...]], ledger_seq: int) -> str:
    broken = select(occurrences.c.policy, occurrences.c.rule).where(occurrences.c.ledger_seq == ledger_seq)
    rules = {f"{row.policy}/{row.rule}" for row in connection.execute(broken)}
    wanted = about.rule or f"{incident.policy}/{incident.rule}"
    if wanted not in rules:
        raise UsageError("the message did not break this rule", code="rule", pointer="/rule", rules=sorted(rules))
    return wanted


def _in_scope(subject: Subject) -> ColumnElement[bool]:
    connector, _, rest = subject.scope_value.partition("/")
    if subject.scope == "rule":
        return (occurrences.c.policy == connector) & (occurrences.c.rule == rest)
    if subject.scope == "chat":
        return (ledger.c.connector == connector) & (ledger.c.conversation == rest)
    by_account = (incidents.c.connector == connector) & (incidents.c.sender == rest)
    return (incidents.c.person == subject.scope_value) | by_account
