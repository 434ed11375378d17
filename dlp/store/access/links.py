"""One-time links: for the first administrator, for people invited, for those who forgot."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import uuid_utils
from sqlalchemy import Connection, insert, select, update

from dlp.errors import Conflict, NotFound
from dlp.store.access import attempts, sessions, users
from dlp.store.access.attempts import Door
from dlp.store.access.secrets import digest_of, new_secret
from dlp.store.access.users import ADMINISTRATOR, folded_login
from dlp.store.actor import SYSTEM, Actor
from dlp.store.audit import chain
from dlp.store.tables.access import invitations
from dlp.store.tables.access import users as people

FIRST: Final = "first"
INVITE: Final = "invite"
RESET: Final = "reset"
RESET_ALL: Final = "reset_all"
_LASTS = {FIRST: timedelta(hours=24), INVITE: timedelta(days=7), RESET: timedelta(hours=24), RESET_ALL: timedelta(hours=24)}


class Link(NamedTuple):
    """An unused, unexpired link and whom it is for."""

    kind: str
    user_id: str
    login: str
    name: str
    expires_at: datetime


class Handed(NamedTuple):
    """What is told once: the link's word and until when it is good."""

    token: str
    expires_at: datetime


class Accepted(NamedTuple):
    """What the holder of a link chose; login and name only where nobody has given them yet (the first administrator)."""

    password: str  # argon2id, never the words themselves
    account: Door
    login: str | None = None
    name: str | None = None


def first_link(connection: Connection, now: datetime, roles: Sequence[str] = (ADMINISTRATOR,)) -> str | None:
    """The word of a new link for the first administrator, who gets `roles`; None once anybody can sign in.

    Links of the same kind that were told before are void.
    """
    rows = connection.execute(select(people.c.id, people.c.state, people.c.password)).all()
    if any(row.state != "invited" for row in rows):
        return None
    waiting = connection.scalar(select(invitations.c.user_id).where(invitations.c.kind == FIRST))
    user_id = str(waiting) if waiting is not None else _placeholder(connection, now)
    connection.execute(update(people).where(people.c.id == user_id).values(roles=sorted(roles)))
    chain.append(connection, SYSTEM, "link.first", f"user:{user_id}", {"roles": sorted(roles)}, now)
    return _hand(connection, user_id, FIRST, now).token


def invite(connection: Connection, actor: Actor, user_id: str, now: datetime) -> Handed:
    """A new link for somebody who has not come in yet. Raises NotFound, Conflict."""
    if users.one(connection, user_id).state != "invited":
        raise Conflict("this user has come in already", code="not_invited", user=user_id)
    chain.append(connection, actor, "link.invite", f"user:{user_id}", {}, now)
    return _hand(connection, user_id, INVITE, now)


def reset(connection: Connection, actor: Actor, user_id: str, now: datetime, *, second_factor: bool = False) -> Handed:
    """A link that sets a new password; with `second_factor`, using it drops the lost one. Raises NotFound, Conflict."""
    if users.one(connection, user_id).state != "active":
        raise Conflict("only an active user has a password to forget", code="not_active", user=user_id)
    chain.append(connection, actor, "link.reset", f"user:{user_id}", {"second_factor": second_factor}, now)
    return _hand(connection, user_id, RESET_ALL if second_factor else RESET, now)


def look(connection: Connection, token: str, now: datetime) -> Link:
    """Whom a link is for. Raises NotFound where it is unknown, used or expired."""
    query = select(invitations, people.c.login, people.c.name, people.c.state).join(people, people.c.id == invitations.c.user_id)
    row = connection.execute(query.where(invitations.c.digest == digest_of(token))).first()
    if row is None or row.used_at is not None or row.expires_at <= now or not _fits(row.kind, row.state):
        raise NotFound("the link is unknown, used or expired", code="link_not_found")
    return Link(row.kind, row.user_id, row.login, row.name, row.expires_at)


def use(connection: Connection, token: str, accepted: Accepted, now: datetime) -> Link:
    """Uses a link up: the person has a password and may sign in. Raises NotFound, Conflict where the login is taken."""
    link = look(connection, token, now)
    mine = (invitations.c.digest == digest_of(token), invitations.c.used_at.is_(None))
    if connection.execute(update(invitations).where(*mine).values(used_at=now)).rowcount != 1:
        raise NotFound("the link is unknown, used or expired", code="link_not_found")
    fields: dict[str, Any] = {"password": accepted.password, "state": "active"}
    if link.kind == FIRST:
        fields |= {"login": folded_login(accepted.login or ""), "name": accepted.name or ""}
        users.refuse_taken(connection, fields["login"], link.user_id)
    if link.kind == RESET_ALL:
        fields |= {"totp_sealed": None, "totp_pending": None, "totp_last": None}
    connection.execute(update(people).where(people.c.id == link.user_id).values(fields))
    ended = sessions.end_all(connection, link.user_id, now)
    attempts.forgive(connection, accepted.account)
    actor = Actor(link.user_id, "user", fields.get("name", link.name))
    details = {"kind": link.kind, "sessions_ended": ended}
    chain.append(connection, actor, "link.used", f"user:{link.user_id}", details, now)
    return link._replace(login=fields.get("login", link.login), name=fields.get("name", link.name))


def _fits(kind: str, state: str) -> bool:
    return state == "active" if kind in (RESET, RESET_ALL) else state == "invited"


def _placeholder(connection: Connection, now: datetime) -> str:
    row = {
        "id": str(uuid_utils.uuid7()),
        "login": f"first-{new_secret()[:12].casefold()}",
        "name": "",
        "roles": [],
        "state": "invited",
        "preferences": {},
        "created_at": now,
    }
    connection.execute(insert(people).values(row))
    return str(row["id"])


def _hand(connection: Connection, user_id: str, kind: str, now: datetime) -> Handed:
    _void(connection, user_id, now)
    handed = Handed(new_secret(), now + _LASTS[kind])
    row = {
        "digest": digest_of(handed.token),
        "user_id": user_id,
        "kind": kind,
        "created_at": now,
        "expires_at": handed.expires_at,
    }
    connection.execute(insert(invitations).values(row))
    return handed


def _void(connection: Connection, user_id: str, now: datetime) -> None:
    mine = (invitations.c.user_id == user_id, invitations.c.used_at.is_(None))
    connection.execute(update(invitations).where(*mine).values(used_at=now))
