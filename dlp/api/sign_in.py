"""Signing in and proving oneself again: tries counted first, then the password, then the code, then the session."""

from __future__ import annotations

import math
from typing import NamedTuple

from dlp.api.passwords import Passwords
from dlp.api.second_factor import opened, step_of
from dlp.errors import TooManyRequests, Unauthenticated
from dlp.services import Services
from dlp.store.access import attempts, credentials
from dlp.store.access.attempts import Door
from dlp.store.access.credentials import Credentials, Entry, Proof
from dlp.store.access.sessions import Held, Place
from dlp.store.access.users import folded_login


class Shown(NamedTuple):
    """What somebody shows to prove who he is."""

    password: str
    code: str | None = None


class _Counted(NamedTuple):
    """A try that was counted: against what, and whether its failure locks."""

    account: Door
    address: Door
    locks: bool


def begin_session(services: Services, passwords: Passwords, login: str, shown: Shown, place: Place) -> Held:
    """A session of the person whose login, password and code these are. Raises Unauthenticated, TooManyRequests.

    Whether the login exists cannot be told from the answer, nor from the time it takes.
    """
    counted = _count_try(services, login, place)
    with services.database.reading() as connection:
        person = credentials.of_login(connection, login)
    usable = person.password if person is not None and person.state == "active" else None
    if not passwords.holds(usable, shown.password) or person is None:
        raise _refusal(services, person, place, counted, code="credentials")
    step = None if person.totp_sealed is None else _step_shown(services, person, shown, place, counted)
    entry = Entry(person, counted.account, counted.address, place, Proof(step, _rehashed(passwords, person, shown.password)))
    now = services.clock.now()
    held = services.database.write(lambda connection: credentials.come_in(connection, entry, now))
    if held is None:
        raise _refusal(services, person, place, counted, code="totp")
    return held


def prove(services: Services, passwords: Passwords, user_id: str, shown: Shown, place: Place) -> tuple[Credentials, Proof]:
    """What a signed-in person showed once more: the code where there is a second factor, else the password.

    Counted like a try to sign in. Raises Unauthenticated, TooManyRequests.
    """
    person = _person(services, user_id)
    if person.totp_sealed is None:
        return prove_password(services, passwords, person, shown.password, place), Proof()
    counted = _count_try(services, person.login, place)
    step = _step_shown(services, person, shown, place, counted)
    _succeed(services, counted)
    return person, Proof(step)


def prove_password(services: Services, passwords: Passwords, who: Credentials | str, password: str, place: Place) -> Credentials:
    """The same by the password alone, whatever second factor there is. Raises Unauthenticated, TooManyRequests."""
    person = _person(services, who) if isinstance(who, str) else who
    counted = _count_try(services, person.login, place)
    if not passwords.holds(person.password, password):
        raise _refusal(services, person, place, counted, code="credentials")
    _succeed(services, counted)
    return person


def account_door(services: Services, login: str) -> Door:
    """What tries of a login are counted against, whether anybody has it or not."""
    return attempts.account_door(services.keys.digest("LOGIN", folded_login(login)))


def _person(services: Services, user_id: str) -> Credentials:
    with services.database.reading() as connection:
        person = credentials.of_user(connection, user_id)
    if person is None:
        raise Unauthenticated("the user is no more", code="session_ended")
    return person


def _count_try(services: Services, login: str, place: Place) -> _Counted:
    account, address = account_door(services, login), attempts.address_door(place.address)
    now = services.clock.now()
    tried = services.database.write(lambda connection: attempts.try_doors(connection, (account, address), now))
    seconds = math.ceil(tried.wait.total_seconds())
    if seconds > 0:
        raise TooManyRequests("too many tries; wait", code="locked", retry_after_seconds=seconds)
    return _Counted(account, address, tried.locks)


def _succeed(services: Services, counted: _Counted) -> None:
    services.database.write(lambda connection: attempts.succeeded(connection, counted.account, counted.address))


def _step_shown(services: Services, person: Credentials, shown: Shown, place: Place, counted: _Counted) -> int:
    assert person.totp_sealed is not None  # noqa: S101 - asked only of those who have one
    if not shown.code:
        # The password was right: this was no guess, only half of a sign-in.
        doors = (counted.account, counted.address)
        services.database.write(lambda connection: attempts.take_back(connection, doors))
        raise Unauthenticated("the code of the second factor is wanted", code="totp_needed")
    step = step_of(opened(services, person.user_id, person.totp_sealed), shown.code, services.clock.now())
    if step is None:
        raise _refusal(services, person, place, counted, code="totp")
    return step


def _refusal(services: Services, person: Credentials | None, place: Place, counted: _Counted, *, code: str) -> Unauthenticated:
    user_id = None if person is None else person.user_id
    now = services.clock.now()
    services.database.write(lambda connection: credentials.refused(connection, user_id, place.address, now, locks=counted.locks))
    return Unauthenticated("that is not right", code=code)


def _rehashed(passwords: Passwords, person: Credentials, password: str) -> str | None:
    return passwords.hashed(password) if person.password is not None and passwords.is_outdated(person.password) else None
