"""Channels, routes, the roster, alerts and actions over HTTP."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from dlp.clock import SetClock
from dlp.pipeline import Arrival, handle
from dlp.services import Services
from dlp.store import alerts, outbox
from dlp.store.actor import SYSTEM
from dlp.store.connector_secrets import ConnectorSecrets
from dlp.store.connectors import Connector, create
from dlp.store.outbox import Plan, Settlement
from dlp.worker.relay import Relay
from tests.act.bot_api import TOKEN, BotApi
from tests.act.receivers import Reply, WebServer, always, free_port
from tests.act.test_mail import Mailbox, mail_server
from tests.alerting import a_channel, a_route, all_actions, all_alerts, an_incident, happen, set_routes
from tests.api.clients import TestClient, client_of, visitor_of
from tests.builders import a_message
from tests.duties import CARD, INN, Chatter, a_duty_installation
from tests.installations import NOON

SECRET = "s" * 32
MAIL = {
    "kind": "mail",
    "title": "Mail",
    "settings": {"host": "127.0.0.1", "port": 25, "security": "none", "sender": "dlp@example.com"},
}


def mail_at(port: int, **told: Any) -> dict[str, Any]:
    return {**MAIL, "settings": {**MAIL["settings"], "port": port}, **told}  # type: ignore[dict-item]


def webhook_at(url: str, **told: Any) -> dict[str, Any]:
    return {"kind": "webhook", "title": "Hook", "settings": {"url": url}, "secrets": {"secret": SECRET}, **told}


def installed_channel(client: TestClient, wanted: dict[str, Any]) -> str:
    answer = client.post("/api/v1/channels", json=wanted)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


class TestChannels:
    def test_secrets_are_written_and_never_read_back(self, services: Services) -> None:
        with client_of(services, "administrator") as client:
            installed_channel(client, mail_at(25, secrets={"password": "hunter2 hunter2"}))
            answer = client.get("/api/v1/channels")
        (channel,) = answer.json()["items"]
        assert channel["has_secrets"] is True
        assert channel["health"]["state"] == "untried"
        assert "hunter2" not in answer.text

    def test_a_secret_is_nowhere_in_clear_in_the_record(self, services: Services) -> None:
        with client_of(services, "administrator") as client:
            installed_channel(client, mail_at(25, secrets={"password": "hunter2 hunter2"}))
        services.database.close()
        files = [path for path in Path(services.settings.home).rglob("*") if path.is_file()]
        assert files
        assert [path for path in files if b"hunter2" in path.read_bytes()] == []

    def test_a_change_keeps_the_secrets_that_are_not_told(self, services: Services) -> None:
        with client_of(services, "administrator") as client, WebServer(always(200)).running() as server:
            channel = installed_channel(client, webhook_at(server.address))
            wanted = webhook_at(f"{server.address}/new", title="New")
            changed = client.put(f"/api/v1/channels/{channel}", json={**wanted, "secrets": None})
            assert changed.json()["title"] == "New"
            assert changed.json()["has_secrets"] is True
            assert client.post(f"/api/v1/channels/{channel}/test", json={}).json()["state"] == "done"
        assert server.got[0].path == "/new"

    def test_a_new_secret_signs_beside_the_one_before(self, services: Services) -> None:
        with client_of(services, "administrator") as client, WebServer(always(200)).running() as server:
            channel = installed_channel(client, webhook_at(server.address))
            client.put(f"/api/v1/channels/{channel}", json=webhook_at(server.address, secrets={"secret": "n" * 32}))
            client.post(f"/api/v1/channels/{channel}/test", json={})
        assert server.got[0].headers["x-dlp-signature"].count("v1=") == 2

    def test_a_test_is_really_sent_and_says_what_the_other_side_said(self, services: Services) -> None:
        mailbox = Mailbox()
        with client_of(services, "administrator") as client, mail_server(mailbox) as port:
            channel = installed_channel(client, mail_at(port))
            answer = client.post(f"/api/v1/channels/{channel}/test", json={"to": "me@example.com", "language": "en"})
        assert answer.json()["state"] == "done"
        assert answer.json()["said"] == "250 2.0.0 queued as 4F1"
        assert [letter["Subject"] for letter in mailbox.letters] == ["A test of the channel"]

    def test_a_test_of_a_dead_server_says_so_at_once_and_is_not_repeated(self, services: Services, clock: SetClock) -> None:
        with client_of(services, "administrator") as client:
            channel = installed_channel(client, mail_at(free_port()))
            answer = client.post(f"/api/v1/channels/{channel}/test", json={"to": "me@example.com"}).json()
            assert (answer["state"], answer["said"]) == ("failed", "ConnectionRefusedError")
            health = client.get(f"/api/v1/channels/{channel}").json()["health"]
        assert (health["state"], health["failures"], health["said"]) == ("working", 1, "ConnectionRefusedError")
        clock.moment += timedelta(days=1)
        assert Relay(services).run_due() == 0

    def test_a_mail_test_wants_a_recipient(self, services: Services) -> None:
        with client_of(services, "administrator") as client:
            channel = installed_channel(client, mail_at(25))
            answer = client.post(f"/api/v1/channels/{channel}/test", json={})
        assert (answer.status_code, answer.json()["code"]) == (422, "test_recipient")

    @pytest.mark.parametrize(
        "wrong",
        [
            {**MAIL, "settings": {"host": "x y", "sender": "dlp@example.com"}},
            {**MAIL, "settings": {"host": "h", "sender": "dlp@example.com\r\nBcc: x@y.z"}},
            webhook_at("ftp://example.com"),
            webhook_at("http://user:pass@example.com"),
            webhook_at("http://example.com", secrets={"secret": "short"}),
            {"kind": "pigeon", "title": "x", "settings": {}},
            {"kind": "telegram", "title": "x", "settings": {"connector": "nowhere"}},
        ],
    )
    def test_what_cannot_work_is_refused(self, services: Services, wrong: dict[str, Any]) -> None:
        with client_of(services, "administrator") as client:
            answer = client.post("/api/v1/channels", json=wrong)
        assert answer.status_code == 422
        assert "pass@" not in answer.text

    def test_a_channel_a_route_uses_stays(self, services: Services) -> None:
        with client_of(services, "administrator") as client:
            channel = installed_channel(client, mail_at(25))
            route = {"title": "all", "channels": [{"channel": channel, "to": ["a@example.com"]}]}
            assert client.put("/api/v1/alert-routes", json={"items": [route]}).status_code == 200
            answer = client.delete(f"/api/v1/channels/{channel}")
            assert (answer.status_code, answer.json()["code"]) == (409, "channel_in_use")
            client.put("/api/v1/alert-routes", json={"items": []})
            assert client.delete(f"/api/v1/channels/{channel}").status_code == 204
            assert client.get(f"/api/v1/channels/{channel}").status_code == 404


class TestRoutesAndRoster:
    def test_routes_come_back_as_they_were_written(self, services: Services) -> None:
        with client_of(services, "administrator") as client:
            channel = installed_channel(client, mail_at(25))
            target = {"channel": channel, "to": ["a@example.com"]}
            route = {
                "title": "security",
                "matches": {"severity": "high", "policies": ["ru-*"], "departments": None, "kinds": None},
                "channels": [target],
                "duty": True,
                "escalate_after_minutes": 15,
                "escalate_to": [target],
                "zone": "Asia/Yekaterinburg",
            }
            made = client.put("/api/v1/alert-routes", json={"items": [route]}).json()["items"]
            again = client.put("/api/v1/alert-routes", json={"items": made})
            assert again.json()["items"] == made == client.get("/api/v1/alert-routes").json()["items"]
        assert route.items() <= made[0].items()

    @pytest.mark.parametrize(
        ("wrong", "pointer"),
        [
            ({"channels": [{"channel": "0" * 8 + "-0000-7000-8000-000000000000"}]}, "/items/0/channels/0/channel"),
            ({"channels": [], "escalate_after_minutes": 5}, "/items/0/escalate_to"),
            ({"channels": [], "zone": "Mars/Olympus"}, "/items/0/zone"),
            ({"channels": [], "id": "0" * 8 + "-0000-7000-8000-000000000000"}, "/items/0/id"),
        ],
    )
    def test_a_route_that_cannot_work_is_refused_with_its_place(
        self, services: Services, wrong: dict[str, Any], pointer: str
    ) -> None:
        with client_of(services, "administrator") as client:
            answer = client.put("/api/v1/alert-routes", json={"items": [{"title": "x", **wrong}]})
        assert answer.status_code == 422
        assert pointer in answer.text

    def test_the_roster_shows_its_holes(self, services: Services) -> None:
        with client_of(services, "administrator") as client:
            person = client.headers["X-User"]
            span = {"begins": NOON.isoformat(), "ends": (NOON + timedelta(hours=4)).isoformat()}
            shift = {"user_id": person, "starts_at": NOON.isoformat(), "ends_at": (NOON + timedelta(hours=2)).isoformat()}
            made = client.put("/api/v1/duty-roster", json={**span, "shifts": [shift]}).json()
            assert len(made["shifts"]) == 1
            # Nobody can wake a person without an address.
            assert made["on_duty"] == []
            assert len(made["holes"]) == 1
            wrong = {**shift, "ends_at": NOON.isoformat()}
            refused = client.put("/api/v1/duty-roster", json={**span, "shifts": [wrong]})
            assert (refused.status_code, refused.json()["code"]) == (422, "shift_ends")
        with client_of(services, "officer") as officer:
            assert officer.get("/api/v1/duty-roster", params=span).json()["shifts"][0]["user_id"] == person


def an_alert(services: Services, department: str | None = None) -> str:
    """Wakes a@example.com; the alert's id."""
    set_routes(services.database, a_route((a_channel(services.database), "a@example.com")))
    happen(services.database, an_incident(department=department), stored=False)
    return all_alerts(services.database)[-1].id


class TestAlerts:
    def test_an_officer_answers_an_alert_once(self, services: Services) -> None:
        alert = an_alert(services)
        with client_of(services, "officer") as client:
            (listed,) = client.get("/api/v1/alerts", params={"state": "waiting"}).json()["items"]
            assert (listed["id"], listed["severity"], listed["facts"]["number"]) == (alert, "high", 1)
            answer = client.post(f"/api/v1/alerts/{alert}/acknowledge")
            assert (answer.json()["state"], answer.json()["acknowledged_by"]) == ("acknowledged", client.headers["X-User"])
            again = client.post(f"/api/v1/alerts/{alert}/acknowledge")
            assert (again.status_code, again.json()["code"]) == (409, "acknowledged")
            assert client.get("/api/v1/alerts", params={"state": "waiting"}).json()["items"] == []

    def test_an_officer_of_another_department_sees_nothing_of_it(self, services: Services) -> None:
        alert = an_alert(services, "Sales")
        with client_of(services, "officer", departments=["Legal"]) as client:
            assert client.get("/api/v1/alerts").json()["items"] == []
            assert client.post(f"/api/v1/alerts/{alert}/acknowledge").status_code == 404
        with client_of(services, "officer", departments=["Sales"]) as client:
            assert len(client.get("/api/v1/alerts").json()["items"]) == 1

    def test_lists_go_on_where_the_page_ended(self, services: Services) -> None:
        set_routes(services.database, a_route((a_channel(services.database), "a@example.com")))
        for number in range(1, 4):
            happen(services.database, an_incident(number, rule=f"rule {number}"))
        with client_of(services, "officer") as client:
            first = client.get("/api/v1/alerts", params={"limit": 2}).json()
            rest = client.get("/api/v1/alerts", params={"limit": 2, "after": first["next"]}).json()
        assert [one["facts"]["number"] for one in first["items"] + rest["items"]] == [3, 2, 1]
        assert rest["next"] is None


class TestTheLink:
    @pytest.fixture
    def link(self, services: Services) -> str:
        """The path and query of the link a person got by mail."""
        mailbox = Mailbox()
        with mail_server(mailbox) as port:
            set_routes(services.database, a_route((a_channel(services.database, port=port), "a@example.com")))
            happen(services.database, an_incident())
            Relay(services).run_due()
        (line,) = [line for line in mailbox.letters[0].get_content().splitlines() if "acknowledge" in line]
        parts = urlsplit(line.rpartition(" ")[2])
        return f"{parts.path}?{parts.query}"

    def test_looking_answers_nothing_the_button_does_once(self, services: Services, link: str) -> None:
        with visitor_of(services) as visitor:
            page = visitor.get(link)
            assert page.status_code == 200
            assert "Подтвердить" in page.text
            assert all_alerts(services.database)[0].state == "waiting"
            form = {"token": link.partition("token=")[2]}
            assert visitor.post("/api/v1/alerts/acknowledge", data=form).status_code == 200
            assert visitor.post("/api/v1/alerts/acknowledge", data=form).status_code == 409
            assert "уже" in visitor.get(link).text
        (alert,) = all_alerts(services.database)
        assert (alert.state, alert.acknowledged_by) == ("acknowledged", "link")

    def test_a_link_ends_and_cannot_be_made_up(self, services: Services, link: str, clock: SetClock) -> None:
        with visitor_of(services) as visitor:
            assert visitor.get(link[:-3] + "AAA").status_code == 404
            assert visitor.post("/api/v1/alerts/acknowledge", data={"token": "x.y.1.z"}).status_code == 404
            assert visitor.get("/api/v1/alerts/acknowledge").status_code == 404
            clock.moment += timedelta(hours=49)
            assert visitor.get(link).status_code == 404
        assert all_alerts(services.database)[0].state == "waiting"

    def test_the_page_speaks_the_reader_s_language_and_shows_no_foreign_sign(self, services: Services, link: str) -> None:
        with visitor_of(services) as visitor:
            assert "Acknowledge" in visitor.get(link, headers={"Accept-Language": "en-GB,en"}).text
            assert "<script" not in visitor.get(f"{link}%3Cscript%3E").text


class TestActions:
    @pytest.fixture
    def told(self, tmp_path: Path) -> Any:
        services = a_duty_installation(tmp_path)
        yield services
        services.close()

    def an_incident_in_telegram(self, services: Services, url: str = "http://127.0.0.1:1", text: str = INN) -> str:
        wanted = Connector("telegram", "telegram", settings={"api_url": url})
        services.database.write(lambda c: create(c, SYSTEM, wanted, NOON))
        tell = ConnectorSecrets(services.keys).tell
        services.database.write(lambda c: tell(c, SYSTEM, "telegram", {"bot_token": TOKEN}, NOON))
        message = a_message(text, "10", connector="telegram", conversation="-1007", sender="42", occurred_at=NOON)
        (recorded,) = handle(services, [Arrival(message, "telegram", "hook", NOON)]).result()
        assert recorded.incident is not None
        return recorded.incident

    def act(self, client: TestClient, incident: str, key: str = "key-1", **body: Any) -> Any:
        return client.post(f"/api/v1/incidents/{incident}/actions", json=body, headers={"Idempotency-Key": key})

    def test_an_officer_s_reply_is_planned_once_for_a_key_and_then_sent(self, told: Services) -> None:
        api = BotApi()
        with WebServer(api).running() as server, client_of(told, "officer") as client:
            incident = self.an_incident_in_telegram(told, server.address)
            first = self.act(client, incident, kind="reply", code="please_delete", language="en")
            again = self.act(client, incident, kind="reply", code="please_delete", language="en")
            assert (first.status_code, first.json()) == (202, again.json())
            other = self.act(client, incident, kind="delete")
            assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
            Relay(told).run_due()
            (action,) = client.get("/api/v1/actions", params={"incident": incident}).json()["items"]
            assert (action["state"], action["kind"], action["outcome"]) == ("done", "telegram.reply", "ok")
        assert [sent["text"][:13] for sent in api.sent] == ["Please delete"]

    def test_an_officer_s_own_words_are_sent_and_stand_nowhere_in_clear(self, told: Services) -> None:
        api = BotApi()
        with WebServer(api).running() as server, client_of(told, "officer") as client:
            incident = self.an_incident_in_telegram(told, server.address)
            assert self.act(client, incident, kind="reply", text="не надо так, Пётр").status_code == 202
            Relay(told).run_due()
        assert api.sent[0]["text"] == "не надо так, Пётр"
        files = [path for path in Path(told.settings.home).rglob("*") if path.is_file()]
        assert [path for path in files if "не надо так" in path.read_bytes().decode("utf-8", "replace")] == []

    def test_a_deletion_goes_to_every_message_of_the_incident(self, told: Services) -> None:
        with client_of(told, "officer") as client:
            incident = self.an_incident_in_telegram(told)
            made = self.act(client, incident, kind="delete").json()["items"]
        assert [one["kind"] for one in made] == ["telegram.delete"]
        assert [one.payload["conversation"] for one in all_actions(told.database)] == ["-1007"]

    def test_a_blocked_message_is_deleted_in_the_messenger_without_anybody_asking(self, told: Services) -> None:
        api = BotApi((-1007, 10))
        with WebServer(api).running() as server, client_of(told, "officer") as client:
            incident = self.an_incident_in_telegram(told, server.address, f"карта {CARD}")
            (planned,) = client.get("/api/v1/actions", params={"incident": incident}).json()["items"]
            assert (planned["kind"], planned["state"]) == ("telegram.delete", "planned")
            Relay(told).run_due()
            assert client.get(f"/api/v1/actions/{planned['id']}").json()["state"] == "done"
        assert api.there == set()

    def test_it_is_written_into_the_incident_s_history(self, told: Services) -> None:
        with client_of(told, "officer") as client:
            incident = self.an_incident_in_telegram(told)
            self.act(client, incident, kind="delete")
            history = client.get(f"/api/v1/incidents/{incident}/history").json()
        assert "acted" in [one["act"] for one in history["items"]]

    def test_where_the_messenger_can_do_nothing_the_officer_is_told(self, told: Services) -> None:
        recorded = Chatter(told).say("карта 4111 1111 1111 1111", connector="mail")
        with client_of(told, "officer") as client:
            answer = self.act(client, str(recorded.incident), kind="delete")
            assert (answer.status_code, answer.json()["code"]) == (409, "action_not_supported")
        with client_of(told, "officer", departments=["Legal"]) as client:
            assert self.act(client, str(recorded.incident), kind="delete").status_code == 404

    def test_a_key_is_wanted(self, told: Services) -> None:
        with client_of(told, "officer") as client:
            incident = self.an_incident_in_telegram(told)
            assert client.post(f"/api/v1/incidents/{incident}/actions", json={"kind": "delete"}).status_code == 422


def a_doubt(services: Services, channel: str, kind: str = "webhook") -> str:
    """An action whose outcome is not known."""

    def make(connection: Any) -> str:
        told = {"notice": "test", "to": "a@example.com"}
        planned = outbox.plan_sent(connection, Plan(kind, f"doubt {channel}", told, channel=f"channel:{channel}"), NOON)
        alerts.settle(connection, Settlement(planned.id, 1, "unknown", "ReadTimeout"), works=False, now=NOON)
        return planned.id

    return services.database.write(make)


class TestDoubts:
    def test_a_doubt_is_asked_away_where_keys_are_honoured(self, services: Services) -> None:
        answers = [Reply(0), Reply(204)]
        with WebServer(lambda _: answers.pop(0)).running() as server:
            with client_of(services, "administrator") as administrator:
                channel = installed_channel(administrator, webhook_at(server.address))
            action = a_doubt(services, channel)
            with client_of(services, "officer") as client:
                (listed,) = client.get("/api/v1/actions", params={"state": "unknown"}).json()["items"]
                assert listed["can_be_checked"] is True
                still = client.post(f"/api/v1/actions/{action}/check").json()
                assert (still["state"], still["attempts"]) == ("unknown", 2)
                found = client.post(f"/api/v1/actions/{action}/check").json()
                assert (found["state"], found["outcome"]) == ("done", "204")
                assert client.post(f"/api/v1/actions/{action}/check").status_code == 409
        assert {received.headers["idempotency-key"] for received in server.got} == {f"doubt {channel}"}

    def test_a_doubt_about_a_letter_cannot_be_asked_away_but_settled_by_hand(self, services: Services) -> None:
        with client_of(services, "administrator") as administrator:
            action = a_doubt(services, installed_channel(administrator, mail_at(25)), "mail")
        with client_of(services, "officer") as client:
            assert client.get(f"/api/v1/actions/{action}").json()["can_be_checked"] is False
            refused = client.post(f"/api/v1/actions/{action}/check")
            assert (refused.status_code, refused.json()["code"]) == (409, "cannot_be_checked")
            settled = client.post(f"/api/v1/actions/{action}/settle", json={"state": "done"}).json()
            assert (settled["state"], settled["outcome"]) == ("done", "found out by hand")
            assert client.post(f"/api/v1/actions/{action}/settle", json={"state": "failed"}).status_code == 409
            assert client.get("/api/v1/actions/00000000-0000-7000-8000-000000000000").status_code == 404
