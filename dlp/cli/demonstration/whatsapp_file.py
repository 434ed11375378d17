"""A WhatsApp chat exported on Android in Russian, without media, in its zip."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from dlp.cli.demonstration.company import HOURS_FROM_UTC, SUPPLIER_CHAT
from dlp.cli.demonstration.conversation import FIRST_MOMENT, Said


def write_whatsapp(folder: Path, said: Iterable[Said]) -> Path:
    """Writes the chat's zip into `folder` under the name WhatsApp gives it."""
    name = f"Чат WhatsApp с контактом {SUPPLIER_CHAT.title}"
    path = folder / f"{name}.zip"
    text = "".join(_lines(said))
    with ZipFile(path, "w") as archive:
        # A fixed time, so that the same seed makes the same bytes.
        member = ZipInfo(f"{name}.txt", (2026, 3, 2, 9, 0, 0))
        member.compress_type = ZIP_DEFLATED
        archive.writestr(member, text.encode("utf-8"))
    return path


def _lines(said: Iterable[Said]) -> Iterator[str]:
    yield f"{_local(FIRST_MOMENT)} - Сообщения и звонки защищены сквозным шифрованием. Подробнее.\n"
    yield f"{_local(FIRST_MOMENT)} - Нина Белова создал(-а) группу «{SUPPLIER_CHAT.title}»\n"
    for message in said:
        edited = " <Сообщение изменено>" if message.edited else ""
        for file in message.files:
            yield f"{_local(message.moment)} - {message.who.name}: \u200e{file.name} (файл добавлен)\n"
        yield f"{_local(message.moment)} - {message.who.name}: {message.text}{edited}\n"


def _local(moment: int) -> str:
    return datetime.fromtimestamp(moment + HOURS_FROM_UTC * 3_600, UTC).strftime("%d.%m.%Y, %H:%M")
