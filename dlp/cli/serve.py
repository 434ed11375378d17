"""`dlp serve`: the API with its workers, in one process tree."""

from __future__ import annotations

import argparse
import gc
import logging
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from os import cpu_count, environ
from typing import TYPE_CHECKING, NamedTuple

from dlp.errors import UsageError
from dlp.settings import Settings, settings_from

if TYPE_CHECKING:
    from fastapi import FastAPI

    from dlp.services import Services

FAILED = 1
_BACKLOG = 2048
_STOPS_WITHIN_SECONDS = 20
_GARBAGE = (10_000, 20, 50)  # a request makes a thousand objects and no cycle
# A thread that has the record's answer in its hands waits at most this long for one that computes (5 ms where not told).
_TURN_SECONDS = 0.0005


def main(arguments: list[str]) -> int:
    """Serves until it is told to stop (SIGTERM, Ctrl-C); then ends what is on its way and stops."""
    told = _parser().parse_args(arguments)
    settings = settings_from(environ)
    settings = settings._replace(host=told.host or settings.host, port=settings.port if told.port is None else told.port)
    return serve(settings, Serving(told.processes, make_keys=told.init))


class Serving(NamedTuple):
    """How to serve: with how many engine processes, whether keys may be made, who comes first, what else runs beside."""

    processes: int
    make_keys: bool = False
    first_roles: tuple[str, ...] = ("administrator",)
    beside: Callable[[Services], AbstractContextManager[object]] | None = None


def serve(settings: Settings, how: Serving) -> int:
    """Runs the product. Returns 0 after a graceful stop. Raises UsageError where it cannot listen, KeyFault, StoreDown."""
    from dlp.api.logs import Gathered, log_to
    from dlp.wiring import services_from

    log = Gathered(sys.stderr)
    log_to(log)
    for chatty in ("alembic", "pymorphy3", "uvicorn"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    try:
        # First of all: whoever cannot listen writes nothing.
        with bound(settings.host, settings.port) as listener:
            settings = settings._replace(port=listener.getsockname()[1])
            services = services_from(settings, make_keys=how.make_keys)
            try:
                return _serve(services, how, listener)
            finally:
                services.close()
    finally:
        log.close()


def _serve(services: Services, how: Serving, listener: socket.socket) -> int:
    import uvicorn

    from dlp.api.app import application

    app = application(services)
    app.router.lifespan_context = lambda app: _running(app, services, how)
    server = uvicorn.Server(
        uvicorn.Config(
            app, loop="uvloop", http="httptools", lifespan="on", access_log=False, log_config=None, server_header=False,
            timeout_graceful_shutdown=_STOPS_WITHIN_SECONDS, backlog=_BACKLOG,
        )
    )  # fmt: skip
    for told in (signal.SIGTERM, signal.SIGINT):
        # uvicorn stops at these and, when all is over, raises them again: by then there is nothing left to end.
        signal.signal(told, lambda *_: None)
    sys.setswitchinterval(_TURN_SECONDS)
    server.run(sockets=[listener])
    return 0 if server.started else FAILED


def bound(host: str, port: int) -> socket.socket:
    """A socket that nobody else can listen on; it listens when all is ready. Raises UsageError with the reason."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listener = socket.socket(family, kind, protocol)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
        except OSError:
            listener.close()
            raise
    except OSError as error:
        raise UsageError(f"cannot listen on {host}:{port}: {error.strerror}") from error
    listener.set_inheritable(False)
    return listener


@asynccontextmanager
async def _running(app: FastAPI, services: Services, how: Serving) -> AsyncIterator[None]:
    from dlp.worker.runtime import Runtime

    runtime = Runtime(services, how.processes)
    runtime.start()
    app.state.kick = runtime.intake.kick
    try:
        _greet(services, how.first_roles)
        with how.beside(services) if how.beside else nullcontext():
            # What there is now stays: looking through it again and again would only stop the others.
            gc.collect()
            gc.freeze()
            gc.set_threshold(*_GARBAGE)
            yield
    finally:
        runtime.stop()


def _greet(services: Services, first_roles: tuple[str, ...]) -> None:
    from dlp.store.access import links

    word = services.database.write(lambda c: links.first_link(c, services.clock.now(), first_roles))
    print(f"dlp serves on {services.settings.address}", flush=True)
    if word is not None:
        print(f"the first person signs in here, once: {services.settings.address}/#setup={word}", flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dlp serve", description=sys.modules[__name__].__doc__)
    parser.add_argument("--host", help="the address to listen on (default: DLP_HOST, else 127.0.0.1)")
    parser.add_argument("--port", type=int, help="the port to listen on (default: DLP_PORT, else 8080)")
    processes = max(1, (cpu_count() or 2) - 1)
    parser.add_argument("--processes", type=int, default=processes, help="processes that inspect batches (default: %(default)s)")
    parser.add_argument("--init", action="store_true", help="make keys and an empty record where there are none yet")
    return parser
