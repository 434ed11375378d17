"""Events at Debian's rsyslog, over TCP and TLS, in CEF and ECS."""

from __future__ import annotations

import json
import re
import socket
import struct
from pathlib import Path
from typing import Any

import pytest

from dlp.act.notice import notice_of
from dlp.act.outcome import Outcome, Result, Setup
from dlp.act.syslog import Syslog
from dlp.act.syslog_event import cef, ecs, message_of
from tests.act.certificates import certificates
from tests.act.plans import NOON, an_alert
from tests.act.receivers import free_port, tcp_server
from tests.act.rsyslog import a_rsyslog


def send(port: int, *, secrets: dict[str, str] | None = None, key: str = "k1", **settings: Any) -> Outcome:
    told = {"host": "127.0.0.1", "port": port, "transport": "tcp", **settings}
    return Syslog().carry_out(an_alert("syslog", key), Setup(told, secrets or {}), NOON)


def pairs(text: str) -> dict[str, str]:
    """The extension of a CEF message, read as a SIEM does: an unescaped `=` ends a name."""
    extension = re.split(r"(?<!\\)\|", text, maxsplit=7)[7]
    found = re.findall(r"(\w+)=((?:\\.|[^\\=])*?)(?=\s\w+=|$)", extension)
    return {name: re.sub(r"\\(.)", r"\1", value) for name, value in found}


def test_cef_arrives_over_tcp_as_it_was_meant(tmp_path: Path) -> None:
    with a_rsyslog(tmp_path / "rsyslog") as server:
        outcomes = [send(server.port, form="cef", key=key) for key in ("k1", "k2")]
    assert [outcome.result for outcome in outcomes] == [Result.DONE] * 2
    first, second = server.received()
    assert (first.facility, first.severity, first.app, first.kind) == (13, 3, "dlp", "incident")
    assert first.at.startswith("2026-11-20T12:00:00")
    assert first.text.startswith("CEF:0|dlp-monitor|dlp|")
    assert pairs(first.text)["externalId"] == "k1"
    assert pairs(second.text)["cs1"] == "INC-10482"


def test_ecs_arrives_over_tls_with_the_pinned_authority(tmp_path: Path) -> None:
    made = certificates(tmp_path / "tls")
    with a_rsyslog(tmp_path / "rsyslog", made) as server:
        outcome = send(server.port, transport="tls", form="ecs", ca=made.pinned)
    assert outcome.result is Result.DONE
    (event,) = server.received()
    told = json.loads(event.text)
    assert told["event"]["id"] == "k1"
    assert told["rule"] == {"ruleset": "ru-personal-data", "name": "bulk-subjects"}
    assert told["dlp"]["incident"]["number"] == 10482


def test_a_receiver_that_wants_to_know_us_is_shown_a_certificate(tmp_path: Path) -> None:
    made = certificates(tmp_path / "tls")
    ours = {"certificate": made.certificate.read_text(), "ca": made.pinned, "transport": "tls"}
    with a_rsyslog(tmp_path / "rsyslog", made, "x509/certvalid") as server:
        known = send(server.port, secrets={"private_key": made.key.read_text()}, **ours)
        unknown = send(server.port, transport="tls", ca=made.pinned, key="k2")
    assert known.result is Result.DONE
    assert unknown.result is not Result.DONE
    assert [pairs(event.text)["externalId"] for event in server.received()] == ["k1"]


def test_another_authority_is_not_believed(tmp_path: Path) -> None:
    with a_rsyslog(tmp_path / "rsyslog", certificates(tmp_path / "tls")) as server:
        outcome = send(server.port, transport="tls", ca=certificates(tmp_path / "other").pinned)
    assert (outcome.result, outcome.works) == (Result.NOT_DONE, False)
    assert outcome.said.startswith("certificate refused")
    assert server.received() == []


def test_a_receiver_that_is_down_got_nothing() -> None:
    assert send(free_port()) == Outcome(Result.NOT_DONE, "ConnectionRefusedError", works=False)


def test_a_line_that_breaks_after_the_event_leaves_a_doubt() -> None:
    def reset(connection: socket.socket) -> None:
        connection.recv(65536)
        # Closing with a zero linger sends RST instead of FIN.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with tcp_server(reset) as port:
        outcome = send(port)
    assert (outcome.result, outcome.works) == (Result.UNKNOWN, False)


def test_a_receiver_that_closed_before_it_read_the_event_leaves_a_doubt() -> None:
    with tcp_server(lambda connection: connection.close()) as port:
        outcome = send(port)
    assert outcome.result in {Result.UNKNOWN, Result.NOT_DONE}
    assert outcome.works is False


def test_frames_are_counted_in_octets() -> None:
    got = bytearray()

    def keep(connection: socket.socket) -> None:
        while piece := connection.recv(65536):
            got.extend(piece)

    with tcp_server(keep) as port:
        assert send(port).result is Result.DONE
    count, _, message = bytes(got).partition(b" ")
    assert int(count) == len(message)


@pytest.mark.parametrize("wrong", [{"ca": "no pem"}, {"certificate": "no pem"}])
def test_what_is_no_certificate_is_said(wrong: dict[str, Any]) -> None:
    outcome = send(1, transport="tls", **wrong)
    assert (outcome.result, outcome.works) == (Result.REFUSED, None)


def test_syslog_honours_keys_only_where_the_receiver_folds_doubles() -> None:
    assert not Syslog().honours_keys(Setup())
    assert Syslog().honours_keys(Setup({"honours_keys": True}))


def test_signs_of_the_format_in_a_name_are_escaped() -> None:
    facts = {"number": 1, "policy": "a|b\\c", "rule": "x=y\nz", "note": "p=q"}
    told = cef(notice_of(an_alert(facts=facts)))
    head = re.split(r"(?<!\\)\|", told, maxsplit=7)
    assert len(head) == 8
    assert head[4].startswith("a\\|b\\\\c/x=y z")
    assert "\n" not in told
    assert pairs(told)["cs3"] == "x=ynz"
    assert json.loads(ecs(notice_of(an_alert(facts=facts))))["rule"]["name"] == "x=y\nz"


@pytest.mark.parametrize(("severity", "priority"), [("low", 109), ("medium", 108), ("high", 107), ("critical", 106)])
def test_the_priority_tells_facility_and_severity(severity: str, priority: int) -> None:
    message = message_of(notice_of(an_alert(severity=severity)), {"form": "ecs"}, NOON)
    assert message.startswith(b"<%d>1 2026-11-20T12:00:00.000Z " % priority)


def test_an_event_holds_no_words_of_people() -> None:
    told = json.loads(ecs(notice_of(an_alert())))
    assert set(told) == {"@timestamp", "ecs", "event", "rule", "observer", "dlp"}
