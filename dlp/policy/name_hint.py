"""The known name nearest to one that is not known."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def hint(name: str, known: Iterable[str]) -> str:
    """`; did you mean "…"?`, or nothing where no known name is near."""
    by_lower = {candidate.lower(): candidate for candidate in sorted(known)}
    near = get_close_matches(name.lower(), by_lower, n=1, cutoff=0.7)
    return f'; did you mean "{by_lower[near[0]]}"?' if near else ""
