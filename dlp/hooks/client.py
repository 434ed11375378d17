"""The SDK for whoever asks before a message passes: a bot, a proxy, a CI job, a portal.

    from dlp.hooks.client import Client

    client = Client("http://127.0.0.1:8080", token="dlp_…", connector="portal", deadline=0.5, fail="closed")
    answer = client.verdict("please find the report attached", sender="ivanov", conversation="partners")
    if not answer.may_pass:
        print(answer.sender_text.get("en"))

It imports nothing of the server but the form messages travel in.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Iterable
from types import TracebackType
from typing import Any, Final, Self, Unpack

import httpx

from dlp.errors import UnavailableError
from dlp.hooks import request
from dlp.hooks.answer import Answer, Hold, HoldOutcome, answer_from
from dlp.hooks.request import ATTEMPTS, Event, Fail, MessageFields, Rejection, Sent, ServerBusy
from dlp.records import Message

__all__ = ["Answer", "AsyncClient", "Client", "Event", "Hold", "HoldOutcome", "Hook", "MessageFields", "Sent"]
_FIRST_PAUSE: Final = 0.01
_POLL_SECONDS: Final = 20.0
_BATCH_SECONDS: Final = 60.0
_VERDICT: Final = f"{request.API}/verdict"
_MESSAGES: Final = f"{request.API}/messages"
_JSON: Final = {"Content-Type": "application/json"}


class _Asking:
    """What both clients know."""

    def __init__(self, token: str | None, connector: str | None, deadline: float, fail: Fail) -> None:
        if fail not in ("open", "closed"):
            raise ValueError('fail is "open" or "closed"')
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.connector = connector
        self.deadline = deadline
        self.fail: Fail = fail


class Client:
    """Asks a server at `url`; close it, or use it in a `with` block. Safe to share between threads.

    An answer comes within `deadline` seconds: where the server has none by then, `fail` "open" lets the message pass and
    "closed" stops it, and `decided_by` says "deadline" or "outage". `options` go to `httpx.Client` (verify, proxy, …).
    What the caller did wrong (a bad token, an unknown connector) is raised, for failing open on it would hide it.
    """

    def __init__(
        self,
        url: str,
        token: str | None = None,
        *,
        connector: str | None = None,
        deadline: float = 0.5,
        fail: Fail = "open",
        **options: Any,
    ) -> None:
        self._asking = _Asking(token, connector, deadline, fail)
        self._http = httpx.Client(base_url=url, headers=self._asking.headers, **{"trust_env": False, **options})

    def verdict(
        self, text: str, *, dry_run: bool = False, callback: str | None = None, **fields: Unpack[MessageFields]
    ) -> Answer:
        """What is to happen to a message. Never later than the deadline; asked again only under the same Idempotency-Key."""
        asking = self._asking
        question = request.question_of(text, fields, asking.connector, dry_run=dry_run, callback=callback)
        headers = _JSON | {"Idempotency-Key": uuid.uuid4().hex}
        body = request.with_deadline(question, asking.deadline)
        until = time.monotonic() + asking.deadline
        pause = _FIRST_PAUSE
        while (left := until - time.monotonic()) > 0:
            try:
                response = self._http.post(_VERDICT, content=body, headers=headers, timeout=request.timeout_of(left))
                return answer_from(request.told_by(response))
            except httpx.ReadTimeout:
                break
            except (httpx.TransportError, ServerBusy):
                if until - time.monotonic() <= pause:
                    return request.without_server(asking.fail, "outage")
            time.sleep(pause)
            pause *= 2
        return request.without_server(asking.fail, "deadline")

    def send(self, messages: Iterable[Message]) -> Sent:
        """Hands over messages that need no answer; they are on the server's disk when this returns.

        A message that comes twice counts once, so a batch is sent again where its fate is not known. Raises
        UnavailableError where the server does not take it after all; what was sent before stays sent.
        """
        accepted, first = 0, 0
        rejected: list[Rejection] = []
        for body in request.batches_of(messages, self._asking.connector):
            sent = request.sent_of(self._persist(body), first)
            accepted, first = accepted + sent.accepted, first + request.IN_ONE_BATCH
            rejected += sent.rejected
        return Sent(accepted, tuple(rejected))

    def _persist(self, body: bytes) -> Any:
        for attempt in range(ATTEMPTS):
            try:
                return request.told_by(self._http.post(_MESSAGES, content=body, headers=_JSON, timeout=_BATCH_SECONDS))
            except (httpx.TransportError, ServerBusy) as error:
                if attempt == ATTEMPTS - 1:
                    raise UnavailableError(f"the server did not take the batch ({type(error).__name__})") from error
                time.sleep(request.pause_before(attempt, error))
        raise AssertionError

    def wait_for(self, hold: Hold | str, timeout: float = 3600.0) -> HoldOutcome:
        """Waits until a held message is decided; a state of "waiting" means that the time given is up. Raises NotFound."""
        path = request.hold_path(hold if isinstance(hold, str) else hold.id)
        until, attempt = time.monotonic() + timeout, 0
        found = HoldOutcome("waiting", None)
        while found.state == "waiting" and (left := until - time.monotonic()) > 0:
            try:
                wait = round(min(left, _POLL_SECONDS), 3)
                found = request.outcome_of(request.told_by(self._http.get(path, params={"wait": wait}, timeout=wait + 10)))
                attempt = 0
            except (httpx.TransportError, ServerBusy) as error:
                time.sleep(min(left, request.pause_before(attempt, error)))
                attempt += 1
        return found

    def close(self) -> None:
        """Lets the connections go."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


class AsyncClient:
    """`Client` for asyncio: the same answers, awaited; the deadline holds to the millisecond."""

    def __init__(
        self,
        url: str,
        token: str | None = None,
        *,
        connector: str | None = None,
        deadline: float = 0.5,
        fail: Fail = "open",
        **options: Any,
    ) -> None:
        self._asking = _Asking(token, connector, deadline, fail)
        self._http = httpx.AsyncClient(base_url=url, headers=self._asking.headers, **{"trust_env": False, **options})

    async def verdict(
        self, text: str, *, dry_run: bool = False, callback: str | None = None, **fields: Unpack[MessageFields]
    ) -> Answer:
        """What is to happen to a message; as `Client.verdict`."""
        asking = self._asking
        question = request.question_of(text, fields, asking.connector, dry_run=dry_run, callback=callback)
        decided_by = "deadline"
        try:
            async with asyncio.timeout(asking.deadline):
                headers = _JSON | {"Idempotency-Key": uuid.uuid4().hex}
                body = request.with_deadline(question, asking.deadline)
                pause = _FIRST_PAUSE
                while True:
                    try:
                        response = await self._http.post(_VERDICT, content=body, headers=headers, timeout=asking.deadline)
                        return answer_from(request.told_by(response))
                    except (httpx.TransportError, ServerBusy):
                        decided_by = "outage"
                    await asyncio.sleep(pause)
                    pause *= 2
        except TimeoutError:
            return request.without_server(asking.fail, decided_by)

    async def send(self, messages: Iterable[Message]) -> Sent:
        """Hands over messages that need no answer; as `Client.send`."""
        accepted, first = 0, 0
        rejected: list[Rejection] = []
        for body in request.batches_of(messages, self._asking.connector):
            sent = request.sent_of(await self._persist(body), first)
            accepted, first = accepted + sent.accepted, first + request.IN_ONE_BATCH
            rejected += sent.rejected
        return Sent(accepted, tuple(rejected))

    async def _persist(self, body: bytes) -> Any:
        for attempt in range(ATTEMPTS):
            try:
                return request.told_by(await self._http.post(_MESSAGES, content=body, headers=_JSON, timeout=_BATCH_SECONDS))
            except (httpx.TransportError, ServerBusy) as error:
                if attempt == ATTEMPTS - 1:
                    raise UnavailableError(f"the server did not take the batch ({type(error).__name__})") from error
                await asyncio.sleep(request.pause_before(attempt, error))
        raise AssertionError

    async def wait_for(self, hold: Hold | str, timeout: float = 3600.0) -> HoldOutcome:  # noqa: ASYNC109 - as in Client
        """Waits until a held message is decided; as `Client.wait_for`."""
        path = request.hold_path(hold if isinstance(hold, str) else hold.id)
        loop, attempt = asyncio.get_running_loop(), 0
        until = loop.time() + timeout
        found = HoldOutcome("waiting", None)
        while found.state == "waiting" and (left := until - loop.time()) > 0:
            try:
                wait = round(min(left, _POLL_SECONDS), 3)
                answer = await self._http.get(path, params={"wait": wait}, timeout=wait + 10)
                found, attempt = request.outcome_of(request.told_by(answer)), 0
            except (httpx.TransportError, ServerBusy) as error:
                await asyncio.sleep(min(left, request.pause_before(attempt, error)))
                attempt += 1
        return found

    async def close(self) -> None:
        """Lets the connections go."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()


class Hook:
    """A messenger's side of the signed hook: tells its messages, edits and deletions to `POST /hooks/{connector}`."""

    def __init__(self, url: str, connector: str, key: str, **options: Any) -> None:
        self._path = request.hook_path(connector)
        self._key = key
        self._http = httpx.Client(base_url=url, **{"trust_env": False, **options})

    def tell(self, events: Iterable[Event]) -> Sent:
        """Hands over events; they are on the server's disk when this returns. Raises UnavailableError as `Client.send`."""
        accepted, first = 0, 0
        rejected: list[Rejection] = []
        for body in request.calls_of(events):
            sent = request.sent_of(self._persist(body), first)
            accepted, first = accepted + sent.accepted, first + request.IN_ONE_BATCH
            rejected += sent.rejected
        return Sent(accepted, tuple(rejected))

    def _persist(self, body: bytes) -> Any:
        for attempt in range(ATTEMPTS):
            try:
                # Signed anew each time: the server refuses what is five minutes old.
                headers = request.signed(body, self._key, int(time.time()))
                return request.told_by(self._http.post(self._path, content=body, headers=headers, timeout=_BATCH_SECONDS))
            except (httpx.TransportError, ServerBusy) as error:
                if attempt == ATTEMPTS - 1:
                    raise UnavailableError(f"the server did not take the events ({type(error).__name__})") from error
                time.sleep(request.pause_before(attempt, error))
        raise AssertionError

    def close(self) -> None:
        """Lets the connections go."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
