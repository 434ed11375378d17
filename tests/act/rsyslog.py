"""rsyslog of Debian on a loopback port, with a configuration and files of the test's own."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.act.certificates import Certificates
from tests.act.receivers import free_port

_CONFIGURATION = """
global(workDirectory="{folder}"{tls})
module(load="imtcp"{driver})
input(type="imtcp" address="127.0.0.1" port="{port}")
template(name="parsed" type="string"
  string="%syslogfacility%\\t%syslogseverity%\\t%hostname%\\t%app-name%\\t%msgid%\\t%timereported:::date-rfc3339%\\t%msg%\\n")
if $app-name == "dlp" then action(type="omfile" file="{folder}/received" template="parsed")
"""
_TLS = (
    ' defaultNetstreamDriverCAFile="{0.authority}"'
    ' defaultNetstreamDriverCertFile="{0.certificate}" defaultNetstreamDriverKeyFile="{0.key}"'
)
_DRIVER = ' streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="{}"'


class Event(NamedTuple):
    """A message as rsyslog understood it."""

    facility: int
    severity: int
    host: str
    app: str
    kind: str
    at: str
    text: str


class Rsyslog:
    """A running server; `received` is complete once it has stopped."""

    def __init__(self, folder: Path, tls: Certificates | None, auth: str) -> None:
        self.port = free_port()
        self._folder = folder
        told = _TLS.format(tls) if tls else ""
        written = _CONFIGURATION.format(folder=folder, port=self.port, tls=told, driver=_DRIVER.format(auth) if tls else "")
        (folder / "rsyslog.conf").write_text(written)

    @contextmanager
    def running(self) -> Iterator[Rsyslog]:
        program = shutil.which("rsyslogd", path="/usr/sbin:/usr/bin:/sbin")
        if program is None:
            raise FileNotFoundError("no rsyslogd; `.ci/run` installs the Debian packages rsyslog and rsyslog-gnutls")
        command = [program, "-n", "-f", str(self._folder / "rsyslog.conf"), "-i", str(self._folder / "pid")]
        with (self._folder / "log").open("wb") as log:
            server = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            self._wait_for(server)
            yield self
        finally:
            server.terminate()
            server.wait(30)

    def received(self) -> list[Event]:
        path = self._folder / "received"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        split = [line.split("\t", 6) for line in lines]
        return [Event(int(one[0]), int(one[1]), one[2], one[3], one[4], one[5], one[6].strip()) for one in split]

    def _wait_for(self, server: subprocess.Popen[bytes]) -> None:
        for _ in range(1500):
            if server.poll() is not None:
                raise RuntimeError((self._folder / "log").read_text())
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                threading.Event().wait(0.02)
            else:
                return
        raise TimeoutError("rsyslogd did not listen")


@contextmanager
def a_rsyslog(folder: Path, tls: Certificates | None = None, auth: str = "anon") -> Iterator[Rsyslog]:
    """A server that is running, over TLS where certificates are given; it stops when the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    with Rsyslog(folder, tls, auth).running() as server:
        yield server
