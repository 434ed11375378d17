"""Connectors: the messengers, proxies and programs messages come from, their modes and their sealed secrets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import Connection, insert, or_, select, update

from dlp.errors import Conflict, NotFound
from dlp.store.actor import Actor
from dlp.store.audit import chain
from dlp.store.changes import changed
from dlp.store.tables.duties import connectors

if TYPE_CHECKING:
    from dlp.store.vault.keys import Keys

API: Final = "api"  # the connector of messages that name none; it needs no row
_TOUCHED_AGAIN: Final = timedelta(seconds=5)
_CHANGEABLE: Final = frozenset(
    {
        "platform", "title", "zone", "mode", "fail", "keep_clean_days", "retention_days", "settings", "credentials_expire_at",
        "enabled",
    }
)  # fmt: skip


class HookKey(NamedTuple):
    """A key an in-house messenger signs with; until `ends_at` where another has taken its place."""

    id: str
    secret: str
    made_at: datetime
    ends_at: datetime | None = None

    def lives(self, now: datetime) -> bool:
        """Whether a signature made with it is taken."""
        return self.ends_at is None or now < self.ends_at


class Secrets(NamedTuple):
    """What only the other side and the vault know. `words` are by name: "bot_token", "secret_token"."""

    hook_keys: tuple[HookKey, ...] = ()
    words: Mapping[str, str] = {}


class Connector(NamedTuple):
    """One connector. `mode` is "observe" or "enforce"; `fail` "open" or "closed" is the answer when time is up."""

    name: str
    platform: str
    title: str = ""
    zone: str | None = None
    mode: str = "enforce"
    fail: str = "open"
    keep_clean_days: int = 30
    retention_days: int = 365
    settings: Mapping[str, Any] = {}
    credentials_expire_at: datetime | None = None
    enabled: bool = True
    created_at: datetime | None = None
    last_message_at: datetime | None = None


_COLUMNS = tuple(connectors.c[name] for name in Connector._fields)
_NOT_DESCRIBED = Connector(API, "other")


def every(connection: Connection) -> tuple[Connector, ...]:
    """All connectors by name."""
    return tuple(Connector(*row) for row in connection.execute(select(*_COLUMNS).order_by(connectors.c.name)))


def find(connection: Connection, name: str) -> Connector | None:
    """The connector of a name; "api" is there even where nobody has described it."""
    row = connection.execute(select(*_COLUMNS).where(connectors.c.name == name)).one_or_none()
    if row is None:
        return _NOT_DESCRIBED if name == API else None
    return Connector(*row)


def one(connection: Connection, name: str) -> Connector:
    """The connector of a name. Raises NotFound."""
    found = find(connection, name)
    if found is None:
        raise NotFound("there is no such connector", code="connector_not_found")
    return found


def keep_clean_days(connection: Connection) -> dict[str, int]:
    """How long each connector keeps messages in which nothing was found."""
    rows = connection.execute(select(connectors.c.name, connectors.c.keep_clean_days))
    return {row.name: row.keep_clean_days for row in rows}


def create(connection: Connection, actor: Actor, wanted: Connector, now: datetime) -> Connector:
    """A new connector. Raises Conflict where the name is taken."""
    if connection.execute(select(connectors.c.name).where(connectors.c.name == wanted.name)).first() is not None:
        raise Conflict("there is a connector of this name", code="connector_exists", pointer="/name")
    row = wanted._asdict() | {"settings": dict(wanted.settings), "created_at": now, "last_message_at": None}
    connection.execute(insert(connectors).values(row))
    details = {name: row[name] for name in ("platform", "mode", "fail", "keep_clean_days", "retention_days", "enabled")}
    note(connection, actor, ("connector.created", wanted.name), details, now)
    return one(connection, wanted.name)


def change(connection: Connection, actor: Actor, name: str, to: Mapping[str, Any], now: datetime) -> Connector:
    """Gives fields new values; the audit row holds the old and new ones, but for `settings`. Raises NotFound."""
    before = described(connection, actor, name, now)
    new = {field: value for field, value in to.items() if field in _CHANGEABLE and getattr(before, field) != value}
    if new:
        connection.execute(update(connectors).where(connectors.c.name == name).values(new))
        told = {
            field: "changed" if field == "settings" else [_plain(getattr(before, field)), _plain(value)]
            for field, value in new.items()
        }
        note(connection, actor, ("connector.changed", name), told, now)
    return one(connection, name)


def described(connection: Connection, actor: Actor, name: str, now: datetime) -> Connector:
    """The connector with a row of its own: whoever changes "api" describes it. Raises NotFound."""
    found = one(connection, name)
    return create(connection, actor, found, now) if found.created_at is None else found


def secrets_of(connection: Connection, keys: Keys, name: str) -> Secrets:
    """The opened secrets of a connector; empty where it has none."""
    sealed = connection.execute(select(connectors.c.secrets_sealed).where(connectors.c.name == name)).scalar()
    return Secrets() if sealed is None else _opened(keys, name, bytes(sealed))


def touch(connection: Connection, name: str, now: datetime) -> None:
    """Notes that a message came; at most every few seconds."""
    stale = or_(connectors.c.last_message_at.is_(None), connectors.c.last_message_at < now - _TOUCHED_AGAIN)
    connection.execute(update(connectors).where(connectors.c.name == name, stale).values(last_message_at=now))


def purpose_of(name: str) -> str:
    """What a connector's secrets are sealed for: a row copied over another's lends it nothing."""
    return f"connector:{name}"


def _opened(keys: Keys, name: str, sealed: bytes) -> Secrets:
    told = json.loads(keys.open(purpose_of(name), sealed))
    hook_keys = tuple(
        HookKey(key_id, secret, datetime.fromisoformat(made), ends and datetime.fromisoformat(ends))
        for key_id, secret, made, ends in told["hook_keys"]
    )
    return Secrets(hook_keys, told["words"])


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def note(connection: Connection, actor: Actor, act: tuple[str, str], details: Mapping[str, Any], now: datetime) -> None:
    """Writes (act, connector) into the audit chain and tells live pages."""
    what, name = act
    seq = chain.append(connection, actor, what, f"connector:{name}", details, now)
    changed(connection, "connector", name, seq, now)
