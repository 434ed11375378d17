"""What people do to an incident; each act is one function and writes its history, the audit chain and the log of changes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, insert, select, update

from dlp.errors import Conflict, NotFound, UsageError
from dlp.store.actor import Actor
from dlp.store.audit import chain
from dlp.store.changes import changed
from dlp.store.columns import microseconds, moment_of
from dlp.store.incidents import states
from dlp.store.search import index
from dlp.store.search.query import Viewer
from dlp.store.tables.access import users
from dlp.store.tables.record import incident_history, incidents

LONGEST_COMMENT: Final = 10_000
MOST_TAGS: Final = 16
_TAG: Final = re.compile(r"[\w.-]{1,32}")
_MOMENTS: Final = frozenset({"due_at", "snoozed_until", "resolved_at", "opened_at"})
# What adds to an incident without changing what was decided about it: no reason to refuse somebody's decision.
_ADDS: Final = frozenset({"commented", "opened", "revealed"})


class Hand(NamedTuple):
    """Whoever acts, what they may see, and the version they looked at (None: whatever it is); `bulk` names the job acted for."""

    actor: Actor
    viewer: Viewer
    version: int | None = None
    bulk: str | None = None


class Done(NamedTuple):
    """An incident after an act: its version, its state, and the entry of its history (None: nothing was to be done)."""

    id: str
    number: int
    version: int
    state: str
    event: int | None


def find(connection: Connection, id: str, viewer: Viewer) -> Row[Any]:
    """An incident by its id or by its number as people say it ("INC-10482"). Raises NotFound, also where it is not to be seen."""
    number = id.upper().removeprefix("INC-")
    by_number = number.isascii() and number.isdigit() and len(number) < 18
    found = select(incidents).where(incidents.c.number == int(number) if by_number else incidents.c.id == id)
    row = connection.execute(found).first()
    if row is None or (viewer.departments is not None and row.department not in viewer.departments):
        raise NotFound("there is no such incident", code="incident")
    return row


def assign(connection: Connection, id: str, to: str | None, hand: Hand, now: datetime) -> Done:
    """Gives an incident to a user, or to nobody."""
    row = opened_for(connection, id, hand)
    if to is not None:
        _known_user(connection, to)
    act = "unassigned" if to is None else "taken" if to == hand.actor.id else "assigned"
    states.allowed_in(act, row.state)
    state = states.OPENED if to is None else states.ASSIGNED if row.state == states.OPENED else row.state
    return carry_out(connection, row, Act(act, {"assignee": to, "state": state}, hand, now))


def start_review(connection: Connection, id: str, hand: Hand, now: datetime) -> Done:
    """Somebody looks at it now; nobody's incident becomes theirs."""
    row = opened_for(connection, id, hand)
    step = states.allowed_in("review_started", row.state)
    return carry_out(
        connection, row, Act("review_started", {"state": step.after, "assignee": row.assignee or hand.actor.id}, hand, now)
    )


class Resolution(NamedTuple):
    """Why an incident is resolved, in a code and in words."""

    reason: str
    comment: str = ""


def resolve(connection: Connection, id: str, resolution: Resolution, hand: Hand, now: datetime) -> Done:
    """Ends the work on an incident with a reason."""
    row = opened_for(connection, id, hand)
    states.allowed_in("resolved", row.state)
    fields = {
        "state": states.state_after(resolution.reason),
        "resolution": resolution.reason,
        "resolved_at": now,
        "resolved_by": hand.actor.id,
        "snoozed_until": None,
    }
    return carry_out(connection, row, Act("resolved", fields, hand, now, _comment(resolution.comment)))


def close(connection: Connection, id: str, hand: Hand, now: datetime) -> Done:
    """What had to follow a resolved incident was done."""
    row = opened_for(connection, id, hand)
    step = states.allowed_in("closed", row.state)
    return carry_out(connection, row, Act("closed", {"state": step.after}, hand, now))


def reopen(connection: Connection, id: str, comment: str, hand: Hand, now: datetime) -> Done:
    """Takes the work on a resolved incident up again."""
    row = opened_for(connection, id, hand)
    states.allowed_in("reopened", row.state)
    fields = {
        "state": states.ASSIGNED if row.assignee else states.OPENED,
        "resolution": None,
        "resolved_at": None,
        "resolved_by": None,
    }
    return carry_out(connection, row, Act("reopened", fields, hand, now, _comment(comment)))


def comment(connection: Connection, id: str, text: str, hand: Hand, now: datetime) -> Done:
    """Says something about an incident; the words become findable."""
    row = opened_for(connection, id, hand._replace(version=None))
    if not text.strip():
        raise UsageError("a comment says something", code="empty", pointer="/text")
    return carry_out(connection, row, Act("commented", {}, hand, now, _comment(text)))


def tag(connection: Connection, id: str, tags: Iterable[str], hand: Hand, now: datetime) -> Done:
    """Sets an incident's tags; a tag is letters, digits, `.`, `-` and `_`."""
    row = opened_for(connection, id, hand)
    return carry_out(connection, row, Act("tagged", {"tags": tags_text(tags)}, hand, now))


def add_tags(connection: Connection, id: str, tags: Iterable[str], hand: Hand, now: datetime) -> Done:
    """Adds tags to those an incident has."""
    row = opened_for(connection, id, hand)
    return carry_out(connection, row, Act("tagged", {"tags": tags_text([*row.tags.split(), *tags])}, hand, now))


def remove_tags(connection: Connection, id: str, tags: Iterable[str], hand: Hand, now: datetime) -> Done:
    """Takes tags away."""
    row, unwanted = opened_for(connection, id, hand), set(tags_text(tags).split())
    kept = [name for name in row.tags.split() if name not in unwanted]
    return carry_out(connection, row, Act("tagged", {"tags": tags_text(kept)}, hand, now))


def snooze(connection: Connection, id: str, until: datetime | None, hand: Hand, now: datetime) -> Done:
    """Puts an incident aside until a time; None takes it up again."""
    row = opened_for(connection, id, hand)
    states.allowed_in("snoozed", row.state)
    if until is not None and until <= now:
        raise UsageError("that time is over", code="past", pointer="/snoozed_until")
    return carry_out(connection, row, Act("snoozed", {"snoozed_until": until}, hand, now))


def set_due(connection: Connection, id: str, due: datetime | None, hand: Hand, now: datetime) -> Done:
    """Sets until when somebody should have looked."""
    row = opened_for(connection, id, hand)
    states.allowed_in("due_set", row.state)
    return carry_out(connection, row, Act("due_set", {"due_at": due}, hand, now))


def tags_text(tags: Iterable[str]) -> str:
    """Tags as they are stored: lower-cased, sorted, each once. Raises UsageError."""
    names = sorted({name.lower() for name in tags})
    wrong = [name for name in names if not _TAG.fullmatch(name)]
    if wrong or len(names) > MOST_TAGS or len(" ".join(names)) > 512:
        raise UsageError("a tag is up to 32 letters, digits, dots and hyphens", code="tag", pointer="/tags", most=MOST_TAGS)
    return " ".join(names)


def opened_for(connection: Connection, id: str, hand: Hand) -> Row[Any]:
    """An incident to act on. Raises NotFound, and Conflict where somebody decided something since the version looked at."""
    row = find(connection, id, hand.viewer)
    if row.merged_into is not None:
        raise Conflict("the incident was merged into another", code="merged", into=row.merged_into)
    if hand.version is not None and hand.version != row.version:
        since = _decided_since(connection, row.id, hand.version)
        if since or hand.version > row.version:
            raise Conflict("somebody was faster", code="precondition_failed", version=row.version, changes=since)
    return row


class Act(NamedTuple):
    """One act: its name, the fields it sets, who does it and when.

    `comment` is findable; `more` is what the history is to hold beside; `undoes` names the entry this one takes back.
    """

    name: str
    fields: Mapping[str, Any]
    hand: Hand
    now: datetime
    comment: str = ""
    more: Mapping[str, Any] = {}
    undoes: int | None = None


def carry_out(connection: Connection, row: Row[Any], act: Act) -> Done:
    """Changes an incident's fields and writes who did it; an act that changes nothing leaves no trace."""
    before = {name: getattr(row, name) for name in act.fields if getattr(row, name) != act.fields[name]}
    if not (before or act.comment or act.more or act.undoes):
        return Done(row.id, row.number, row.version, row.state, None)
    after = {name: act.fields[name] for name in before}
    version, actor = row.version + 1, act.hand.actor
    values = {**after, "version": version, "updated_at": act.now}
    changed_rows = connection.execute(
        update(incidents).where(incidents.c.id == row.id, incidents.c.version == row.version).values(values)
    )
    if changed_rows.rowcount != 1:
        raise Conflict("somebody was faster", code="precondition_failed", version=row.version, changes=[])
    details: dict[str, Any] = {"version": version, "before": told(before), "after": told(after), **act.more}
    details |= {"comment": act.comment} if act.comment else {}
    details |= {"bulk": act.hand.bulk} if act.hand.bulk else {}
    entry = {"incident_id": row.id, "at": act.now, "actor": actor.id, "act": act.name, "details": details, "undoes": act.undoes}
    event = int(connection.execute(insert(incident_history).values(entry).returning(incident_history.c.id)).scalar_one())
    if act.comment:
        index.add_many(connection, [index.Words(row.id, act.comment, history_id=event)])
    audited = {"event": event, "version": version, **({"undoes": act.undoes} if act.undoes else {})}
    chain.append(connection, actor, f"incident.{act.name}", f"incident:{row.id}", audited, act.now)
    changed(connection, "incident", row.id, version, act.now)
    return Done(row.id, row.number, version, after.get("state", row.state), event)


def told(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields as the history holds them: times in microseconds."""
    return {name: microseconds(value) if isinstance(value, datetime) else value for name, value in fields.items()}


def untold(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields the history holds, as the table takes them."""
    return {name: moment_of(value) if name in _MOMENTS and value is not None else value for name, value in fields.items()}


def _decided_since(connection: Connection, id: str, version: int) -> list[dict[str, Any]]:
    """Who decided what after a version; what only added to the incident is left out."""
    found = (
        select(incident_history)
        .where(incident_history.c.incident_id == id, incident_history.c.act.not_in(_ADDS))
        .order_by(incident_history.c.id)
    )
    return [
        {"at": entry.at.isoformat(), "actor": entry.actor, "act": entry.act, "after": entry.details.get("after", {})}
        for entry in connection.execute(found)
        if entry.details.get("version", 0) > version
    ]


def _known_user(connection: Connection, id: str) -> None:
    found = connection.execute(select(users.c.state).where(users.c.id == id)).scalar()
    if found != "active":
        raise UsageError("nobody of that id works here", code="unknown_user", pointer="/assignee")


def _comment(text: str) -> str:
    if len(text) > LONGEST_COMMENT:
        raise UsageError("the comment is too long", code="too_long", pointer="/comment", most=LONGEST_COMMENT)
    return text.strip()
