"""Errors as they leave the house: RFC 9457 problem details, with codes a client can word, and never what was sent in."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.responses import Response

from dlp.api.shell import shell_for
from dlp.errors import (
    Conflict,
    DlpError,
    FileFaults,
    NotFound,
    RefusedError,
    SenderError,
    TooManyRequests,
    Unauthenticated,
    UnavailableError,
)

MEDIA_TYPE: Final = "application/problem+json"
_RETRY_SECONDS = 5
_LONGEST = 200  # errors of one request that are told one by one
_STATUS: Mapping[type[DlpError], int] = {
    TooManyRequests: 429,
    Unauthenticated: 401,
    RefusedError: 403,
    NotFound: 404,
    Conflict: 409,
    SenderError: 422,
    UnavailableError: 503,
    DlpError: 500,
}
# Where a code says more than its place in the error tree.
_STATUS_BY_CODE: Mapping[str, int] = {
    "precondition_failed": 412,
    "precondition_required": 428,
    "too_large": 413,
    "unsupported_media_type": 415,
    "too_slow": 408,
}
_CODE_BY_STATUS: Mapping[int, str] = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    408: "too_slow",
    413: "too_large",
    415: "unsupported_media_type",
}


class FieldError(BaseModel):
    """One place of a request that is wrong: a pointer into the body (RFC 6901) or a parameter's name."""

    code: str
    detail: str
    pointer: str | None = None
    parameter: str | None = None
    params: dict[str, Any] = {}


class Problem(BaseModel):
    """Problem details (RFC 9457); `instance` is what support wants to know."""

    model_config = ConfigDict(title="Problem")

    type: str
    title: str
    status: int
    detail: str
    code: str
    params: dict[str, Any] = {}
    errors: list[FieldError] = []
    instance: str


class ProblemResponse(Response):
    """A problem on its way out."""

    media_type = MEDIA_TYPE

    def __init__(self, request_id: str, status: int, code: str, detail: str = "", **more: Any) -> None:
        title = HTTPStatus(status).phrase
        headers = more.pop("headers", None)
        problem = Problem(
            type=f"urn:dlp:problem:{code}",
            title=title,
            status=status,
            detail=detail or title,
            code=code,
            instance=f"urn:uuid:{request_id}",
            **more,
        )
        super().__init__(problem.model_dump_json(exclude_none=True), status, headers)


def status_of(error: DlpError) -> int:
    """The HTTP status of an error: by its code, else by its place in the tree."""
    if (status := _STATUS_BY_CODE.get(error.code)) is not None:
        return status
    return next(_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)


def answer_to(error: DlpError, request_id: str) -> ProblemResponse:
    """The problem an error of ours becomes."""
    status = status_of(error)
    headers = {}
    if status in (429, 503):
        headers["Retry-After"] = str(math.ceil(_number(error.params.get("retry_after_seconds"), _RETRY_SECONDS)))
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    errors = _faults_of(error)
    if error.pointer is not None:
        errors = [FieldError(code=error.code, detail=str(error), pointer=error.pointer)]
    detail = f"{len(errors)} faults" if isinstance(error, FileFaults) else str(error)
    return ProblemResponse(request_id, status, error.code, detail, params=_plain(error.params), errors=errors, headers=headers)


def speak_in_problems(app: FastAPI) -> None:
    """Gives the application its handlers: every error that reaches it leaves as a problem."""
    app.add_exception_handler(DlpError, _dlp_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)


def request_id_of(request: Request) -> str:
    """The number a request is known by in the log and to support."""
    return str(request.scope.get("state", {}).get("request_id", "00000000-0000-0000-0000-000000000000"))


def _dlp_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, DlpError)  # noqa: S101 - registered for it alone
    principal = request.scope.get("state", {}).get("principal")
    if principal is not None and status_of(error) == 403 and isinstance(error, RefusedError):
        state = request.app.state
        route = state.templates.get(request.scope.get("endpoint"), "")
        state.refusals.note(state.services, principal, route, error)
    return answer_to(error, request_id_of(request))


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it alone
    if error.status_code == 404 and (page := shell_for(request)) is not None:
        return page
    code = _CODE_BY_STATUS.get(error.status_code, "http")
    return ProblemResponse(request_id_of(request), error.status_code, code, headers=error.headers)


def _validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for it alone
    errors = [_field_error(fault) for fault in error.errors()[:_LONGEST]]
    detail = "the request is not as described"
    return ProblemResponse(request_id_of(request), 422, "invalid", detail, errors=errors)


def _field_error(fault: Mapping[str, Any]) -> FieldError:
    kind = str(fault.get("type", "invalid"))
    location = list(fault.get("loc", ()))
    place, rest = (str(location[0]), location[1:]) if location else ("body", [])
    if kind == "json_invalid":
        return FieldError(code=kind, detail="the body is not JSON", pointer="", params={"position": rest[0] if rest else 0})
    detail, params = _safe_words(fault)
    if place == "body":
        return FieldError(code=kind, detail=detail, pointer=pointer_of(rest), params=params)
    return FieldError(code=kind, detail=detail, parameter=".".join(map(str, rest)), params=params)


def pointer_of(path: Sequence[object]) -> str:
    """RFC 6901: a JSON pointer."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


_CARRIED = (str, int, float, bool, list, dict, type(None))
# These quote what was sent, or may.
_QUOTING = ("value_error", "assertion_error", "uuid", "url", "union_tag", "date", "time", "json", "ip_", "string_pattern")
# What a limit was; the rest of a context may hold what was sent.
_LIMITS = ("gt", "ge", "lt", "le", "min_length", "max_length", "multiple_of", "expected", "max_digits", "decimal_places")


def _safe_words(fault: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    kind, words = str(fault.get("type", "")), str(fault.get("msg", ""))
    context = fault.get("ctx") or {}
    params = {name: context[name] for name in _LIMITS if isinstance(context.get(name), (int, float, str))}
    sent = fault.get("input")
    quotes = isinstance(sent, (str, int, float)) and len(str(sent)) > 0 and str(sent) in words
    if quotes or kind.startswith(_QUOTING):
        return "is not valid", params
    return words, params


def _faults_of(error: DlpError) -> list[FieldError]:
    if not isinstance(error, FileFaults):
        return []
    return [
        FieldError(code="fault", detail=fault.message, params={"file": fault.file, "line": fault.line})
        for fault in error.faults[:_LONGEST]
    ]


def _plain(params: Mapping[str, object]) -> dict[str, Any]:
    """What JSON can carry; anything else as its text."""
    return {name: value if isinstance(value, _CARRIED) else str(value) for name, value in params.items()}


def _number(value: object, otherwise: float) -> float:
    return value if isinstance(value, (int, float)) and value > 0 else otherwise
