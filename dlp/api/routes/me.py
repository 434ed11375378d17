"""What the signed-in person or program is and may do."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel

from dlp.api.access import InstallationServices, Principal, allowed
from dlp.store.access import users

router = APIRouter(tags=["me"])


class Me(BaseModel):
    """Who is asking. `user` fields are null for a program."""

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


@router.get("/me")
def get_me(principal: Annotated[Principal, allowed()], services: InstallationServices) -> Me:
    """Name, roles, permissions, preferences of whoever asks."""
    me = Me(
        id=principal.id,
        kind="user" if principal.kind == "user" else "token",
        name=principal.name,
        roles=list(principal.roles),
        permissions=sorted(principal.permissions),
        departments=None if principal.departments is None else list(principal.departments),
        connector=principal.connector,
    )
    if principal.kind != "user":
        return me
    with services.database.reading() as connection:
        user = users.one(connection, principal.id)
    own = {"login": user.login, "language": user.language, "zone": user.zone, "preferences": user.preferences, "totp": user.has_totp}
    return me.model_copy(update=own)
