"""People, as administrators manage them: who may come in, with which roles, in which departments."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from fastapi import APIRouter, status
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from dlp.api.access import InstallationServices, Principal, allowed, demand_fresh_proof, signed_in
from dlp.api.permissions import ROLES, Permission, permissions_of
from dlp.api.routes.session import Ended, SessionList, end_sessions_of, shown_session
from dlp.errors import UsageError
from dlp.services import Services
from dlp.store.access import links, sessions, users
from dlp.store.access.links import Handed
from dlp.store.access.users import Changes, NewUser, User

router = APIRouter(tags=["users"])
_Administrator = Annotated[Principal, signed_in(Permission.ACCESS_EDIT)]
_Login = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^\S(.*\S)?$")]
_Name = Annotated[str, Field(min_length=1, max_length=256)]
_Email = Annotated[str, Field(max_length=256, pattern=r"^[^@\s]+@[^@\s]+$")]
_Roles = Annotated[list[str], Field(max_length=len(ROLES))]
_Departments = Annotated[list[Annotated[str, Field(min_length=1, max_length=256)]], Field(max_length=200)]


class UserOut(BaseModel):
    """A person; `departments` null means all."""

    id: str
    login: str
    name: str
    email: str | None
    roles: list[str]
    departments: list[str] | None
    state: Literal["invited", "active", "disabled"]
    language: str
    zone: str
    created_at: datetime
    last_seen_at: datetime | None
    totp: bool


class UserList(BaseModel):
    """All people, by login."""

    items: list[UserOut]


class UserWanted(BaseModel):
    """A person to be invited."""

    login: _Login
    name: _Name
    email: _Email | None = None
    roles: _Roles
    departments: _Departments | None = None
    language: Literal["ru", "en"] = "ru"
    zone: Annotated[str, Field(max_length=64)] = "Europe/Moscow"


class UserChanges(BaseModel):
    """What is left out stays; `departments` null means all from now on."""

    login: _Login = ""
    name: _Name = ""
    email: _Email | None = None
    roles: _Roles = []
    departments: _Departments | None = None
    state: Literal["active", "disabled"] = "active"


class LinkHanded(BaseModel):
    """A one-time link, told once: hand it over by a way you trust."""

    address: str
    expires_at: datetime


class UserInvited(BaseModel):
    """A new person and the link that lets them in."""

    user: UserOut
    link: LinkHanded


class ResetWanted(BaseModel):
    """`second_factor` drops the lost one when the link is used."""

    second_factor: bool = False


class Assignee(BaseModel):
    """Somebody an incident can be given to."""

    id: str
    name: str


class AssigneeList(BaseModel):
    """Those who work incidents, by name."""

    items: list[Assignee]


class RoleOut(BaseModel):
    """A role and what it allows."""

    role: str
    permissions: list[str]


class RoleList(BaseModel):
    """Every role."""

    items: list[RoleOut]


@router.get("/roles")
def list_roles(principal: _Administrator) -> RoleList:
    """Roles and what each allows."""
    return RoleList(items=[RoleOut(role=role, permissions=sorted(allows)) for role, allows in ROLES.items()])


@router.get("/assignees")
def list_assignees(
    principal: Annotated[Principal, allowed(Permission.INCIDENT_READ)], services: InstallationServices
) -> AssigneeList:
    """Those an incident can be given to."""
    with services.database.reading() as connection:
        everyone = users.everyone(connection)
    able = [user for user in everyone if user.state == "active" and Permission.INCIDENT_WORK in permissions_of(user.roles)]
    return AssigneeList(items=[Assignee(id=user.id, name=user.name) for user in sorted(able, key=lambda user: user.name)])


@router.get("/users")
def list_users(principal: _Administrator, services: InstallationServices) -> UserList:
    """All people."""
    with services.database.reading() as connection:
        return UserList(items=[_shown(user) for user in users.everyone(connection)])


@router.post("/users", status_code=status.HTTP_201_CREATED)
def invite_user(wanted: UserWanted, principal: _Administrator, services: InstallationServices) -> UserInvited:
    """Adds a person and makes the link that lets them in."""
    now = services.clock.now()
    demand_fresh_proof(principal, now)
    _refuse_unknown(wanted.roles, wanted.zone)
    told = wanted.model_dump() | {"roles": tuple(set(wanted.roles))}
    told["departments"] = None if wanted.departments is None else tuple(wanted.departments)

    def invited(connection: Connection) -> tuple[User, Handed]:
        user = users.create(connection, principal.actor, NewUser(**told), now)
        return user, links.invite(connection, principal.actor, user.id, now)

    user, handed = services.database.write(invited)
    return UserInvited(user=_shown(user), link=link_handed(services, handed))


@router.get("/users/{user_id}")
def get_user(user_id: str, principal: _Administrator, services: InstallationServices) -> UserOut:
    """One person."""
    with services.database.reading() as connection:
        return _shown(users.one(connection, user_id))


@router.patch("/users/{user_id}")
def change_user(user_id: str, wanted: UserChanges, principal: _Administrator, services: InstallationServices) -> UserOut:
    """Changes a person; changed roles, departments or state end their sessions. The last administrator stays one."""
    now = services.clock.now()
    demand_fresh_proof(principal, now)
    fields: dict[str, Any] = wanted.model_dump(exclude_unset=True)
    if "roles" in fields:
        _refuse_unknown(fields["roles"])
        fields["roles"] = sorted(set(fields["roles"]))
    if fields.get("departments") is not None:
        fields["departments"] = sorted(set(fields["departments"]))
    changes = Changes(fields)
    return _shown(services.database.write(lambda connection: users.change(connection, principal.actor, user_id, changes, now)))


@router.post("/users/{user_id}/invite")
def invite_user_again(user_id: str, principal: _Administrator, services: InstallationServices) -> LinkHanded:
    """A new link for somebody who has not come in yet; the old one is void."""
    now = services.clock.now()
    demand_fresh_proof(principal, now)
    handed = services.database.write(lambda connection: links.invite(connection, principal.actor, user_id, now))
    return link_handed(services, handed)


@router.post("/users/{user_id}/reset")
def reset_user(user_id: str, wanted: ResetWanted, principal: _Administrator, services: InstallationServices) -> LinkHanded:
    """A link that lets somebody who forgot choose a new password."""
    now = services.clock.now()
    demand_fresh_proof(principal, now)
    handed = services.database.write(
        lambda connection: links.reset(connection, principal.actor, user_id, now, second_factor=wanted.second_factor)
    )
    return link_handed(services, handed)


@router.get("/users/{user_id}/sessions")
def list_user_sessions(user_id: str, principal: _Administrator, services: InstallationServices) -> SessionList:
    """A person's live sessions."""
    with services.database.reading() as connection:
        users.one(connection, user_id)
        found = sessions.of_user(connection, user_id, services.clock.now())
    return SessionList(items=[shown_session(session, principal) for session in found])


@router.delete("/users/{user_id}/sessions")
def end_user_sessions(user_id: str, principal: _Administrator, services: InstallationServices) -> Ended:
    """Ends every session of a person."""
    with services.database.reading() as connection:
        users.one(connection, user_id)
    return Ended(ended=end_sessions_of(services, principal, user_id))


def link_handed(services: Services, handed: Handed) -> LinkHanded:
    """A link as it is told; its word stands behind the #, which browsers keep to themselves."""
    return LinkHanded(address=f"{services.settings.address}/setup#{handed.token}", expires_at=handed.expires_at)


def _refuse_unknown(roles: list[str], zone: str = "UTC") -> None:
    for position, role in enumerate(roles):
        if role not in ROLES:
            raise UsageError("no such role", code="role_unknown", pointer=f"/roles/{position}", roles=sorted(ROLES))
    if zone not in available_timezones():
        raise UsageError("no such time zone", code="zone_unknown", pointer="/zone")


def _shown(user: User) -> UserOut:
    told = user._asdict() | {"totp": user.has_totp}
    return UserOut(**{name: told[name] for name in UserOut.model_fields})
