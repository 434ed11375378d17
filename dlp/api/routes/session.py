"""Sessions of people: sign in, prove oneself again, stay, leave; links that let somebody in for the first time."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request, Response, status
from pydantic import BaseModel, Field

from dlp.api.access import InstallationServices, Principal, address_of, public, signed_in
from dlp.api.passwords import LONGEST, Passwords, refuse_weak
from dlp.api.permissions import Permission
from dlp.api.sign_in import Shown, account_door, begin_session, prove
from dlp.api.transport import COOKIE
from dlp.errors import RefusedError, UsageError
from dlp.services import Services
from dlp.store.access import credentials, links, sessions
from dlp.store.access.links import FIRST, Accepted
from dlp.store.access.sessions import LONGEST as LONGEST_SESSION
from dlp.store.access.sessions import Held, Place, Session

router = APIRouter(tags=["session"])
_Person = Annotated[Principal, signed_in()]
_Word = Annotated[str, Field(max_length=LONGEST)]


class SignIn(BaseModel):
    """A login, its password, and the code where there is a second factor (`totp_needed` asks for it)."""

    login: Annotated[str, Field(min_length=1, max_length=128)]
    password: _Word
    code: Annotated[str, Field(pattern=r"^\d{6}$")] | None = None


class StepUp(BaseModel):
    """A fresh proof: the code where there is a second factor, else the password."""

    password: _Word = ""
    code: Annotated[str, Field(pattern=r"^\d{6}$")] | None = None


class SessionOut(BaseModel):
    """The session asked with. `csrf` goes into X-CSRF-Token of every unsafe request; `expires_at` moves with use."""

    id: str
    csrf: str
    created_at: datetime
    expires_at: datetime
    ends_at: datetime
    proved_at: datetime


class OneSession(BaseModel):
    """A session in a list."""

    id: str
    user_id: str
    login: str
    address: str
    agent: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    proved_at: datetime
    current: bool


class SessionList(BaseModel):
    """Live sessions, the latest used first."""

    items: list[OneSession]


class Ended(BaseModel):
    """How many sessions ended."""

    ended: int


class LinkAsked(BaseModel):
    """The word of a one-time link; it stands behind the # of the link's address and so reaches no log."""

    token: Annotated[str, Field(min_length=1, max_length=128)]


class LinkOut(BaseModel):
    """Whom a link is for; the first administrator has no login yet."""

    kind: str
    login: str | None
    name: str | None
    expires_at: datetime


class Setup(BaseModel):
    """The use of a link: a new password, and for the first administrator a login and a name."""

    token: Annotated[str, Field(min_length=1, max_length=128)]
    password: _Word
    login: Annotated[str, Field(min_length=1, max_length=128)] | None = None
    name: Annotated[str, Field(min_length=1, max_length=256)] | None = None


class SetUp(BaseModel):
    """The login to sign in with now."""

    login: str


@router.post("/session", status_code=status.HTTP_201_CREATED, dependencies=[public("signing in", own_page=True)])
def sign_in(wanted: SignIn, request: Request, response: Response, services: InstallationServices) -> SessionOut:
    """Signs a person in and sets the session's cookie."""
    held = begin_session(services, passwords_of(request), wanted.login, Shown(wanted.password, wanted.code), place_of(request))
    set_cookie(response, held)
    return session_told(services, held.secret)


@router.get("/session")
def get_session(principal: _Person, request: Request, services: InstallationServices) -> SessionOut:
    """The session asked with; how a page that was loaded again gets its token."""
    return session_told(services, request.cookies.get(COOKIE, ""))


@router.post("/session/extend")
def extend_session(principal: _Person, request: Request, services: InstallationServices) -> SessionOut:
    """Says that the person is still there: another half hour, never beyond `ends_at`."""
    now = services.clock.now()
    services.database.write(lambda connection: sessions.touch(connection, principal.session or "", now))
    return session_told(services, request.cookies.get(COOKIE, ""))


@router.post("/session/step-up")
def step_up(
    shown: StepUp, principal: _Person, request: Request, response: Response, services: InstallationServices
) -> SessionOut:
    """Takes a fresh proof and gives the session new words."""
    person, proof = prove(services, passwords_of(request), principal.id, Shown(shown.password, shown.code), place_of(request))
    now, session_id = services.clock.now(), principal.session or ""
    held = services.database.write(lambda connection: credentials.step_up(connection, person, session_id, proof, now))
    if held is None:
        raise RefusedError("the code was used before", code="totp")
    set_cookie(response, held)
    return session_told(services, held.secret)


@router.delete("/session", status_code=status.HTTP_204_NO_CONTENT)
def sign_out(principal: _Person, response: Response, services: InstallationServices) -> None:
    """Ends the session asked with."""
    _end(services, principal, principal.session or "")
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="strict")


@router.get("/sessions")
def list_sessions(principal: _Person, services: InstallationServices) -> SessionList:
    """The person's own live sessions."""
    with services.database.reading() as connection:
        found = sessions.of_user(connection, principal.id, services.clock.now())
    return SessionList(items=[shown_session(session, principal) for session in found])


@router.delete("/sessions/{session_id}", status_code=status.HTTP_204_NO_CONTENT)
def end_session(session_id: str, principal: _Person, services: InstallationServices) -> None:
    """Ends one of one's own sessions; who manages access ends anybody's."""
    with services.database.reading() as connection:
        owner = sessions.owner_of(connection, session_id)
    if owner != principal.id and Permission.ACCESS_EDIT not in principal.permissions:
        raise RefusedError("this is somebody else's session", code="permission", needed=[Permission.ACCESS_EDIT])
    _end(services, principal, session_id)


@router.delete("/sessions")
def end_own_sessions(principal: _Person, services: InstallationServices) -> Ended:
    """Ends every other session of one's own."""
    return Ended(ended=end_sessions_of(services, principal, principal.id, but=principal.session))


@router.post("/setup/look", dependencies=[public("the link's word is the credential", own_page=True)])
def look_at_link(asked: LinkAsked, services: InstallationServices) -> LinkOut:
    """Whom a one-time link is for."""
    with services.database.reading() as connection:
        link = links.look(connection, asked.token, services.clock.now())
    if link.kind == FIRST:
        return LinkOut(kind=link.kind, login=None, name=None, expires_at=link.expires_at)
    return LinkOut(kind=link.kind, login=link.login, name=link.name, expires_at=link.expires_at)


@router.post("/setup", dependencies=[public("the link's word is the credential", own_page=True)])
def use_link(wanted: Setup, request: Request, services: InstallationServices) -> SetUp:
    """Uses a one-time link up: the password is set, the person may sign in."""
    now = services.clock.now()
    with services.database.reading() as connection:
        link = links.look(connection, wanted.token, now)
    login = wanted.login if link.kind == FIRST else link.login
    if not login or (link.kind == FIRST and not wanted.name):
        missing = "/name" if login else "/login"
        raise UsageError("the first administrator chooses a login and a name", code="missing", pointer=missing)
    refuse_weak(wanted.password, login)
    accepted = Accepted(passwords_of(request).hashed(wanted.password), account_door(services, login), login, wanted.name)
    used = services.database.write(lambda connection: links.use(connection, wanted.token, accepted, now))
    return SetUp(login=used.login)


def passwords_of(request: Request) -> Passwords:
    """The application's way with passwords."""
    passwords: Passwords = request.app.state.passwords
    return passwords


def place_of(request: Request) -> Place:
    """Where a request comes from."""
    return Place(address_of(request), request.headers.get("user-agent", ""))


def set_cookie(response: Response, held: Held) -> None:
    """Hands the browser a session. The prefix makes it refuse the cookie unless Secure, for this host and the whole path."""
    seconds = int(LONGEST_SESSION.total_seconds())
    response.set_cookie(COOKIE, held.secret, max_age=seconds, path="/", secure=True, httponly=True, samesite="strict")


def shown_session(session: Session, principal: Principal) -> OneSession:
    """A session as it is listed."""
    shown = session._asdict()
    shown["expires_at"] = min(session.seen_at + sessions.IDLE, session.ends_at)
    return OneSession(**shown, current=session.id == principal.session)


def end_sessions_of(services: Services, principal: Principal, user_id: str, *, but: str | None = None) -> int:
    """Ends a person's sessions and audits it; tells how many."""
    now = services.clock.now()
    return services.database.write(lambda connection: sessions.end_everywhere(connection, principal.actor, user_id, now, but=but))


def _end(services: Services, principal: Principal, session_id: str) -> None:
    now = services.clock.now()
    services.database.write(lambda connection: sessions.end_one(connection, principal.actor, session_id, now))


def session_told(services: Services, secret: str) -> SessionOut:
    """The session of a cookie's word as its page is told."""
    now = services.clock.now()
    with services.database.reading() as connection:
        session = sessions.standing(connection, secret, now)
    if session is None:
        raise RefusedError("the session has ended", code="session_ended")
    return SessionOut(
        id=session.id,
        csrf=session.csrf,
        created_at=session.created_at,
        expires_at=session.expires_at,
        ends_at=session.ends_at,
        proved_at=session.proved_at,
    )
