"""Coverage, statistics and an incident's surroundings over HTTP, on messages that went through the real pipeline."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from dlp.records import Attachment, GapReason
from dlp.services import Services
from dlp.store import coverage, inbox
from dlp.store.recording import record
from dlp.store.tables.record import gaps, ledger
from dlp.worker.engine_pool import decide_here
from tests.api.clients import client_of
from tests.duties import CARD, Chatter, a_duty_installation, advance

V1 = "/api/v1"
LOST = Attachment("секретный план.zip", missing=GapReason.ENCRYPTED)


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    opened = a_duty_installation(tmp_path)
    yield opened
    opened.close()


def test_coverage_sums_what_was_recorded(services: Services) -> None:
    chatter = Chatter(services)
    chatter.say("обед в два")
    chatter.say(f"карта {CARD}")
    chatter.say("план", attachments=(LOST,))
    with client_of(services, "administrator") as client:
        told = client.get(f"{V1}/coverage", params={"by": "connector,hour"}).json()
    assert told["total"] == {"received": 3, "verdicts": 3, "duplicates": 0, "waiting": 0, "gaps": 1, "sums": True}
    (telegram,) = told["connectors"]
    assert [hour["received"] for hour in telegram["hours"]] == [3]
    assert told["gaps"] == [{"reason": "encrypted", "open": 1, "retried": 0, "accepted": 0}]


def test_a_files_name_is_told_to_those_alone_who_may_read_incidents(services: Services) -> None:
    Chatter(services).say("план", attachments=(LOST,))
    told = [("administrator", None, "attachment"), ("auditor", None, "attachment:секретный план.zip")]
    for role, departments, origin in [*told, ("officer", ["sales"], "attachment")]:
        with client_of(services, role, departments=departments) as client:
            assert [gap["origin"] for gap in client.get(f"{V1}/coverage/gaps").json()["items"]] == [origin]


def test_a_message_with_a_gap_is_tried_again_as_a_revision_and_the_sums_still_agree(services: Services) -> None:
    Chatter(services).say("план", attachments=(LOST,))
    with client_of(services, "officer") as client:
        told = client.post(f"{V1}/coverage/gaps/retry", json={"reason": "encrypted"}).json()
        assert told == {"retried": 1, "not_kept": 0, "left": 0}
        assert client.get(f"{V1}/coverage").json()["total"]["waiting"] == 1
        _decide_what_waits(services)
        states = [gap["state"] for gap in client.get(f"{V1}/coverage/gaps", params={"connector": "telegram"}).json()["items"]]
        assert states == ["open"]
        again = client.post(f"{V1}/coverage/gaps/retry", json={"connector": "slack"}).json()
        assert again == {"retried": 0, "not_kept": 0, "left": 0}
    with services.database.reading() as connection:
        assert coverage.reconcile(connection) == (2, 2, 0, 0)
        assert coverage.recounted(connection) == 2
        revisions = list(connection.execute(select(ledger.c.revision).order_by(ledger.c.seq)).scalars())
        assert list(connection.execute(select(gaps.c.state).order_by(gaps.c.id)).scalars()) == ["retried", "open"]
    assert revisions == [0, 2**52 + 1]


def test_a_gap_is_accepted_with_a_reason(services: Services) -> None:
    Chatter(services).say("план", attachments=(LOST,))
    with client_of(services, "officer") as client:
        (gap,) = client.get(f"{V1}/coverage/gaps").json()["items"]
        told = client.post(f"{V1}/coverage/gaps/accept", json={"ids": [gap["id"]], "comment": "архив партнёра"}).json()
        assert told == {"accepted": 1, "left": 0}
        (gap,) = client.get(f"{V1}/coverage/gaps", params={"state": "accepted"}).json()["items"]
    assert (gap["accepted_reason"], gap["state"]) == ("архив партнёра", "accepted")


def test_channels_nobody_feeds_us_are_kept_with_owner_and_review(services: Services) -> None:
    channel = {"title": "Личный Viber отдела продаж", "owner": "И. Петров", "risk": "прайсы", "accepted": True}
    with client_of(services, "officer") as client:
        review = (services.clock.now() + timedelta(days=30)).isoformat()
        added = client.post(f"{V1}/coverage/unseen", json=channel | {"review_at": review}).json()
        assert (added["accepted_by"], added["overdue"]) == (client.headers["X-User"], False)
        advance(services, minutes=10)
        changed = client.put(f"{V1}/coverage/unseen/{added['id']}", json=channel | {"title": "Viber"}).json()
        assert (changed["title"], changed["accepted_at"]) == ("Viber", added["accepted_at"])
        assert [one["title"] for one in client.get(f"{V1}/coverage/unseen").json()["items"]] == ["Viber"]
        assert client.delete(f"{V1}/coverage/unseen/{added['id']}").status_code == 204
        assert client.delete(f"{V1}/coverage/unseen/{added['id']}").status_code == 404


def test_the_overviews_numbers_list_what_they_count(services: Services) -> None:
    chatter = Chatter(services)
    chatter.say(f"карта {CARD}")
    chatter.say("ИНН 7707083893", conversation="8")
    chatter.say("обед")
    with client_of(services, "officer") as client:
        told = client.get(f"{V1}/statistics/overview").json()
        assert told["messages"]["accepted"] == {"value": 3, "previous": 0}
        assert told["open"]["value"] == 2
        for number in (told["open"], told["open_high"], told["overdue"], *told["decisions"], *_days(told)):
            assert client.get(f"{V1}/incidents", params=number["filter"]).json()["total"] == number["value"]
        rules = client.get(f"{V1}/statistics/rules").json()
        assert {item["labels"]["rule"] for item in rules["items"]} == {"any-card", "any-inn"}
        zones = client.get(f"{V1}/statistics/incidents", params={"by": "zone"}).json()
        assert [item["labels"] for item in zones["items"]] == [{"zone": "foreign"}]
        assert client.get(f"{V1}/statistics/work").json()["new"]["value"] == 2
        assert client.get(f"{V1}/statistics/overview", params={"zone": "Moon/Base"}).status_code == 422


def test_the_chat_around_an_incident_is_masked(services: Services) -> None:
    chatter = Chatter(services)
    chatter.say("звоните ivan@corp.ru или 79161234567", sender="43")
    recorded = chatter.say(f"карта {CARD}")
    chatter.say("спасибо", sender="43", sender_name="М. Иванов")
    with client_of(services, "officer") as client:
        items = client.get(f"{V1}/incidents/{recorded.incident}/context").json()["items"]
    assert [item["own"] for item in items] == [False, True, False]
    assert (items[2]["sender"], items[2]["sender_name"], items[2]["length"], items[2]["kept"]) == ("43", "М. Иванов", 7, True)
    shown = "".join(segment["text"] for item in items for segment in item["segments"])
    assert "спасибо" in shown
    for secret in ("ivan@corp.ru", "79161234567", CARD):
        assert secret not in shown


def test_exposure_tells_what_the_directory_knows(services: Services) -> None:
    recorded = Chatter(services).say(f"карта {CARD}", recipients=("43", "99"))
    with client_of(services, "officer") as client:
        told = client.get(f"{V1}/incidents/{recorded.incident}/exposure").json()
    assert told["external"] == {"known": True, "value": True}
    assert told["members"]["staff"] == {"known": True, "value": 1}
    assert told["members"]["outside"]["known"] is False


def test_an_incident_is_found_by_the_words_of_its_snippet_its_sender_and_number(services: Services) -> None:
    Chatter(services).say(f"оплатите картами {CARD} немедленно")
    with client_of(services, "officer") as client:
        for text, found in (("карта", 1), ("INC-1", 1), ("i.petrov", 1), ("credit_card", 1), ("немед*", 1), ("4111", 0)):
            assert client.get(f"{V1}/incidents", params={"text": text}).json()["total"] == found, text


def _days(told: dict[str, Any]) -> list[dict[str, Any]]:
    return [number for day in told["per_day"] for number in day["severities"].values() if number["value"]]


def _decide_what_waits(services: Services) -> None:
    now = services.clock.now()
    leased = services.database.write(lambda connection: inbox.lease(connection, 100, seconds=60, now=now))
    done = decide_here(services, leased)

    def write(connection: Any) -> None:
        inbox.remove(connection, [batch.id for batch in leased], now)
        record(connection, done.decided, services.keys, services.vault, now)

    services.database.write(write)
