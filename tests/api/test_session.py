from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from unicodedata import normalize

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from dlp.api.passwords import Passwords, refuse_weak
from dlp.api.transport import COOKIE, CSRF_HEADER
from dlp.clock import SetClock
from dlp.errors import UsageError
from dlp.services import Services
from dlp.store.access import links, users
from dlp.store.access.users import Changes
from dlp.store.actor import SYSTEM
from dlp.store.tables.access import sessions as session_rows
from dlp.store.tables.access import users as user_rows
from tests.api.clients import TestClient, a_user, client_of, visitor_of
from tests.api.people import CHEAP, PASSWORD, a_password, a_totp, acts, cheap_app, signed

LOGIN = "serova"


@pytest.fixture
def visitor(services: Services) -> Iterator[TestClient]:
    """Somebody at the door; `serova`, an officer, has a password."""
    a_password(services, a_user(services, "officer", login=LOGIN))
    with visitor_of(services, app=cheap_app(services)) as client:
        yield client


def _later(clock: SetClock, **time: float) -> None:
    clock.moment += timedelta(**time)


def test_the_right_password_begins_a_session(visitor: TestClient, services: Services) -> None:
    answer = signed(visitor, "  SEROVA ")
    assert answer.status_code == 201
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert COOKIE.startswith("__Host-")
    for attribute in ("HttpOnly", "Secure", "SameSite=strict", "Path=/"):
        assert attribute.lower() in cookie.lower()
    assert "domain" not in cookie.lower()
    assert visitor.get("/api/v1/me").json()["login"] == LOGIN
    assert ("session.begun", "user") in acts(services)


def test_the_record_keeps_no_word_of_the_browser(visitor: TestClient, services: Services) -> None:
    signed(visitor, LOGIN)
    with services.database.reading() as connection:
        (row,) = connection.execute(select(session_rows)).all()
    assert visitor.cookies[COOKIE] not in repr(row)
    assert len(row.digest) == 32


def test_wrong_password_and_unknown_login_look_alike(visitor: TestClient) -> None:
    wrong = signed(visitor, LOGIN, password="not the password")
    unknown = signed(visitor, "nobody", password="not the password")
    assert wrong.status_code == unknown.status_code == 401
    alike = [{**answer.json(), "instance": ""} for answer in (wrong, unknown)]
    assert alike[0] == alike[1]


def test_somebody_disabled_cannot_sign_in_and_is_out_at_once(visitor: TestClient, services: Services, clock: SetClock) -> None:
    signed(visitor, LOGIN)
    user_id = visitor.get("/api/v1/me").json()["id"]
    off = Changes({"state": "disabled"})
    services.database.write(lambda connection: users.change(connection, SYSTEM, user_id, off, clock.now()))
    assert visitor.get("/api/v1/me").json()["code"] == "session_ended"
    assert signed(visitor, LOGIN).json()["code"] == "credentials"


def test_a_session_ends_after_half_an_hour_without_use(visitor: TestClient, clock: SetClock) -> None:
    signed(visitor, LOGIN)
    _later(clock, minutes=29)
    assert visitor.get("/api/v1/me").status_code == 200
    _later(clock, minutes=29)
    assert visitor.get("/api/v1/me").status_code == 200
    _later(clock, minutes=31)
    assert visitor.get("/api/v1/me").json()["code"] == "session_ended"


def test_a_page_that_polls_does_not_keep_its_session(visitor: TestClient, clock: SetClock) -> None:
    signed(visitor, LOGIN)
    for _ in range(3):
        _later(clock, minutes=9)
        assert visitor.get("/api/v1/me", headers={"X-Quiet": "1"}).status_code == 200
    _later(clock, minutes=9)
    assert visitor.get("/api/v1/me").status_code == 401


def test_no_use_keeps_a_session_for_longer_than_twelve_hours(visitor: TestClient, clock: SetClock) -> None:
    signed(visitor, LOGIN)
    for _ in range(35):
        _later(clock, minutes=20)
        assert visitor.post("/api/v1/session/extend").status_code == 200
    _later(clock, minutes=20)
    assert visitor.post("/api/v1/session/extend").status_code == 401


def test_extending_tells_the_new_end(visitor: TestClient, clock: SetClock) -> None:
    before = signed(visitor, LOGIN).json()
    _later(clock, minutes=10)
    after = visitor.post("/api/v1/session/extend").json()
    assert after["expires_at"] > before["expires_at"]
    assert after["ends_at"] == before["ends_at"]


def test_changed_roles_end_every_session(visitor: TestClient, services: Services, clock: SetClock) -> None:
    signed(visitor, LOGIN)
    user_id = visitor.get("/api/v1/me").json()["id"]
    more = Changes({"roles": ["investigator", "officer"]})
    services.database.write(lambda connection: users.change(connection, SYSTEM, user_id, more, clock.now()))
    assert visitor.get("/api/v1/me").status_code == 401


def test_stepping_up_gives_the_session_new_words(visitor: TestClient, services: Services, clock: SetClock) -> None:
    first = signed(visitor, LOGIN).json()
    old = visitor.cookies[COOKIE]
    _later(clock, minutes=11)
    assert visitor.post("/api/v1/me/totp").json()["code"] == "step_up_needed"
    answer = visitor.post("/api/v1/session/step-up", json={"password": PASSWORD})
    assert answer.status_code == 200
    told = answer.json()
    assert told["id"] == first["id"]
    assert told["csrf"] != first["csrf"]
    assert visitor.cookies[COOKIE] != old
    visitor.headers[CSRF_HEADER] = told["csrf"]
    assert visitor.post("/api/v1/me/totp").status_code == 200
    with visitor_of(services, app=cheap_app(services)) as thief:
        thief.cookies.set(COOKIE, old, domain="testserver.local")
        assert thief.get("/api/v1/me").status_code == 401


def test_signing_out_ends_the_session_and_takes_the_cookie(visitor: TestClient, services: Services) -> None:
    signed(visitor, LOGIN)
    held = visitor.cookies[COOKIE]
    answer = visitor.delete("/api/v1/session")
    assert answer.status_code == 204
    assert "max-age=0" in answer.headers["set-cookie"].lower()
    visitor.cookies.set(COOKIE, held, domain="testserver.local")
    assert visitor.get("/api/v1/me").status_code == 401
    assert ("session.ended", "user") in acts(services)


def test_one_ends_ones_other_sessions_and_nobody_elses(visitor: TestClient, services: Services) -> None:
    signed(visitor, LOGIN)
    with visitor_of(services, app=cheap_app(services)) as elsewhere, client_of(services, "officer") as stranger:
        signed(elsewhere, LOGIN)
        listed = elsewhere.get("/api/v1/sessions").json()["items"]
        assert sorted(session["current"] for session in listed) == [False, True]
        (mine,) = [session["id"] for session in listed if session["current"]]
        assert stranger.delete(f"/api/v1/sessions/{mine}").json()["code"] == "permission"
        assert elsewhere.delete("/api/v1/sessions").json() == {"ended": 1}
        assert visitor.get("/api/v1/me").status_code == 401
        assert elsewhere.delete(f"/api/v1/sessions/{mine}").status_code == 204
        assert elsewhere.get("/api/v1/me").status_code == 401


# Lock-out.


def test_the_account_locks_after_five_tries_for_a_while_that_doubles(
    visitor: TestClient, services: Services, clock: SetClock
) -> None:
    for _ in range(5):
        assert signed(visitor, LOGIN, password="wrong wrong wrong").status_code == 401
    locked = signed(visitor, LOGIN)
    assert (locked.status_code, locked.json()["code"]) == (429, "locked")
    assert locked.headers["retry-after"] == "30"
    _later(clock, seconds=31)
    assert signed(visitor, LOGIN, password="wrong wrong wrong").status_code == 401
    assert signed(visitor, LOGIN).headers["retry-after"] == "60"
    _later(clock, seconds=61)
    assert signed(visitor, LOGIN).status_code == 201
    assert acts(services).count(("session.refused", "system")) == 6


def test_an_unknown_login_locks_like_a_known_one(visitor: TestClient) -> None:
    statuses = [signed(visitor, "nobody").status_code for _ in range(6)]
    assert statuses == [401] * 5 + [429]


def test_a_right_password_forgets_the_wrong_ones(visitor: TestClient) -> None:
    for _ in range(2):
        for _ in range(4):
            assert signed(visitor, LOGIN, password="wrong wrong wrong").status_code == 401
        assert signed(visitor, LOGIN).status_code == 201


def test_an_address_that_tries_many_accounts_locks(visitor: TestClient) -> None:
    statuses = [signed(visitor, f"nobody{number}").status_code for number in range(31)]
    assert statuses == [401] * 30 + [429]
    assert signed(visitor, LOGIN).json()["code"] == "locked"


# Second factor.


def test_a_second_factor_wants_its_code_and_each_code_once(visitor: TestClient, services: Services, clock: SetClock) -> None:
    signed(visitor, LOGIN)
    totp = a_totp(services, visitor)
    assert signed(visitor, LOGIN).json()["code"] == "totp_needed"
    assert signed(visitor, LOGIN, code=totp.at(clock.now())).json()["code"] == "totp"  # spent by the enrolment
    _later(clock, seconds=30)
    code = totp.at(clock.now())
    assert signed(visitor, LOGIN, code=code).status_code == 201
    assert signed(visitor, LOGIN, code=code).json()["code"] == "totp"
    _later(clock, seconds=30)
    wrong = f"{(int(totp.at(clock.now())) + 1) % 1_000_000:06}"
    assert signed(visitor, LOGIN, code=wrong).json()["code"] == "totp"


def test_half_a_sign_in_is_no_guess(visitor: TestClient, services: Services, clock: SetClock) -> None:
    signed(visitor, LOGIN)
    totp = a_totp(services, visitor)
    for _ in range(10):
        assert signed(visitor, LOGIN).json()["code"] == "totp_needed"
    _later(clock, seconds=30)
    assert signed(visitor, LOGIN, code=totp.at(clock.now())).status_code == 201


def test_guessing_codes_locks_the_account(visitor: TestClient, services: Services) -> None:
    signed(visitor, LOGIN)
    a_totp(services, visitor)
    statuses = [signed(visitor, LOGIN, code="000000").status_code for _ in range(6)]
    assert statuses[-1] == 429


def test_with_a_second_factor_only_its_code_steps_up(visitor: TestClient, services: Services, clock: SetClock) -> None:
    signed(visitor, LOGIN)
    totp = a_totp(services, visitor)
    _later(clock, minutes=11)
    assert visitor.post("/api/v1/session/step-up", json={"password": PASSWORD}).json()["code"] == "totp_needed"
    answer = visitor.post("/api/v1/session/step-up", json={"code": totp.at(clock.now())})
    assert answer.status_code == 200


def test_the_secret_is_sealed_and_bound_to_its_user(visitor: TestClient, services: Services) -> None:
    signed(visitor, LOGIN)
    totp = a_totp(services, visitor)
    with services.database.reading() as connection:
        row = connection.execute(select(user_rows).where(user_rows.c.login == LOGIN)).one()
    assert totp.secret.encode() not in row.totp_sealed
    assert services.keys.open(f"totp:{row.id}", row.totp_sealed) == totp.secret.encode()


def test_a_second_factor_can_be_given_up(visitor: TestClient, services: Services) -> None:
    signed(visitor, LOGIN)
    a_totp(services, visitor)
    assert visitor.delete("/api/v1/me/totp").status_code == 204
    assert signed(visitor, LOGIN).status_code == 201
    assert [act for act, _ in acts(services) if act.startswith("totp")] == ["totp.added", "totp.removed"]


def test_an_offered_second_factor_is_not_asked_for_before_its_first_code(visitor: TestClient) -> None:
    signed(visitor, LOGIN)
    assert visitor.put("/api/v1/me/totp", json={"code": "123456"}).json()["code"] == "totp_not_offered"
    assert visitor.post("/api/v1/me/totp").json()["uri"].startswith("otpauth://totp/DLP:serova?secret=")
    assert visitor.put("/api/v1/me/totp", json={"code": "000000"}).status_code == 422
    assert signed(visitor, LOGIN).status_code == 201


# Passwords.


def test_a_password_hashed_with_old_parameters_is_hashed_anew(services: Services) -> None:
    older = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1)
    user_id = a_user(services, "officer", login=LOGIN)
    a_password(services, user_id, hasher=older)
    with visitor_of(services, app=cheap_app(services)) as visitor:
        assert signed(visitor, LOGIN).status_code == 201
    with services.database.reading() as connection:
        hashed = connection.scalar(select(user_rows.c.password).where(user_rows.c.id == user_id))
    assert not CHEAP.check_needs_rehash(hashed or "")


def test_passwords_are_hashed_as_rfc_9106_recommends() -> None:
    assert Passwords().hashed(PASSWORD).startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_one_password_typed_on_two_keyboards_is_one() -> None:
    passwords = Passwords(CHEAP)
    assert passwords.holds(passwords.hashed(normalize("NFC", "ёлка и ёжик")), normalize("NFD", "ёлка и ёжик"))


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("коротко", "password_short"),
        ("x" * 257, "password_long"),
        ("qwertyuiopasdfgh", "password_common"),
        ("Password2026!", "password_common"),
        ("йцукенгшщзхъ", "password_common"),
        ("123456123456123456", "password_common"),
        ("aaaaaaaaaaaaaaaa", "password_common"),
        ("my-serova-password", "password_login"),
    ],
)
def test_a_weak_password_is_refused_and_never_quoted(password: str, code: str) -> None:
    with pytest.raises(UsageError) as caught:
        refuse_weak(password, "Serova")
    assert caught.value.code == code
    assert password not in str(caught.value)
    assert password not in repr(caught.value.params)


@pytest.mark.parametrize("password", [PASSWORD, "correct zebra battery", "ля ля ля жу жу жу фа"])
def test_a_long_password_needs_no_signs_or_digits(password: str) -> None:
    refuse_weak(password, "serova")


def test_a_changed_password_ends_the_other_sessions(visitor: TestClient, services: Services) -> None:
    with visitor_of(services, app=cheap_app(services)) as elsewhere:
        signed(elsewhere, LOGIN)
        signed(visitor, LOGIN)
        change = {"current": PASSWORD, "password": "восемь новых лодок"}
        assert visitor.post("/api/v1/me/password", json=change | {"current": "wrong wrong"}).json()["code"] == "credentials"
        answer = visitor.post("/api/v1/me/password", json=change)
        assert answer.status_code == 200
        assert visitor.get("/api/v1/me").status_code == 200
        assert elsewhere.get("/api/v1/me").status_code == 401
    assert signed(visitor, LOGIN).status_code == 401
    assert signed(visitor, LOGIN, password="восемь новых лодок").status_code == 201


# Links.


@pytest.fixture
def newcomer(services: Services) -> Iterator[TestClient]:
    with visitor_of(services, app=cheap_app(services)) as client:
        yield client


def _first(services: Services) -> str | None:
    now = services.clock.now()
    return services.database.write(lambda connection: links.first_link(connection, now))


def test_the_first_administrator_comes_in_by_a_link_that_is_good_once(newcomer: TestClient, services: Services) -> None:
    token = _first(services)
    assert newcomer.post("/api/v1/setup/look", json={"token": token}).json()["kind"] == "first"
    wanted = {"token": token, "login": "Boss", "name": "Д. Ким", "password": PASSWORD}
    assert newcomer.post("/api/v1/setup", json=wanted).json() == {"login": "boss"}
    assert newcomer.post("/api/v1/setup", json=wanted).json()["code"] == "link_not_found"
    assert signed(newcomer, "boss").status_code == 201
    assert newcomer.get("/api/v1/me").json()["roles"] == ["administrator"]
    assert _first(services) is None


def test_a_newer_first_link_voids_the_older(newcomer: TestClient, services: Services) -> None:
    older, newer = _first(services), _first(services)
    assert newcomer.post("/api/v1/setup/look", json={"token": older}).status_code == 404
    assert newcomer.post("/api/v1/setup/look", json={"token": newer}).status_code == 200


def test_a_link_expires(newcomer: TestClient, services: Services, clock: SetClock) -> None:
    token = _first(services)
    _later(clock, hours=25)
    wanted = {"token": token, "login": "boss", "name": "Д. Ким", "password": PASSWORD}
    assert newcomer.post("/api/v1/setup", json=wanted).json()["code"] == "link_not_found"


def test_a_weak_password_leaves_the_link_unused(newcomer: TestClient, services: Services) -> None:
    wanted = {"token": _first(services), "login": "boss", "name": "Д. Ким", "password": "boss boss boss"}
    assert newcomer.post("/api/v1/setup", json=wanted).json()["code"] == "password_login"
    assert newcomer.post("/api/v1/setup", json=wanted | {"password": PASSWORD}).status_code == 200


def test_the_first_administrator_must_say_who_he_is(newcomer: TestClient, services: Services) -> None:
    answer = newcomer.post("/api/v1/setup", json={"token": _first(services), "password": PASSWORD})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/login")


def test_preferences_are_kept_for_the_person(services: Services) -> None:
    with client_of(services, "officer") as client:
        wanted = {"language": "en", "zone": "Asia/Omsk", "preferences": {"density": 28}}
        assert client.put("/api/v1/me/preferences", json=wanted).status_code == 200
        told = client.get("/api/v1/me").json()
        assert {name: told[name] for name in wanted} == wanted
        assert client.put("/api/v1/me/preferences", json={"zone": "Mars"}).json()["code"] == "zone_unknown"
        large = {"preferences": {"x": "y" * 20_000}}
        assert client.put("/api/v1/me/preferences", json=large).json()["code"] == "preferences_large"
