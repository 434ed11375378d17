"""People, sessions, tokens, links and tries, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from dlp.errors import Conflict, NotFound
from dlp.store.access import attempts, credentials, housekeeping, links, sessions, tokens, users
from dlp.store.access.attempts import account_door, address_door
from dlp.store.access.links import Accepted
from dlp.store.access.secrets import digest_of
from dlp.store.access.sessions import Held, Place
from dlp.store.access.tokens import NewToken
from dlp.store.access.users import Changes, NewUser, User, folded_login
from dlp.store.actor import SYSTEM
from dlp.store.database import Database
from dlp.store.tables import access as tables
from dlp.store.tables.trust import audit

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ACCOUNT = account_door(b"0123456789abcdef")
ADDRESS = address_door("192.0.2.1")


def _user(database: Database, login: str = "kim", *roles: str, state: str = "active") -> User:
    wanted = NewUser(login, "Д. Ким", roles or ("officer",), departments=("Sales", "IT"))
    return database.write(lambda c: users.create(c, SYSTEM, wanted, NOON, state=state))


def _session(database: Database, user: User, now: datetime = NOON) -> Held:
    return database.write(lambda c: sessions.begin(c, user.id, Place("192.0.2.1", "a browser" * 100), now))


def _stands(database: Database, held: Held, now: datetime) -> bool:
    with database.reading() as connection:
        return sessions.standing(connection, held.secret, now) is not None


def _touch(database: Database, held: Held, now: datetime) -> None:
    database.write(lambda c: sessions.touch(c, held.id, now))


def _change(database: Database, user: User, **fields: object) -> User:
    return database.write(lambda c: users.change(c, SYSTEM, user.id, Changes(fields), NOON))


def test_a_user_comes_back_as_kept(database: Database) -> None:
    made = _user(database, "  Kim ", "officer", "auditor")
    with database.reading() as connection:
        kept = users.one(connection, made.id)
    assert kept == made
    assert (kept.login, kept.roles, kept.departments) == ("kim", ("auditor", "officer"), ("IT", "Sales"))
    assert (kept.created_at, kept.has_password, kept.has_totp) == (NOON, False, False)


def test_logins_that_look_alike_are_one(database: Database) -> None:
    assert folded_login("ＫＩＭ ") == "kim"
    _user(database, "kim")
    with pytest.raises(Conflict) as caught:
        _user(database, "KIM")
    assert caught.value.code == "login_taken"


def test_a_refused_change_leaves_everything_as_it_was(database: Database) -> None:
    boss = _user(database, "boss", "administrator")
    held = _session(database, boss)
    with pytest.raises(Conflict):
        _change(database, boss, roles=["officer"], name="X")
    with database.reading() as connection:
        assert users.one(connection, boss.id) == boss._replace(last_seen_at=NOON)
        assert connection.scalars(select(audit.c.act)).all() == ["user.created"]
    assert _stands(database, held, NOON)


def test_one_of_two_administrators_may_go(database: Database) -> None:
    first, second = _user(database, "first", "administrator"), _user(database, "second", "administrator")
    assert _change(database, first, state="disabled").state == "disabled"
    with pytest.raises(Conflict):
        _change(database, second, state="disabled")


def test_what_does_not_change_is_no_act(database: Database) -> None:
    user = _user(database)
    held = _session(database, user)
    _change(database, user, roles=list(user.roles), departments=list(user.departments or ()), name=user.name)
    assert _stands(database, held, NOON)
    with database.reading() as connection:
        assert connection.scalars(select(audit.c.act)).all() == ["user.created"]


@pytest.mark.parametrize("fields", [{"roles": ["auditor"]}, {"departments": None}, {"state": "disabled"}])
def test_a_change_of_rights_ends_every_session(database: Database, fields: dict[str, object]) -> None:
    user = _user(database)
    held = [_session(database, user), _session(database, user)]
    _change(database, user, **fields)
    assert not any(_stands(database, one, NOON) for one in held)


def test_a_session_stands_while_it_is_used_and_never_beyond_its_end(database: Database) -> None:
    held = _session(database, _user(database))
    assert _stands(database, held, NOON + timedelta(minutes=29))
    assert not _stands(database, held, NOON + timedelta(minutes=30))
    for hour in range(1, 24):
        _touch(database, held, NOON + timedelta(minutes=29 * hour))
    last_seen = NOON + timedelta(minutes=29 * 23)
    assert _stands(database, held, last_seen + timedelta(minutes=1))
    _touch(database, held, NOON + timedelta(hours=11, minutes=59))
    assert not _stands(database, held, NOON + timedelta(hours=12))


def test_a_late_touch_never_takes_time_back(database: Database) -> None:
    held = _session(database, _user(database), NOON)
    _touch(database, held, NOON - timedelta(minutes=5))
    with database.reading() as connection:
        found = sessions.standing(connection, held.secret, NOON)
    assert found is not None
    assert found.seen_at == NOON


def test_only_digests_of_what_browsers_and_programs_hold_are_kept(database: Database) -> None:
    user = _user(database)
    held = _session(database, user)
    wanted = NewToken("x", ("hook",), NOON + timedelta(days=1))
    token, secret = database.write(lambda c: tokens.create(c, SYSTEM, wanted, NOON))
    link = database.write(lambda c: links.reset(c, SYSTEM, user.id, NOON))
    with database.reading() as connection:
        keepers = (tables.sessions, tables.tokens, tables.invitations)
        kept = [connection.scalars(select(table.c.digest)).all() for table in keepers]
        rows = repr([connection.execute(select(table)).all() for table in (*keepers, audit)])
    assert kept == [[digest_of(word)] for word in (held.secret, secret, link.token)]
    assert not any(word in rows for word in (held.secret, secret, link.token))
    assert token.hint == secret[:10]


def test_a_token_is_known_dead_or_alive(database: Database) -> None:
    wanted = NewToken("x", ("hook",), NOON + timedelta(days=1), ("verdict.ask",), "portal")
    token, secret = database.write(lambda c: tokens.create(c, SYSTEM, wanted, NOON))
    with database.reading() as connection:
        assert tokens.held_by(connection, secret) == token
        assert tokens.held_by(connection, "dlp_x") is None
    assert token.holds(NOON)
    assert not token.holds(NOON + timedelta(days=1))
    revoked = database.write(lambda c: tokens.revoke(c, SYSTEM, token.id, NOON))
    again = database.write(lambda c: tokens.revoke(c, SYSTEM, token.id, NOON + timedelta(hours=1)))
    assert revoked.revoked_at == again.revoked_at == NOON
    assert not revoked.holds(NOON)


# Tries.


def _tries(database: Database, count: int, now: datetime = NOON) -> list[float]:
    def one() -> float:
        return database.write(lambda c: attempts.try_doors(c, (ACCOUNT, ADDRESS), now)).wait.total_seconds()

    return [one() for _ in range(count)]


def test_tries_are_counted_before_they_are_looked_at(database: Database) -> None:
    assert _tries(database, 7) == [0] * 5 + [30, 30]


def test_tries_sent_at_once_are_no_more_than_one_after_another(database: Database) -> None:
    waiting = [database.submit(lambda c: attempts.try_doors(c, (ACCOUNT, ADDRESS), NOON)) for _ in range(40)]
    assert sum(not future.result().wait for future in waiting) == 5


def test_a_lock_doubles_up_to_a_quarter_of_an_hour(database: Database) -> None:
    _tries(database, 5)
    now, locks = NOON, []
    for _ in range(7):
        locks.append(_tries(database, 1, now)[0])
        now += timedelta(seconds=locks[-1])
        assert _tries(database, 1, now) == [0]
    assert locks == [30, 60, 120, 240, 480, 900, 900]


def test_after_a_quiet_day_tries_are_forgotten(database: Database) -> None:
    _tries(database, 5)
    assert _tries(database, 5, NOON + timedelta(hours=24)) == [0] * 5


def test_a_locked_door_counts_against_no_other(database: Database) -> None:
    _tries(database, 30)
    other = account_door(b"fedcba9876543210")
    assert database.write(lambda c: attempts.try_doors(c, (other, ADDRESS), NOON)).wait == timedelta(0)


def test_success_forgets_the_account_and_takes_one_back_from_the_address(database: Database) -> None:
    _tries(database, 4)
    database.write(lambda c: attempts.succeeded(c, ACCOUNT, ADDRESS))
    with database.reading() as connection:
        rows = connection.execute(select(tables.attempts.c.key, tables.attempts.c.count)).all()
    assert [tuple(row) for row in rows] == [(ADDRESS.key, 3)]


# Links.


def _accepted(**told: str) -> Accepted:
    return Accepted("$argon2id$…", ACCOUNT, **told)


def _first(database: Database) -> str | None:
    return database.write(lambda c: links.first_link(c, NOON, ("administrator", "officer")))


def test_the_first_link_lets_in_whoever_chooses_a_login(database: Database) -> None:
    token = _first(database)
    assert token is not None
    used = database.write(lambda c: links.use(c, token, _accepted(login="Boss", name="Д. Ким"), NOON))
    with database.reading() as connection:
        (user,) = users.everyone(connection)
    assert (used.login, user.login, user.name, user.state) == ("boss", "boss", "Д. Ким", "active")
    assert user.roles == ("administrator", "officer")
    assert _first(database) is None


def test_two_first_links_leave_one_person_and_the_newer_good(database: Database) -> None:
    older, newer = _first(database), _first(database)
    with database.reading() as connection:
        assert len(users.everyone(connection)) == 1
        with pytest.raises(NotFound):
            links.look(connection, older or "", NOON)
        assert links.look(connection, newer or "", NOON).kind == "first"


def test_a_link_is_good_once_and_for_its_time(database: Database) -> None:
    user = _user(database, state="invited")
    handed = database.write(lambda c: links.invite(c, SYSTEM, user.id, NOON))
    with database.reading() as connection, pytest.raises(NotFound):
        links.look(connection, handed.token, handed.expires_at)
    database.write(lambda c: links.use(c, handed.token, _accepted(), NOON))
    with pytest.raises(NotFound):
        database.write(lambda c: links.use(c, handed.token, _accepted(), NOON))


def test_a_link_fits_the_state_of_its_person(database: Database) -> None:
    active, invited = _user(database), _user(database, "serova", state="invited")
    with pytest.raises(Conflict):
        database.write(lambda c: links.invite(c, SYSTEM, active.id, NOON))
    with pytest.raises(Conflict):
        database.write(lambda c: links.reset(c, SYSTEM, invited.id, NOON))
    handed = database.write(lambda c: links.reset(c, SYSTEM, active.id, NOON))
    _change(database, active, state="disabled")
    with database.reading() as connection, pytest.raises(NotFound):
        links.look(connection, handed.token, NOON)


def test_a_reset_unlocks_the_account(database: Database) -> None:
    user = _user(database)
    _tries(database, 6)
    handed = database.write(lambda c: links.reset(c, SYSTEM, user.id, NOON))
    database.write(lambda c: links.use(c, handed.token, _accepted(), NOON))
    assert _tries(database, 1) == [0]


# Second factor.


def test_a_codes_step_is_spent_once_and_none_before_it_after(database: Database) -> None:
    user = _user(database)

    def spent(step: int) -> bool:
        return database.write(lambda c: credentials.spend_step(c, user.id, step))

    assert [spent(step) for step in (7, 7, 6, 8)] == [True, False, False, True]


def test_an_offered_second_factor_is_in_force_when_confirmed(database: Database) -> None:
    user = _user(database)
    actor = SYSTEM._replace(id=user.id, kind="user")
    database.write(lambda c: credentials.offer_totp(c, user.id, b"sealed"))
    with database.reading() as connection:
        offered = credentials.of_login(connection, "KIM")
    database.write(lambda c: credentials.confirm_totp(c, actor, 7, NOON))
    with database.reading() as connection:
        confirmed = credentials.of_user(connection, user.id)
    assert offered is not None
    assert confirmed is not None
    assert (offered.totp_sealed, offered.totp_pending) == (None, b"sealed")
    assert (confirmed.totp_sealed, confirmed.totp_pending) == (b"sealed", None)
    assert database.write(lambda c: credentials.spend_step(c, user.id, 7)) is False


# Housekeeping.


def test_what_ended_long_ago_is_tidied_away(database: Database) -> None:
    user = _user(database)
    _session(database, user)
    database.write(lambda c: links.reset(c, SYSTEM, user.id, NOON))
    _tries(database, 1)
    later = NOON + timedelta(days=32)
    _session(database, user, later)
    database.write(lambda c: housekeeping.tidy(c, later))
    with database.reading() as connection:
        left = [len(connection.execute(select(table)).all()) for table in (tables.sessions, tables.invitations, tables.attempts)]
    assert left == [1, 0, 0]


def test_a_pulse_is_one_row(database: Database) -> None:
    def pulse(now: datetime) -> None:
        database.write(lambda c: housekeeping.pulse(c, "ready", now))

    for minute in range(3):
        pulse(NOON + timedelta(minutes=minute))
    with database.reading() as connection:
        assert connection.execute(select(tables.pulses)).all() == [("ready", NOON + timedelta(minutes=2))]
