from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dlp.chats.signature import SIGNATURE_HEADER, TIMESTAMP_HEADER, sign
from dlp.errors import Unauthenticated
from dlp.ingest.signed import Seen, demand_certificate, demand_word, proof_of

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
BODY = b'{"events": []}'


def headers(key: str = "right", *, age: float = 0, body: bytes = BODY) -> dict[str, str]:
    timestamp = int((NOW - timedelta(seconds=age)).timestamp())
    return {TIMESTAMP_HEADER: str(timestamp), SIGNATURE_HEADER: sign(key.encode(), timestamp, body)}


def code_of(told: dict[str, str], secrets: tuple[str, ...] = ("right", "older"), body: bytes = BODY) -> str:
    with pytest.raises(Unauthenticated) as raised:
        proof_of(told, body, "portal", secrets=secrets, now=NOW)
    return raised.value.code


@pytest.mark.parametrize("key", ["right", "older"])
@pytest.mark.parametrize("age", [0, 300, -300])
def test_a_signature_by_either_live_key_within_the_window_holds(key: str, age: float) -> None:
    assert proof_of(headers(key, age=age), BODY, "portal", secrets=("right", "older"), now=NOW)


def test_what_does_not_hold_is_refused_with_its_reason() -> None:
    assert code_of({}) == "signature_missing"
    assert code_of({TIMESTAMP_HEADER: "1"}) == "signature_missing"
    assert code_of(headers() | {TIMESTAMP_HEADER: "²"}) == "timestamp"
    assert code_of(headers("wrong")) == "signature"
    assert code_of(headers(), secrets=()) == "signature"
    assert code_of(headers(), secrets=("",)) == "signature"
    assert code_of(headers(), body=BODY + b" ") == "signature"
    assert code_of(headers() | {TIMESTAMP_HEADER: str(int(NOW.timestamp()) + 1)}) == "signature"
    assert code_of(headers(age=301)) == "timestamp"
    assert code_of(headers(age=-301)) == "timestamp"


def test_a_stranger_does_not_learn_our_clock() -> None:
    assert code_of(headers("wrong", age=10_000)) == "signature"


def test_a_request_is_known_again_but_not_at_another_connector() -> None:
    seen = Seen()
    proof = proof_of(headers(), BODY, "portal", secrets=("right",), now=NOW)
    other = proof_of(headers(), BODY, "bot", secrets=("right",), now=NOW)
    assert not seen.has(proof.request)
    seen.add(proof.request, proof.timestamp, NOW)
    assert seen.has(proof.request)
    assert not seen.has(other.request)


def test_a_request_is_forgotten_only_when_its_time_has_left_the_window() -> None:
    seen = Seen()
    seen.add(b"first", int(NOW.timestamp()), NOW)
    seen.add(b"second", int(NOW.timestamp()) + 500, NOW + timedelta(seconds=500))
    assert seen.has(b"first")
    seen.add(b"third", int(NOW.timestamp()) + 700, NOW + timedelta(seconds=700))
    assert not seen.has(b"first")
    assert seen.has(b"second")


WANTED: dict[str, Any] = {"client_certificate": {"header": "X-Cert", "value": "AB:CD:EF:01", "proxies": ["10.0.0.5"]}}


def test_a_certificate_counts_only_from_a_proxy_we_trust() -> None:
    demand_certificate({}, {}, "203.0.113.9")
    demand_certificate(WANTED, {"X-Cert": "AB:CD:EF:01"}, "10.0.0.5")
    for told, address in (({}, "10.0.0.5"), ({"X-Cert": "other"}, "10.0.0.5"), ({"X-Cert": "AB:CD:EF:01"}, "10.0.0.6")):
        with pytest.raises(Unauthenticated) as raised:
            demand_certificate(WANTED, told, address)
        assert raised.value.code == "client_certificate"


@pytest.mark.parametrize(("given", "secret"), [("", "word"), ("wrong", "word"), ("", None), ("", ""), ("словo", "word")])
def test_a_wrong_word_lets_nobody_in_and_neither_does_having_none(given: str, secret: str | None) -> None:
    demand_word("word", "word")
    with pytest.raises(Unauthenticated):
        demand_word(given, secret)
