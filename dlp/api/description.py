"""The OpenAPI document: problems, ways to sign in, and the permissions each route wants, added to what FastAPI knows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import RouteContext, iter_route_contexts

from dlp.api.access import Allowed, Public
from dlp.api.problems import MEDIA_TYPE, Problem
from dlp.api.transport import COOKIE, CSRF_HEADER

_REFERENCE = "#/components/schemas/{model}"


class Described(NamedTuple):
    """One route as outsiders see it; `access` None: its head says nothing about who may come in, which a test refuses."""

    method: str
    path: str
    context: RouteContext
    access: Allowed | Public | None


def described(app: FastAPI) -> Iterator[Described]:
    """Every route in the OpenAPI document, with who may come in."""
    for context in iter_route_contexts(app.routes):
        dependant = getattr(context, "dependant", None)
        if dependant is None or not getattr(context, "include_in_schema", False):
            continue
        for method in sorted(context.methods or ()):
            yield Described(method, context.path_format or "", context, _access_of(dependant))


def templates(app: FastAPI) -> dict[Any, str]:
    """The path template of each endpoint: what a log line and a metric may name of a request."""
    known: dict[Any, str] = {}
    for context in iter_route_contexts(app.routes):
        # A mounted application is its own endpoint; what stands under its address is not named.
        known[context.endpoint or getattr(context.route, "app", None)] = context.path_format or ""
    known.pop(None, None)
    return known


def describe(app: FastAPI) -> None:
    """Makes `app.openapi()` tell the whole story."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign] # FastAPI's documented way


def _document(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(title="dlp", version=app.version, routes=app.routes)
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    problem = Problem.model_json_schema(ref_template=_REFERENCE, mode="serialization")
    schemas.update(problem.pop("$defs", {}))
    schemas["Problem"] = problem
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    components["securitySchemes"] = {
        "session": {"type": "apiKey", "in": "cookie", "name": COOKIE, "description": f"unsafe methods also want {CSRF_HEADER}"},
        "token": {"type": "http", "scheme": "bearer"},
    }
    for route in described(app):
        _add_to(document["paths"][route.path][route.method.lower()], route.access)
    return document


def _add_to(operation: dict[str, Any], access: Allowed | Public | None) -> None:
    problem = {"schema": {"$ref": _REFERENCE.format(model="Problem")}}
    operation["responses"].pop("422", None)
    operation["responses"].setdefault("default", {"description": "Problem", "content": {MEDIA_TYPE: problem}})
    if isinstance(access, Allowed):
        ways: list[dict[str, list[str]]] = [{"session": []}]
        operation["security"] = ways if access.people_only else [*ways, {"token": []}]
        needed = "x-any-permission" if access.any_of else "x-permissions"
        operation[needed] = [str(permission) for permission in access.permissions]


def _access_of(dependant: Dependant) -> Allowed | Public | None:
    for inner in dependant.dependencies:
        if isinstance(inner.call, (Allowed, Public)):
            return inner.call
        if (found := _access_of(inner)) is not None:
            return found
    return None
