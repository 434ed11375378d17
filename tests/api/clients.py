"""Somebody signed in, at an application in this process: people with a session, programs with a token."""

from __future__ import annotations

import uuid
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from weakref import WeakKeyDictionary

from fastapi import FastAPI
from sqlalchemy import Connection

from dlp.api.app import application
from dlp.api.transport import COOKIE, CSRF_HEADER
from dlp.services import Services
from dlp.store.access import sessions, tokens, users
from dlp.store.access.sessions import Held, Place
from dlp.store.access.tokens import NewToken
from dlp.store.access.users import NewUser
from dlp.store.actor import SYSTEM

with warnings.catch_warnings():
    # Starlette would like the successor of httpx; the product and its tests use httpx.
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

__all__ = ["ADDRESS", "TestClient", "a_token", "a_user", "app_of", "client_of", "sign_in", "token_client", "visitor_of"]
ADDRESS = "https://testserver"  # the cookie is Secure
_APPLICATIONS: WeakKeyDictionary[Services, FastAPI] = WeakKeyDictionary()


def app_of(services: Services) -> FastAPI:
    """The application of an installation: built once, for building it takes longer than most requests."""
    if services not in _APPLICATIONS:
        _APPLICATIONS[services] = application(services)
    return _APPLICATIONS[services]


@contextmanager
def client_of(
    services: Services, *roles: str, departments: Sequence[str] | None = None, app: FastAPI | None = None
) -> Iterator[TestClient]:
    """A client signed in as a new user with these roles; `client.headers["X-User"]` is the user's id."""
    with visitor_of(services, app=app) as client:
        user_id = a_user(services, *roles, departments=departments)
        sign_in(services, client, user_id)
        yield client


@contextmanager
def token_client(
    services: Services, *roles: str, connector: str | None = None, scopes: Sequence[str] | None = None, app: FastAPI | None = None
) -> Iterator[TestClient]:
    """A program's client with a bearer token of these roles ("hook" where none is said)."""
    with visitor_of(services, app=app) as client:
        client.headers["Authorization"] = f"Bearer {a_token(services, *(roles or ('hook',)), connector=connector, scopes=scopes)}"
        yield client


@contextmanager
def visitor_of(services: Services, *, app: FastAPI | None = None) -> Iterator[TestClient]:
    """A browser on the console's page, not signed in."""
    with TestClient(app or app_of(services), base_url=ADDRESS) as client:
        client.headers["Sec-Fetch-Site"] = "same-origin"
        yield client


def a_user(services: Services, *roles: str, departments: Sequence[str] | None = None, login: str = "") -> str:
    """Adds an active user without a password and tells the id."""
    wanted = NewUser(
        login=login or f"user-{uuid.uuid4().hex[:12]}",
        name="А. Серова",
        roles=roles,
        departments=None if departments is None else tuple(departments),
    )
    now = services.clock.now()
    return services.database.write(lambda connection: users.create(connection, SYSTEM, wanted, now, state="active")).id


def a_token(
    services: Services, *roles: str, connector: str | None = None, scopes: Sequence[str] | None = None, days: int = 30
) -> str:
    """A program's token."""
    now = services.clock.now()
    wanted = NewToken("a program", roles, now + timedelta(days=days), None if scopes is None else tuple(scopes), connector)
    return services.database.write(lambda connection: tokens.create(connection, SYSTEM, wanted, now))[1]


def sign_in(services: Services, client: TestClient, user_id: str) -> Held:
    """Gives the client a new session of the user."""
    now = services.clock.now()

    def begin(connection: Connection) -> Held:
        return sessions.begin(connection, user_id, Place("testclient"), now)

    held = services.database.write(begin)
    client.cookies.set(COOKIE, held.secret, domain="testserver.local")
    client.headers[CSRF_HEADER] = held.csrf
    client.headers["X-User"] = user_id
    return held
