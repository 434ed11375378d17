"""One HTTP request to somebody else: bounded in time and size, no redirects, no proxies taken from the environment."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from typing import Final, NamedTuple

import httpx

from dlp.act.outcome import Outcome, away, doubtful, misset
from dlp.act.tls import client_context

_MOST_BYTES: Final = 64 * 1024
_MOST_PIECES: Final = 64
_TIMEOUT: Final = httpx.Timeout(15, connect=10)


class Answer(NamedTuple):
    """What came back; at most 64 KiB of the body."""

    status: int
    body: bytes
    retry_after_seconds: float | None = None


class Request(NamedTuple):
    """A POST. `pinned` is PEM of the only certificate authorities believed, where some are."""

    url: str
    body: bytes
    headers: Mapping[str, str]
    pinned: str = ""


def post(request: Request) -> Answer | Outcome:
    """The answer, or how it ended without one. Errors are told by their class: their words may hold the address."""
    try:
        context = client_context(request.pinned)
    except (ssl.SSLError, ValueError):
        return misset("the pinned certificate cannot be read")
    try:
        with httpx.Client(timeout=_TIMEOUT, verify=context, trust_env=False, follow_redirects=False) as client:
            return _answered(client, request)
    except (httpx.InvalidURL, httpx.UnsupportedProtocol):
        return misset("the address is none")
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        return away(_class_of(error))
    except (httpx.HTTPError, httpx.StreamError) as error:
        # Part of the request is on its way: the other side may have done what was asked.
        return doubtful(type(error).__name__)


def _answered(client: httpx.Client, request: Request) -> Answer:
    with client.stream("POST", request.url, content=request.body, headers=dict(request.headers)) as response:
        body = b""
        for number, piece in enumerate(response.iter_bytes()):
            body += piece
            if len(body) > _MOST_BYTES or number >= _MOST_PIECES:
                break
        return Answer(response.status_code, body[:_MOST_BYTES], _seconds(response.headers.get("retry-after", "")))


def _seconds(told: str) -> float | None:
    # The other form, a date, is rare and our own backoff does as well.
    return float(told) if told.isascii() and told.isdigit() and len(told) < 6 else None


def _class_of(error: Exception) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"certificate refused: {cause.verify_message}"
        if isinstance(cause, ConnectionRefusedError):
            return "connection refused"
        cause = cause.__cause__ or cause.__context__
    return type(error).__name__
