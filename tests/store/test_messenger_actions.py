"""An acting verdict over a message a messenger told of is carried out there; any other verdict changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from dlp.records import Decision, Inspection, Judgement, Mode, RuleHit, Scan, Severity, Verdict
from dlp.store import connectors, messenger_actions
from dlp.store.actor import SYSTEM
from dlp.store.connectors import Connector
from dlp.store.database import Database
from dlp.store.messenger_actions import Acted
from tests.alerting import NOON, all_actions
from tests.builders import a_message


def planned_for(
    database: Database, decision: Decision, *, platform: str = "telegram", **told: Any
) -> list[tuple[str, dict[str, Any]]]:
    """(kind, payload) of what a verdict over a message of a chat plans."""
    wanted = Connector("tg", platform, settings=told.pop("settings", {}), enabled=told.pop("enabled", True))
    database.write(lambda c: connectors.create(c, SYSTEM, wanted, NOON))
    tell = told.pop("tell", ("sender",))
    hit = RuleHit("p", "r", Severity.HIGH, told.pop("mode", Mode.ENFORCE), decision, tell)
    message = a_message("x", "10", connector="tg", conversation=told.pop("conversation", "-1001"))
    inspection = Inspection(message, Scan(), Judgement((hit,)), Verdict(decision, decision, Severity.HIGH))
    acted = Acted(7, None, "tg", told.pop("door", "hook"), message, inspection)
    for _ in range(2):
        database.write(lambda c: messenger_actions.on_verdict(c, acted, NOON))
    return [(action.kind, dict(action.payload)) for action in all_actions(database)]


def kinds(planned: list[tuple[str, dict[str, Any]]]) -> list[str]:
    return [kind for kind, _ in planned]


def test_a_blocked_message_is_deleted_and_its_sender_told_once(database: Database) -> None:
    deletion, reply = planned_for(database, Decision.BLOCK)
    assert deletion == ("telegram.delete", {"conversation": "-1001", "message": "10"})
    assert reply[1] == {"conversation": "-1001", "reply_to": "10", "code": "deleted", "language": "ru"}


def test_a_sender_who_is_not_to_be_told_is_not(database: Database) -> None:
    assert kinds(planned_for(database, Decision.BLOCK, tell=("role:privacy-officer",))) == ["telegram.delete"]


def test_a_coached_sender_is_reminded_and_keeps_the_message(database: Database) -> None:
    ((kind, payload),) = planned_for(database, Decision.COACH, tell=(), settings={"language": "en"})
    assert (kind, payload["code"], payload["language"]) == ("telegram.reply", "reminder", "en")


@pytest.mark.parametrize("decision", [Decision.ALLOW, Decision.ALERT, Decision.HOLD])
def test_what_does_not_act_in_a_messenger_plans_nothing(database: Database, decision: Decision) -> None:
    assert planned_for(database, decision) == []


@pytest.mark.parametrize(
    "told", [{"door": "verdict"}, {"door": "import"}, {"platform": "slack"}, {"enabled": False}, {"conversation": None}]
)
def test_only_what_the_messenger_told_of_is_acted_on(database: Database, told: dict[str, Any]) -> None:
    assert planned_for(database, Decision.BLOCK, **told) == []


@pytest.mark.parametrize(("acts", "expected"), [({"block": ["reply"]}, ["telegram.reply"]), ({}, [])])
def test_a_connector_says_what_it_does(database: Database, acts: dict[str, list[str]], expected: list[str]) -> None:
    assert kinds(planned_for(database, Decision.BLOCK, settings={"acts": acts})) == expected
