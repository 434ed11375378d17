"""Every route with every role, without a login, and with words good no more: 401 and 403 exactly where the table says."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

import httpx
import pytest
from fastapi import FastAPI

from dlp.api.access import Allowed, Public, _services
from dlp.api.app import application
from dlp.api.description import described
from dlp.api.limits import Limits, Rate
from dlp.api.permissions import ROLES, Permission, permissions_of
from dlp.api.transport import COOKIE, CSRF_HEADER
from dlp.errors import DlpError
from dlp.services import Services
from dlp.store.access import sessions, tokens
from dlp.store.access.sessions import Place
from dlp.store.access.tokens import NewToken
from dlp.store.actor import SYSTEM
from tests.api.clients import ADDRESS, a_user
from tests.api.role_matrix import matrix
from tests.api.role_table import TABLE, Line
from tests.installations import NOON, installed

# What no program gets, whatever its role.
FOR_PEOPLE = {Permission.CONTENT_REVEAL, Permission.CONTENT_APPROVE, Permission.ACCESS_EDIT, Permission.KEY_EDIT}
REFUSED = {"permission", "people_only"}


class Reached(DlpError):
    """The route's own code was reached: its head let the asker in."""

    code = "reached"


class Beyond:
    """Stands where the installation would: nothing is done, whoever is let in."""

    def __getattr__(self, name: str) -> Any:
        raise Reached(name)


class Who(NamedTuple):
    """Somebody who asks."""

    name: str
    headers: dict[str, str]
    allows: frozenset[Permission] | None  # None: nobody
    kind: str = "user"


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with installed(tmp_path_factory.mktemp("installation")) as opened:
        yield opened


@pytest.fixture(scope="module")
def app(services: Services) -> FastAPI:
    plenty = Rate(1e9, 1e9)
    built = application(services, limits=Limits(plenty, plenty, plenty))
    built.dependency_overrides[_services] = Beyond
    return built


def _person(services: Services, *roles: str) -> Who:
    user_id = a_user(services, *roles)
    held = services.database.write(lambda connection: sessions.begin(connection, user_id, Place("test"), NOON))
    headers = {"Cookie": f"{COOKIE}={held.secret}", CSRF_HEADER: held.csrf}
    return Who(f"person: {', '.join(roles)}", headers, permissions_of(roles))


def _program(services: Services, *roles: str, days: int = 1, revoked: bool = False) -> Who:
    wanted = NewToken("walk", roles, NOON + timedelta(days=days))
    token, secret = services.database.write(lambda connection: tokens.create(connection, SYSTEM, wanted, NOON))
    if revoked:
        services.database.write(lambda connection: tokens.revoke(connection, SYSTEM, token.id, NOON))
    allows = None if revoked or days < 0 else permissions_of(roles) - FOR_PEOPLE
    return Who(f"program: {', '.join(roles)}", {"Authorization": f"Bearer {secret}"}, allows, "token")


def _ended_session(services: Services) -> Who:
    user_id = a_user(services, *ROLES)
    long_ago = NOON - timedelta(hours=13)
    held = services.database.write(lambda connection: sessions.begin(connection, user_id, Place("test"), long_ago))
    return Who("an expired session", {"Cookie": f"{COOKIE}={held.secret}", CSRF_HEADER: held.csrf}, None)


def _askers(services: Services) -> Iterator[Who]:
    for role in ROLES:
        yield _person(services, role)
        yield _program(services, role)
    yield _person(services)
    yield Who("nobody", {}, None)
    yield _ended_session(services)
    yield _program(services, *ROLES, days=-1)._replace(name="an expired token")
    yield _program(services, *ROLES, revoked=True)._replace(name="a revoked token")


def _routes(app: FastAPI) -> dict[str, Allowed | Public | None]:
    return {f"{route.method} {route.path}": route.access for route in described(app)}


def test_every_route_says_in_its_head_what_the_table_says(app: FastAPI) -> None:
    declared = {route: _line_of(access) for route, access in _routes(app).items()}
    assert declared == dict(TABLE)


def _line_of(access: Allowed | Public | None) -> Line | None:
    if isinstance(access, Public):
        return Line(public=True)
    return None if access is None else Line(access.permissions, people=access.people_only, either=access.any_of)


def test_every_role_is_answered_as_the_table_says(app: FastAPI, services: Services) -> None:
    wrong = [fault for who in _askers(services) for fault in asyncio.run(_walk(app, who))]
    assert wrong == []


async def _walk(app: FastAPI, who: Who) -> list[str]:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=("192.0.2.7", 7))  # no address of a monitor
    headers = who.headers | {"Sec-Fetch-Site": "same-origin"}
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS, headers=headers) as client:
        faults = []
        for route, line in TABLE.items():
            method, path = route.split(" ")
            body: dict[str, Any] = {} if method in {"GET", "DELETE"} else {"json": {}}
            answer = await client.request(method, re.sub(r"{[^}]*}", "7", path), **body)
            if (fault := _fault(who, line, answer)) is not None:
                faults.append(f"{who.name}: {route}: {fault}")
        return faults


def _fault(who: Who, line: Line, answer: httpx.Response) -> str | None:
    """What is wrong with an answer, if anything."""
    status = answer.status_code
    code = answer.json().get("code") if answer.headers.get("content-type") == "application/problem+json" else None
    if line.public:
        expected = status != 403 and code not in {"sign_in", "session_ended", "permission"}
    elif who.allows is None:
        expected = status == 401
    elif not line.admits(who.allows, who.kind):
        expected = status == 403 and code in REFUSED
    else:
        expected = code == "reached" or status in {200, 422, 428, 503}
    return None if expected else f"{status} {code}"


def test_the_matrix_has_a_row_for_every_route() -> None:
    rows = list(matrix())
    assert len(rows) == len(TABLE) + 2
    assert all(row.count("|") == len(ROLES) + 3 for row in rows)


def test_nobody_but_investigators_reads_content() -> None:
    readers = {role for role, allows in ROLES.items() if Permission.CONTENT_REVEAL in allows}
    assert readers == {"investigator"}
    assert Permission.INCIDENT_READ not in ROLES["administrator"] | ROLES["policy-author"] | ROLES["hook"]


def test_an_auditor_changes_nothing() -> None:
    changing = [
        route
        for route, line in TABLE.items()
        if not route.startswith("GET") and line.permissions and line.admits(ROLES["auditor"], "user")
    ]
    harmless = (
        "/exports",
        "/queries",
        "/policies/try",
        "/presence",
        "/audit/verify",
    )  # they keep what they are asked, or nothing
    assert [route for route in changing if not any(part in route for part in harmless)] == []
