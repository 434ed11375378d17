"""Receivers on loopback ports: a web server that answers as told, and a raw TCP one that breaks off as told."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from typing import Any, NamedTuple

from tests.act.certificates import Certificates


class Received(NamedTuple):
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> Any:
        return json.loads(self.body)


class Reply(NamedTuple):
    """What is answered; status 0 breaks the connection off after the request was read."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = MappingProxyType({})


class WebServer:
    """Keeps what it got; `answer` decides what is answered to each request."""

    def __init__(self, answer: Callable[[Received], Reply], certificates: Certificates | None = None) -> None:
        self.got: list[Received] = []
        receiver = self

        class _Answering(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                received = Received(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
                receiver.got.append(received)
                reply = answer(received)
                if not reply.status:
                    self.connection.shutdown(socket.SHUT_RDWR)
                    self.close_connection = True
                    return
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body)

            def log_message(self, format: str, *arguments: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Answering)
        if certificates is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificates.certificate, certificates.key)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]
        scheme = "http" if certificates is None else "https"
        self.address = f"{scheme}://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    @contextmanager
    def running(self) -> Iterator[WebServer]:
        self._thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()


def always(status: int = 200, body: bytes = b"", **headers: str) -> Callable[[Received], Reply]:
    """The same answer to everything."""
    return lambda _: Reply(status, body, {name.replace("_", "-"): value for name, value in headers.items()})


def by_key(effects: list[str]) -> Callable[[Received], Reply]:
    """A receiver that honours keys: an effect happens once a key, a repetition is answered as the first time."""

    def answer(received: Received) -> Reply:
        key = received.headers["idempotency-key"]
        if key not in effects:
            effects.append(key)
        return Reply(200)

    return answer


@contextmanager
def tcp_server(serve: Callable[[socket.socket], None], times: int = 1) -> Iterator[int]:
    """A listener on a loopback port that hands `times` connections to `serve`; gives the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def run() -> None:
            for _ in range(times):
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    serve(connection)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        yield int(listener.getsockname()[1])
        listener.close()
        thread.join(5)


def free_port() -> int:
    """A loopback port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
