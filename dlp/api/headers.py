"""The headers every answer carries (console.md "Session"; OWASP Secure Headers)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from starlette.types import Scope

POLICY: Final = (
    "default-src 'none'; "
    "script-src 'self'; "
    "style-src 'self'; "
    "img-src 'self' data:; "
    "font-src 'self'; "
    "connect-src 'self'; "
    "base-uri 'none'; "
    "form-action 'self'; "
    "frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; "
    "trusted-types 'none'"
)

_EVERYWHERE: Final = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",  # for what does not know frame-ancestors
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_UNCACHED: Final = {"cache-control": "no-store"}
_ASKED_AGAIN: Final = {"cache-control": "no-cache"}  # files may be kept, and are asked about by their ETag
_ENCRYPTED: Final = {"strict-transport-security": "max-age=31536000"}
_SETS: Final = {
    (unkept, https): MappingProxyType(_EVERYWHERE | (_UNCACHED if unkept else _ASKED_AGAIN) | (_ENCRYPTED if https else {}))
    for unkept in (True, False)
    for https in (True, False)
}


def headers_for(scope: Scope) -> Mapping[str, str]:
    """What an answer to this request carries unless its route says otherwise; only static files may be kept."""
    return _SETS[not str(scope["path"]).startswith("/static/"), scope["scheme"] == "https"]
