"""Real databases for tests: SQLite in a temporary folder, PostgreSQL in a cluster of the tests' own on a loopback socket."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text

_PLACES = ("/usr/lib/postgresql/17/bin", "/usr/lib/postgresql/16/bin", "/usr/lib/postgresql/15/bin", "/usr/local/bin", "/usr/bin")


def _program(name: str) -> str:
    for place in _PLACES:
        if (found := Path(place) / name).exists():
            return str(found)
    raise FileNotFoundError(f"PostgreSQL's {name} is not installed; `.ci/run` installs the Debian package postgresql")


class PostgreSQL:
    """One cluster; `database()` gives the URL of a new empty database in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._as = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []  # it refuses to run as root

    def start(self) -> None:
        if self._as:
            shutil.chown(self.folder, "postgres", "postgres")
        self._run(_program("initdb"), "-D", f"{self.folder}/data", "-U", "dlp", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories={self.folder} -c max_connections=200"
        # What a test writes need not outlive the machine.
        options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
        self._run(_program("pg_ctl"), "-D", f"{self.folder}/data", "-w", "-o", options, "-l", f"{self.folder}/log", "start")

    def stop(self) -> None:
        self._run(_program("pg_ctl"), "-D", f"{self.folder}/data", "-m", "immediate", "stop")

    def database(self) -> str:
        """The URL of a new database."""
        name = f"dlp_{uuid.uuid4().hex[:12]}"
        engine = create_engine(self._url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        engine.dispose()
        return self._url(name)

    def _url(self, name: str) -> str:
        return f"postgresql+psycopg://dlp@/{name}?host={self.folder}"

    def _run(self, *command: str) -> None:
        subprocess.run([*self._as, *command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT, cwd="/")


@contextmanager
def a_postgresql() -> Iterator[PostgreSQL]:
    """A running cluster; gone when the block ends."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder of random name in it; a cluster of many small databases is slow on a disk
    # A socket's path is at most 107 bytes long.
    folder = Path(tempfile.mkdtemp(prefix="dlp-pg-", dir=memory if memory.is_dir() else None))
    cluster = PostgreSQL(folder)
    try:
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
