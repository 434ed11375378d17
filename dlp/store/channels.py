"""The channels alerts go out by, and how the other sides of all actions are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import uuid_utils
from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from dlp.errors import Conflict, NotFound
from dlp.store.actor import Actor
from dlp.store.audit import chain
from dlp.store.changes import changed
from dlp.store.tables.duties import alert_routes, channel_health, channels

DOWN_AFTER: Final = 3  # failures in a row
_FIRST_REST: Final = timedelta(seconds=30)
_LONGEST_REST: Final = timedelta(minutes=5)
_LONGEST_ANSWER: Final = 500


class Channel(NamedTuple):
    """An installed channel; `secret_names` tells which secrets it has, never what they are."""

    id: str
    kind: str
    title: str
    settings: Mapping[str, Any]
    secrets_sealed: bytes | None
    enabled: bool
    created_at: datetime
    updated_at: datetime


class Health(NamedTuple):
    """How another side is: `failures` in a row, and what it said last."""

    channel: str
    state: str  # working, down
    failures: int
    retry_at: datetime | None
    said: str
    changed_at: datetime
    at: datetime


class Written(NamedTuple):
    """A channel as a person writes it; `secrets_sealed` None keeps the secrets there are."""

    kind: str
    title: str
    settings: Mapping[str, Any]
    secrets_sealed: bytes | None = None
    enabled: bool = True


_COLUMNS = tuple(channels.c[name] for name in Channel._fields)
_HEALTH = tuple(channel_health.c[name] for name in Health._fields)


def new_id() -> str:
    """An id for a channel to come: its secrets are sealed for this id."""
    return str(uuid_utils.uuid7())


def purpose(channel_id: str) -> str:
    """What a channel's secrets are sealed for: another channel's cannot be put in their place."""
    return f"channel:{channel_id}"


def key_of(channel_id: str) -> str:
    """A channel as `actions` and `channel_health` name it."""
    return f"channel:{channel_id}"


def create(connection: Connection, channel_id: str, written: Written, *, actor: Actor, now: datetime) -> Channel:
    """Adds a channel."""
    row = {**written._asdict(), "settings": dict(written.settings), "id": channel_id, "created_at": now, "updated_at": now}
    connection.execute(insert(channels).values(row))
    _note(connection, actor, "channel.created", (channel_id, written), now)
    return channel(connection, channel_id)


def change(connection: Connection, channel_id: str, written: Written, *, actor: Actor, now: datetime) -> Channel:
    """Replaces a channel's title, settings and, where told, secrets; it is tried afresh. Raises NotFound, Conflict."""
    before = channel(connection, channel_id)
    if before.kind != written.kind:
        raise Conflict("a channel's kind does not change", code="channel_kind", kind=before.kind)
    sealed = before.secrets_sealed if written.secrets_sealed is None else written.secrets_sealed
    row = {**written._asdict(), "settings": dict(written.settings), "secrets_sealed": sealed, "updated_at": now}
    connection.execute(update(channels).where(channels.c.id == channel_id).values(row))
    connection.execute(delete(channel_health).where(channel_health.c.channel == key_of(channel_id)))
    _note(connection, actor, "channel.changed", (channel_id, written), now)
    return channel(connection, channel_id)


def remove(connection: Connection, channel_id: str, *, actor: Actor, now: datetime) -> None:
    """Takes a channel away that no route names. Raises NotFound, Conflict."""
    found = channel(connection, channel_id)
    for route in connection.execute(select(alert_routes.c.title, alert_routes.c.channels, alert_routes.c.escalate_to)):
        if any(target.get("channel") == channel_id for target in (*route.channels, *(route.escalate_to or ()))):
            raise Conflict("a route still uses the channel", code="channel_in_use", route=route.title)
    connection.execute(delete(channels).where(channels.c.id == channel_id))
    connection.execute(delete(channel_health).where(channel_health.c.channel == key_of(channel_id)))
    _note(connection, actor, "channel.removed", (channel_id, Written(found.kind, found.title, {})), now)


def channel(connection: Connection, channel_id: str) -> Channel:
    """One channel. Raises NotFound."""
    row = connection.execute(select(*_COLUMNS).where(channels.c.id == channel_id)).first()
    if row is None:
        raise NotFound("there is no such channel")
    return Channel(*row)


def listed(connection: Connection) -> list[Channel]:
    """All channels, oldest first."""
    return [Channel(*row) for row in connection.execute(select(*_COLUMNS).order_by(channels.c.id))]


def health(connection: Connection) -> dict[str, Health]:
    """How each other side is, of those that were ever spoken to."""
    return {row.channel: Health(*row) for row in connection.execute(select(*_HEALTH))}


def note_attempt(connection: Connection, channel: str, said: str, *, works: bool, now: datetime) -> str:
    """Notes how an attempt went: "down" when the other side just became so, "up" when it just came back, "" otherwise."""
    if not channel:
        return ""
    before = connection.execute(select(*_HEALTH).where(channel_health.c.channel == channel)).first()
    was = Health(*before) if before else None
    if works and was is not None and not was.failures:
        return ""  # all is well, as before: nothing to write
    failures = 0 if works else (was.failures if was else 0) + 1
    state = "down" if failures >= DOWN_AFTER else "working"
    turned = state != (was.state if was else "working")
    row = {
        "channel": channel,
        "state": state,
        "failures": failures,
        "retry_at": now + _rest(failures) if state == "down" else None,
        "said": said[:_LONGEST_ANSWER],
        "changed_at": now if turned or was is None else was.changed_at,
        "at": now,
    }
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(channel_health).values(row)
    connection.execute(statement.on_conflict_do_update(index_elements=["channel"], set_=row))
    return ("down" if state == "down" else "up") if turned else ""


def is_down(connection: Connection, channel: str) -> bool:
    """Whether nothing has gone out by it lately although it should have."""
    return connection.execute(select(channel_health.c.state).where(channel_health.c.channel == channel)).scalar() == "down"


def _rest(failures: int) -> timedelta:
    times: int = 2 ** min(failures - DOWN_AFTER, 8)
    return min(_FIRST_REST * times, _LONGEST_REST)


def _note(connection: Connection, actor: Actor, act: str, written: tuple[str, Written], now: datetime) -> None:
    channel_id, told = written
    details = {"kind": told.kind, "title": told.title, "secrets": told.secrets_sealed is not None}
    chain.append(connection, actor, act, f"channel:{channel_id}", details, now)
    changed(connection, "channel", channel_id, 1, now)


def sealed_text(secrets: Mapping[str, str]) -> bytes:
    """Secrets as they are sealed."""
    return json.dumps(dict(secrets), sort_keys=True).encode()


def secrets_in(opened: bytes) -> dict[str, str]:
    """Secrets as `sealed_text` wrote them."""
    read: dict[str, str] = json.loads(opened)
    return read
