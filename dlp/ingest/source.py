"""Where an export's files are: a folder or a zip, read without unpacking, counting what was read."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol

from dlp.errors import UsageError

if TYPE_CHECKING:
    from zipfile import ZipFile

BUFFER = 1 << 18
LARGE = 64 << 20
LARGEST_RATIO = 200


class Meter:
    """How far reading has come, in bytes: `position` of `size`; `size` is 0 until it is known, and on a pipe for ever.

    Give one to `read_export` or `read_lines` and look at it between messages, or every tenth of a second.
    """

    __slots__ = ("position", "size")

    def __init__(self) -> None:
        self.size = 0
        self.position = 0


class RefusedFileError(Exception):
    """A file of an export that is not opened; its text says why."""


class Source(Protocol):
    """The files of an export by their names, which have "/" between folders."""

    @property
    def names(self) -> frozenset[str]:
        """The names of all files but hidden ones and a system's own (".DS_Store", "__MACOSX")."""
        ...

    def label(self, name: str) -> str:
        """How a person is told of a file."""
        ...

    def size(self, name: str) -> int:
        """The length of a file's content in bytes."""
        ...

    def open(self, name: str, meter: Meter | None = None) -> io.BufferedReader:
        """A file's content; reading advances the meter. Raises RefusedFileError."""
        ...


class FolderSource:
    """Files in a folder; `only` leaves one of them. Symbolic links to folders are not followed."""

    def __init__(self, folder: Path, only: str | None = None) -> None:
        self._folder = folder
        self.names = frozenset({only}) if only else frozenset(_names_under(folder))

    def label(self, name: str) -> str:
        return str(self._folder / name)

    def size(self, name: str) -> int:
        try:
            return (self._folder / name).stat().st_size
        except OSError:
            return 0

    def open(self, name: str, meter: Meter | None = None) -> io.BufferedReader:
        try:
            return _metered((self._folder / name).open("rb", buffering=0), meter)
        except OSError as error:
            raise RefusedFileError(f"cannot be read: {error.strerror}") from None

    def has(self, name: str) -> bool:
        """Whether a file stands in the folder, named from it and not out of it."""
        return ".." not in name.split("/") and not name.startswith("/") and (self._folder / name).is_file()


class ZipSource:
    """Files in a zip. A member that unpacks to more than 200 times its size and to over 64 MiB is refused."""

    def __init__(self, path: Path) -> None:
        from zipfile import BadZipFile, ZipFile

        self._path = path
        try:
            self._zip: ZipFile = ZipFile(path)
        except (BadZipFile, OSError, ValueError, NotImplementedError):
            raise UsageError(f"{path}: is a broken zip archive") from None
        self._members = {member.filename: member for member in self._zip.infolist() if not member.is_dir()}
        self.names = frozenset(name for name in self._members if not _is_hidden(name))

    def label(self, name: str) -> str:
        return f"{self._path}/{name}"

    def size(self, name: str) -> int:
        return self._members[name].file_size

    def open(self, name: str, meter: Meter | None = None) -> io.BufferedReader:
        from zipfile import BadZipFile

        member = self._members[name]
        if member.flag_bits & 1:
            raise RefusedFileError("is encrypted")
        if member.file_size > LARGE and member.file_size > LARGEST_RATIO * member.compress_size:
            raise RefusedFileError(f"unpacks to {member.file_size} bytes, over {LARGEST_RATIO} times its size")
        try:
            return _metered(self._zip.open(member), meter)
        except (BadZipFile, OSError, RuntimeError, NotImplementedError):
            raise RefusedFileError("is a broken member of the zip archive") from None

    def has(self, name: str) -> bool:
        """Whether the archive has a file of this name."""
        return name in self._members


def _names_under(folder: Path) -> list[str]:
    names: list[str] = []
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        prefix = Path(place).relative_to(folder).as_posix()
        names += [name if prefix == "." else f"{prefix}/{name}" for name in files if not name.startswith(".")]
    return names


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") or part == "__MACOSX" for part in name.split("/"))


class _Metered(io.RawIOBase):
    """Counts what is read; a failing unpacker ends the file with an OSError."""

    def __init__(self, content: IO[bytes], meter: Meter | None) -> None:
        self._content = content
        self._meter = meter

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        try:
            chunk = self._content.read(len(view))
        except Exception as error:  # zlib, lzma and bz2 each have their own
            raise OSError(f"cannot be unpacked ({type(error).__name__})") from None
        view[: len(chunk)] = chunk
        if self._meter is not None:
            self._meter.position += len(chunk)
        return len(chunk)

    def close(self) -> None:
        self._content.close()
        super().close()


def _metered(content: IO[bytes], meter: Meter | None) -> io.BufferedReader:
    return io.BufferedReader(_Metered(content, meter), BUFFER)
