"""Routes that are asked a thousand times a second: their heads are read once, when they are declared, not at every request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from inspect import iscoroutinefunction
from typing import Any, Final, NamedTuple

from annotated_types import MaxLen, MinLen
from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel

_LONGEST: Final = 1 << 20


class _Field(NamedTuple):
    """A text of the path or of a header."""

    name: str
    alias: str
    least: int
    most: int
    default: Any = None


class _Head(NamedTuple):
    """What an endpoint asks for: `needs` are dependencies, by the parameter they fill, "" where they only refuse."""

    request: str | None
    needs: tuple[tuple[str, str, Callable[..., Awaitable[Any]]], ...]
    headers: tuple[_Field, ...]
    path: tuple[_Field, ...]

    def fields(self, request: Request) -> dict[str, Any] | None:
        """The texts by parameter; None where one is not as declared."""
        values: dict[str, Any] = {}
        for fields, told in ((self.headers, request.headers), (self.path, request.path_params)):
            for field in fields:
                value = told.get(field.alias)
                if value is None:
                    value = field.default
                elif not field.least <= len(value) <= field.most:
                    return None
                values[field.name] = value
        return values


class QuickRoute(APIRoute):
    """An `APIRoute` that does what FastAPI does for a head of dependencies on the request, texts of the path and of headers.

    Solving such a head anew costs more than the rest of the request. A head that asks for anything else is a TypeError when
    it is declared; a text that is not as declared is answered by FastAPI itself.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler of a request."""
        careful = super().get_route_handler()
        head = _head(self.dependant)
        endpoint, status = self.endpoint, self.status_code or 200

        async def handler(request: Request) -> Response:
            values = None if request.app.dependency_overrides else head.fields(request)
            if values is None:
                return await careful(request)
            for name, asks, need in head.needs:
                found = await need(**{asks: request})
                if name:
                    values[name] = found
            if head.request:
                values[head.request] = request
            answer: Response | BaseModel = await endpoint(**values)
            if isinstance(answer, Response):
                return answer
            return Response(answer.model_dump_json(), status, media_type="application/json")

        return handler


def _head(dependant: Dependant) -> _Head:
    others = (dependant.query_params, dependant.cookie_params, dependant.body_params, dependant.response_param_name)
    if any(others) or not iscoroutinefunction(dependant.call):
        raise TypeError("a quick route is asynchronous and takes nothing but dependencies, headers and its path")
    return _Head(
        dependant.request_param_name,
        tuple(map(_need, dependant.dependencies)),
        tuple(map(_field, dependant.header_params)),
        tuple(map(_field, dependant.path_params)),
    )


def _need(dependant: Dependant) -> tuple[str, str, Callable[..., Awaitable[Any]]]:
    asks, need = dependant.request_param_name, dependant.call
    fields = (dependant.path_params, dependant.query_params, dependant.header_params, dependant.cookie_params)
    called = need if iscoroutinefunction(need) else getattr(need, "__call__", None)  # noqa: B004 - it is looked at, not called
    if asks is None or need is None or any(fields) or dependant.dependencies or not iscoroutinefunction(called):
        raise TypeError("a quick route's dependencies are asynchronous and ask for the request alone")
    return dependant.name or "", asks, need


def _field(field: Any) -> _Field:
    bounds: Mapping[type, int] = {MinLen: 0, MaxLen: _LONGEST}
    for told in field.field_info.metadata:
        if isinstance(told, MinLen):
            bounds = {**bounds, MinLen: told.min_length}
        elif isinstance(told, MaxLen):
            bounds = {**bounds, MaxLen: told.max_length}
        else:
            raise TypeError("a quick route's texts are bounded by their length alone")
    if field.field_info.annotation not in {str, str | None}:
        raise TypeError("a quick route takes texts")
    return _Field(field.name, field.alias, bounds[MinLen], bounds[MaxLen], field.get_default())
