"""One incident as officers read it: what was found where, why, what was done; masked, never the messages themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, Table, distinct, func, select

from dlp.store.incidents.work import find
from dlp.store.search.conditions import visible
from dlp.store.search.query import Viewer
from dlp.store.snippet import MARK
from dlp.store.tables.access import users
from dlp.store.tables.duties import holds
from dlp.store.tables.record import actions, findings, gaps, incident_history, incidents, ledger, occurrences

MESSAGES: Final = 20
_ALIKE: Final = 20
_Row = Row[Any]


class Segment(NamedTuple):
    """A piece of masked text: plain, or the mark of a finding by its number, entity and shape."""

    text: str
    mark: int | None = None
    entity: str = ""


class Seen(NamedTuple):
    """One message of an incident: its ledger row, the masked surroundings of what was found, and why it was a hit."""

    ledger: _Row
    snippets: tuple[tuple[str, tuple[Segment, ...]], ...]
    findings: tuple[_Row, ...]
    gaps: tuple[_Row, ...]
    occurrences: tuple[_Row, ...]


class Detail(NamedTuple):
    """Everything about an incident but its history; `more` goes on to its earlier messages."""

    incident: _Row
    messages: tuple[Seen, ...]
    more: int | None
    holds: tuple[_Row, ...]
    actions: tuple[_Row, ...]


class Alike(NamedTuple):
    """Incidents that share something with one: how many, of how many people, and the latest of them."""

    incidents: int
    people: int
    latest: tuple[_Row, ...]


def detail(connection: Connection, id: str, viewer: Viewer) -> Detail:
    """An incident with its latest messages."""
    row = find(connection, id, viewer)
    messages, more = messages_of(connection, row.id)
    acted = select(actions).where(actions.c.incident_id == row.id).order_by(actions.c.created_at)
    held = select(holds).where(holds.c.incident_id == row.id).order_by(holds.c.created_at)
    return Detail(row, messages, more, tuple(connection.execute(held)), tuple(connection.execute(acted)))


def messages_of(
    connection: Connection, id: str, before: int | None = None, limit: int = MESSAGES
) -> tuple[tuple[Seen, ...], int | None]:
    """An incident's messages, the latest first, from before a ledger number; and where the next ones begin."""
    of = select(occurrences.c.ledger_seq).where(occurrences.c.incident_id == id).distinct()
    if before is not None:
        of = of.where(occurrences.c.ledger_seq < before)
    seqs = list(connection.execute(of.order_by(occurrences.c.ledger_seq.desc()).limit(limit + 1)).scalars())
    more, seqs = (seqs[limit - 1] if len(seqs) > limit else None), seqs[:limit]
    rows = {row.seq: row for row in connection.execute(select(ledger).where(ledger.c.seq.in_(seqs)))}
    found = _by_message(connection, findings, seqs)
    gap_rows = _by_message(connection, gaps, seqs)
    broken = _by_message(connection, occurrences, seqs)
    return tuple(
        Seen(
            rows[seq],
            _snippets(found[seq]),
            tuple(found[seq]),
            tuple(gap_rows[seq]),
            tuple(one for one in broken[seq] if one.incident_id == id),
        )
        for seq in seqs
    ), more


def segments_of(text: str) -> tuple[Segment, ...]:
    """A masked text in pieces."""
    pieces, at = [], 0
    for mark in MARK.finditer(text):
        pieces += [Segment(text[at : mark.start()])] if mark.start() > at else []
        number, entity, shape = mark.groups()
        pieces.append(Segment(shape, int(number) if number else None, entity))
        at = mark.end()
    return (*pieces, Segment(text[at:])) if at < len(text) else tuple(pieces)


def history_of(connection: Connection, id: str, viewer: Viewer) -> list[_Row]:
    """Everything done to an incident in order, with `name` of who did it (None: not a person)."""
    row = find(connection, id, viewer)
    entries = (
        select(incident_history, users.c.name)
        .outerjoin(users, users.c.id == incident_history.c.actor)
        .where(incident_history.c.incident_id == row.id)
        .order_by(incident_history.c.id)
    )
    return list(connection.execute(entries))


def same_value(connection: Connection, row: _Row, viewer: Viewer) -> tuple[Alike, tuple[str, ...]]:
    """Other incidents where one of this incident's values was found, and those values' digests as filters take them."""
    own = (
        select(findings.c.digest)
        .join(occurrences, occurrences.c.ledger_seq == findings.c.ledger_seq)
        .where(occurrences.c.incident_id == row.id, findings.c.digest.is_not(None))
        .distinct()
    )
    digests = tuple(bytes(digest).hex() for digest in connection.execute(own).scalars())
    shared = (
        select(occurrences.c.incident_id)
        .join(findings, findings.c.ledger_seq == occurrences.c.ledger_seq)
        .where(findings.c.digest.in_(own), occurrences.c.incident_id.is_not(None))
    )
    return _alike(connection, row, viewer, incidents.c.id.in_(shared)), digests


def same_rule_and_person(connection: Connection, row: _Row, viewer: Viewer) -> Alike:
    """Other incidents of the same rule by the same person, or by the same account where the person is not known."""
    who = incidents.c.person == row.person if row.person is not None else incidents.c.sender == row.sender
    return _alike(connection, row, viewer, incidents.c.policy == row.policy, incidents.c.rule == row.rule, who)


def _alike(connection: Connection, row: _Row, viewer: Viewer, *where: Any) -> Alike:
    conditions = (incidents.c.id != row.id, incidents.c.merged_into.is_(None), *visible(viewer), *where)
    counted = select(func.count(), func.count(distinct(func.coalesce(incidents.c.person, incidents.c.sender)))).where(*conditions)
    count, people = connection.execute(counted).one()
    latest = select(incidents).where(*conditions).order_by(incidents.c.number.desc()).limit(_ALIKE)
    return Alike(count, people, tuple(connection.execute(latest)))


class Neighbourhood(NamedTuple):
    """The ledger rows of one message and of those sent before and after it in its chat, in the chat's order."""

    before: tuple[_Row, ...]
    message: _Row
    after: tuple[_Row, ...]


def neighbours_of(connection: Connection, row: _Row, seq: int | None, *, before: int, after: int) -> Neighbourhood | None:
    """What surrounds a message of an incident in its chat (its latest where none is named); None where it has none."""
    of = select(ledger).join(occurrences, occurrences.c.ledger_seq == ledger.c.seq).where(occurrences.c.incident_id == row.id)
    if seq is not None:
        of = of.where(ledger.c.seq == seq)
    message = connection.execute(of.order_by(ledger.c.seq.desc()).limit(1)).first()
    if message is None or message.conversation is None:
        return None if message is None else Neighbourhood((), message, ())
    moment = func.coalesce(ledger.c.occurred_at, ledger.c.received_at)
    at: datetime = message.occurred_at or message.received_at
    here = (ledger.c.connector == message.connector, ledger.c.conversation == message.conversation, ledger.c.seq != message.seq)
    earlier = (moment < at) | ((moment == at) & (ledger.c.seq < message.seq))
    preceding = select(ledger).where(*here, earlier).order_by(moment.desc(), ledger.c.seq.desc()).limit(before)
    later = (moment > at) | ((moment == at) & (ledger.c.seq > message.seq))
    following = select(ledger).where(*here, later).order_by(moment, ledger.c.seq).limit(after)
    return Neighbourhood(tuple(connection.execute(preceding))[::-1], message, tuple(connection.execute(following)))


def deletions_of(connection: Connection, id: str, seq: int) -> list[datetime]:
    """When our deletions of a message were carried out."""
    done = select(actions.c.updated_at).where(
        actions.c.incident_id == id, actions.c.ledger_seq == seq, actions.c.state == "done", actions.c.kind.endswith(".delete")
    )
    return list(connection.execute(done).scalars())


def released_at(connection: Connection, seq: int) -> datetime | None:
    """When a held message was let go, by a person or by its time; None where it was not."""
    found = select(func.coalesce(holds.c.decided_at, holds.c.expires_at)).where(
        holds.c.ledger_seq == seq, holds.c.outcome == "release", holds.c.state != "waiting"
    )
    moment: datetime | None = connection.execute(found.limit(1)).scalar()
    return moment


def _by_message(connection: Connection, table: Table, seqs: Sequence[int]) -> dict[int, list[_Row]]:
    grouped: dict[int, list[_Row]] = defaultdict(list)
    for row in connection.execute(select(table).where(table.c.ledger_seq.in_(seqs)).order_by(table.c.id)):
        grouped[row.ledger_seq].append(row)
    return grouped


def _snippets(found: Sequence[_Row]) -> tuple[tuple[str, tuple[Segment, ...]], ...]:
    return tuple((one.origin, segments_of(one.snippet)) for one in found if one.snippet)
