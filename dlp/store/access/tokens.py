"""Tokens of programs: shown once, kept as a digest, ended by time or by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

import uuid_utils
from sqlalchemy import Connection, insert, select, update

from dlp.errors import NotFound
from dlp.store.access.secrets import TOKEN_PREFIX, digest_of, new_secret
from dlp.store.actor import Actor
from dlp.store.audit import chain
from dlp.store.tables.access import tokens

_HINT = 10  # "dlp_" and six letters: 36 of 256 bits, enough to tell two apart, no use to a thief
_TOUCH = timedelta(seconds=60)


class NewToken(NamedTuple):
    """A token to be given to a program; `scopes` None means everything its roles allow."""

    name: str
    roles: tuple[str, ...]
    expires_at: datetime
    scopes: tuple[str, ...] | None = None
    connector: str | None = None


class Token(NamedTuple):
    """A token as administrators see it."""

    id: str
    name: str
    hint: str
    roles: tuple[str, ...]
    scopes: tuple[str, ...] | None
    connector: str | None
    created_by: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None

    def holds(self, now: datetime) -> bool:
        """Whether it still opens doors."""
        return self.revoked_at is None and self.expires_at > now

    def wants_touch(self, now: datetime) -> bool:
        """Whether its last use lies so far back that this one is to be noted."""
        return self.used_at is None or now - self.used_at >= _TOUCH


def create(connection: Connection, actor: Actor, wanted: NewToken, now: datetime) -> tuple[Token, str]:
    """A new token and the word the program is told; nobody can be told it again."""
    secret = TOKEN_PREFIX + new_secret()
    token_id = str(uuid_utils.uuid7())
    row: dict[str, Any] = {
        "digest": digest_of(secret),
        "id": token_id,
        "name": wanted.name,
        "hint": secret[:_HINT],
        "roles": sorted(wanted.roles),
        "scopes": None if wanted.scopes is None else sorted(wanted.scopes),
        "connector": wanted.connector,
        "created_by": actor.id,
        "created_at": now,
        "expires_at": wanted.expires_at,
    }
    connection.execute(insert(tokens).values(row))
    details = {name: row[name] for name in ("roles", "scopes", "connector")} | {"expires_at": wanted.expires_at.isoformat()}
    chain.append(connection, actor, "token.created", f"token:{token_id}", details, now)
    return one(connection, token_id), secret


def held_by(connection: Connection, secret: str) -> Token | None:
    """The token of a word, dead or alive."""
    row = connection.execute(select(tokens).where(tokens.c.digest == digest_of(secret))).first()
    return None if row is None else _token_of(row)


def one(connection: Connection, token_id: str) -> Token:
    """The token of an id. Raises NotFound."""
    row = connection.execute(select(tokens).where(tokens.c.id == token_id)).first()
    if row is None:
        raise NotFound("there is no such token", code="token_not_found")
    return _token_of(row)


def every(connection: Connection) -> tuple[Token, ...]:
    """All tokens, the newest first; revoked and expired ones too."""
    return tuple(map(_token_of, connection.execute(select(tokens).order_by(tokens.c.created_at.desc(), tokens.c.id))))


def touch(connection: Connection, token_id: str, now: datetime) -> None:
    """Notes that a token was used."""
    connection.execute(update(tokens).where(tokens.c.id == token_id).values(used_at=now))


def revoke(connection: Connection, actor: Actor, token_id: str, now: datetime) -> Token:
    """Ends a token; once more changes nothing. Raises NotFound."""
    token = one(connection, token_id)
    if token.revoked_at is None:
        connection.execute(update(tokens).where(tokens.c.id == token_id).values(revoked_at=now))
        chain.append(connection, actor, "token.revoked", f"token:{token_id}", {}, now)
    return one(connection, token_id)


def _token_of(row: Any) -> Token:
    return Token(
        row.id,
        row.name,
        row.hint,
        tuple(row.roles),
        None if row.scopes is None else tuple(row.scopes),
        row.connector,
        row.created_by,
        row.created_at,
        row.expires_at,
        row.used_at,
        row.revoked_at,
    )
