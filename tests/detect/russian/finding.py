"""Finds what the whole engine says of a text."""

from __future__ import annotations

from functools import cache

from dlp.detect.engine import Engine
from dlp.records import Demand, Finding, Text


@cache
def _engine() -> Engine:
    return Engine(Demand(None))


def findings(text: str, entity: str) -> list[Finding]:
    """The findings of `entity` with a confidence that counts."""
    scan = _engine().scan((Text("body", text),))
    return [finding for finding in scan.findings if finding.entity == entity and finding.confidence >= 0.5]


def pieces(text: str, entity: str) -> list[str]:
    """The pieces of the text found as `entity`."""
    return [text[finding.start : finding.end] for finding in findings(text, entity)]
