"""Tokens of programs, as administrators manage them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Request, status
from pydantic import BaseModel, Field

from dlp.api.access import InstallationServices, Principal, demand_fresh_proof, signed_in
from dlp.api.known_tokens import KnownTokens
from dlp.api.permissions import ROLES, Permission, permissions_of
from dlp.errors import UsageError
from dlp.store import connectors
from dlp.store.access import tokens
from dlp.store.access.tokens import NewToken, Token

router = APIRouter(tags=["tokens"])
_Administrator = Annotated[Principal, signed_in(Permission.ACCESS_EDIT)]
_LONGEST_DAYS = 3 * 366


class TokenOut(BaseModel):
    """A token without its word; `hint` is how the word begins."""

    id: str
    name: str
    hint: str
    roles: list[str]
    scopes: list[str] | None
    connector: str | None
    created_by: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


class TokenList(BaseModel):
    """All tokens, the newest first."""

    items: list[TokenOut]


class TokenWanted(BaseModel):
    """A token for a program; `scopes` narrow its roles to some permissions, `connector` to one messenger."""

    name: Annotated[str, Field(min_length=1, max_length=128)]
    roles: Annotated[list[str], Field(min_length=1, max_length=len(ROLES))]
    scopes: Annotated[list[Permission], Field(max_length=len(Permission))] | None = None
    connector: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    days: Annotated[int, Field(ge=1, le=_LONGEST_DAYS)] = 365


class TokenMade(BaseModel):
    """A new token; `secret` is told this once."""

    token: TokenOut
    secret: str


@router.get("/tokens")
def list_tokens(principal: _Administrator, services: InstallationServices) -> TokenList:
    """All tokens, dead ones too."""
    with services.database.reading() as connection:
        return TokenList(items=[_shown(token) for token in tokens.every(connection)])


@router.post("/tokens", status_code=status.HTTP_201_CREATED)
def create_token(wanted: TokenWanted, principal: _Administrator, services: InstallationServices) -> TokenMade:
    """Makes a token for a program; wants a fresh proof."""
    now = services.clock.now()
    demand_fresh_proof(principal, now)
    _refuse_senseless(wanted)
    if wanted.connector is not None:
        with services.database.reading() as connection:
            if connectors.find(connection, wanted.connector) is None:
                raise UsageError("no such connector", code="connector_unknown", pointer="/connector")
    scopes = None if wanted.scopes is None else tuple(str(scope) for scope in wanted.scopes)
    new = NewToken(wanted.name, tuple(set(wanted.roles)), now + timedelta(days=wanted.days), scopes, wanted.connector)
    token, secret = services.database.write(lambda connection: tokens.create(connection, principal.actor, new, now))
    return TokenMade(token=_shown(token), secret=secret)


@router.delete("/tokens/{token_id}")
def revoke_token(token_id: str, principal: _Administrator, request: Request, services: InstallationServices) -> TokenOut:
    """Ends a token at once."""
    now = services.clock.now()
    token = services.database.write(lambda connection: tokens.revoke(connection, principal.actor, token_id, now))
    known: KnownTokens = request.app.state.known_tokens
    known.forget(token_id)
    return _shown(token)


def _refuse_senseless(wanted: TokenWanted) -> None:
    for position, role in enumerate(wanted.roles):
        if role not in ROLES:
            raise UsageError("no such role", code="role_unknown", pointer=f"/roles/{position}", roles=sorted(ROLES))
    allows = permissions_of(tuple(wanted.roles))
    for position, scope in enumerate(wanted.scopes or ()):
        if scope not in allows:
            raise UsageError("the roles do not allow this", code="scope_beyond_roles", pointer=f"/scopes/{position}")


def _shown(token: Token) -> TokenOut:
    return TokenOut(**token._asdict())
