"""What surrounds each request: its number, its headers, its line in the log, its place in the metrics, and the net under it."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Final, NamedTuple
from uuid import uuid4

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dlp.api.access import Principal
from dlp.api.headers import headers_for
from dlp.api.logs import ACCESS, FAULTS, told_of
from dlp.api.problems import ProblemResponse

_BODY_SECONDS: Final = 60.0  # for each piece of a body
_UNKNOWN = "(unknown)"


class Told(NamedTuple):
    """One answered request as metrics count it; `template` is never a path with somebody's words in it."""

    method: str
    template: str
    status: int
    seconds: float


class Doorway:
    """ASGI middleware; stands outermost, so that nothing leaves the house without it."""

    def __init__(self, app: ASGIApp, *, application: FastAPI, body_seconds: float = _BODY_SECONDS) -> None:
        self.body_seconds = body_seconds
        self._app = app
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        await _Passage(self, scope, receive, send).run(self._app)

    def template_of(self, scope: Scope) -> str:
        """The route's path as it was declared."""
        known: dict[object, str] = self._application.state.templates
        return known.get(scope.get("endpoint"), _UNKNOWN)

    def note(self, told: Told, scope: Scope) -> None:
        """Counts a request and writes its line."""
        self._application.state.metrics.answered(told)
        if ACCESS.isEnabledFor(logging.INFO):
            state = scope["state"]
            principal: Principal | None = state.get("principal")
            fields = {
                "request": state["request_id"],
                "method": told.method,
                "route": told.template,
                "status": told.status,
                "ms": round(told.seconds * 1000, 2),
                "principal": None if principal is None else principal.id,
            }
            ACCESS.info("request", extra={"fields": fields})


class _Passage:
    """One request on its way in and out."""

    def __init__(self, doorway: Doorway, scope: Scope, receive: Receive, send: Send) -> None:
        self._doorway = doorway
        self._scope = scope
        self._receive = receive
        self._send = send
        self._status = 0
        self._muted = False
        self._body_read = False
        self._late = False
        self._request_id = str(uuid4())
        scope.setdefault("state", {})["request_id"] = self._request_id

    async def run(self, app: ASGIApp) -> None:
        started = time.perf_counter()
        try:
            await app(self._scope, self._bounded_receive, self._dressed_send)
        except Exception as error:
            FAULTS.error("unexpected", extra={"fields": {"request": self._request_id, **told_of(error)}})
            if self._status:
                raise _BrokenOff from None
            await self._answer(500, "internal", "something went wrong here; support can find it by the instance")
        finally:
            if self._status:
                template = self._doorway.template_of(self._scope)
                told = Told(self._scope["method"], template, self._status, time.perf_counter() - started)
                self._doorway.note(told, self._scope)

    async def _bounded_receive(self) -> Message:
        if self._body_read:
            return await self._receive()
        try:
            async with asyncio.timeout(self._doorway.body_seconds):
                message = await self._receive()
        except TimeoutError:
            # Whoever sends nothing for a minute keeps a place that others wait for.
            self._late = True
            return {"type": "http.disconnect"}
        self._body_read = not message.get("more_body", False)
        return message

    async def _dressed_send(self, message: Message) -> None:
        if self._muted:
            return
        if message["type"] != "http.response.start":
            await self._send(message)
            return
        if self._late:
            self._late, self._muted = False, True
            await self._answer(408, "too_slow")
            return
        headers = MutableHeaders(scope=message)
        status = int(message["status"])
        if status >= 400 and headers.get("content-type", "").startswith("text/plain") and self._is_of_api:
            # The framework itself answers some requests (a body too large) in plain text.
            self._muted = True
            code = {413: "too_large", 400: "bad_request"}.get(status, "http")
            await self._answer(status, code)
            return
        self._status = status
        for name, value in headers_for(self._scope).items():
            headers.setdefault(name, value)
        headers["x-request-id"] = self._request_id
        await self._send(message)

    async def _answer(self, status: int, code: str, detail: str = "") -> None:
        muted, self._muted = self._muted, False
        await ProblemResponse(self._request_id, status, code, detail)(self._scope, self._receive, self._dressed_send)
        self._muted = muted

    @property
    def _is_of_api(self) -> bool:
        return str(self._scope["path"]).startswith("/api/")


class _BrokenOff(Exception):
    """The answer had begun when it failed: the connection must be closed so that nobody takes it for whole."""
