"""`dlp serve`: the API with its workers, in one process tree."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from os import cpu_count, environ
from typing import TYPE_CHECKING, NamedTuple

from dlp.settings import Settings, settings_from

if TYPE_CHECKING:
    from dlp.services import Services

FAILED = 1


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
    """Runs the product. Returns 0 after a graceful stop."""
    import uvicorn

    from dlp.api.app import application
    from dlp.api.logs import log_to
    from dlp.wiring import services_from

    log_to(sys.stderr)
    for chatty in ("alembic", "pymorphy3", "uvicorn"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    services = services_from(settings, make_keys=how.make_keys)
    app = application(services)
    app.router.lifespan_context = lambda _app: _running(services, how)
    config = uvicorn.Config(
        app, host=settings.host, port=settings.port, loop="uvloop", http="httptools", lifespan="on", access_log=False,
        log_config=None, timeout_graceful_shutdown=20, server_header=False, backlog=2048,
    )  # fmt: skip
    server = uvicorn.Server(config)
    try:
        server.run()
    finally:
        services.close()
    return 0 if server.started else FAILED


@asynccontextmanager
async def _running(services: Services, how: Serving) -> AsyncIterator[None]:
    from dlp.worker.runtime import Runtime

    runtime = Runtime(services, how.processes)
    runtime.start()
    try:
        _greet(services, how.first_roles)
        with how.beside(services) if how.beside else nullcontext():
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
