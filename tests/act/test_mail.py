"""Letters at a real SMTP server: taken, refused, or honestly in doubt."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

from dlp.act.mail import Mail, letter_of
from dlp.act.outcome import Outcome, Result, Setup
from tests.act.certificates import Certificates, certificates
from tests.act.plans import NOON, an_alert
from tests.act.receivers import free_port, tcp_server


class Mailbox:
    """Keeps the letters; `replies` are what a step answers instead of taking it."""

    def __init__(self, **replies: str) -> None:
        self.letters: list[EmailMessage] = []
        self._replies = replies

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it so
        self, server: Any, session: Any, envelope: Envelope, address: str, options: Any
    ) -> str:
        if reply := self._replies.get("rcpt"):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd calls it so
        if reply := self._replies.get("data"):
            return reply
        self.letters.append(message_from_bytes(envelope.original_content or b"", policy=default))
        return "250 2.0.0 queued as 4F1"


@contextmanager
def mail_server(mailbox: Mailbox, *, tls: Certificates | None = None, kind: str = "starttls", **options: Any) -> Iterator[int]:
    """A mail server on a loopback port; gives the port."""
    context = None
    if tls is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tls.certificate, tls.key)
    options |= {"tls_context": context, "require_starttls": True} if context and kind == "starttls" else {}
    options |= {"ssl_context": context} if context and kind == "tls" else {}
    # Ready takes longer than the one second it is given where the machine is busy.
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port(), ready_timeout=20, **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def send(port: int, *, password: str = "", to: str = "officer@example.com", **settings: Any) -> Outcome:
    told = {"host": "127.0.0.1", "port": port, "security": "none", "sender": "dlp@example.com", **settings}
    return Mail().carry_out(an_alert(to=to), Setup(told, {"password": password} if password else {}), NOON)


@pytest.fixture
def tls(tmp_path: Path) -> Certificates:
    return certificates(tmp_path / "tls")


def test_a_letter_says_id_and_severity_and_links_and_nothing_of_the_message() -> None:
    mailbox = Mailbox()
    with mail_server(mailbox) as port:
        outcome = send(port)
    (letter,) = mailbox.letters
    assert (outcome.result, outcome.said) == (Result.DONE, "250 2.0.0 queued as 4F1")
    assert letter["Subject"] == "INC-10482: важность высокая"
    assert letter["To"] == "officer@example.com"
    text = letter.get_content()
    assert text.splitlines()[0] == "Инцидент INC-10482, важность: высокая."
    assert "https://dlp.example/incidents/2" in text
    assert "https://dlp.example/ack?token=t" in text
    assert "bulk-subjects" not in text
    assert letter["Auto-Submitted"] == "auto-generated"


def test_a_letter_of_one_key_is_always_the_same() -> None:
    setup = Setup({"sender": "dlp@example.com"})
    first, again = letter_of(an_alert(), setup), letter_of(an_alert(), setup)
    assert bytes(first) == bytes(again)
    assert first["Message-ID"] != letter_of(an_alert(key="another"), setup)["Message-ID"]


@pytest.mark.parametrize("kind", ["starttls", "tls"])
def test_the_line_is_encrypted_and_the_pinned_authority_believed(tls: Certificates, kind: str) -> None:
    mailbox = Mailbox()
    with mail_server(mailbox, tls=tls, kind=kind) as port:
        assert send(port, security=kind, ca=tls.pinned).result is Result.DONE
    assert len(mailbox.letters) == 1


@pytest.mark.parametrize("kind", ["starttls", "tls"])
def test_another_authority_is_not_believed(tls: Certificates, kind: str, tmp_path: Path) -> None:
    mailbox = Mailbox()
    with mail_server(mailbox, tls=tls, kind=kind) as port:
        outcome = send(port, security=kind, ca=certificates(tmp_path / "other").pinned)
    assert (outcome.result, outcome.works) == (Result.NOT_DONE, False)
    assert outcome.said.startswith("certificate refused")
    assert mailbox.letters == []


def test_a_certificate_for_another_name_is_not_believed(tmp_path: Path) -> None:
    made = certificates(tmp_path / "named", "mail.example")
    with mail_server(Mailbox(), tls=made, kind="tls") as port:
        assert send(port, security="tls", ca=made.pinned).said.startswith("certificate refused")


def test_nothing_is_sent_in_clear_where_encryption_was_asked_for() -> None:
    mailbox = Mailbox()
    with mail_server(mailbox) as port:
        outcome = send(port, security="starttls")
    assert (outcome.result, outcome.said) == (Result.NOT_DONE, "the server offers no STARTTLS")
    assert mailbox.letters == []


def test_login_is_shown_and_a_wrong_one_refused(tls: Certificates) -> None:
    def check(*asked: Any) -> AuthResult:
        told = asked[-1]
        return AuthResult(success=isinstance(told, LoginPassword) and told.password == b"right", handled=False)

    mailbox = Mailbox()
    options: dict[str, Any] = {"authenticator": check, "auth_required": True}
    with mail_server(mailbox, tls=tls, **options) as port:
        told = {"security": "starttls", "ca": tls.pinned, "login": "dlp"}
        assert send(port, password="right", **told).result is Result.DONE
        wrong = send(port, password="wrong", **told)
    assert (wrong.result, wrong.works, wrong.said) == (Result.NOT_DONE, False, "login refused: 535")
    assert len(mailbox.letters) == 1


def test_a_server_that_is_down_got_nothing() -> None:
    outcome = send(free_port())
    assert (outcome.result, outcome.works, outcome.said) == (Result.NOT_DONE, False, "ConnectionRefusedError")


@pytest.mark.parametrize(
    ("replies", "result", "works"),
    [
        ({"rcpt": "550 no such mailbox"}, Result.REFUSED, True),
        ({"rcpt": "450 greylisted"}, Result.NOT_DONE, True),
        ({"data": "452 too little room"}, Result.NOT_DONE, True),
        ({"data": "554 looks like spam"}, Result.REFUSED, True),
    ],
)
def test_a_reply_means_what_its_first_digit_says(replies: dict[str, str], result: Result, works: bool) -> None:
    with mail_server(Mailbox(**replies)) as port:
        outcome = send(port)
    assert (outcome.result, outcome.works, outcome.said) == (result, works, next(iter(replies.values())))


def smtp_until(last: bytes) -> Callable[[socket.socket], None]:
    """A server that answers until it has read `last`, and then breaks off."""

    def serve(connection: socket.socket) -> None:
        lines = connection.makefile("rwb")
        lines.write(b"220 hello\r\n")
        lines.flush()
        in_text = False
        while line := lines.readline():
            if line.startswith(last):
                return
            in_text = in_text or line.startswith(b"data")
            if line.startswith(b"data"):
                lines.write(b"354 go on\r\n")
            elif not in_text:
                lines.write(b"250 ok\r\n")
            lines.flush()

    return serve


@pytest.mark.parametrize(
    ("last", "result"),
    [
        (b"ehlo", Result.NOT_DONE),
        (b"mail", Result.NOT_DONE),
        (b"rcpt", Result.NOT_DONE),
        (b"data", Result.NOT_DONE),
        (b".\r\n", Result.UNKNOWN),
    ],
)
def test_a_line_that_breaks_after_the_last_dot_leaves_a_doubt_and_before_it_none(last: bytes, result: Result) -> None:
    with tcp_server(smtp_until(last)) as port:
        outcome = send(port)
    assert (outcome.result, outcome.works) == (result, False)


@pytest.mark.parametrize("to", ["", "officer", "officer@example.com\r\nBcc: x@example.com", "офицер@example.com"])
def test_what_is_no_address_gets_nothing(to: str) -> None:
    outcome = send(free_port(), to=to)
    assert (outcome.result, outcome.works) == (Result.REFUSED, None)


def test_mail_honours_no_keys() -> None:
    assert Mail().honours_keys(Setup()) is False
