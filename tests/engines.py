"""Engines for tests: one for each demand, compiled once for a whole run."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from dlp.cache import TrustedFolder
from dlp.detect.engine import Engine
from dlp.records import Demand

EVERYTHING = Demand(None)
_FOLDER = tempfile.TemporaryDirectory(prefix="dlp-test-cache-")


@cache
def an_engine(demand: Demand = EVERYTHING, *, folding: bool = True) -> Engine:
    """An engine of a demand; of everything there is where none is given."""
    return Engine(demand, TrustedFolder(Path(_FOLDER.name)), folding=folding)
