"""A held message waits until officers or time decide, as its policy declared."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection, insert, select, update

from dlp.errors import Conflict, NotFound, RefusedError, UsageError
from dlp.services import Services
from dlp.store import holds, outbox
from dlp.store.actor import Actor
from dlp.store.holds import Asked, Hold, Order
from dlp.store.incident_note import Officer
from dlp.store.tables.access import users
from dlp.store.tables.duties import connectors
from dlp.store.tables.record import incidents
from tests.duties import INN, Chatter, advance, now_of
from tests.store.duties.acts import RELEASING, an_officer, audited, changes_of, history_of

MAIL = "пишите на i.petrov@example.com"
RELEASE, DROP = Order("release", "checked"), Order("drop", "leak")


def a_hold(chatter: Chatter, text: str = INN, **fields: object) -> str:
    recorded = chatter.say(text, **fields)  # type: ignore[arg-type]
    assert recorded.hold is not None
    return recorded.hold


def decide(services: Services, hold_id: str, order: Order, officer: Officer) -> Hold:
    return services.database.write(lambda connection: holds.decide(connection, hold_id, order, officer, now_of(services)))


def one(services: Services, hold_id: str) -> Hold:
    with services.database.reading() as connection:
        return holds.one(connection, hold_id)


def is_held(services: Services, incident_id: str | None) -> bool:
    with services.database.reading() as connection:
        return bool(connection.execute(select(incidents.c.held).where(incidents.c.id == incident_id)).scalar())


def a_connector(services: Services, fail: str) -> None:
    row = {"name": "telegram", "platform": "telegram", "fail": fail, "settings": {}, "created_at": now_of(services)}

    def put(connection: Connection) -> None:
        connection.execute(insert(connectors).values(row))

    services.database.write(put)


def test_a_verdict_to_hold_opens_a_hold_that_waits_a_quarter_of_an_hour(services: Services, chatter: Chatter) -> None:
    recorded = chatter.say(INN)
    hold = one(services, str(recorded.hold))
    assert (hold.state, hold.policy, hold.rule, hold.outcome) == ("waiting", "subject", "any-inn", None)
    assert (hold.ledger_seq, hold.incident_id) == (recorded.ledger_seq, recorded.incident)
    assert hold.expires_at == now_of(services) + timedelta(minutes=15)
    assert (hold.on_expiry, hold.four_eyes, hold.incident_number) == ("release", False, 1)
    assert is_held(services, recorded.incident)


def test_the_policy_says_how_long_what_then_and_how_many_eyes(services: Services, chatter: Chatter) -> None:
    hold = one(services, a_hold(chatter, MAIL))
    assert (hold.expires_at - hold.created_at, hold.on_expiry, hold.four_eyes) == (timedelta(hours=1), "drop", True)


@pytest.mark.parametrize(("fail", "outcome"), [("open", "release"), ("closed", "drop")])
def test_where_the_policy_is_silent_the_connectors_fail_mode_decides(
    services: Services, chatter: Chatter, fail: str, outcome: str
) -> None:
    a_connector(services, fail)
    assert one(services, a_hold(chatter)).on_expiry == outcome


def test_an_officer_releases_or_drops(services: Services, chatter: Chatter) -> None:
    officer = an_officer(services)
    released, dropped = a_hold(chatter, sender="1"), a_hold(chatter, sender="2")
    assert decide(services, released, RELEASE, officer).state == "released"
    assert decide(services, dropped, DROP, officer).state == "dropped"
    found = one(services, released)
    assert (found.outcome, found.decided_by, found.reason) == ("release", officer.actor.id, "checked")
    assert found.decided_at == now_of(services)
    assert not is_held(services, found.incident_id)
    assert history_of(services, found.incident_id)[-1] == "hold_released"
    assert [act for act, *_ in audited(services, "hold.")] == ["hold.released", "hold.dropped"]
    assert changes_of(services, "hold").count(released) == 2


def test_what_was_decided_stays_decided(services: Services, chatter: Chatter) -> None:
    officer, hold = an_officer(services), a_hold(chatter)
    decide(services, hold, DROP, officer)
    with pytest.raises(Conflict) as caught:
        decide(services, hold, RELEASE, officer)
    assert (caught.value.code, caught.value.params) == ("hold_decided", {"state": "dropped"})


def test_an_incident_stays_held_while_another_of_its_messages_waits(services: Services, chatter: Chatter) -> None:
    first, second = a_hold(chatter), a_hold(chatter)
    incident = one(services, first).incident_id
    assert one(services, second).incident_id == incident
    decide(services, first, RELEASE, an_officer(services))
    assert is_held(services, incident)
    decide(services, second, RELEASE, an_officer(services))
    assert not is_held(services, incident)


def test_two_people_decide_where_the_policy_wants_four_eyes(services: Services, chatter: Chatter) -> None:
    first, second = an_officer(services), an_officer(services, "investigator")
    hold = a_hold(chatter, MAIL)
    asked = decide(services, hold, RELEASE, first)
    assert (asked.state, asked.asked_by, asked.asked_outcome) == ("waiting", first.actor.id, "release")
    with pytest.raises(RefusedError) as caught:
        decide(services, hold, RELEASE, first)
    assert caught.value.code == "own_request"
    assert one(services, hold).state == "waiting"
    done = decide(services, hold, Order("release"), second)
    assert (done.state, done.asked_by, done.decided_by, done.reason) == ("released", first.actor.id, second.actor.id, "checked")
    assert not done.break_glass


def test_a_second_officer_who_thinks_otherwise_asks_anew(services: Services, chatter: Chatter) -> None:
    first, second = an_officer(services), an_officer(services)
    hold = a_hold(chatter, MAIL)
    decide(services, hold, RELEASE, first)
    assert decide(services, hold, DROP, second).state == "waiting"
    assert decide(services, hold, DROP, first).state == "dropped"


def test_a_program_is_none_of_two_people(services: Services, chatter: Chatter) -> None:
    an_officer(services)
    hold = a_hold(chatter, MAIL)
    with pytest.raises(RefusedError) as caught:
        decide(services, hold, RELEASE, Officer(Actor("t", "token"), None, RELEASING))
    assert caught.value.code == "people_only"


def test_one_officer_decides_where_there_is_no_second(services: Services, chatter: Chatter) -> None:
    alone = an_officer(services)
    an_officer(services, "auditor")
    an_officer(services, departments=("Legal",))
    disabled = an_officer(services)

    def disable(connection: Connection) -> None:
        connection.execute(update(users).where(users.c.id == disabled.actor.id).values(state="disabled"))

    services.database.write(disable)
    done = decide(services, a_hold(chatter, MAIL), Order("release", break_glass=True, reason="now"), alone)
    assert (done.state, done.break_glass) == ("released", False)


def test_breaking_the_glass_is_audited_and_waits_for_review_by_somebody_else(services: Services, chatter: Chatter) -> None:
    first, second = an_officer(services), an_officer(services)
    hold = a_hold(chatter, MAIL)
    with pytest.raises(UsageError):
        decide(services, hold, Order("release", " ", break_glass=True), first)
    done = decide(services, hold, Order("release", "customer is waiting", break_glass=True), first)
    assert (done.state, done.break_glass) == ("released", True)
    assert audited(services, "hold.released")[0][2]["break_glass"] is True
    with services.database.reading() as connection:
        assert [one.id for one in holds.listed(connection, Asked(None, to_review=True))] == [hold]
        assert holds.counts(connection) == {"waiting": 0, "to_review": 1}
    with pytest.raises(RefusedError):
        services.database.write(lambda c: holds.review(c, hold, "fine", first, now_of(services)))
    reviewed = services.database.write(lambda c: holds.review(c, hold, "fine", second, now_of(services)))
    assert reviewed.reviewed_by == second.actor.id
    with pytest.raises(Conflict):
        services.database.write(lambda c: holds.review(c, hold, "again", second, now_of(services)))
    with services.database.reading() as connection:
        assert holds.counts(connection) == {"waiting": 0, "to_review": 0}


def test_time_decides_as_the_policy_declared(services: Services, chatter: Chatter) -> None:
    short, long = a_hold(chatter), a_hold(chatter, MAIL)
    assert services.database.write(lambda c: holds.expire_due(c, advance(services, minutes=15))) == 1
    assert (one(services, short).state, one(services, short).outcome) == ("expired", "release")
    assert one(services, long).state == "waiting"
    assert services.database.write(lambda c: holds.expire_due(c, advance(services, minutes=45))) == 1
    assert (one(services, long).state, one(services, long).outcome) == ("expired", "drop")
    assert services.database.write(lambda c: holds.expire_due(c, now_of(services))) == 0
    assert [(act, actor) for act, actor, _ in audited(services, "hold.")] == [("hold.expired", "system")] * 2


def test_nobody_decides_what_is_over_but_not_yet_noted(services: Services, chatter: Chatter) -> None:
    hold = a_hold(chatter)
    advance(services, minutes=15)
    with pytest.raises(Conflict):
        decide(services, hold, DROP, an_officer(services))


@pytest.mark.parametrize("ends", ["decision", "time"])
def test_the_asker_is_called_back_once(services: Services, chatter: Chatter, ends: str) -> None:
    hold = a_hold(chatter, callback="https://bot.example/verdicts")
    if ends == "decision":
        decide(services, hold, DROP, an_officer(services))
    else:
        services.database.write(lambda c: holds.expire_due(c, advance(services, minutes=20)))
    with services.database.reading() as connection:
        (planned,) = outbox.listed(connection, outbox.Asked(kind="callback"))
    outcome = "drop" if ends == "decision" else "release"
    assert (planned.key, planned.channel) == (f"hold:{hold}", "connector:telegram")
    assert planned.payload["url"] == "https://bot.example/verdicts"
    assert (planned.payload["body"]["hold_id"], planned.payload["body"]["outcome"]) == (hold, outcome)


def test_the_next_to_expire_comes_first_and_pages_follow(services: Services, chatter: Chatter) -> None:
    late = a_hold(chatter, MAIL)
    early = [a_hold(chatter, sender=str(number)) for number in range(3)]
    with services.database.reading() as connection:
        first = holds.listed(connection, Asked(limit=2))
        second = holds.listed(connection, Asked(after=first[-1].id, limit=2))
        assert [hold.id for hold in (*first, *second)] == [*sorted(early), late]
        assert holds.listed(connection, Asked(connector="slack")) == []
        assert next(hold.id for hold in holds.listed(connection, Asked(None))) == early[-1]
        with pytest.raises(UsageError):
            holds.listed(connection, Asked(after="nothing"))


def test_another_departments_hold_is_not_there(services: Services, chatter: Chatter) -> None:
    hold = a_hold(chatter)
    stranger = an_officer(services, departments=("Legal",))
    with services.database.reading() as connection:
        assert holds.listed(connection, Asked(), ("Legal",)) == []
        assert len(holds.listed(connection, Asked(), ("Sales",))) == 1
    with pytest.raises(NotFound):
        decide(services, hold, DROP, stranger)


def test_a_repeated_question_finds_its_hold(services: Services, chatter: Chatter) -> None:
    recorded = chatter.say(INN)
    with services.database.reading() as connection:
        assert holds.of_message(connection, recorded.ledger_seq) == recorded.hold
        assert holds.of_message(connection, recorded.ledger_seq + 1) is None


def test_a_hold_is_released_or_dropped_and_nothing_else(services: Services, chatter: Chatter) -> None:
    with pytest.raises(UsageError):
        decide(services, a_hold(chatter), Order("forward"), an_officer(services))
