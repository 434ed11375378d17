"""What a run is told: environment and options, read once into a frozen object."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import NamedTuple

import dlp
from dlp.errors import UsageError


class Secret(str):
    """A text that shows itself nowhere by accident: neither in a log line nor in the repr of what holds it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Secret(…)"


class Settings(NamedTuple):
    """Where policies, directory and cache are, and how much detection is to report.

    `all_entities` finds what no policy asked for too; `names` False leaves out statistical names. A serving installation
    keeps everything below `home`: its record (`record`, a database URL), its wrapped keys (`key_store`, likewise) and its
    key-encryption keys (`key_folder`, or `key_values`: ID=BASE64 told by the environment, the newest last).
    """

    policies: Path
    cache: Path
    people: Path | None = None
    chats: Path | None = None
    all_entities: bool = False
    names: bool = True
    home: Path = Path("var")
    record_url: str = ""
    key_store_url: str = ""
    key_folder: Path | None = None
    key_values: Secret = Secret()
    host: str = "127.0.0.1"
    port: int = 8080
    public_url: str = ""
    reveal_four_eyes: bool = False  # content is read only after a second person approved it
    monitors: tuple[str, ...] = ("127.0.0.0/8", "::1/128")  # networks that may read metrics and readiness without a token
    least_free_mb: int = 256  # with less space on the disk of `home` the installation is not ready

    @property
    def record(self) -> str:
        """The URL of the record: told, else SQLite in `home`."""
        return self.record_url or f"sqlite:///{(self.home / 'record' / 'record.db').absolute()}"

    @property
    def key_store(self) -> str:
        """The URL of the store of wrapped keys: told, else SQLite in `home`, apart from the record."""
        return self.key_store_url or f"sqlite:///{(self.home / 'wrapped' / 'wrapped.db').absolute()}"

    @property
    def keys(self) -> Path:
        """The folder of the key-encryption keys: told, else in `home`, outside the databases' folders."""
        return self.key_folder or self.home / "keys"

    @property
    def address(self) -> str:
        """Where people reach the console: told, else the loopback address served on."""
        return self.public_url or f"http://{self.host}:{self.port}"


def settings_from(environment: Mapping[str, str]) -> Settings:
    """The settings of an environment; what the command line tells is put above them with `_replace`."""
    told = environment.get
    return Settings(
        policies=_path(told("DLP_POLICIES")) or _policies_folder(),
        people=_path(told("DLP_PEOPLE")),
        chats=_path(told("DLP_CHATS")),
        cache=_cache_folder(environment),
        home=Path(told("DLP_HOME") or "var"),
        record_url=told("DLP_RECORD", ""),
        key_store_url=told("DLP_KEY_STORE", ""),
        key_folder=_path(told("DLP_KEY_FOLDER")),
        key_values=Secret(told("DLP_KEYS", "")),
        host=told("DLP_HOST") or "127.0.0.1",
        port=_port(told("DLP_PORT") or "8080"),
        public_url=told("DLP_PUBLIC_URL", ""),
        reveal_four_eyes=_switch("DLP_REVEAL_FOUR_EYES", told("DLP_REVEAL_FOUR_EYES") or "off"),
        monitors=_networks(told("DLP_MONITORS") or "127.0.0.0/8,::1/128"),
        least_free_mb=_number("DLP_LEAST_FREE_MB", told("DLP_LEAST_FREE_MB") or "256"),
    )


def _networks(told: str) -> tuple[str, ...]:
    try:
        return tuple(str(ip_network(part.strip())) for part in told.split(","))
    except ValueError as error:
        raise UsageError("DLP_MONITORS is a list of networks like 10.0.0.0/8,127.0.0.0/8") from error


def _number(name: str, told: str) -> int:
    if not (told.isascii() and told.isdigit()):
        raise UsageError(f"{name} is no number: {told!r}")
    return int(told)


def _switch(name: str, told: str) -> bool:
    if told not in {"on", "off"}:
        raise UsageError(f"{name} is on or off, not {told!r}")
    return told == "on"


def _port(told: str) -> int:
    if not (told.isascii() and told.isdigit() and 0 <= int(told) <= 65535):
        raise UsageError(f"DLP_PORT is no port: {told!r}")
    return int(told)


def _policies_folder() -> Path:
    """The policies that come with the product: beside the package in a checkout, inside it where installed."""
    package = Path(dlp.__file__).parent
    beside = package.parent / "policies"
    return beside if beside.is_dir() else package / "policies"


def _path(told: str | None) -> Path | None:
    return Path(told) if told else None


def _cache_folder(environment: Mapping[str, str]) -> Path:
    """`$DLP_CACHE`, else as the XDG Base Directory Specification 0.8 says (a relative path there is ignored)."""
    if told := environment.get("DLP_CACHE"):
        return Path(told)
    home = environment.get("XDG_CACHE_HOME", "")
    return (Path(home) if home.startswith("/") else Path(environment.get("HOME") or Path.home()) / ".cache") / "dlp"
