"""What stands in a source: which files are exports, and which belong to one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from dlp.ingest.recognition import HEAD, Kind, kind_of
from dlp.ingest.source import RefusedFileError, Source

SLACK_LISTINGS = ("channels", "groups", "mpims", "dms")


class Part(NamedTuple):
    """One thing to read: a file `name`, or for Slack the folder (with its "/", or "") its listings stand in.

    `beside` is the folder whose chat may have named the file as its attachment; if so, it is not read by itself.
    """

    kind: Kind
    name: str
    size: int
    beside: str | None = None
    refusal: str = ""


# The folders Telegram Desktop keeps media and pages in, beside result.json.
_TELEGRAM_FOLDERS = frozenset(
    """
    chats contacts css files images js lists photos profile_pictures round_video_messages stickers stories userpics
    video_files voice_messages gifs
    """.split()
)


def parts_of(source: Source) -> list[Part]:
    """What there is to read, in the order of names; chats come before the files beside them."""
    return list(_Survey(source).folder(""))


class _Survey:
    def __init__(self, source: Source) -> None:
        self._source = source
        self._files: dict[str, list[str]] = {}
        self._folders: dict[str, set[str]] = {"": set()}
        for name in sorted(source.names):
            self._place(name)

    def _place(self, name: str) -> None:
        folder = name[: name.rfind("/") + 1]
        self._files.setdefault(folder, []).append(name)
        while folder and folder not in self._folders.get(parent := _parent(folder), ()):
            self._folders.setdefault(parent, set()).add(folder)
            folder = parent

    def folder(self, folder: str) -> Iterator[Part]:
        files = self._files.get(folder, [])
        if any(f"{folder}{listing}.json" in files for listing in SLACK_LISTINGS) and self._folders.get(folder):
            yield Part(Kind.SLACK_LISTING, folder, self._size_under(folder))
            return
        parts = [self._part(name) for name in files]
        kinds = {part.kind for part in parts}
        yield from self._ordered(parts, folder, Kind.WHATSAPP in kinds)
        taken = self._taken_folders(folder, kinds)
        yield from self._rooms(folder)
        for inner in sorted(self._folders.get(folder, ())):
            if inner.removeprefix(folder).rstrip("/") not in taken:
                yield from self.folder(inner)

    def _ordered(self, parts: list[Part], folder: str, among_media: bool) -> Iterator[Part]:
        if not among_media:
            yield from parts
            return
        yield from (part for part in parts if part.kind is Kind.WHATSAPP)
        yield from (part._replace(beside=folder) for part in parts if part.kind is not Kind.WHATSAPP)

    def _taken_folders(self, folder: str, kinds: set[Kind]) -> set[str]:
        taken = set(_TELEGRAM_FOLDERS) if Kind.TELEGRAM in kinds else set()
        if self._has_rooms(folder):
            taken |= {"rooms", "user_data", "media_ids"}
        return taken

    def _has_rooms(self, folder: str) -> bool:
        return any(f"{room}events" in self._source.names for room in self._folders.get(f"{folder}rooms/", ()))

    def _rooms(self, folder: str) -> Iterator[Part]:
        for room in sorted(self._folders.get(f"{folder}rooms/", ())):
            if f"{room}events" in self._source.names:
                yield Part(Kind.MATRIX, f"{room}events", self._source.size(f"{room}events"))

    def _part(self, name: str) -> Part:
        try:
            with self._source.open(name) as content:
                head = content.read(HEAD)
        except RefusedFileError as error:
            return Part(Kind.UNKNOWN, name, 0, refusal=str(error))
        except OSError as error:
            return Part(Kind.UNKNOWN, name, 0, refusal=str(error))
        return Part(kind_of(head), name, self._source.size(name))

    def _size_under(self, folder: str) -> int:
        return sum(self._source.size(name) for name in self._source.names if name.startswith(folder) and name.endswith(".json"))


def _parent(folder: str) -> str:
    return folder[: folder.rstrip("/").rfind("/") + 1]
