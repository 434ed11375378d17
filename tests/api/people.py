"""People who can really sign in: with a password of cheap parameters, and a second factor."""

from __future__ import annotations

from typing import Any

import pyotp
from argon2 import PasswordHasher
from fastapi import FastAPI

from dlp.api.app import application
from dlp.api.limits import Limits
from dlp.api.passwords import Passwords
from dlp.api.transport import CSRF_HEADER
from dlp.services import Services
from dlp.store.access import links
from dlp.store.access.links import Accepted
from tests.api.clients import TestClient, app_of

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "семь старых лодок"


def an_app(services: Services, *, limits: Limits | None = None) -> FastAPI:
    """An application whose passwords cost little."""
    return application(services, limits=limits, passwords=Passwords(CHEAP))


def cheap_app(services: Services) -> FastAPI:
    """The shared application, its passwords made cheap."""
    app = app_of(services)
    app.state.passwords = Passwords(CHEAP)
    return app


def a_password(services: Services, user_id: str, password: str = PASSWORD, hasher: PasswordHasher = CHEAP) -> None:
    """Gives an active user a password, by a link as administrators do."""
    from dlp.api.sign_in import account_door
    from dlp.store.actor import SYSTEM

    now = services.clock.now()
    handed = services.database.write(lambda connection: links.reset(connection, SYSTEM, user_id, now))
    accepted = Accepted(Passwords(hasher).hashed(password), account_door(services, "nobody"))
    services.database.write(lambda connection: links.use(connection, handed.token, accepted, now))


def signed(client: TestClient, login: str, **told: Any) -> Any:
    """What POST /session answers; the client keeps the session's word where it is let in."""
    answer = client.post("/api/v1/session", json={"login": login, "password": PASSWORD} | told)
    if answer.status_code == 201:
        client.headers[CSRF_HEADER] = answer.json()["csrf"]
    return answer


def a_totp(services: Services, client: TestClient) -> pyotp.TOTP:
    """Enrols a second factor for the signed-in person; the code of this moment is spent."""
    totp = pyotp.TOTP(client.post("/api/v1/me/totp").json()["secret"])
    answer = client.put("/api/v1/me/totp", json={"code": totp.at(services.clock.now())})
    assert answer.status_code == 204, answer.text
    return totp


def acts(services: Services) -> list[tuple[str, str]]:
    """The audit chain as (act, actor's kind), oldest first."""
    from sqlalchemy import select

    from dlp.store.tables.trust import audit

    with services.database.reading() as connection:
        rows = connection.execute(select(audit.c.act, audit.c.actor_kind).order_by(audit.c.seq)).all()
    return [(row.act, row.actor_kind) for row in rows]
