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
            if not _is_ours(os.fstat(descriptor), stat.S_ISREG):
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
            return _is_ours(os.lstat(self.path), stat.S_ISDIR)
        except OSError:
            return False


def _is_ours(status: os.stat_result, is_kind: object) -> bool:
    assert callable(is_kind)
    return bool(is_kind(status.st_mode)) and status.st_uid == os.geteuid() and not status.st_mode & 0o077
