"""Writes what was decided about messages into the record, all of a batch in one transaction.

One row of the ledger for each message identity, however often it is sent; its gaps, findings and occurrences, its incident,
the sealed message, the actions and holds planned for it, and the hour's sums.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import uuid_utils
from sqlalchemy import Connection, or_, select, text

from dlp.records import Decision, Finding, Inspection, Message, Reason, RuleHit, Surroundings, Text
from dlp.store.audit import leaf
from dlp.store.bulk import ask, insert_rows
from dlp.store.incident_upsert import Occasion, absorb
from dlp.store.messenger_actions import Acted, on_verdict
from dlp.store.revisions import Placed, placed
from dlp.store.snippet import TERM, snippets_of
from dlp.store.sums import add_to_sums, hour_of
from dlp.store.tables.record import findings, gaps, ledger, occurrences
from dlp.store.vault.vault import Item

if TYPE_CHECKING:
    from dlp.store.vault.keys import Keys
    from dlp.store.vault.vault import Vault

_TWINS_WITHIN = timedelta(minutes=5)
_LONGEST_DETAIL = 256
_LEDGER_LOCK = 0x646C7004


class Decided(NamedTuple):
    """One message and everything decided about it.

    `hidden` are findings nobody asked for, masked all the same in what people see.
    `shown` says for each finding whether a rule that was hit asked for it. `accepted` is True where the intake has counted
    the message already. `body` is the message as the vault keeps it, empty where it is not to be kept.
    """

    message: Message
    connector: str
    door: str
    received_at: datetime
    inspection: Inspection
    texts: tuple[Text, ...] = ()
    hidden: tuple[Finding, ...] = ()
    shown: tuple[bool, ...] = ()
    surroundings: Surroundings | None = None
    policy_version: int = 0
    body: bytes = b""
    case_id: str | None = None
    accepted: bool = False
    callback: str | None = None
    content: bytes | None = None  # made while it is recorded


class Recorded(NamedTuple):
    """What stands in the record now. `duplicate`: it stood there before, and the earlier verdict is told."""

    ledger_seq: int
    decision: Decision
    would: Decision
    decided_by: str
    duplicate: bool = False
    incident: str | None = None
    hold: str | None = None


def day_of(moment: datetime) -> int:
    """Days since 1970 in UTC."""
    return int(moment.timestamp() // 86400)


def record(connection: Connection, decided: Sequence[Decided], keys: Keys, vault: Vault, now: datetime) -> list[Recorded]:
    """Writes all of `decided`, in order; tells for each what stands in the record."""
    pen = _Pen(connection, keys, now)
    decided, places = _placed(pen, decided)
    identities = [place.identity for place in places]
    first: dict[bytes, int] = {}
    for place, identity in enumerate(identities):
        first.setdefault(identity, place)
    seqs = _write_ledger(pen, [(identity, decided[place]) for identity, place in first.items() if not places[place].known])
    known = _verdicts_of(connection, [identity for identity in first if identity not in seqs])
    new = [(seqs[identity], decided[place]) for identity, place in first.items() if identity in seqs]
    _write_gaps(connection, new)
    snippets = _write_findings(pen, new)
    followed = {seq: _follow(pen, seq, one, snippets[seq]) for seq, one in new if _is_hit(one)}
    vault.put(connection, [item for seq, one in new for item in _items(seq, one)], now)
    told = {identity: _told(seqs[identity], decided[place], followed) for identity, place in first.items() if identity in seqs}
    answers = [
        known.get(identity) or told[identity]._replace(duplicate=first[identity] != place)
        for place, identity in enumerate(identities)
    ]
    _write_sums(connection, decided, answers)
    return answers


def _placed(pen: _Pen, decided: Sequence[Decided]) -> tuple[list[Decided], list[Placed]]:
    """Each message in its own revision, with the digest of what it says."""
    if pen.connection.dialect.name != "sqlite":
        # Rows get their numbers in the order they are committed in, and nobody else asks whether a message is new.
        pen.connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LEDGER_LOCK})
    found = placed(pen.connection, [(one.connector, one.message) for one in decided], pen.keys)
    settled = [one._replace(message=place.message, content=place.content) for one, place in zip(decided, found, strict=True)]
    return settled, found


class _Pen(NamedTuple):
    """What every part of one recording writes with."""

    connection: Connection
    keys: Keys
    now: datetime


def _told(seq: int, one: Decided, followed: dict[int, tuple[str | None, str | None]]) -> Recorded:
    verdict = one.inspection.verdict
    return Recorded(seq, verdict.decision, verdict.would, one.inspection.decided_by, False, *followed.get(seq, (None, None)))


def _is_hit(one: Decided) -> bool:
    return bool(one.inspection.judgement.hits or one.inspection.suppressed)


def _write_ledger(pen: _Pen, new: list[tuple[bytes, Decided]]) -> dict[bytes, int]:
    """The rows' numbers by identity."""
    connection = pen.connection
    seqs = _next_seqs(connection, len(new))
    senders: dict[str, bytes] = {}
    rows = [_ledger_row(identity, one, pen, senders) | {"seq": seq} for seq, (identity, one) in zip(seqs, new, strict=True)]
    insert_rows(connection, ledger, rows)
    return {identity: seq for seq, (identity, _) in zip(seqs, new, strict=True)}


def _next_seqs(connection: Connection, count: int) -> Sequence[int]:
    """Numbers no row had before, not even one that was removed."""
    if connection.dialect.name == "sqlite":
        last = sum(seq for (seq,) in ask(connection, "SELECT seq FROM sqlite_sequence WHERE name = 'ledger'"))
        return range(last + 1, last + 1 + count)
    numbers = text("SELECT nextval(pg_get_serial_sequence('ledger', 'seq')) FROM generate_series(1, :count)")
    return connection.scalars(numbers, {"count": count}).all()


def _ledger_row(identity: bytes, one: Decided, pen: _Pen, senders: dict[str, bytes]) -> dict[str, Any]:
    message, inspection = one.message, one.inspection
    scan, judgement, verdict = inspection.scan, inspection.judgement, inspection.verdict
    counts = {"findings": len(scan.findings), "hits": len(judgement.hits), "gaps": len(scan.gaps)}
    proof = leaf.Decided(
        identity=identity,
        connector=one.connector,
        received_at=one.received_at,
        decided_at=pen.now,
        decision=int(verdict.decision),
        would=int(verdict.would),
        severity=None if verdict.severity is None else int(verdict.severity),
        decided_by=inspection.decided_by,
        policy_version=one.policy_version,
        **counts,
    )
    return {
        **proof._asdict(),
        "conversation": message.conversation,
        "message": message.id,
        "revision": message.revision,
        "door": one.door,
        "case_id": one.case_id,
        "occurred_at": message.occurred_at,
        "sender": _sender(message.sender, pen.keys, senders),
        "content": one.content,
        "twin": _twin(one, pen.keys) if _is_hit(one) else None,
        "leaf": leaf.leaf_of(proof),
    }


def _sender(account: str | None, keys: Keys, known: dict[str, bytes]) -> bytes | None:
    """The keyed digest of an account, by which all messages of one person are found."""
    if not account:
        return None
    found = known.get(account)
    if found is None:
        found = known[account] = keys.digest("SENDER", account)
    return found


def _twin(one: Decided, keys: Keys) -> bytes | None:
    """What the same message has in common through every door; None where nobody knows who wrote it."""
    person = (one.surroundings.sender_person if one.surroundings else None) or one.message.sender
    if not person:
        return None
    folded = " ".join(" ".join(text.text for text in one.texts).casefold().split())
    return keys.twin(folded, tuple(file.name for file in one.message.attachments), person)


def _verdicts_of(connection: Connection, identities: list[bytes]) -> dict[bytes, Recorded]:
    """The verdicts that stood in the ledger before, with their incident."""
    if not identities:
        return {}
    columns = (ledger.c.identity, ledger.c.seq, ledger.c.decision, ledger.c.would, ledger.c.decided_by)
    rows = connection.execute(select(*columns).where(ledger.c.identity.in_(identities))).all()
    of = select(occurrences.c.ledger_seq, occurrences.c.incident_id).where(
        occurrences.c.ledger_seq.in_([row.seq for row in rows]), occurrences.c.incident_id.is_not(None)
    )
    incidents = {row.ledger_seq: row.incident_id for row in connection.execute(of)}
    return {
        bytes(row.identity): Recorded(
            row.seq, Decision(row.decision), Decision(row.would), row.decided_by, duplicate=True, incident=incidents.get(row.seq)
        )
        for row in rows
    }


def _write_gaps(connection: Connection, new: list[tuple[int, Decided]]) -> None:
    rows = [
        {
            "ledger_seq": seq,
            "connector": one.connector,
            "received_at": one.received_at,
            "origin": gap.origin[:512],
            "reason": gap.reason.value,
            "detail": gap.detail[:_LONGEST_DETAIL],
            "state": "open",
        }
        for seq, one in new
        for gap in one.inspection.scan.gaps
    ]
    insert_rows(connection, gaps, rows)


def _write_findings(pen: _Pen, new: list[tuple[int, Decided]]) -> dict[int, tuple[str, ...]]:
    """Writes the findings of messages a rule was hit by; their snippets' texts by ledger number."""
    rows: list[dict[str, Any]] = []
    texts: dict[int, tuple[str, ...]] = {}
    for seq, one in new:
        if not _is_hit(one):
            continue
        found = (*one.inspection.scan.findings, *_terms(one))
        shown = (*one.shown, *(True,) * (len(found) - len(one.shown)))
        snippets = {snippet.first: snippet.text for snippet in snippets_of(one.texts, found, shown, one.hidden)}
        texts[seq] = tuple(snippets.values())
        rows += [_finding_row(seq, number, finding, snippets.get(number), pen.keys) for number, finding in enumerate(found)]
    insert_rows(pen.connection, findings, rows)
    return texts


def _terms(one: Decided) -> Iterable[Finding]:
    """The words of policies as findings, one a place."""
    places = {(hit.origin, hit.start, hit.end) for hit in one.inspection.scan.terms}
    return (Finding(TERM, "term", start, end, 1.0, origin, "") for origin, start, end in sorted(places))


def _finding_row(seq: int, number: int, finding: Finding, snippet: str | None, keys: Keys) -> dict[str, Any]:
    return {
        "ledger_seq": seq,
        "ordinal": number,
        "entity": finding.entity,
        "detector": finding.detector,
        "origin": finding.origin[:512],
        "start": finding.start,
        "end": finding.end,
        "confidence": finding.confidence,
        "why": finding.why[:_LONGEST_DETAIL],
        "digest": keys.digest(finding.entity, finding.value) if finding.entity != TERM else None,
        "snippet": snippet,
    }


def _follow(pen: _Pen, seq: int, one: Decided, snippets: tuple[str, ...]) -> tuple[str | None, str | None]:
    """What follows a hit: its incident, alerts, a hold, occurrences. The incident's and the hold's id."""
    hits = one.inspection.judgement.hits
    incident = hold = None
    if hits:
        twin = None if one.case_id else _twin_incident(pen, seq, one)
        where, case = one.surroundings, one.case_id
        occasion = Occasion(seq, one.connector, one.message, one.inspection, where, case, twin, one.callback, snippets)
        incident, hold = absorb(pen.connection, occasion, pen.now)
        acted = Acted(seq, incident, one.connector, one.door, one.message, one.inspection)
        on_verdict(pen.connection, acted, pen.now)
    rows = [_occurrence_row(seq, one, hit, incident, None) for hit in hits]
    rows += [_occurrence_row(seq, one, suppressed.hit, None, suppressed.exception_id) for suppressed in one.inspection.suppressed]
    insert_rows(pen.connection, occurrences, rows)
    return incident, hold


def _twin_incident(pen: _Pen, seq: int, one: Decided) -> str | None:
    """The incident of the same message seen through another door within five minutes."""
    own = _twin(one, pen.keys)
    if own is None:
        return None
    query = (
        select(occurrences.c.incident_id)
        .join(ledger, ledger.c.seq == occurrences.c.ledger_seq)
        .where(
            ledger.c.twin == own,
            ledger.c.seq != seq,
            or_(ledger.c.connector != one.connector, ledger.c.door != one.door),
            ledger.c.received_at >= one.received_at - _TWINS_WITHIN,
            ledger.c.received_at <= one.received_at + _TWINS_WITHIN,
            ledger.c.case_id.is_(None),
            occurrences.c.incident_id.is_not(None),
        )
    )
    found: str | None = pen.connection.execute(query.limit(1)).scalar()
    return found


def _occurrence_row(seq: int, one: Decided, hit: RuleHit, incident: str | None, exception: str | None) -> dict[str, Any]:
    return {
        "id": str(uuid_utils.uuid7()),
        "ledger_seq": seq,
        "incident_id": incident,
        "policy": hit.policy,
        "rule": hit.rule,
        "severity": int(hit.severity),
        "mode": hit.mode.value,
        "decision": int(hit.decision),
        "by_unknown": hit.by_unknown,
        "reason": None if hit.reason is None else reason_json(hit.reason),
        "law": " ".join(hit.law)[:512],
        "exception_id": exception,
        "received_at": one.received_at,
    }


def reason_json(reason: Reason) -> dict[str, Any]:
    """The explanation tree as JSON: {condition, held, said, missing, parts}."""
    return {
        "condition": reason.condition,
        "held": reason.held,
        "said": reason.said,
        "missing": list(reason.missing),
        "parts": [reason_json(part) for part in reason.parts],
    }


def _items(seq: int, one: Decided) -> Iterable[Item]:
    if not one.body:
        return
    message = one.message
    yield Item(
        id=str(uuid_utils.uuid7()),
        ledger_seq=seq,
        day=day_of(one.received_at),
        connector=one.connector,
        conversation=message.conversation,
        message=message.id,
        revision=message.revision,
        kind="message",
        part=0,
        clean=int(is_clean(one.inspection)),
        plain=one.body,
    )


def is_clean(inspection: Inspection) -> bool:
    """Whether nothing was found that anybody will want to see again."""
    return not (inspection.judgement.hits or inspection.suppressed or inspection.scan.gaps)


def _write_sums(connection: Connection, decided: Sequence[Decided], answers: Sequence[Recorded]) -> None:
    counts: Counter[tuple[datetime, str, str]] = Counter()
    for one, answer in zip(decided, answers, strict=True):
        hour = hour_of(one.received_at)
        if not one.accepted:
            counts[hour, one.connector, "accepted"] += 1
        for measure in ("duplicate",) if answer.duplicate else _measures(one.inspection):
            counts[hour, one.connector, measure] += 1
    add_to_sums(connection, counts)


def _measures(inspection: Inspection) -> Iterable[str]:
    verdict = inspection.verdict
    yield f"decision:{verdict.decision.label}"
    if verdict.would != verdict.decision:
        yield f"would:{verdict.would.label}"
    if inspection.decided_by != "policy":
        yield f"by:{inspection.decided_by}"
    for reason in {gap.reason.value for gap in inspection.scan.gaps}:
        yield f"gap:{reason}"
