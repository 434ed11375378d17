"""The HTTP application: every module of `dlp.api.routes` under /api/v1, and what surrounds each request."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

from fastapi import APIRouter, FastAPI

import dlp
import dlp.api.routes
from dlp.api.description import describe, templates
from dlp.api.doorway import Doorway
from dlp.api.known_tokens import KnownTokens
from dlp.api.limits import Limiter, Limits
from dlp.api.metrics import Metrics
from dlp.api.passwords import Passwords
from dlp.api.problems import speak_in_problems
from dlp.api.refusals import Refusals
from dlp.api.routes import health
from dlp.api.shell import serve_files
from dlp.services import Services

PREFIX = "/api/v1"
_BODY = 1024 * 1024  # a route that takes more says so in its head: `max_body_size=`
# Routes are tried in order: those that are asked a thousand times a second come first.
_FIRST = ("verdict", "messages", "hooks")


def application(services: Services, *, limits: Limits | None = None, passwords: Passwords | None = None) -> FastAPI:
    """The application that serves an installation."""
    app = FastAPI(
        title="dlp",
        version=dlp.__version__,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,
        redirect_slashes=False,
    )
    app.state.services = services
    app.state.limiter = Limiter(services.clock, limits or Limits())
    app.state.passwords = passwords or Passwords()
    app.state.metrics = Metrics()
    app.state.refusals = Refusals()
    app.state.known_tokens = KnownTokens()
    for router in routers():
        app.include_router(router, prefix=PREFIX, max_body_size=_BODY)
    app.include_router(health.router, include_in_schema=False)
    serve_files(app)
    speak_in_problems(app)
    describe(app)
    app.state.templates = templates(app)  # now: FastAPI makes its routes ready when they are first looked at
    app.add_middleware(Doorway, application=app)
    return app


def routers() -> Iterator[APIRouter]:
    """The `router` of every module in `dlp.api.routes` that has one."""
    names = [module.name for module in pkgutil.iter_modules(dlp.api.routes.__path__)]
    for name in sorted(names, key=lambda name: (name not in _FIRST, name)):
        module = importlib.import_module(f"{dlp.api.routes.__name__}.{name}")
        router = getattr(module, "router", None)
        if isinstance(router, APIRouter):
            yield router
