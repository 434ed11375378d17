"""Syslog over TCP with octet counting (RFC 6587) and over TLS (RFC 5425).

Neither knows an acknowledgement: handed over means that the receiver read everything and closed its side in order.
"""

from __future__ import annotations

import fcntl
import socket
import ssl
import struct
import termios
from contextlib import suppress
from datetime import datetime
from typing import Final

from dlp.act.notice import notice_of
from dlp.act.outcome import Action, Outcome, Setup, away, done, doubtful, misset
from dlp.act.syslog_event import message_of
from dlp.act.tls import client_context

_TIMEOUT_SECONDS: Final = 10


class Syslog:
    """A SIEM's syslog receiver; `honours_keys` in its settings where it folds events by `externalId` or `event.id`."""

    def honours_keys(self, setup: Setup) -> bool:
        return bool(setup.settings.get("honours_keys", False))

    def carry_out(self, action: Action, setup: Setup, now: datetime) -> Outcome:
        message = message_of(notice_of(action), setup.settings, now)
        frame = b"%d " % len(message) + message
        try:
            connection = _connected(setup)
        except ssl.SSLCertVerificationError as error:
            return away(f"certificate refused: {error.verify_message}")
        except _Misset as fault:
            return misset(str(fault))
        except OSError as error:
            return away(type(error).__name__)
        with connection:
            return _handed_over(connection, frame)


class _Misset(Exception):
    pass


def _connected(setup: Setup) -> socket.socket:
    told = setup.settings
    host, port = str(told.get("host", "")), int(told.get("port", 6514))
    if told.get("transport", "tls") != "tls":
        return socket.create_connection((host, port), timeout=_TIMEOUT_SECONDS)
    try:
        context = client_context(str(told.get("ca", "")), str(told.get("certificate", "")), setup.secrets.get("private_key", ""))
    except (ssl.SSLError, ValueError):
        raise _Misset("a certificate or key cannot be read") from None
    plain = socket.create_connection((host, port), timeout=_TIMEOUT_SECONDS)
    try:
        return context.wrap_socket(plain, server_hostname=host)
    except BaseException:
        plain.close()
        raise


def _handed_over(connection: socket.socket, frame: bytes) -> Outcome:
    try:
        connection.sendall(frame)
    except OSError as error:
        # Part of it may have arrived, the whole frame has not: a receiver drops a frame that ends early.
        return away(type(error).__name__)
    try:
        _say_goodbye(connection)
    except (OSError, ValueError) as error:
        return doubtful(type(error).__name__)
    return (
        done("the receiver took everything and closed") if _is_taken(connection) else doubtful("closed before it took everything")
    )


def _say_goodbye(connection: socket.socket) -> None:
    """Tells that nothing more comes, and waits until the receiver closes, too."""
    if isinstance(connection, ssl.SSLSocket):
        # rsyslog closes without a close_notify of its own, after it read what came before ours.
        with suppress(ssl.SSLEOFError):
            connection.unwrap()
        return
    connection.shutdown(socket.SHUT_WR)
    while connection.recv(4096):
        pass


def _is_taken(connection: socket.socket) -> bool:
    """Whether the other side acknowledged every byte and closed in order.

    Linux resets a connection that is closed with something unread, and answers what comes after the end by a reset.
    """
    unacknowledged = struct.unpack("i", fcntl.ioctl(connection, termios.TIOCOUTQ, bytes(4)))[0]
    return unacknowledged == 0 and connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0
