"""Mail by SMTP: one letter, one recipient, and a clear word about whether the server took it (RFC 5321)."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import blake2b
from typing import Final

from dlp.act.notice import notice_of
from dlp.act.outcome import Action, Outcome, Setup, away, done, doubtful, later, misset, refused
from dlp.act.texts import letter
from dlp.act.tls import client_context

_TIMEOUT_SECONDS: Final = 20
_ADDRESS: Final = re.compile(r"[!-?A-~]{1,64}@[A-Za-z0-9.-]{1,255}")


class Mail:
    """A mail server. Mail honours no keys: where the server falls silent after the text, nobody can tell."""

    def honours_keys(self, setup: Setup) -> bool:
        return False

    def carry_out(self, action: Action, setup: Setup, now: datetime) -> Outcome:
        try:
            message = letter_of(action, setup)
        except ValueError:
            return misset("an address is none")
        try:
            with _Connection(setup) as connection:
                return connection.send(message)
        except _Ended as end:
            return end.outcome


def letter_of(action: Action, setup: Setup) -> EmailMessage:
    """The letter; the same for the same key, so that a reader's mail program may show a double as one. Raises ValueError."""
    sender, to = str(setup.settings.get("sender", "")), str(action.payload.get("to", ""))
    if not (_ADDRESS.fullmatch(sender) and _ADDRESS.fullmatch(to)):
        raise ValueError("no address")
    text = letter(notice_of(action))
    message = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    message["From"] = sender
    message["To"] = to
    message["Subject"] = text.subject
    message["Date"] = format_datetime(action.created_at)
    digest = blake2b(action.key.encode(), digest_size=16).hexdigest()
    message["Message-ID"] = f"<{digest}@{sender.partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence note answers it
    message.set_content(text.body)
    return message


class _Ended(Exception):
    """The conversation is over; `outcome` says how."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


class _Connection:
    """One conversation with a mail server: greeting, encryption, login, and one letter."""

    def __init__(self, setup: Setup) -> None:
        self._settings = setup.settings
        self._password = setup.secrets.get("password", "")
        self._server: smtplib.SMTP | None = None

    def __enter__(self) -> _Connection:
        try:
            self._server = self._connect()
            self._log_in(self._server)
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def send(self, message: EmailMessage) -> Outcome:
        """Hands the letter over. What is not answered after the text's last dot is doubtful, everything before is not done."""
        if self._server is None:
            raise ValueError("not connected")
        server = self._server
        for step in (lambda: server.mail(message["From"]), lambda: server.rcpt(message["To"])):
            if (outcome := _refusal(*_said(step))) is not None:
                return outcome
        code, said = _said(lambda: server.docmd("data"))
        if code != 354:
            return _refusal(code, said) or refused(f"{code} {said}")
        return self._send_text(server, message)

    def _send_text(self, server: smtplib.SMTP, message: EmailMessage) -> Outcome:
        lines = message.as_bytes().replace(b"\r\n.", b"\r\n..")
        try:
            # One call: where it fails, the last dot has not left, and the server has no letter.
            server.send(lines.removesuffix(b"\r\n") + b"\r\n.\r\n")
        except (smtplib.SMTPException, OSError) as error:
            return away(type(error).__name__)
        try:
            code, answer = server.getreply()
        except (smtplib.SMTPException, OSError) as error:
            return doubtful(type(error).__name__)
        said = answer.decode("utf-8", "replace")
        return _refusal(code, said) or done(f"{code} {said}")

    def _connect(self) -> smtplib.SMTP:
        host, port = str(self._settings.get("host", "")), int(self._settings.get("port", 25))
        security = self._settings.get("security", "starttls")
        name = str(self._settings.get("sender", "")).partition("@")[2] or "localhost"
        try:
            context = client_context(str(self._settings.get("ca", "")))
        except (ssl.SSLError, ValueError):
            raise _Ended(misset("the pinned certificate cannot be read")) from None
        try:
            if security == "tls":
                return self._greeted(smtplib.SMTP_SSL(host, port, name, timeout=_TIMEOUT_SECONDS, context=context))
            server = self._greeted(smtplib.SMTP(host, port, name, timeout=_TIMEOUT_SECONDS))
            if security == "starttls":
                server.starttls(context=context)
                server.ehlo()
            return server
        except ssl.SSLCertVerificationError as error:
            raise _Ended(away(f"certificate refused: {error.verify_message}")) from None
        except smtplib.SMTPNotSupportedError:
            raise _Ended(away("the server offers no STARTTLS")) from None
        except (smtplib.SMTPException, OSError) as error:
            raise _Ended(away(type(error).__name__)) from None

    def _greeted(self, server: smtplib.SMTP) -> smtplib.SMTP:
        # Kept at once, so that a conversation that fails is closed.
        self._server = server
        server.ehlo_or_helo_if_needed()
        return server

    def _log_in(self, server: smtplib.SMTP) -> None:
        login = self._settings.get("login")
        if not login:
            return
        try:
            server.login(str(login), self._password)
        except smtplib.SMTPAuthenticationError as error:
            raise _Ended(away(f"login refused: {error.smtp_code}")) from None
        except (smtplib.SMTPException, OSError) as error:
            raise _Ended(away(f"login failed: {type(error).__name__}")) from None

    def _close(self) -> None:
        if self._server is None:
            return
        try:
            self._server.quit()
        except (smtplib.SMTPException, OSError):
            self._server.close()


def _said(step: Callable[[], tuple[int, bytes]]) -> tuple[int, str]:
    try:
        code, answer = step()
    except (smtplib.SMTPException, OSError) as error:
        raise _Ended(away(type(error).__name__)) from None
    return code, answer.decode("utf-8", "replace")


def _refusal(code: int, said: str) -> Outcome | None:
    """What a reply outside 2xx means: 4xx to come again, 5xx never (RFC 5321, section 4.2.1)."""
    if 200 <= code < 300:
        return None
    return later(f"{code} {said}") if 400 <= code < 500 else refused(f"{code} {said}")
