"""A folder only its user can write to: what is compiled once is kept there.

A serialized Vectorscan database is native-code input and a pickle is code, so a folder or file that somebody else could have
written is ignored, as if it were empty.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path


class TrustedFolder:
    """Named pieces of bytes in a folder of mode 0700 owned by the user; never fails, only forgets."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self, name: str) -> bytes | None:
        """The bytes kept under `name`, or None where there are none that can be trusted."""
        if not self._is_trusted():
            return None
        try:
            descriptor = os.open(self.path / name, os.O_RDONLY | os.O_NOFOLLOW)
        except OSError:
            return None
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode) or not _is_ours(status):
                return None
            return file.read()

    def write(self, name: str, content: bytes) -> None:
        """Keeps `content` under `name` in one step; another process sees the old bytes or the new, never a part."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError:
            return
        if not self._is_trusted():
            return
        part = self.path / f"{name}.{os.getpid()}.part"
        try:
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            part.replace(self.path / name)
        except OSError:
            part.unlink(missing_ok=True)

    def _is_trusted(self) -> bool:
        try:
            status = self.path.lstat()
        except OSError:
            return False
        return stat.S_ISDIR(status.st_mode) and _is_ours(status)


def _is_ours(status: os.stat_result) -> bool:
    return status.st_uid == os.geteuid() and not status.st_mode & 0o077
