"""For those who watch: alive, ready, measured. Also at /healthz, /readyz and /metrics, where such things are looked for."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel
from starlette.requests import Request

from dlp.api.access import InstallationServices, public, watching
from dlp.api.health import checks_of
from dlp.api.metrics import Metrics
from dlp.api.permissions import Permission
from dlp.store.vitals import vitals

router = APIRouter(tags=["health"])
_TEXT = "text/plain; version=0.0.4; charset=utf-8"
_Watcher = Annotated[None, watching(Permission.STATISTICS_READ)]


class Alive(BaseModel):
    """This process answers."""

    alive: Literal[True] = True


class CheckOut(BaseModel):
    """One check; `code` says what is wrong."""

    name: str
    holds: bool
    code: str


class Ready(BaseModel):
    """Whether messages should be sent here; 503 where a check does not hold."""

    ready: bool
    checks: list[CheckOut]


@router.get("/healthz", dependencies=[public("says only that the process answers")])
def healthz() -> Alive:
    """Whether the process answers."""
    return Alive()


@router.get("/readyz", responses={503: {"model": Ready}})
def readyz(watcher: _Watcher, services: InstallationServices, response: Response) -> Ready:
    """Whether the record can be written, keys are open, disk and inbox have room, and the engine is loaded."""
    checks = checks_of(services)
    ready = all(check.holds for check in checks)
    if not ready:
        response.status_code = 503
        response.headers["Retry-After"] = "5"
    return Ready(ready=ready, checks=[CheckOut(name=check.name, holds=check.holds, code=check.code) for check in checks])


@router.get("/metrics", response_class=Response, responses={200: {"content": {_TEXT: {"schema": {"type": "string"}}}}})
def metrics(watcher: _Watcher, services: InstallationServices, request: Request) -> Response:
    """Everything Prometheus is told."""
    counted: Metrics = request.app.state.metrics
    now = services.clock.now()
    with services.database.reading() as connection:
        seen = vitals(connection, now)
    return Response(counted.text(seen, now), media_type=_TEXT)
