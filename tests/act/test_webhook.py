"""Signed JSON at a real web server: proven, bounded, and without effect the second time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from dlp.act.outcome import Action, Outcome, Result, Setup
from dlp.act.webhook import Callback, Webhook
from dlp.chats.signature import SIGNATURE_HEADER, TIMESTAMP_HEADER, holds, sign
from tests.act.certificates import certificates
from tests.act.plans import NOON, an_alert
from tests.act.receivers import Received, Reply, WebServer, always, by_key, free_port

SECRET = "s" * 32


def send(url: str, *, secrets: dict[str, str] | None = None, key: str = "k1", **settings: Any) -> Outcome:
    setup = Setup({"url": url, **settings}, {"secret": SECRET} if secrets is None else secrets)
    return Webhook().carry_out(an_alert("webhook", key), setup, NOON)


def proven(received: Received, *secrets: str) -> bool:
    timestamp = int(received.headers[TIMESTAMP_HEADER.lower()])
    return holds([secret.encode() for secret in secrets], timestamp, received.body, received.headers[SIGNATURE_HEADER.lower()])


def test_an_alert_arrives_signed_with_its_key() -> None:
    with WebServer(always(204)).running() as server:
        outcome = send(f"{server.address}/alerts")
    (received,) = server.got
    assert (outcome.result, outcome.said) == (Result.DONE, "204")
    assert proven(received, SECRET)
    assert not proven(received, "another secret")
    assert received.headers["idempotency-key"] == "k1"
    assert received.told["incident"] == {"id": "0192f000-0000-7000-8000-000000000002", "number": 10482}
    assert received.told["severity"] == "high"
    assert received.told["decision"] == "hold"
    assert received.told["acknowledge"] == "https://dlp.example/ack?token=t"


def test_both_secrets_of_a_rotation_sign() -> None:
    with WebServer(always()).running() as server:
        send(server.address, secrets={"secret": "n" * 32, "previous": SECRET})
    assert proven(server.got[0], SECRET)
    assert proven(server.got[0], "n" * 32)


def test_a_changed_body_or_time_is_not_proven() -> None:
    signature = sign(SECRET.encode(), 1, b"{}")
    assert holds([SECRET.encode()], 1, b"{}", signature)
    assert holds([b"a newer one", SECRET.encode()], 1, b"{}", signature)
    assert not holds([SECRET.encode()], 2, b"{}", signature)
    assert not holds([SECRET.encode()], 1, b"{ }", signature)
    assert not holds([], 1, b"{}", signature)
    assert not holds([b""], 1, b"{}", signature)
    assert not holds([SECRET.encode()], 1, b"{}", "")
    assert not holds([SECRET.encode()], 1, b"{}", "v1=ё")


def test_a_signature_is_the_one_other_programs_make() -> None:
    # printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac secret
    known = "49f24e537407743fa4a0242bb63b94b9a47ee99cbbe071ccd8a22550ae411686"
    assert sign(b"secret", 1700000000, b'{"a":1}') == f"v1={known}"


def test_a_repetition_has_no_effect_where_keys_are_honoured() -> None:
    effects: list[str] = []
    with WebServer(by_key(effects)).running() as server:
        for key in ("k1", "k1", "k2"):
            assert send(server.address, key=key).result is Result.DONE
    assert effects == ["k1", "k2"]
    assert server.got[0].body == server.got[1].body
    assert Webhook().honours_keys(Setup())
    assert not Webhook().honours_keys(Setup({"honours_keys": False}))


@pytest.mark.parametrize(
    ("status", "result", "works"),
    [
        (200, Result.DONE, True),
        (202, Result.DONE, True),
        (301, Result.REFUSED, True),
        (400, Result.REFUSED, True),
        (401, Result.REFUSED, True),
        (410, Result.REFUSED, True),
        (408, Result.NOT_DONE, True),
        (429, Result.NOT_DONE, True),
        (503, Result.NOT_DONE, False),
        (500, Result.UNKNOWN, False),
        (502, Result.UNKNOWN, False),
        (504, Result.UNKNOWN, False),
        (0, Result.UNKNOWN, False),
    ],
)
def test_an_answer_means_what_its_status_says(status: int, result: Result, works: bool) -> None:
    with WebServer(always(status)).running() as server:
        outcome = send(server.address)
    assert (outcome.result, outcome.works) == (result, works)


def test_the_receiver_may_say_when_to_come_again() -> None:
    with WebServer(always(429, b"slow down", Retry_After="17")).running() as server:
        outcome = send(server.address)
    assert (outcome.retry_after_seconds, outcome.said) == (17.0, "429 slow down")


def test_a_redirect_is_not_followed() -> None:
    with WebServer(always()).running() as other, WebServer(always(307, Location=other.address)).running() as server:
        assert send(server.address).result is Result.REFUSED
    assert other.got == []


def test_a_long_answer_is_not_read_to_its_end() -> None:
    with WebServer(always(400, b"x" * 10_000_000)).running() as server:
        assert len(send(server.address).said) < 400


def test_control_signs_of_an_answer_are_left_out() -> None:
    with WebServer(always(400, b"no\r\n\x1b[31mred\xff")).running() as server:
        assert send(server.address).said == "400 no [31mred\ufffd"


def test_a_receiver_that_is_down_got_nothing() -> None:
    outcome = send(f"http://127.0.0.1:{free_port()}")
    assert (outcome.result, outcome.works, outcome.said) == (Result.NOT_DONE, False, "connection refused")


def test_only_the_pinned_authority_is_believed(tmp_path: Path) -> None:
    made = certificates(tmp_path / "right")
    with WebServer(always(), made).running() as server:
        assert send(server.address, ca=made.pinned).result is Result.DONE
        outcome = send(server.address, ca=certificates(tmp_path / "wrong").pinned)
    assert outcome.result is Result.NOT_DONE
    assert outcome.said.startswith("certificate refused")
    assert len(server.got) == 1


@pytest.mark.parametrize("url", ["", "nowhere", "ftp://127.0.0.1/x", "http://"])
def test_what_is_no_address_is_not_tried(url: str) -> None:
    assert send(url).result is Result.REFUSED


def test_nothing_leaves_unsigned() -> None:
    outcome = send("http://127.0.0.1:1", secrets={})
    assert (outcome.result, outcome.said) == (Result.REFUSED, "no secret to sign with")


def test_a_pinned_certificate_that_is_none_is_said() -> None:
    assert send("https://127.0.0.1:1", ca="no pem").said == "the pinned certificate cannot be read"


def test_a_hold_s_asker_gets_the_outcome_signed_by_the_connector_s_key() -> None:
    body = {"hold_id": "h1", "state": "released", "outcome": "release", "decided_at": NOON.isoformat()}
    answers = iter([Reply(0), Reply(200)])
    with WebServer(lambda _: next(answers)).running() as server:
        action = Action("hold:h1", "callback", {"url": server.address, "body": body}, NOON)
        setup = Setup({}, {"secret": SECRET})
        first = Callback().carry_out(action, setup, NOON)
        again = Callback().carry_out(action, setup, NOON + timedelta(minutes=1))
    assert (first.result, again.result) == (Result.UNKNOWN, Result.DONE)
    assert Callback().honours_keys(setup)
    assert server.got[0].headers["idempotency-key"] == server.got[1].headers["idempotency-key"] == "hold:h1"
    assert server.got[1].told == body
    assert proven(server.got[1], SECRET)
