"""The signed-in person's own affairs: rights, preferences, password, second factor."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from fastapi import APIRouter, Request, Response, status
from pydantic import BaseModel, Field

from dlp.api import second_factor
from dlp.api.access import InstallationServices, Principal, allowed, demand_fresh_proof, signed_in
from dlp.api.passwords import LONGEST, refuse_weak
from dlp.api.routes.session import SessionOut, passwords_of, place_of, session_told, set_cookie
from dlp.api.sign_in import prove_password
from dlp.errors import Conflict, UsageError
from dlp.store.access import credentials, users
from dlp.store.access.users import User

router = APIRouter(tags=["me"])
_Person = Annotated[Principal, signed_in()]
_PREFERENCES = 16 * 1024  # bytes of JSON


class Me(BaseModel):
    """Who is asking; what only people have is null for a program."""

    id: str
    kind: Literal["user", "token"]
    name: str
    roles: list[str]
    permissions: list[str]
    departments: list[str] | None
    connector: str | None
    login: str | None = None
    language: str | None = None
    zone: str | None = None
    preferences: dict[str, Any] | None = None
    totp: bool | None = None


class Preferences(BaseModel):
    """What a person chose; what is left out stays. `preferences` is the console's own and replaced whole."""

    language: Literal["ru", "en"] | None = None
    zone: Annotated[str, Field(max_length=64)] | None = None
    preferences: dict[str, Any] | None = None


class NewPassword(BaseModel):
    """The present password and the one to come."""

    current: Annotated[str, Field(max_length=LONGEST)]
    password: Annotated[str, Field(max_length=LONGEST)]


class OfferedTotp(BaseModel):
    """A second factor to be put into an authenticator: told once, in force after its first code."""

    secret: str
    uri: str


class FirstCode(BaseModel):
    """The first code of an offered second factor."""

    code: Annotated[str, Field(pattern=r"^\d{6}$")]


@router.get("/me")
def get_me(principal: Annotated[Principal, allowed()], services: InstallationServices) -> Me:
    """Name, roles, permissions and preferences of whoever asks."""
    if principal.kind != "user":
        return _of(principal)
    with services.database.reading() as connection:
        return _of(principal, users.one(connection, principal.id))


@router.put("/me/preferences")
def set_preferences(wanted: Preferences, principal: _Person, services: InstallationServices) -> Me:
    """Keeps language, zone and what the console remembers of a person."""
    fields = wanted.model_dump(exclude_none=True)
    if wanted.zone is not None and wanted.zone not in available_timezones():
        raise UsageError("no such time zone", code="zone_unknown", pointer="/zone")
    if len(json.dumps(wanted.preferences)) > _PREFERENCES:
        raise UsageError("too much to remember", code="preferences_large", pointer="/preferences", most=_PREFERENCES)
    if not fields:
        return get_me(principal, services)
    return _of(principal, services.database.write(lambda connection: users.prefer(connection, principal.id, fields)))


@router.post("/me/password")
def change_password(
    wanted: NewPassword, principal: _Person, request: Request, response: Response, services: InstallationServices
) -> SessionOut:
    """Changes one's password: every other session ends, this one gets new words."""
    passwords = passwords_of(request)
    person = prove_password(services, passwords, principal.id, wanted.current, place_of(request))
    refuse_weak(wanted.password, person.login)
    hashed = passwords.hashed(wanted.password)
    now, session_id = services.clock.now(), principal.session or ""
    held = services.database.write(
        lambda connection: credentials.set_password(connection, principal.actor, hashed, session_id, now)
    )
    set_cookie(response, held)
    return session_told(services, held.secret)


@router.post("/me/totp")
def offer_totp(principal: _Person, services: InstallationServices) -> OfferedTotp:
    """Offers a second factor; wants a fresh proof."""
    demand_fresh_proof(principal, services.clock.now())
    secret = second_factor.new_secret()
    sealed = second_factor.sealed(services, principal.id, secret)
    with services.database.reading() as connection:
        login = users.one(connection, principal.id).login
    services.database.write(lambda connection: credentials.offer_totp(connection, principal.id, sealed))
    return OfferedTotp(secret=secret, uri=second_factor.address_of(secret, login))


@router.put("/me/totp", status_code=status.HTTP_204_NO_CONTENT)
def confirm_totp(shown: FirstCode, principal: _Person, services: InstallationServices) -> None:
    """Puts the offered second factor in force with its first code; wants a fresh proof."""
    now = services.clock.now()
    demand_fresh_proof(principal, now)
    with services.database.reading() as connection:
        person = credentials.of_user(connection, principal.id)
    if person is None or person.totp_pending is None:
        raise Conflict("no second factor was offered", code="totp_not_offered")
    step = second_factor.step_of(second_factor.opened(services, principal.id, person.totp_pending), shown.code, now)
    if step is None:
        raise UsageError("the code is wrong", code="totp", pointer="/code")
    services.database.write(lambda connection: credentials.confirm_totp(connection, principal.actor, step, now))


@router.delete("/me/totp", status_code=status.HTTP_204_NO_CONTENT)
def drop_totp(principal: _Person, services: InstallationServices) -> None:
    """Gives the second factor up; wants a fresh proof."""
    now = services.clock.now()
    demand_fresh_proof(principal, now)
    services.database.write(lambda connection: credentials.drop_totp(connection, principal.actor, now))


def _of(principal: Principal, user: User | None = None) -> Me:
    me = Me(
        id=principal.id,
        kind="user" if principal.kind == "user" else "token",
        name=principal.name,
        roles=list(principal.roles),
        permissions=sorted(principal.permissions),
        departments=None if principal.departments is None else list(principal.departments),
        connector=principal.connector,
    )
    if user is None:
        return me
    own = {"login": user.login, "language": user.language, "zone": user.zone, "preferences": user.preferences}
    return me.model_copy(update=own | {"totp": user.has_totp})
