"""What the routes of duties (holds, exceptions, emergencies, reveals, cases) share: words, ids, pages, who acts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Final

from fastapi import Depends, Path, Request
from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from dlp.api.access import Allowed, Principal, principal_of
from dlp.api.permissions import ROLES, Permission
from dlp.errors import RefusedError
from dlp.store.incident_note import Officer

# PostgreSQL refuses NUL in text, and both databases refuse numbers of more than 64 bits.
_NO_NUL: Final = r"^[^\x00]*$"
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000, pattern=_NO_NUL)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000, pattern=_NO_NUL)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=512, pattern=_NO_NUL)]
RowId = Annotated[int, Field(ge=1, le=2**63 - 1)]


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("is outside the calendar") from None


Time = Annotated[AwareDatetime, AfterValidator(_in_utc)]
IdInPath = Annotated[str, Path(pattern=r"^[0-9a-f-]{36}$")]
Cursor = Annotated[str, Field(pattern=r"^[0-9a-f-]{36}$", description="The `next` of the page before.")]
PageSize = Annotated[int, Field(ge=1, le=200)]


class AllowedAny(Allowed):
    """What `allowed_any` puts into a route's head: one of `permissions` is enough (`any_of` tells the walk over roles)."""

    any_of = True

    async def __call__(self, request: Request) -> Principal:
        principal = await principal_of(request)
        if not principal.permissions.intersection(self.permissions):
            raise RefusedError("the role does not allow this", code="permission", needed=sorted(self.permissions))
        return principal


def allowed_any(*permissions: Permission) -> Any:
    """A dependency that gives the Principal who may do at least one of `permissions`; answers 401 or 403 otherwise."""
    return Depends(AllowedAny(permissions))


def officer_of(principal: Principal, deciding: Permission | None = None) -> Officer:
    """The principal as one who acts on incidents; `deciding` is what a second officer would have to be allowed."""
    roles = frozenset(role for role, granted in ROLES.items() if deciding in granted) if deciding else frozenset[str]()
    return Officer(principal.actor, principal.departments, roles)
