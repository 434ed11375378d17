"""Addresses of machines and what only looks like them."""

import pytest

from dlp.detect.engine import Engine
from dlp.records import Demand, Text

ENGINE = Engine(Demand(frozenset({"IP_ADDRESS", "MAC_ADDRESS"})))


def spans(text: str) -> list[str]:
    return [text[f.start : f.end] for f in ENGINE.scan((Text("body", text),)).findings if f.confidence >= 0.5]


@pytest.mark.parametrize(
    "address", ["91.203.14.7", "10.20.130.40", "2a02:6b8::2:242", "2001:db8:85a3:8d3:1319:8a2e:370:7348", "3c:22:fb:1a:2b:3c"]
)
@pytest.mark.parametrize("frame", ["сервер {} лёг", "{}.", "from={};", "«{}»", "[{}]", "{}\n{}"])
def test_an_address_keeps_its_span(address: str, frame: str) -> None:
    text = frame.format(address, address)
    assert spans(text) == [address] * text.count(address)


@pytest.mark.parametrize(
    "text",
    [
        "Chrome 99.0.48.51",
        "версия 10.20.130.40",
        "пункт 3.2.1.4",
        "1.2.3.4.5",
        "300.1.1.1",
        "12:30:45",
        "std::vector",
        "077.1.1.1",
        "::1",
        "127.0.0.1",
    ],
)
def test_versions_clauses_and_times_are_no_addresses(text: str) -> None:
    assert spans(text) == []
