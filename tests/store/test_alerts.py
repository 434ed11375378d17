"""The right people are woken once, somebody else when they do not answer, and by another way when one is broken."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from dlp.errors import Conflict, NotFound, UsageError
from dlp.records import Severity
from dlp.store import alerts, channels, duty
from dlp.store.actor import SYSTEM, Actor
from dlp.store.alerts import Cause
from dlp.store.channels import Channel
from dlp.store.database import Database
from dlp.store.duty import Shift
from dlp.store.tables.record import incidents
from dlp.store.tables.trust import audit, checkpoints
from tests.alerting import (
    NOON,
    a_channel,
    a_person,
    a_route,
    all_actions,
    all_alerts,
    an_incident,
    end,
    happen,
    minutes,
    set_routes,
    take,
    tick,
    told_to,
)

A, B = "a@example.com", "b@example.com"


def states(database: Database) -> list[tuple[str, str]]:
    return [(alert.kind, alert.state) for alert in all_alerts(database)]


def break_down(database: Database, channel: Channel) -> None:
    """The channel fails until it counts as down, without any alert of it."""
    for _ in range(channels.DOWN_AFTER):
        database.write(lambda c: channels.note_attempt(c, channels.key_of(channel.id), "refused", works=False, now=NOON))


def on_duty(database: Database, person: str, begins: int = -60, ends: int = 60) -> None:
    """The person is on duty from and until so many minutes after noon."""
    span = (NOON + minutes(begins), NOON + minutes(ends))
    database.write(lambda c: duty.replace(c, [Shift(person, *span)], span, actor=SYSTEM, now=NOON))


class TestRouting:
    def test_nobody_is_woken_where_there_are_no_routes(self, database: Database) -> None:
        happen(database, an_incident())
        assert all_alerts(database) == []

    def test_the_first_route_that_fits_decides(self, database: Database) -> None:
        mail = a_channel(database)
        set_routes(
            database,
            a_route((mail, "critical@example.com"), matches={"severity": "critical"}),
            a_route((mail, A), matches={"severity": "high"}),
            a_route((mail, B)),
        )
        happen(database, an_incident())
        assert told_to(database) == [("incident", A)]

    def test_a_route_may_let_the_next_be_asked_too(self, database: Database) -> None:
        mail, siem = a_channel(database), a_channel(database, "syslog")
        set_routes(database, a_route((siem, None), goes_on=True), a_route((mail, A)))
        happen(database, an_incident())
        assert told_to(database) == [("incident", "syslog"), ("incident", A)]

    @pytest.mark.parametrize(
        ("matches", "fits"),
        [
            ({"policies": ["ru-*"]}, True),
            ({"policies": ["pci"]}, False),
            ({"departments": ["Sales"]}, True),
            ({"departments": ["IT"]}, False),
            ({"kinds": ["incident"]}, True),
            ({"kinds": ["channel_down"]}, False),
            ({"severity": "high"}, True),
            ({"severity": "critical"}, False),
        ],
    )
    def test_a_route_is_for_what_it_says(self, database: Database, matches: dict[str, Any], fits: bool) -> None:
        set_routes(database, a_route((a_channel(database), A), matches=matches))
        happen(database, an_incident(department="Sales"))
        assert bool(all_alerts(database)) is fits

    def test_a_route_that_is_off_wakes_nobody(self, database: Database) -> None:
        set_routes(database, a_route((a_channel(database), A), enabled=False))
        happen(database, an_incident())
        assert all_alerts(database) == []

    @pytest.mark.parametrize(
        ("incident", "woken"),
        [
            (an_incident(version=2), False),
            (an_incident(version=2, reopened=True), True),
            (an_incident(version=2, was_severity=int(Severity.LOW)), True),
            (an_incident(version=2, was_severity=int(Severity.HIGH)), False),
            (an_incident(marked_demo=True), False),
        ],
    )
    def test_only_what_is_new_opened_again_or_worse_wakes(
        self, database: Database, incident: dict[str, Any], woken: bool
    ) -> None:
        set_routes(database, a_route((a_channel(database), A)))
        happen(database, incident)
        assert bool(all_alerts(database)) is woken

    def test_an_action_carries_ids_and_counts_only(self, database: Database) -> None:
        set_routes(database, a_route((a_channel(database), A)))
        happen(database, an_incident(person="И. Петров", chat_title="Проект 12", sender="7"))
        (action,) = all_actions(database)
        assert not {"И. Петров", "Проект 12", "7"} & set(map(str, [*action.payload.values(), *action.payload["facts"].values()]))
        assert action.payload["severity"] == "high"

    def test_a_route_names_channels_there_are(self, database: Database) -> None:
        mail = a_channel(database)
        set_routes(database, a_route((mail, A)))
        with pytest.raises(UsageError) as fault:
            set_routes(database, a_route((mail._replace(id="gone"), A)))
        assert fault.value.pointer == "/items/0/channels/0/channel"
        with pytest.raises(Conflict):
            database.write(lambda c: channels.remove(c, mail.id, actor=SYSTEM, now=NOON))


class TestDuty:
    def test_whoever_is_on_duty_is_woken_first(self, database: Database) -> None:
        on_duty(database, a_person(database, "duty@example.com", language="en"))
        set_routes(database, a_route((a_channel(database), A), duty=True))
        happen(database, an_incident())
        assert told_to(database) == [("incident", "duty@example.com"), ("incident", A)]
        assert [action.payload["language"] for action in all_actions(database)] == ["en", "ru"]

    def test_a_hole_in_the_roster_is_an_alert_of_its_own(self, database: Database) -> None:
        set_routes(database, a_route((a_channel(database), A), duty=True))
        happen(database, an_incident())
        assert told_to(database) == [("duty_gap", A), ("incident", A)]

    def test_nobody_on_duty_and_nobody_else_asks_the_second_person_at_once(self, database: Database) -> None:
        mail = a_channel(database)
        set_routes(database, a_route((mail, None), duty=True, escalate_after_minutes=5, escalate_to=[(mail, B)]))
        happen(database, an_incident())
        assert [address for _, address in told_to(database)] == [B, B]
        assert dict(states(database))["incident"] == "escalated"

    def test_holes_are_the_times_nobody_reachable_is_on_duty(self, database: Database) -> None:
        reachable, gone = a_person(database), a_person(database, "x@example.com", state="disabled")
        mute = a_person(database, None)
        span = (NOON, NOON + minutes(600))
        shifts = [
            Shift(reachable, NOON + minutes(60), NOON + minutes(120)),
            Shift(mute, NOON + minutes(120), NOON + minutes(180)),
        ]
        shifts.append(Shift(reachable, NOON + minutes(100), NOON + minutes(150)))
        database.write(lambda c: duty.replace(c, shifts, span, actor=SYSTEM, now=NOON))
        with database.reading() as connection:
            holes = duty.holes_between(connection, *span)
            assert duty.on_duty(connection, NOON + minutes(130))[0].user_id == reachable
            assert duty.on_duty(connection, NOON + minutes(150)) == []
        assert holes == [(NOON, NOON + minutes(60)), (NOON + minutes(150), NOON + minutes(600))]
        with pytest.raises(UsageError):
            database.write(lambda c: duty.replace(c, [Shift(gone, *span)], span, actor=SYSTEM, now=NOON))

    def test_a_roster_is_replaced_within_its_period_only(self, database: Database) -> None:
        person = a_person(database)
        on_duty(database, person, 0, 60)
        on_duty(database, person, 60, 120)
        with database.reading() as connection:
            assert len(duty.shifts_between(connection, NOON, NOON + minutes(120))) == 2


class TestStorms:
    def test_three_hundred_and_twelve_alike_wake_once(self, database: Database) -> None:
        set_routes(database, a_route((a_channel(database), A)))
        for number in range(1, 314):
            happen(database, an_incident(number), NOON + minutes(number / 100))
        (alert,) = all_alerts(database)
        assert alert.folded == 312
        assert len(all_actions(database)) == 1
        tick(database, NOON + minutes(15) + minutes(1 / 100))
        tick(database, NOON + minutes(17))
        assert told_to(database) == [("incident", A), ("summary", A)]
        assert all_actions(database)[1].payload["facts"]["count"] == 312

    def test_what_is_not_alike_is_not_folded(self, database: Database) -> None:
        set_routes(database, a_route((a_channel(database), A)))
        happen(database, an_incident(1))
        happen(database, an_incident(2, rule="another"))
        happen(database, an_incident(3, Severity.CRITICAL))
        assert len(all_alerts(database)) == 3

    def test_after_the_window_somebody_is_woken_again(self, database: Database) -> None:
        set_routes(database, a_route((a_channel(database), A)))
        happen(database, an_incident(1))
        happen(database, an_incident(2), NOON + minutes(16))
        assert len(all_actions(database)) == 2

    def test_the_window_begins_with_the_first_one_not_with_the_clock(self, database: Database) -> None:
        set_routes(database, a_route((a_channel(database), A)))
        happen(database, an_incident(1), NOON + minutes(14))
        happen(database, an_incident(2), NOON + minutes(16))
        assert [alert.folded for alert in all_alerts(database)] == [1]

    def test_one_alone_is_not_summed_up(self, database: Database) -> None:
        set_routes(database, a_route((a_channel(database), A)))
        happen(database, an_incident(1))
        tick(database, NOON + minutes(60))
        assert len(all_actions(database)) == 1


class TestEscalation:
    def route(self, database: Database) -> Channel:
        mail = a_channel(database)
        set_routes(database, a_route((mail, A), escalate_after_minutes=10, escalate_to=[(mail, B)]))
        return mail

    def test_who_does_not_answer_in_time_is_followed_by_somebody_else_once(self, database: Database) -> None:
        self.route(database)
        happen(database, an_incident())
        tick(database, NOON + minutes(9))
        assert told_to(database) == [("incident", A)]
        tick(database, NOON + minutes(10))
        tick(database, NOON + minutes(60))
        assert told_to(database) == [("incident", A), ("incident", B)]
        assert states(database) == [("incident", "escalated")]
        with database.reading() as connection:
            assert "alert.escalated" in connection.execute(select(audit.c.act)).scalars().all()

    def test_an_answer_stops_the_clock_and_what_is_still_to_be_told(self, database: Database) -> None:
        self.route(database)
        happen(database, an_incident())
        (alert,) = all_alerts(database)
        database.write(lambda c: alerts.acknowledge(c, alert.id, Actor("u1"), NOON + minutes(1)))
        tick(database, NOON + minutes(60))
        assert [action.state for action in all_actions(database)] == ["failed"]
        assert all_alerts(database)[0].acknowledged_by == "u1"

    def test_an_alert_is_answered_once(self, database: Database) -> None:
        self.route(database)
        happen(database, an_incident())
        (alert,) = all_alerts(database)
        database.write(lambda c: alerts.acknowledge(c, alert.id, Actor("u1"), NOON))
        with pytest.raises(Conflict):
            database.write(lambda c: alerts.acknowledge(c, alert.id, Actor("u2"), NOON))
        with pytest.raises(NotFound):
            database.write(lambda c: alerts.acknowledge(c, "nowhere", Actor("u2"), NOON))

    def test_taking_the_incident_is_an_answer(self, database: Database) -> None:
        self.route(database)
        incident = an_incident()
        happen(database, incident, stored=True)
        taken = update(incidents).where(incidents.c.id == incident["id"]).values(state="assigned", assignee="u7")
        database.write(lambda c: c.execute(taken))
        tick(database, NOON + minutes(10))
        (alert,) = all_alerts(database)
        assert (alert.state, alert.acknowledged_by) == ("acknowledged", "u7")


class TestBrokenChannels:
    def test_a_refused_letter_is_followed_by_the_next_channel(self, database: Database) -> None:
        mail, hook = a_channel(database), a_channel(database, "webhook")
        set_routes(database, a_route((mail, A), (hook, None)))
        happen(database, an_incident())
        end(database, take(database)[0], "refused")
        assert told_to(database) == [("incident", A), ("incident", "webhook")]

    @pytest.mark.parametrize("state", ["failed", "unknown"])
    def test_a_letter_that_may_be_lost_is_followed_by_the_next_channel(self, database: Database, state: str) -> None:
        mail, hook = a_channel(database), a_channel(database, "webhook")
        set_routes(database, a_route((mail, A), (hook, None)))
        happen(database, an_incident())
        end(database, take(database)[0], state, works=False)
        assert told_to(database)[1] == ("incident", "webhook")

    def test_one_of_two_people_reached_is_enough(self, database: Database) -> None:
        mail, hook = a_channel(database), a_channel(database, "webhook")
        route = a_route((mail, A), (hook, None))
        set_routes(database, route._replace(channels=(route.channels[0]._replace(to=(A, B)), route.channels[1])))
        happen(database, an_incident())
        first, second = take(database)
        end(database, first, "done")
        end(database, second, "refused")
        assert told_to(database) == [("incident", A), ("incident", B)]

    def test_a_dead_mail_server_is_itself_an_alert_by_the_next_channel(self, database: Database) -> None:
        mail, hook = a_channel(database), a_channel(database, "webhook")
        set_routes(database, a_route((mail, A), (hook, None)))
        for number in range(1, 5):
            happen(database, an_incident(number, rule=f"rule {number}"))
        for action in take(database)[: channels.DOWN_AFTER]:
            end(database, action, "planned", works=False)
        kinds = [(action.payload["notice"], action.kind) for action in all_actions(database) if action.kind == "webhook"]
        assert ("channel_down", "webhook") in kinds
        # What waits for the dead one goes the other way; the fourth was under way and may still arrive.
        assert kinds.count(("incident", "webhook")) == 3
        assert [one.state for one in all_actions(database) if one.kind == "mail"].count("failed") == 3

    def test_a_channel_known_to_be_down_is_passed_over(self, database: Database) -> None:
        mail, hook = a_channel(database), a_channel(database, "webhook")
        break_down(database, mail)
        set_routes(database, a_route((mail, A), (hook, None)))
        happen(database, an_incident())
        assert told_to(database) == [("incident", "webhook")]

    def test_an_alert_nobody_can_be_told_of_says_so_and_waits_for_the_channel(self, database: Database) -> None:
        mail = a_channel(database)
        break_down(database, mail)
        set_routes(database, a_route((mail, A)))
        happen(database, an_incident())
        assert states(database) == [("incident", "undelivered")]
        with database.reading() as connection:
            assert alerts.standing(connection)[:4] == (0, 0, 1, 1)
        (action,) = take(database, NOON + minutes(1))
        end(database, action, "done", now=NOON + minutes(1))
        assert states(database) == [("incident", "waiting")]
        with database.reading() as connection:
            assert alerts.standing(connection)[:4] == (1, 0, 0, 0)

    def test_what_is_about_the_product_finds_a_route_even_where_none_is_for_it(self, database: Database) -> None:
        set_routes(database, a_route((a_channel(database), A), matches={"kinds": ["incident"]}))
        database.write(lambda c: alerts.raise_alert(c, Cause("checkpoint_failed", Severity.HIGH), NOON))
        assert told_to(database) == [("checkpoint_failed", A)]

    def test_a_changed_channel_is_tried_afresh(self, database: Database) -> None:
        mail = a_channel(database)
        break_down(database, mail)
        written = channels.Written("mail", "mended", mail.settings)
        database.write(lambda c: channels.change(c, mail.id, written, actor=SYSTEM, now=NOON))
        with database.reading() as connection:
            assert not channels.is_down(connection, channels.key_of(mail.id))

    def test_a_rest_grows_to_five_minutes(self, database: Database) -> None:
        key, rests = "channel:x", []
        for _ in range(8):
            database.write(lambda c: channels.note_attempt(c, key, "", works=False, now=NOON))
            with database.reading() as connection:
                found = channels.health(connection)[key].retry_at
                rests.append(found and (found - NOON).total_seconds())
        assert rests == [None, None, 30, 60, 120, 240, 300, 300]
        assert database.write(lambda c: channels.note_attempt(c, key, "ok", works=True, now=NOON)) == "up"


class TestDigest:
    def test_incidents_of_a_digest_route_are_counted_and_told_next_morning(self, database: Database) -> None:
        set_routes(database, a_route((a_channel(database), A), digest=True, zone="Europe/Moscow"))
        for number, severity in enumerate((Severity.LOW, Severity.LOW, Severity.HIGH), start=1):
            happen(database, an_incident(number, severity))
        tick(database, NOON + minutes(60))
        assert told_to(database) == []
        morning = datetime(2026, 11, 21, 6, 0, tzinfo=NOON.tzinfo)  # nine in Moscow
        tick(database, morning - minutes(1))
        assert told_to(database) == []
        tick(database, morning)
        tick(database, morning + minutes(1))
        (action,) = all_actions(database)
        assert action.payload["facts"]["counts"] == {"low": 2, "high": 1}
        assert action.payload["facts"]["count"] == 3

    def test_a_day_without_incidents_is_told_too(self, database: Database) -> None:
        set_routes(database, a_route((a_channel(database), A), digest=True))
        tick(database, datetime(2026, 11, 20, 23, 0, tzinfo=NOON.tzinfo))
        assert told_to(database) == []  # the route is younger than yesterday
        tick(database, datetime(2026, 11, 21, 7, 0, tzinfo=NOON.tzinfo))
        assert all_actions(database)[0].payload["facts"]["count"] == 0


class TestCheckpoints:
    def sign(self, database: Database, number: int) -> None:
        digest = bytes(32)
        row: dict[str, Any] = {
            "number": number,
            "at": NOON,
            "audit_seq": number,
            "audit_hash": digest,
            "ledger_seq": 0,
            "ledger_count": 0,
        }
        row |= {"merkle_root": digest, "key_id": "k", "signature": bytes(64), "sent": {}}
        database.write(lambda c: c.execute(insert(checkpoints).values(row)))

    def test_a_checkpoint_leaves_once_by_the_route_that_names_checkpoints(self, database: Database) -> None:
        mail, siem = a_channel(database), a_channel(database, "syslog")
        set_routes(database, a_route((mail, A)), a_route((siem, None), matches={"kinds": ["checkpoint"]}))
        tick(database, NOON)
        self.sign(database, 1)
        tick(database, NOON)
        tick(database, NOON)
        assert told_to(database) == [("checkpoint", "syslog")]
        self.sign(database, 2)
        tick(database, NOON)
        first, second = take(database)
        assert [action.payload["facts"]["number"] for action in (first, second)] == [1, 2]
        end(database, second, "done")
        with database.reading() as connection:
            sent = dict(connection.execute(select(checkpoints.c.number, checkpoints.c.sent)).all())
        assert sent[1] == {}
        assert list(sent[2]) == ["syslog"]
