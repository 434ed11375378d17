"""What a run is told: environment and options, read once into a frozen object."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import dlp


class Settings(NamedTuple):
    """Where policies, directory and cache are, and how much detection is to report.

    `all_entities` finds what no policy asked for too; `names` False leaves out statistical names.
    """

    policies: Path
    cache: Path
    people: Path | None = None
    chats: Path | None = None
    all_entities: bool = False
    names: bool = True


def settings_from(environment: Mapping[str, str]) -> Settings:
    """The settings of an environment; what the command line tells is put above them with `_replace`."""
    return Settings(policies=_policies_folder(), cache=_cache_folder(environment))


def _policies_folder() -> Path:
    """The policies that come with the product: beside the package in a checkout, inside it where installed."""
    package = Path(dlp.__file__).parent
    beside = package.parent / "policies"
    return beside if beside.is_dir() else package / "policies"


def _cache_folder(environment: Mapping[str, str]) -> Path:
    """`$DLP_CACHE`, else as the XDG Base Directory Specification 0.8 says (a relative path there is ignored)."""
    if told := environment.get("DLP_CACHE"):
        return Path(told)
    home = environment.get("XDG_CACHE_HOME", "")
    return (Path(home) if home.startswith("/") else Path(environment.get("HOME") or Path.home()) / ".cache") / "dlp"
