"""What a browser's unsafe request must show: JSON, its own origin, the word bound to its session (console.md "Session")."""

from __future__ import annotations

import hmac
from typing import Final
from urllib.parse import urlsplit

from fastapi import Request

from dlp.errors import RefusedError, SenderError
from dlp.settings import Settings

COOKIE: Final = "__Host-dlp"
CSRF_HEADER: Final = "X-CSRF-Token"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def is_safe(request: Request) -> bool:
    """Whether the method changes nothing (RFC 9110, 9.2.1)."""
    return request.method in _SAFE


def demand_own_page(request: Request, settings: Settings) -> None:
    """Refuses a request another site's page made a browser send. Raises RefusedError."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    ours = origin is not None and origin in _own_origins(request, settings) if site is None else site == "same-origin"
    if not ours:
        raise RefusedError("the request does not come from the console's own page", code="foreign_origin")


def demand_session_word(request: Request, csrf: str) -> None:
    """Refuses a request without the word that only the session's own page knows. Raises RefusedError."""
    if not hmac.compare_digest(request.headers.get(CSRF_HEADER, "").encode(), csrf.encode()):
        raise RefusedError("the request lacks its session's token", code="csrf")


def demand_json(request: Request) -> None:
    """Refuses bodies an HTML form can send; an upload is multipart, and its route declares it. Raises SenderError (415)."""
    has_body = request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not has_body and not kind:
        return
    is_json = kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))
    if not is_json and not (kind == "multipart/form-data" and _takes_files(request)):
        raise SenderError("the body must be JSON", code="unsupported_media_type")


def _own_origins(request: Request, settings: Settings) -> tuple[str, ...]:
    told = urlsplit(settings.address)
    return f"{request.url.scheme}://{request.headers.get('host', '')}", f"{told.scheme}://{told.netloc}"


def _takes_files(request: Request) -> bool:
    dependant = getattr(request.scope.get("route"), "dependant", None)
    kinds = {type(parameter.field_info).__name__ for parameter in getattr(dependant, "body_params", ())}
    return not kinds.isdisjoint({"File", "Form"})
