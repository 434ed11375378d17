"""A Vectorscan database: compiled once, kept in the trusted folder, scanned from any number of threads."""

from __future__ import annotations

import contextlib
import platform
import threading
from collections.abc import Sequence
from functools import cache
from hashlib import blake2b
from pathlib import Path

import hyperscan
from hyperscan._version import __version__ as hyperscan_version

from dlp.cache import TrustedFolder
from dlp.detect.alphabet import narrow

Hit = tuple[int, int, int]

LOCATE = hyperscan.HS_FLAG_SOM_LEFTMOST


class Automaton:
    """Finds expressions in lowered bytes in one pass; `flags` of LOCATE make it tell where a match starts, too.

    A hit names its expression by its place in `expressions`, counted from `first`. Expressions are written in characters and
    compiled over the alphabet's bytes. Raises hyperscan.error for an expression Vectorscan cannot take.
    """

    def __init__(
        self,
        expressions: Sequence[str],
        cache_folder: TrustedFolder | None = None,
        *,
        literal: bool = False,
        flags: int = 0,
        first: int = 0,
    ) -> None:
        self.is_empty = not expressions
        if self.is_empty:
            return
        encoded = [narrow(expression) for expression in expressions]
        name = _name(encoded, f"{literal} {flags} {first}".encode())
        database = _load(cache_folder, name)
        if database is None:
            database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
            numbers = list(range(first, first + len(encoded)))
            database.compile(expressions=encoded, ids=numbers, flags=[flags] * len(encoded), literal=literal)
            if cache_folder is not None:
                cache_folder.write(name, hyperscan.dumpb(database))
        self._database = database
        self._local = threading.local()

    def scan(self, lowered: bytes) -> list[Hit]:
        """Hits as (end, expression's index, start), ends ascending; start is 0 without LOCATE."""
        hits: list[Hit] = []
        if self.is_empty:
            return hits
        try:
            scratch = self._local.scratch
        except AttributeError:
            scratch = self._local.scratch = hyperscan.Scratch(self._database)
        self._database.scan(lowered, _collect, 0, hits, scratch)
        return hits


def _collect(index: int, start: int, end: int, _flags: int, hits: object) -> None:
    hits.append((end, index, start))  # type: ignore[attr-defined]  # the list `scan` passed, not worth a check per hit


def _load(folder: TrustedFolder | None, name: str) -> hyperscan.Database | None:
    kept = folder.read(name) if folder is not None else None
    if kept is None:
        return None
    with contextlib.suppress(hyperscan.error):
        return hyperscan.loadb(kept, hyperscan.HS_MODE_BLOCK)
    return None


def _name(expressions: list[bytes], settings: bytes) -> str:
    digest = blake2b(digest_size=16)
    for part in (hyperscan_version.encode(), _processor(), settings, *expressions):
        digest.update(len(part).to_bytes(4, "big") + part)
    return f"automaton-{digest.hexdigest()}"


@cache
def _processor() -> bytes:
    """The processor's features: a database is native code compiled for them."""
    with contextlib.suppress(OSError), Path("/proc/cpuinfo").open("rb") as file:
        return b"".join(line for line in file.read(8192).splitlines() if line.startswith(b"flags"))[:4096]
    return platform.processor().encode()
