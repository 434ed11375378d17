"""The relay carries out what is due, once where it can be known, and leaves an honest doubt where it cannot."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from dlp.chats.signature import holds
from dlp.clock import SetClock
from dlp.services import Services
from dlp.store import channels, connectors, outbox
from dlp.store.actor import SYSTEM, Actor
from dlp.store.channels import Channel
from dlp.store.connector_secrets import ConnectorSecrets
from dlp.store.connectors import Connector
from dlp.store.outbox import LEASE, Plan, Planned
from dlp.worker.carrying import MOST_ATTEMPTS, send_now
from dlp.worker.relay import Relay
from tests.act.bot_api import TOKEN, BotApi
from tests.act.receivers import Received, Reply, WebServer, always, by_key, free_port, tcp_server
from tests.act.test_mail import Mailbox, mail_server, smtp_until
from tests.alerting import a_channel, a_route, all_actions, all_alerts, an_incident, happen, set_routes, told_to
from tests.installations import NOON, installed

SECRET = "s" * 32


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    with installed(tmp_path) as made:
        yield made


@pytest.fixture
def clock(services: Services) -> SetClock:
    assert isinstance(services.clock, SetClock)
    return services.clock


def a_webhook(services: Services, url: str, **settings: Any) -> Channel:
    """A webhook whose secret is sealed with the installation's keys."""
    channel_id = channels.new_id()
    sealed = services.keys.seal(channels.purpose(channel_id), channels.sealed_text({"secret": SECRET}))
    written = channels.Written("webhook", "a webhook", {"url": url, **settings}, sealed)
    actor = Actor("u1")
    return services.database.write(lambda c: channels.create(c, channel_id, written, actor=actor, now=NOON))


def plan(services: Services, channel: Channel, key: str = "k1", **payload: Any) -> str:
    told = {"notice": "test", "severity": "low", "to": "officer@example.com", "facts": {}, **payload}
    planned = Plan(channel.kind, key, told, channel=channels.key_of(channel.id))
    return services.database.write(lambda c: outbox.plan(c, planned, services.clock.now()))


def relay_of(services: Services) -> Relay:
    return Relay(services, jitter=lambda: 0.5)


def states(services: Services) -> list[tuple[str, str]]:
    return [(action.key, action.state) for action in all_actions(services.database)]


def answering(*replies: Reply) -> Callable[[Received], Reply]:
    """These answers in turn, the last one for ever."""
    left = list(replies)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


def test_what_is_due_is_carried_out_once(services: Services) -> None:
    with WebServer(always(204)).running() as server:
        plan(services, a_webhook(services, server.address))
        relay = relay_of(services)
        assert (relay.run_due(), relay.run_due()) == (1, 0)
        relay.stop()
    assert len(server.got) == 1
    assert states(services) == [("k1", "done")]


def test_it_is_marked_sent_on_disk_before_anything_is_seen_outside(services: Services) -> None:
    seen: list[list[tuple[str, str]]] = []

    def answer(_: Received) -> Reply:
        seen.append(states(services))
        return Reply(200)

    with WebServer(answer).running() as server:
        plan(services, a_webhook(services, server.address))
        relay_of(services).run_due()
    assert seen == [[("k1", "sent")]]


def test_a_try_that_surely_did_nothing_is_repeated_later_and_later(services: Services, clock: SetClock) -> None:
    plan(services, a_webhook(services, f"http://127.0.0.1:{free_port()}"))
    relay, waits = relay_of(services), []
    for _ in range(MOST_ATTEMPTS):
        assert relay.run_due() == 1
        (action,) = all_actions(services.database)
        waits.append((action.next_at - clock.moment).total_seconds())
        # Past the rest of a channel that is down, too.
        clock.moment += timedelta(hours=1)
    assert waits[:4] == [5, 10, 20, 40]
    assert max(waits) == 900
    assert states(services) == [("k1", "failed")]
    assert relay.run_due() == 0


def test_the_other_side_says_when_to_come_again(services: Services, clock: SetClock) -> None:
    with WebServer(answering(Reply(429, headers={"Retry-After": "100"}), Reply(200))).running() as server:
        plan(services, a_webhook(services, server.address))
        relay = relay_of(services)
        relay.run_due()
        clock.moment += timedelta(seconds=99)
        assert relay.run_due() == 0
        clock.moment += timedelta(seconds=1)
        assert relay.run_due() == 1
    assert states(services) == [("k1", "done")]


def test_a_lost_answer_is_repeated_where_keys_are_honoured(services: Services, clock: SetClock) -> None:
    effects: list[str] = []
    honouring, lost = by_key(effects), [True]

    def answer(received: Received) -> Reply:
        reply = honouring(received)
        return Reply(0) if lost.pop() else reply

    lost[:] = [False, True]
    with WebServer(answer).running() as server:
        plan(services, a_webhook(services, server.address))
        relay = relay_of(services)
        relay.run_due()
        clock.moment += timedelta(minutes=1)
        relay.run_due()
    assert len(server.got) == 2
    assert effects == ["k1"]
    assert states(services) == [("k1", "done")]


def test_a_lost_answer_stays_unknown_where_keys_are_not_honoured(services: Services, clock: SetClock) -> None:
    with WebServer(always(0)).running() as server:
        plan(services, a_webhook(services, server.address, honours_keys=False))
        relay = relay_of(services)
        relay.run_due()
        clock.moment += timedelta(days=1)
        assert relay.run_due() == 0
    assert len(server.got) == 1
    assert states(services) == [("k1", "unknown")]


def test_a_letter_whose_end_was_not_answered_is_never_sent_again(services: Services, clock: SetClock) -> None:
    with tcp_server(smtp_until(b".\r\n"), times=2) as port:
        plan(services, a_channel(services.database, port=port))
        relay = relay_of(services)
        relay.run_due()
        clock.moment += timedelta(days=1)
        assert relay.run_due() == 0
    assert states(services) == [("k1", "unknown")]


def crash_after_sending(services: Services) -> Planned:
    """What a relay leaves behind that dies between `sent` and the outcome."""
    (left,) = services.database.write(lambda c: outbox.lease(c, services.clock.now(), limit=1, busy={}))
    return left


@pytest.mark.parametrize(("honours", "state"), [(True, "done"), (False, "unknown")])
def test_what_a_crash_left_is_repeated_or_unknown_as_the_other_side_allows(services: Services, honours: bool, state: str) -> None:
    with WebServer(always(200)).running() as server:
        plan(services, a_webhook(services, server.address, honours_keys=honours))
        crash_after_sending(services)
        relay_of(services).run_due()
    assert states(services) == [("k1", state)]
    assert len(server.got) == int(honours)


def test_what_another_relay_has_under_way_is_left_to_it_until_its_lease_ends(services: Services, clock: SetClock) -> None:
    with WebServer(always(200)).running() as server:
        plan(services, a_webhook(services, server.address))
        relay = relay_of(services)
        relay.run_due()
        plan(services, a_webhook(services, server.address), "k2")
        crash_after_sending(services)
        clock.moment += timedelta(minutes=2)
        assert relay.run_due() == 0
        clock.moment += LEASE
        assert relay.run_due() == 1
    assert states(services) == [("k1", "done"), ("k2", "done")]


def test_an_alert_finds_its_way_around_a_dead_mail_server(services: Services) -> None:
    with WebServer(always(200)).running() as server:
        mail, hook = a_channel(services.database, port=free_port()), a_webhook(services, server.address)
        set_routes(services.database, a_route((mail, "a@example.com"), (hook, None)))
        for number in range(1, 4):
            happen(services.database, an_incident(number, rule=f"rule {number}"))
        relay_of(services).run_due()
        kinds = sorted(received.told["kind"] for received in server.got)
        assert kinds == ["channel_down", "incident", "incident", "incident"]
    with services.database.reading() as connection:
        assert channels.is_down(connection, channels.key_of(mail.id))


def test_an_alert_s_letter_arrives_with_a_link_that_answers_it(services: Services) -> None:
    mailbox = Mailbox()
    with mail_server(mailbox) as port:
        mail = a_channel(services.database, port=port)
        set_routes(services.database, a_route((mail, "a@example.com")))
        happen(services.database, an_incident(10482))
        relay_of(services).run_due()
    (letter,) = mailbox.letters
    assert letter["Subject"] == "INC-10482: важность высокая"
    assert "/api/v1/alerts/acknowledge?token=" in letter.get_content()
    assert [alert.state for alert in all_alerts(services.database)] == ["waiting"]


def a_connector(services: Services, url: str = "") -> None:
    """A Telegram connector "tg" with a bot's token and two keys to sign with."""
    wanted = Connector("tg", "telegram", settings={"api_url": url})
    services.database.write(lambda c: connectors.create(c, SYSTEM, wanted, NOON))
    secrets = ConnectorSecrets(services.keys)
    services.database.write(lambda c: secrets.tell(c, SYSTEM, "tg", {"bot_token": TOKEN}, NOON))
    for _ in range(2):
        services.database.write(lambda c: secrets.rotate(c, SYSTEM, "tg", timedelta(days=1), NOON))


def test_an_alert_is_told_to_a_chat_by_the_connector_s_bot(services: Services) -> None:
    api = BotApi()
    with WebServer(api).running() as server:
        a_connector(services, server.address)
        chat = a_channel(services.database, "telegram", connector="tg")
        set_routes(services.database, a_route((chat, "-100500")))
        happen(services.database, an_incident(10482))
        relay_of(services).run_due()
    assert [(sent["chat_id"], sent["text"].splitlines()[0]) for sent in api.sent] == [(-100500, "INC-10482: важность высокая")]


def test_a_hold_s_callback_is_signed_with_the_connector_s_live_keys(services: Services, clock: SetClock) -> None:
    a_connector(services)
    with services.database.reading() as connection:
        before, after = (key.secret.encode() for key in connectors.secrets_of(connection, services.keys, "tg").hook_keys)
    with WebServer(always(200)).running() as server:
        for number in range(2):
            told = {"url": server.address, "body": {"hold_id": "h", "state": "released"}}
            planned = Plan("callback", f"hold:{number}", told, channel="connector:tg")
            services.database.submit(partial(outbox.plan, planned=planned, now=clock.moment)).result()
            relay_of(services).run_due()
            clock.moment += timedelta(days=2)
    signed = [(int(got.headers["x-dlp-timestamp"]), got.body, got.headers["x-dlp-signature"]) for got in server.got]
    assert [(holds([before], *one), holds([after], *one)) for one in signed] == [(True, True), (False, True)]


def test_a_channel_that_was_switched_off_is_passed_over(services: Services) -> None:
    with WebServer(always(200)).running() as server:
        first, second = a_webhook(services, f"{server.address}/1"), a_webhook(services, f"{server.address}/2")
        set_routes(services.database, a_route((first, None), (second, None)))
        happen(services.database, an_incident())
        off = channels.Written("webhook", "off", first.settings, enabled=False)
        services.database.write(lambda c: channels.change(c, first.id, off, actor=Actor("u1"), now=NOON))
        relay_of(services).run_due()
    assert [received.path for received in server.got] == ["/2"]
    assert told_to(services.database) == [("incident", "webhook"), ("incident", "webhook")]


def test_sending_now_says_what_the_other_side_said_and_is_not_repeated(services: Services, clock: SetClock) -> None:
    channel = a_webhook(services, f"http://127.0.0.1:{free_port()}")
    planned = Plan("webhook", "now", {"notice": "test"}, channel=channels.key_of(channel.id))
    settled = send_now(services, planned)
    assert (settled.state, settled.outcome) == ("failed", "connection refused")
    clock.moment += timedelta(days=1)
    assert relay_of(services).run_due() == 0


def test_an_action_of_an_unknown_kind_is_refused(services: Services) -> None:
    services.database.write(lambda c: outbox.plan(c, Plan("pigeon", "k1", {}), NOON))
    relay_of(services).run_due()
    assert states(services) == [("k1", "refused")]


def test_at_most_two_of_a_channel_are_under_way_and_a_slow_one_holds_up_no_other(services: Services) -> None:
    entered, release, quick_done = threading.Semaphore(0), threading.Event(), threading.Event()
    at_once: list[int] = [0, 0]
    lock = threading.Lock()

    def slow(_: Received) -> Reply:
        with lock:
            at_once[0] += 1
            at_once[1] = max(at_once)
        entered.release()
        release.wait(30)
        with lock:
            at_once[0] -= 1
        return Reply(200)

    def quick(_: Received) -> Reply:
        quick_done.set()
        return Reply(200)

    with WebServer(slow).running() as slow_server, WebServer(quick).running() as quick_server:
        slow_channel = a_webhook(services, slow_server.address)
        for number in range(6):
            plan(services, slow_channel, f"slow {number}")
        relay = Relay(services)
        relay.start()
        assert entered.acquire(timeout=30)
        assert entered.acquire(timeout=30)
        plan(services, a_webhook(services, quick_server.address), "quick")
        relay.kick()
        assert quick_done.wait(30)
        release.set()
        for _ in range(4):
            assert entered.acquire(timeout=30)
        relay.stop()
    assert at_once[1] == 2
    assert {state for _, state in states(services)} == {"done"}


def test_stopping_settles_what_is_under_way_and_leaves_the_rest_planned(services: Services) -> None:
    entered, release = threading.Semaphore(0), threading.Event()

    def slow(_: Received) -> Reply:
        entered.release()
        release.wait(30)
        return Reply(200)

    with WebServer(slow).running() as server:
        channel = a_webhook(services, server.address)
        for number in range(4):
            plan(services, channel, f"k{number}")
        relay = Relay(services)
        relay.start()
        assert entered.acquire(timeout=30)
        assert entered.acquire(timeout=30)
        stopping = threading.Thread(target=relay.stop)
        stopping.start()
        release.set()
        stopping.join(30)
    assert sorted(state for _, state in states(services)) == ["done", "done", "planned", "planned"]
