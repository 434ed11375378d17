"""Actions are on disk before they happen, are carried out once, and end in a known state or an honest doubt."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import pytest

from dlp.errors import Conflict, NotFound
from dlp.store import channels, outbox
from dlp.store.actor import Actor
from dlp.store.database import Database
from dlp.store.outbox import LEASE, Asked, Plan, Planned, Settlement
from tests.alerting import NOON, all_actions, minutes, take


def plan(database: Database, key: str, *, channel: str = "channel:a", now: datetime = NOON) -> str:
    return database.write(lambda c: outbox.plan(c, Plan("webhook", key, {"to": ""}, channel=channel), now))


def settle(database: Database, action: Planned, state: str, said: str = "", next_at: datetime | None = None) -> Planned | None:
    told = Settlement(action.id, action.attempts, state, said, next_at)
    return database.write(lambda c: outbox.settle(c, told, NOON))


def lease(database: Database, now: datetime = NOON, *, limit: int = 10, busy: Mapping[str, int] | None = None) -> list[str]:
    leased = database.write(lambda c: outbox.lease(c, now, limit=limit, busy=busy or {}))
    return [action.key for action in leased]


def test_the_same_key_plans_one_action(database: Database) -> None:
    assert plan(database, "k") == plan(database, "k")
    assert [action.state for action in all_actions(database)] == ["planned"]


def test_a_leased_action_is_marked_sent_and_not_leased_again(database: Database) -> None:
    plan(database, "k")
    (action,) = take(database)
    assert (action.state, action.attempts, action.next_at) == ("sent", 1, NOON + LEASE)
    assert all_actions(database) == [action]
    assert take(database) == []


def test_what_is_not_due_waits(database: Database) -> None:
    database.write(lambda c: outbox.plan(c, Plan("mail", "k", {}, not_before=NOON + minutes(5)), NOON))
    with database.reading() as connection:
        assert not outbox.anything_due(connection, NOON)
        assert outbox.anything_due(connection, NOON + minutes(5))
    assert lease(database) == []
    assert lease(database, NOON + minutes(5)) == ["k"]


def test_channels_take_turns_and_none_takes_every_place(database: Database) -> None:
    for number in range(5):
        plan(database, f"slow {number}", channel="channel:slow", now=NOON - minutes(1))
    plan(database, "quick", channel="channel:quick")
    assert lease(database) == ["slow 0", "slow 1", "quick"]
    assert lease(database, busy={"channel:slow": 1}) == ["slow 2"]
    assert lease(database, busy={"channel:slow": 2}) == []


def test_no_more_is_leased_than_there_is_room_for(database: Database) -> None:
    for number in range(3):
        plan(database, f"k{number}", channel=f"channel:{number}")
    assert len(lease(database, limit=2)) == 2


def test_a_channel_that_is_down_rests_and_is_then_tried_with_one_action(database: Database) -> None:
    for number in range(3):
        plan(database, f"k{number}")
    for _ in range(channels.DOWN_AFTER):
        database.write(lambda c: channels.note_attempt(c, "channel:a", "gone", works=False, now=NOON))
    plan(database, "other", channel="channel:b")
    assert lease(database) == ["other"]
    assert lease(database, NOON + minutes(1)) == ["k0"]


@pytest.mark.parametrize("state", ["done", "failed", "refused", "unknown"])
def test_an_ended_action_is_never_leased_again(database: Database, state: str) -> None:
    plan(database, "k")
    (action,) = take(database)
    settle(database, action, state, "250 ok")
    (ended,) = all_actions(database)
    assert (ended.state, ended.outcome) == (state, "250 ok")
    assert take(database, NOON + minutes(60 * 24)) == []


def test_a_later_try_comes_when_it_was_set(database: Database) -> None:
    plan(database, "k")
    (action,) = take(database)
    settle(database, action, "planned", "busy", NOON + minutes(2))
    assert take(database, NOON + minutes(1)) == []
    (again,) = take(database, NOON + minutes(2))
    assert again.attempts == 2


def test_an_attempt_is_settled_once(database: Database) -> None:
    plan(database, "k")
    (action,) = take(database)
    assert settle(database, action, "done") is not None
    assert settle(database, action, "failed") is None
    assert [one.state for one in all_actions(database)] == ["done"]


def test_an_earlier_attempt_does_not_settle_a_later_one(database: Database) -> None:
    plan(database, "k")
    (first,) = take(database)
    settle(database, first, "planned", next_at=NOON)
    take(database)
    assert settle(database, first, "done") is None
    assert [one.state for one in all_actions(database)] == ["sent"]


def test_a_late_answer_ends_the_doubt(database: Database) -> None:
    plan(database, "k")
    (action,) = take(database)
    settle(database, action, "unknown", "the lease ran out")
    assert settle(database, action, "planned", next_at=NOON) is None
    settle(database, action, "done", "204")
    assert [(one.state, one.outcome) for one in all_actions(database)] == [("done", "204")]


def test_only_a_lapsed_lease_is_abandoned_unless_nobody_else_relays(database: Database) -> None:
    plan(database, "k")
    take(database)
    with database.reading() as connection:
        assert outbox.abandoned(connection, NOON) == []
        assert [one.key for one in outbox.abandoned(connection, NOON, every=True)] == ["k"]
        assert [one.key for one in outbox.abandoned(connection, NOON + LEASE)] == ["k"]


def test_a_person_may_settle_a_doubt_and_nothing_else(database: Database) -> None:
    plan(database, "k")
    (action,) = take(database)
    officer = Actor("u1")
    with pytest.raises(Conflict):
        database.write(lambda c: outbox.settle_by_hand(c, action.id, "done", actor=officer, now=NOON))
    settle(database, action, "unknown")
    database.write(lambda c: outbox.settle_by_hand(c, action.id, "failed", actor=officer, now=NOON))
    assert [one.state for one in all_actions(database)] == ["failed"]


def test_asking_again_is_a_new_attempt_of_a_doubt(database: Database) -> None:
    plan(database, "k")
    (action,) = take(database)
    settle(database, action, "unknown")
    begun = database.write(lambda c: outbox.begin_again(c, action.id, Actor("u1"), NOON))
    assert (begun.state, begun.attempts) == ("sent", 2)
    with pytest.raises(Conflict):
        database.write(lambda c: outbox.begin_again(c, action.id, Actor("u1"), NOON))


def test_what_is_planned_can_be_withdrawn_what_is_under_way_cannot(database: Database) -> None:
    first, second = plan(database, "k1"), plan(database, "k2", channel="channel:b")
    database.write(lambda c: outbox.lease(c, NOON, limit=1, busy={}))
    assert database.write(lambda c: outbox.withdraw(c, first, "not needed", NOON)) is False
    assert database.write(lambda c: outbox.withdraw(c, second, "not needed", NOON)) is True


def test_lists_are_newest_first_in_pages(database: Database) -> None:
    ids = [plan(database, f"k{number}") for number in range(3)]
    with database.reading() as connection:
        first = outbox.listed(connection, Asked(limit=2))
        rest = outbox.listed(connection, Asked(limit=2, before=first[-1].id))
        assert [one.id for one in first + rest] == ids[::-1]
        assert outbox.listed(connection, Asked(states=("done",))) == []
        assert outbox.counts(connection)["planned"] == 3


def test_there_is_no_action_of_another_id(database: Database) -> None:
    with pytest.raises(NotFound), database.reading() as connection:
        outbox.action(connection, "nowhere")
