"""A real `dlp serve` in a process of its own, prepared, started, stopped or killed: for tests of faults and of speed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from dlp.services import Services
from dlp.store import alert_routes, channels, connectors
from dlp.store.access import tokens
from dlp.store.access.tokens import NewToken
from dlp.store.actor import SYSTEM
from dlp.store.alert_routes import Matches, Route, Target
from dlp.store.channels import Written
from dlp.store.connector_secrets import ConnectorSecrets
from dlp.store.connectors import Connector
from tests.act.receivers import free_port
from tests.installations import an_installation

CONNECTOR = "inhouse"
_STARTS_WITHIN = 120.0
_STOPS_WITHIN = 60.0


class Entrance(NamedTuple):
    """What a program needs to get in: a token for `/verdict` and `/messages`, a key for the signed hook."""

    token: str
    hook_key: str


def prepare(home: Path, webhooks: Mapping[str, bool] = MappingProxyType({}), *, keep_clean_days: int = 30) -> Entrance:
    """Makes an installation with a connector, a token and a hook key; alerts of every incident go to each webhook.

    `webhooks` are addresses, and whether what listens there honours keys.
    """
    services = an_installation(home, clock=_Now())
    try:
        now = services.clock.now()
        told = Connector(CONNECTOR, "inhouse", keep_clean_days=keep_clean_days)
        services.database.write(lambda c: connectors.create(c, SYSTEM, told, now))
        wanted = NewToken("load", ("hook",), now + timedelta(days=1))
        token = services.database.write(lambda c: tokens.create(c, SYSTEM, wanted, now))[1]
        keys = ConnectorSecrets(services.keys)
        key = services.database.write(lambda c: keys.rotate(c, SYSTEM, CONNECTOR, timedelta(0), now))
        _alert_by(services, webhooks, now)
        return Entrance(token, key.secret)
    finally:
        services.close()


class _Now:
    def now(self) -> datetime:
        return datetime.now(UTC)


def _alert_by(services: Services, webhooks: Mapping[str, bool], now: datetime) -> None:
    routes = []
    for url, honours_keys in webhooks.items():
        channel_id = channels.new_id()
        sealed = services.keys.seal(channels.purpose(channel_id), channels.sealed_text({"secret": "whsec-1"}))
        written = Written("webhook", url, {"url": url, "honours_keys": honours_keys}, sealed)
        services.database.write(
            lambda c, id=channel_id, written=written: channels.create(c, id, written, actor=SYSTEM, now=now)  # type: ignore[misc]
        )
        # Not folded: every incident is an action.
        matches = Matches(kinds=("incident",))
        routes.append(Route("", url, matches, (Target(channel_id),), fold_minutes=0, goes_on=True))
    services.database.write(lambda c: alert_routes.replace(c, routes, actor=SYSTEM, now=now))


class Server:
    """`dlp serve --init` over a home; what it says goes to two files of the folder `logs`, else beside HOME."""

    def __init__(
        self, home: Path, *, processes: int = 1, settings: Mapping[str, str] = MappingProxyType({}), logs: Path | None = None
    ) -> None:
        self.home, self.port = home, free_port()
        self.environment = {**os.environ, "DLP_HOME": str(home), **settings}
        self.log = (logs or home.parent) / f"{home.name}.log"
        self._command = ("serve", "--init", "--port", str(self.port), "--processes", str(processes))
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Returns when it answers."""
        with self.log.open("ab") as log, self.log.with_suffix(".out").open("ab") as out:
            self._process = subprocess.Popen([*_dlp(), *self._command], env=self.environment, stdout=out, stderr=log)
        until = time.monotonic() + _STARTS_WITHIN
        while time.monotonic() < until:
            if self._process.poll() is not None:
                raise AssertionError(f"it ended with {self._process.returncode}: {self.log.read_text()[-2000:]}")
            if self.ask("/healthz")[0] == 200:
                return
            time.sleep(0.05)
        raise AssertionError("it does not answer")

    def ask(self, path: str) -> tuple[int, bytes]:
        """Status and body of a GET; status 0 where nobody answers."""
        try:
            with urllib.request.urlopen(self.address + path, timeout=10) as answer:  # noqa: S310 - our own loopback address
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()
        except OSError:
            return 0, b""

    def kill(self) -> list[int]:
        """`kill -9` of the main process; the processes it had started."""
        children = descendants(self.pid)
        os.kill(self.pid, signal.SIGKILL)
        self._ended()
        return children

    def stop(self) -> int:
        """The exit code of a graceful stop."""
        os.kill(self.pid, signal.SIGTERM)
        return self._ended()

    def _ended(self) -> int:
        assert self._process is not None
        try:
            return self._process.wait(_STOPS_WITHIN)
        finally:
            self._process = None

    @property
    def is_running(self) -> bool:
        return self._process is not None

    @contextmanager
    def running(self) -> Iterator[Server]:
        self.start()
        try:
            yield self
        finally:
            if self.is_running:
                self.kill()


def dlp(*arguments: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """A `dlp` command run to its end."""
    return subprocess.run(
        [*_dlp(), *arguments], env=dict(environment), capture_output=True, text=True, timeout=_STARTS_WITHIN, check=False
    )


def _dlp() -> Sequence[str]:
    return (sys.executable, "-m", "dlp.cli.main")


def descendants(pid: int) -> list[int]:
    """The processes a process has started, and theirs."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            children = [int(child) for child in (task / "children").read_text().split()]
        except OSError:  # the thread has ended
            continue
        for child in children:
            found += [child, *descendants(child)]
    return found


def lives(pid: int) -> bool:
    """Whether a process is there and not only waiting to be buried."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def cpu_seconds(pid: int) -> float:
    """What a process and those it has started have cost so far."""
    total = 0.0
    for one in (pid, *descendants(pid)):
        fields: list[Any] = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total
