"""JSON Web Tokens (RFC 7519): signed (RFC 7515) and encrypted (RFC 7516)."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from collections.abc import Iterator

from dlp.detect.detector import Detector, Found, Pattern
from dlp.detect.secrets.example import expanded
from dlp.detect.view import View

_TOKEN = Pattern(
    r"(?<![\w-])(eyJ[\w-]{8,1500}+)\.([\w-]{2,12000}+)?(?:\.([\w-]{0,2000}+))?(?:\.[\w-]{10,12000}+\.[\w-]{8,100}+)?"
)
_REACH = 30_000


class JsonWebToken:
    """Three parts in URL-safe base64 (five where encrypted), the first of which is a JSON header that names an algorithm."""

    name = "jwt"
    entity = "JWT"
    anchors: tuple[str, ...] = ()
    words: tuple[str, ...] = ("eyj",)
    before = 3
    after = 2
    matches: tuple[str, ...] = (
        expanded("токен: eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI{24}.{43}"),
        expanded("Authorization: Bearer eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.{60}.{86}."),
    )
    ignores: tuple[str, ...] = (
        "заголовок eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9 у всех один",
        expanded("eyJub3QiOiJhIGhlYWRlciJ9.{30}.{30}"),
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIi...",
    )

    def find(self, view: View, start: int, end: int) -> Iterator[Found]:
        """The tokens that begin in the window."""
        for match in _tokens(view, start, end):
            header, payload, signature = match.groups()
            if not payload or not _names_algorithm(header):
                continue
            if signature and len(signature) >= 16 and len(payload) >= 4:
                yield Found(match.start(), match.end(), match.group(), 0.98, "header names an algorithm")


def _tokens(view: View, start: int, end: int) -> Iterator[re.Match[str]]:
    at = view.lower.find("eyj", start, end)
    while at >= 0:
        match = _TOKEN.match(view.text, at, min(len(view.text), at + _REACH))
        if match:
            yield match
        at = view.lower.find("eyj", at + 3, end)


def _names_algorithm(header: str) -> bool:
    try:
        decoded = urlsafe_b64decode(header + "=" * (-len(header) % 4))
    except ValueError:
        return False
    return decoded.startswith(b"{") and decoded.rstrip().endswith(b"}") and (b'"alg"' in decoded or b'"enc"' in decoded)


DETECTORS: tuple[Detector, ...] = (JsonWebToken(),)
