"""Who is asking, and whether they may: every route states what it needs in its head."""

from __future__ import annotations

from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Annotated, Any, Final, NamedTuple

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from dlp.api.known_tokens import KnownTokens
from dlp.api.limits import Limiter
from dlp.api.permissions import Permission, permissions_of
from dlp.api.transport import COOKIE, demand_json, demand_own_page, demand_session_word, is_safe
from dlp.errors import RefusedError, Unauthenticated
from dlp.services import Services
from dlp.store.access import sessions, tokens
from dlp.store.access.secrets import TOKEN_PREFIX
from dlp.store.access.sessions import Standing
from dlp.store.access.tokens import Token
from dlp.store.actor import Actor

PROOF: Final = timedelta(minutes=10)  # how long a password or code counts as fresh (console.md, "Reveal")
# A program cannot prove itself afresh, and nobody could be asked why it looked.
_FOR_PEOPLE: Final = {Permission.CONTENT_REVEAL, Permission.CONTENT_APPROVE, Permission.ACCESS_EDIT, Permission.KEY_EDIT}
_QUIET = "X-Quiet"  # a page that polls by itself says so: it does not keep its session alive


class Principal(NamedTuple):
    """A person with a session or a program with a token. `departments` None means all; `connector` binds a token to one."""

    id: str
    kind: str  # "user" or "token"
    name: str
    roles: tuple[str, ...]
    permissions: frozenset[Permission]
    departments: tuple[str, ...] | None = None
    connector: str | None = None
    session: str | None = None
    proved_at: datetime | None = None  # when a person last showed a password or code

    @property
    def actor(self) -> Actor:
        """The principal as history and the audit chain name it."""
        return Actor(self.id, self.kind, self.name)


def services_of(request: Request) -> Services:
    """What the application was built with."""
    services: Services = request.app.state.services
    return services


async def _services(request: Request) -> Services:
    # Not a plain function: that would cost each request a walk through the thread pool.
    return services_of(request)


InstallationServices = Annotated[Services, Depends(_services)]


class Allowed:
    """What `allowed` puts into a route's head; the walk over routes and roles reads its attributes."""

    any_of = False  # one of the permissions is enough

    def __init__(self, permissions: tuple[Permission, ...], *, people_only: bool = False) -> None:
        self.permissions = permissions
        self.people_only = people_only

    async def __call__(self, request: Request) -> Principal:
        principal = await principal_of(request)
        if self.people_only and principal.kind != "user":
            raise RefusedError("only a person with a session may do this", code="people_only")
        missing = [permission for permission in self.permissions if permission not in principal.permissions]
        if missing:
            raise RefusedError("the role does not allow this", code="permission", needed=sorted(missing))
        return principal


class Watching(Allowed):
    """What `watching` puts into a route's head: a monitoring network needs no permission, everybody else does."""

    async def __call__(self, request: Request) -> None:  # type: ignore[override] # who watches has no name
        if not _is_monitor(address_of(request), services_of(request).settings.monitors):
            await super().__call__(request)


class Public:
    """What `public` puts into a route's head; the walk over routes and roles reads `why`."""

    def __init__(self, why: str, *, own_page: bool) -> None:
        self.why = why
        self.own_page = own_page

    async def __call__(self, request: Request) -> None:
        limiter_of(request).spend_address(address_of(request))
        if self.own_page and not is_safe(request):
            demand_json(request)
            demand_own_page(request, services_of(request).settings)


def allowed(*permissions: Permission) -> Any:
    """A dependency that gives the Principal who may do all of `permissions`; answers 401 or 403 otherwise."""
    return Depends(Allowed(permissions))


def signed_in(*permissions: Permission) -> Any:
    """The same for people alone: a token is refused."""
    return Depends(Allowed(permissions, people_only=True))


def public(why: str, *, own_page: bool = False) -> Any:
    """Marks a route that needs no login and says why; `own_page` True: unsafe requests must come from the console's page.

    Put it into the decorator: `@router.post("/hooks/{connector}", dependencies=[public("signed by the sender")])`.
    """
    return Depends(Public(why, own_page=own_page))


def watching(*permissions: Permission) -> Any:
    """For metrics and readiness: open to the networks the settings name, to others with `permissions`."""
    return Depends(Watching(permissions))


def demand_fresh_proof(principal: Principal, now: datetime) -> None:
    """Refuses where a person's last password or code lies too far back: the client steps up and asks again."""
    if principal.kind == "user" and (principal.proved_at is None or now - principal.proved_at > PROOF):
        raise RefusedError("show your password or code again", code="step_up_needed", minutes=PROOF.total_seconds() / 60)


def session_lives(services: Services, principal: Principal) -> bool:
    """Whether a stream begun by this principal may go on; asked between its events."""
    with services.database.reading() as connection:
        if principal.session is not None:
            return sessions.lives(connection, principal.session, services.clock.now())
        return tokens.one(connection, principal.id).holds(services.clock.now())


def address_of(request: Request) -> str:
    """Where the request comes from, as the server sees it (a trusted proxy's header is read by uvicorn)."""
    return request.client.host if request.client is not None else "-"


def _is_monitor(address: str, networks: tuple[str, ...]) -> bool:
    try:
        found = ip_address(address)
    except ValueError:  # a socket of the file system has no address
        return False
    return any(found in ip_network(network) for network in networks)


def limiter_of(request: Request) -> Limiter:
    """The application's rate limits."""
    limiter: Limiter = request.app.state.limiter
    return limiter


async def principal_of(request: Request) -> Principal:
    """Who asks, by bearer token or session cookie. Raises Unauthenticated, RefusedError, TooManyRequests."""
    authorization = request.headers.get("authorization")
    try:
        principal = await (_person(request) if authorization is None else _program(request, authorization))
    except Unauthenticated:
        # Each cost a look into the record.
        limiter_of(request).spend_address(address_of(request))
        raise
    request.scope.setdefault("state", {})["principal"] = principal
    limiter_of(request).spend(principal.id, principal.kind)
    return principal


async def _program(request: Request, authorization: str) -> Principal:
    scheme, _, secret = authorization.partition(" ")
    if scheme.lower() != "bearer" or not secret.startswith(TOKEN_PREFIX):
        raise Unauthenticated("this is no token of ours", code="token")
    services = services_of(request)
    known: KnownTokens = request.app.state.known_tokens
    token = await known.held_by(services, secret)
    if token is None or not token.holds(services.clock.now()):
        raise Unauthenticated("the token is unknown, expired or revoked", code="token")
    return principal_of_token(token)


def principal_of_token(token: Token) -> Principal:
    """What a program with this token may do: what its roles allow, narrowed by its scopes."""
    permissions = permissions_of(token.roles)
    permissions -= _FOR_PEOPLE
    if token.scopes is not None:
        permissions &= {Permission(scope) for scope in token.scopes if scope in set(Permission)}
    return Principal(token.id, "token", token.name, token.roles, permissions, connector=token.connector)


async def _person(request: Request) -> Principal:
    secret = request.cookies.get(COOKIE)
    if not secret:
        raise Unauthenticated("sign in first", code="sign_in")
    services = services_of(request)
    now = services.clock.now()
    session: Standing | None = await run_in_threadpool(_session_held_by, services, secret, now)
    if session is None:
        raise Unauthenticated("the session has ended", code="session_ended")
    if not is_safe(request):
        demand_own_page(request, services.settings)
        demand_session_word(request, session.csrf)
        demand_json(request)
    if session.wants_touch(now) and _QUIET not in request.headers:
        services.database.submit(lambda connection: sessions.touch(connection, session.id, now))
    return principal_of_session(session)


def principal_of_session(session: Standing) -> Principal:
    """What a person with this session may do."""
    return Principal(
        session.user_id,
        "user",
        session.name,
        session.roles,
        permissions_of(session.roles),
        departments=session.departments,
        session=session.id,
        proved_at=session.proved_at,
    )


def _session_held_by(services: Services, secret: str, now: datetime) -> Standing | None:
    with services.database.reading() as connection:
        return sessions.standing(connection, secret, now)
