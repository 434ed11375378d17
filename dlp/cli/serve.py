"""`dlp serve`: the API with its workers, in one process tree."""

from __future__ import annotations

import argparse
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from os import cpu_count, environ

from dlp.settings import Settings, settings_from


def main(arguments: list[str]) -> int:
    """Serves until it is told to stop (SIGTERM, Ctrl-C); then ends what is on its way and stops."""
    told = _parser().parse_args(arguments)
    settings = settings_from(environ)
    settings = settings._replace(host=told.host or settings.host, port=settings.port if told.port is None else told.port)
    return serve(settings, processes=told.processes, make_keys=told.init)


def serve(settings: Settings, *, processes: int, make_keys: bool) -> int:
    """Runs the product. Returns 0 after a graceful stop."""
    import uvicorn
    from fastapi import FastAPI

    from dlp.api.app import application
    from dlp.api.logs import log_to
    from dlp.wiring import services_from
    from dlp.worker.runtime import Runtime

    log_to(sys.stderr)
    services = services_from(settings, make_keys=make_keys)

    @asynccontextmanager
    async def running(_app: FastAPI) -> AsyncIterator[None]:
        runtime = Runtime(services, processes)
        runtime.start()
        print(f"dlp serves on {settings.address}", flush=True)
        try:
            yield
        finally:
            runtime.stop()

    app = application(services)
    app.router.lifespan_context = running
    config = uvicorn.Config(
        app, host=settings.host, port=settings.port, loop="uvloop", http="httptools", lifespan="on", access_log=False,
        log_config=None, timeout_graceful_shutdown=20, server_header=False, backlog=2048,
    )  # fmt: skip
    server = uvicorn.Server(config)
    try:
        server.run()
    finally:
        services.close()
    return 0 if server.started else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dlp serve", description=sys.modules[__name__].__doc__)
    parser.add_argument("--host", help="the address to listen on (default: DLP_HOST, else 127.0.0.1)")
    parser.add_argument("--port", type=int, help="the port to listen on (default: DLP_PORT, else 8080)")
    processes = max(1, (cpu_count() or 2) - 1)
    parser.add_argument("--processes", type=int, default=processes, help="processes that inspect batches (default: %(default)s)")
    parser.add_argument("--init", action="store_true", help="make keys and an empty record where there are none yet")
    return parser
