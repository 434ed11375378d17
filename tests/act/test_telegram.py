"""Telegram's deletions and replies at a fake Bot API on loopback."""

from __future__ import annotations

from typing import Any

import pytest

from dlp.act.channels import CHANNELS
from dlp.act.outcome import Action, Outcome, Result, Setup
from dlp.act.telegram import Deletion, Sending
from dlp.chats.telegram_actions import deletion, said_in, sending
from tests.act.bot_api import TOKEN, BotApi, failure
from tests.act.plans import NOON, an_alert
from tests.act.receivers import Reply, WebServer, always, free_port


def act(api: BotApi, kind: str, *, text: str = "", token: str = TOKEN, **payload: Any) -> Outcome:
    told = {"conversation": "-1001", "message": "10", **payload}
    with WebServer(api).running() as server:
        setup = Setup({"api_url": server.address}, {"bot_token": token})
        return CHANNELS[kind].carry_out(Action("k", kind, told, NOON, text), setup, NOON)


def test_a_message_is_deleted() -> None:
    api = BotApi((-1001, 10), (-1001, 11))
    assert act(api, "telegram.delete").result is Result.DONE
    assert api.there == {(-1001, 11)}


def test_deleting_what_is_gone_is_done_and_says_so() -> None:
    outcome = act(BotApi(), "telegram.delete")
    assert (outcome.result, outcome.said) == (Result.DONE, "Bad Request: message to delete not found")


def test_a_lost_answer_to_a_deletion_can_be_tried_away() -> None:
    api = BotApi((-1001, 10), broken=[Reply(0)])
    assert act(api, "telegram.delete").result is Result.UNKNOWN
    assert Deletion().honours_keys(Setup())
    assert act(api, "telegram.delete").result is Result.DONE


def test_a_lost_answer_to_a_reply_stays_a_doubt() -> None:
    api = BotApi(broken=[Reply(0)])
    assert act(api, "telegram.reply", code="reminder").result is Result.UNKNOWN
    assert len(api.sent) == 1
    assert not Sending().honours_keys(Setup())


def test_a_business_account_s_message_is_deleted_through_its_connection() -> None:
    call = deletion("bc1/9", "3")
    assert call.method == "deleteBusinessMessages"
    assert call.parameters == {"business_connection_id": "bc1", "message_ids": [3]}
    assert act(BotApi(), "telegram.delete", conversation="bc1/9", message="3").result is Result.DONE


def test_a_reply_is_a_sentence_of_the_catalogue_to_the_message() -> None:
    api = BotApi()
    assert act(api, "telegram.reply", code="please_delete", language="en", reply_to="10").result is Result.DONE
    (sent,) = api.sent
    assert sent["text"].startswith("Please delete the message")
    assert sent["reply_parameters"] == {"message_id": 10, "allow_sending_without_reply": True}
    assert sent["link_preview_options"] == {"is_disabled": True}


def test_an_officer_s_own_words_are_sent_as_they_are() -> None:
    api = BotApi()
    act(api, "telegram.reply", text="<b>не надо</b> *так*")
    assert api.sent[0]["text"] == "<b>не надо</b> *так*"
    assert "parse_mode" not in api.sent[0]


def test_a_long_text_is_cut_to_what_telegram_takes() -> None:
    assert len(sending("1", "я" * 5000).parameters["text"]) == 4096


def test_a_reply_in_a_business_chat_goes_through_the_connection() -> None:
    assert sending("bc1/9", "x").parameters["business_connection_id"] == "bc1"


def test_an_alert_is_told_to_a_chat_with_its_links() -> None:
    api = BotApi()
    with WebServer(api).running() as server:
        setup = Setup({"api_url": server.address}, {"bot_token": TOKEN})
        outcome = Sending().carry_out(an_alert("telegram.reply", chat_id="77"), setup, NOON)
    assert outcome.result is Result.DONE
    assert api.sent[0]["chat_id"] == 77
    assert api.sent[0]["text"].startswith("INC-10482: важность высокая")
    assert "https://dlp.example/ack?token=t" in api.sent[0]["text"]


@pytest.mark.parametrize(
    ("answer", "result", "works"),
    [
        (failure(400, "Bad Request: message can't be deleted"), Result.REFUSED, True),
        (failure(403, "Forbidden: bot was kicked from the supergroup chat"), Result.REFUSED, True),
        (failure(401, "Unauthorized"), Result.NOT_DONE, False),
        (failure(404, "Not Found"), Result.NOT_DONE, False),
        (failure(500, "Internal Server Error"), Result.UNKNOWN, False),
        (Reply(502, b"<html>bad gateway</html>"), Result.UNKNOWN, False),
        (Reply(200, b"[]"), Result.UNKNOWN, False),
        (Reply(0), Result.UNKNOWN, False),
    ],
)
def test_an_answer_means_what_it_says(answer: Reply, result: Result, works: bool) -> None:
    outcome = act(BotApi((-1001, 10), broken=[answer]), "telegram.delete")
    assert (outcome.result, outcome.works) == (result, works)


def test_too_many_requests_are_repeated_when_telegram_says() -> None:
    outcome = act(BotApi(broken=[failure(429, "Too Many Requests: retry after 35", retry_after=35)]), "telegram.delete")
    assert (outcome.result, outcome.works, outcome.retry_after_seconds) == (Result.NOT_DONE, True, 35)


def test_a_wrong_token_is_told_apart_and_never_said() -> None:
    outcome = act(BotApi(), "telegram.delete", token="999:WRONG")
    assert (outcome.result, outcome.works) == (Result.NOT_DONE, False)
    assert "WRONG" not in outcome.said


def test_an_address_that_answers_nobody_does_not_show_the_token() -> None:
    setup = Setup({"api_url": f"http://127.0.0.1:{free_port()}"}, {"bot_token": TOKEN})
    outcome = Deletion().carry_out(Action("k", "telegram.delete", {"conversation": "1", "message": "2"}, NOON), setup, NOON)
    assert (outcome.result, outcome.said) == (Result.NOT_DONE, "connection refused")


@pytest.mark.parametrize("payload", [{"message": "ephemeral:7"}, {"message": ""}, {"conversation": "1"}])
def test_a_message_without_a_number_is_not_deleted(payload: dict[str, str]) -> None:
    with WebServer(always()).running() as server:
        setup = Setup({"api_url": server.address}, {"bot_token": TOKEN})
        told = {"conversation": "1", **payload}
        assert Deletion().carry_out(Action("k", "telegram.delete", told, NOON), setup, NOON).result is Result.REFUSED
    assert server.got == []


def test_without_a_token_nothing_is_tried() -> None:
    assert act(BotApi(), "telegram.delete", token="").said == "no token of a bot"


@pytest.mark.parametrize("body", [b"", b"null", b"{}", b'{"ok": 1}', b"\xff"])
def test_what_is_no_answer_of_the_bot_api_says_nothing(body: bytes) -> None:
    said = said_in(body)
    assert (said.well, said.code) == (False, 0)
