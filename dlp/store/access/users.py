"""People: who they are, what they may do, when that changes."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Any, NamedTuple

import uuid_utils
from sqlalchemy import Connection, Row, insert, select, update

from dlp.errors import Conflict, NotFound
from dlp.store.access import sessions
from dlp.store.actor import Actor
from dlp.store.audit import chain
from dlp.store.tables.access import users

ADMINISTRATOR = "administrator"


class User(NamedTuple):
    """One person as others may see them; `departments` None means all."""

    id: str
    login: str
    name: str
    email: str | None
    roles: tuple[str, ...]
    departments: tuple[str, ...] | None
    state: str
    language: str
    zone: str
    preferences: dict[str, Any]
    created_at: datetime
    last_seen_at: datetime | None
    has_password: bool
    has_totp: bool


class NewUser(NamedTuple):
    """A person to be let in."""

    login: str
    name: str
    roles: tuple[str, ...]
    email: str | None = None
    departments: tuple[str, ...] | None = None
    language: str = "ru"
    zone: str = "Europe/Moscow"


def folded_login(login: str) -> str:
    """The one form of a login: two that look alike to a person are the same."""
    return unicodedata.normalize("NFKC", login).strip().casefold()


def create(connection: Connection, actor: Actor, wanted: NewUser, now: datetime, *, state: str = "invited") -> User:
    """Adds a person, who cannot sign in before an invitation is used. Raises Conflict where the login is taken."""
    login = folded_login(wanted.login)
    refuse_taken(connection, login, None)
    user_id = str(uuid_utils.uuid7())
    row: dict[str, Any] = {
        "id": user_id,
        "login": login,
        "name": wanted.name,
        "email": wanted.email,
        "roles": sorted(wanted.roles),
        "departments": None if wanted.departments is None else sorted(wanted.departments),
        "state": state,
        "language": wanted.language,
        "zone": wanted.zone,
        "preferences": {},
        "created_at": now,
    }
    connection.execute(insert(users).values(row))
    details = {"roles": row["roles"], "departments": row["departments"]}
    chain.append(connection, actor, "user.created", f"user:{user_id}", details, now)
    return one(connection, user_id)


def one(connection: Connection, user_id: str) -> User:
    """The person of an id. Raises NotFound."""
    row = connection.execute(select(users).where(users.c.id == user_id)).first()
    if row is None:
        raise NotFound("there is no such user", code="user_not_found", user=user_id)
    return user_of(row)


def everyone(connection: Connection) -> tuple[User, ...]:
    """All people, by login; a company has hundreds of users here at most."""
    return tuple(map(user_of, connection.execute(select(users).order_by(users.c.login))))


def user_of(row: Row[Any]) -> User:
    """A row of the table as others may see it."""
    return User(
        row.id,
        row.login,
        row.name,
        row.email,
        tuple(row.roles),
        None if row.departments is None else tuple(row.departments),
        row.state,
        row.language,
        row.zone,
        dict(row.preferences),
        row.created_at,
        row.last_seen_at,
        row.password is not None,
        row.totp_sealed is not None,
    )


class Changes(NamedTuple):
    """What an administrator changes of a person; fields left out stay."""

    fields: dict[str, Any]

    @property
    def of_rights(self) -> bool:
        return not self.fields.keys().isdisjoint({"roles", "departments", "state"})


def change(connection: Connection, actor: Actor, user_id: str, changes: Changes, now: datetime) -> User:
    """Changes login, name, e-mail, roles, departments, state, language or zone; changed rights end every session of theirs.

    Raises NotFound, and Conflict where the login is taken or no administrator would be left.
    """
    before = one(connection, user_id)
    fields = {name: value for name, value in changes.fields.items() if value != _comparable(getattr(before, name))}
    if fields.get("state") == "active" and not before.has_password:
        # Enabled before the invitation was used: there is still nothing to sign in with.
        fields["state"] = "invited"
    if "login" in fields:
        fields["login"] = folded_login(fields["login"])
        refuse_taken(connection, fields["login"], user_id)
    if not fields:
        return before
    connection.execute(update(users).where(users.c.id == user_id).values(fields))
    if Changes(fields).of_rights:
        _keep_an_administrator(connection, before)
        sessions.end_all(connection, user_id, now)
    # Names and addresses are a person's own: the chain says which fields changed, and the rights word by word.
    rights: dict[str, Any] = {name: fields[name] for name in ("roles", "departments", "state") if name in fields}
    chain.append(connection, actor, "user.changed", f"user:{user_id}", {"fields": sorted(fields), **rights}, now)
    return one(connection, user_id)


def prefer(connection: Connection, user_id: str, fields: dict[str, Any]) -> User:
    """Keeps a person's own language, zone and preferences: no act anybody has to account for."""
    connection.execute(update(users).where(users.c.id == user_id).values(fields))
    return one(connection, user_id)


def active_administrators(connection: Connection) -> tuple[str, ...]:
    """The ids of those who can sign in and let others in; their rows stay locked until the transaction ends."""
    rows = connection.execute(select(users.c.id, users.c.roles).where(users.c.state == "active").with_for_update())
    return tuple(row.id for row in rows if ADMINISTRATOR in row.roles)


def _comparable(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _keep_an_administrator(connection: Connection, before: User) -> None:
    was_one = before.state == "active" and ADMINISTRATOR in before.roles
    if was_one and not active_administrators(connection):
        raise Conflict("this is the last administrator", code="last_administrator", user=before.id)


def refuse_taken(connection: Connection, login: str, own_id: str | None) -> None:
    """Raises Conflict where somebody else has this login."""
    taken = connection.scalar(select(users.c.id).where(users.c.login == login))
    if taken is not None and taken != own_id:
        raise Conflict("the login is taken", code="login_taken", pointer="/login")
