"""Messages out of what a person gives: an export of any messenger, as a file, a folder or a zip, or lines of JSONL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import tzinfo
from pathlib import Path
from typing import IO, TYPE_CHECKING

from dlp.errors import InputFault, UsageError
from dlp.ingest.jsonl import read_jsonl
from dlp.ingest.recognition import HEAD, Kind, kind_of
from dlp.ingest.source import FolderSource, Meter, RefusedFileError, ZipSource
from dlp.ingest.survey import Part, parts_of
from dlp.records import Message

if TYPE_CHECKING:
    from dlp.ingest.json_stream import JsonStream

Read = Iterator[Message | InputFault]


def read_export(path: Path, zone: str | None, *, meter: Meter | None = None) -> Read:
    """The messages of an export and the faults of its broken places, in its order; all that is readable is given.

    What it is is recognised by content: Telegram Desktop `result.json`, WhatsApp text, Slack export, Matrix `export-data`, mbox,
    letters, JSONL, plain text; a folder or a zip may hold several. `zone` (IANA) is that of times written without one. Memory
    does not grow with the export. Hidden files are not looked at, every other file that is not read is a fault.

    To draw progress, give a `Meter`: once the first message is there `meter.size` is the number of bytes to read and
    `meter.position` how many were read; both count the content of zip members unpacked. Position may stop short of size
    where a place could not be read.

    Raises UsageError at once where there is no such path or zone.
    """
    place = zone_named(zone)
    if not path.exists():
        raise UsageError(f"{path}: there is no such file or folder")
    return _read(path, place, meter or Meter())


def read_lines(stream: IO[bytes], name: str, *, meter: Meter | None = None) -> Read:
    """The messages of lines of JSONL, each as soon as its line is there; `meter.position` counts bytes, its size stays 0."""
    return read_jsonl(stream, name, meter=meter)


def zone_named(zone: str | None) -> tzinfo | None:
    """The time zone of an IANA name. Raises UsageError where this machine knows none of that name."""
    if zone is None:
        return None
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError(f"this machine knows no time zone {zone!r}; a name is wanted such as Europe/Moscow") from None


def _read(path: Path, zone: tzinfo | None, meter: Meter) -> Read:
    if path.is_dir():
        yield from _Reading(FolderSource(path), path, zone, meter=meter).messages()
        return
    source = FolderSource(path.parent, path.name)
    try:
        with source.open(path.name) as content:
            kind = kind_of(content.read(HEAD))
    except (RefusedFileError, OSError) as error:
        raise UsageError(f"{path}: {error}") from None
    if kind is Kind.ZIP:
        yield from _Reading(ZipSource(path), path, zone, meter=meter).messages()
    else:
        yield from _Reading(source, path, zone, meter=meter).messages()


class _Reading:
    """Reads the parts of one source, in order."""

    def __init__(self, source: FolderSource | ZipSource, path: Path, zone: tzinfo | None, *, meter: Meter) -> None:
        self._source = source
        self._path = path
        self._zone = zone
        self._meter = meter
        self._named: set[str] = set()

    def messages(self) -> Read:
        parts = parts_of(self._source)
        self._meter.size += sum(part.size for part in parts if part.kind is not Kind.UNKNOWN and part.beside is None)
        for part in parts:
            if part.beside is None:
                yield from self._part(part)
            elif part.name not in self._named:
                self._meter.size += part.size
                yield from self._part(part)

    def _part(self, part: Part) -> Read:
        try:
            yield from self._readers()[part.kind](part)
        except InputFault as fault:
            yield fault
        except (RefusedFileError, OSError) as error:
            yield InputFault(self._source.label(part.name), "byte 0", str(error))

    def _readers(self) -> dict[Kind, Callable[[Part], Read]]:
        return {
            Kind.EMPTY: _nothing,
            Kind.ZIP: self._zip,
            Kind.TELEGRAM: self._telegram,
            Kind.WHATSAPP: self._whatsapp,
            Kind.SLACK_LISTING: self._slack,
            Kind.SLACK_DAY: self._slack_day,
            Kind.MATRIX: self._matrix,
            Kind.MAILBOX: self._mailbox,
            Kind.LETTER: self._letter,
            Kind.JSONL: self._jsonl,
            Kind.TEXT: self._text,
            Kind.UNKNOWN: self._unknown,
        }

    def _zip(self, part: Part) -> Read:
        if isinstance(self._source, ZipSource):
            raise InputFault(self._source.label(part.name), "byte 0", "a zip archive inside another is not opened")
        path = Path(self._source.label(part.name))
        try:
            inner = ZipSource(path)
        except UsageError:
            raise InputFault(str(path), "byte 0", "is a broken zip archive") from None
        self._meter.size -= part.size
        yield from _Reading(inner, path, self._zone, meter=self._meter).messages()

    def _telegram(self, part: Part) -> Read:
        from dlp.ingest.telegram_export import read_telegram

        with self._opened(part) as content:
            stream = self._stream(content, part)
            yield from read_telegram(stream, self._zone, self._has_beside(part))
            yield from _told(stream)

    def _whatsapp(self, part: Part) -> Read:
        from dlp.ingest.whatsapp_export import read_whatsapp

        def opened(metered: bool) -> IO[bytes]:
            return self._source.open(part.name, self._meter if metered else None)

        title = self._whatsapp_title(part)
        yield from read_whatsapp(opened, self._label(part), title=title, zone=self._zone, has_file=self._has_beside(part))

    def _whatsapp_title(self, part: Part) -> str:
        """The chat's name: out of the file's, its folder's or the archive's name where WhatsApp wrote one, else the file's."""
        from dlp.chats.whatsapp import title_of

        names = [*reversed(Path(part.name).parts), self._path.name, self._path.parent.name]
        titles = (title for name in names if (title := title_of(name)))
        stem = Path(part.name).stem
        return next(titles, self._path.stem if stem == "_chat" else stem)

    def _slack(self, part: Part) -> Read:
        from dlp.ingest.slack_export import SlackExport

        if part.name and not part.name.endswith("/"):
            raise InputFault(self._label(part), "byte 0", "is a listing of a Slack export and not the export")
        export = SlackExport(self._source, part.name, self._meter)
        yield from export.messages()
        days = {*export.days(), *(f"{part.name}{name}.json" for name in _SLACK_OTHER)}
        for name in sorted(self._source.names):
            if name.startswith(part.name) and name not in days:
                yield InputFault(self._source.label(name), "byte 0", "is no part of a Slack export")

    def _slack_day(self, part: Part) -> Read:
        from dlp.chats.slack import SlackChat
        from dlp.ingest.slack_export import SlackExport

        folder = Path(self._source.label(part.name)).parent.name
        yield from SlackExport(self._source, "", self._meter).day(part.name, SlackChat(folder, folder, None))

    def _matrix(self, part: Part) -> Read:
        from dlp.ingest.matrix_export import read_matrix

        with self._opened(part) as content:
            stream = self._stream(content, part)
            yield from read_matrix(stream, Path(self._source.label(part.name)).parent.name)
            yield from _told(stream)

    def _mailbox(self, part: Part) -> Read:
        from dlp.ingest.mail_export import read_mailbox

        with self._opened(part) as content:
            yield from read_mailbox(content, self._label(part), self._zone)

    def _letter(self, part: Part) -> Read:
        from dlp.ingest.mail_export import read_letter

        with self._opened(part) as content:
            yield from read_letter(content, self._label(part), self._zone)

    def _jsonl(self, part: Part) -> Read:
        with self._opened(part) as content:
            yield from read_jsonl(content, self._label(part))

    def _text(self, part: Part) -> Read:
        from dlp.ingest.plain_text import encoding_of, read_text

        with self._source.open(part.name) as head:
            encoding = encoding_of(head.read(HEAD)) or "utf-8"
        with self._opened(part) as content:
            yield from read_text(content, self._label(part), Path(part.name).name, encoding=encoding)

    def _unknown(self, part: Part) -> Read:
        message = part.refusal or "is no export, mailbox or text this program knows"
        raise InputFault(self._label(part), "byte 0", message)

    def _opened(self, part: Part) -> IO[bytes]:
        return self._source.open(part.name, self._meter)

    def _label(self, part: Part) -> str:
        return self._source.label(part.name)

    def _stream(self, content: IO[bytes], part: Part) -> JsonStream:
        from dlp.ingest.json_stream import JsonStream

        return JsonStream(content, self._label(part))

    def _has_beside(self, part: Part) -> Callable[[str], bool]:
        folder = part.name[: part.name.rfind("/") + 1]

        def has(name: str) -> bool:
            found = self._source.has(folder + name)
            if found:
                self._named.add(folder + name)
            return found

        return has


def _told(stream: JsonStream) -> Read:
    if stream.utf8_fault is not None:
        yield stream.utf8_fault


def _nothing(_part: Part) -> Read:
    yield from ()


_SLACK_OTHER = (
    *("channels", "groups", "mpims", "dms", "users", "integration_logs", "canvases", "lists"),
    *("huddle_transcripts", "file_conversations"),
)
