"""A WhatsApp chat's text file, alone or among its media."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import tzinfo
from functools import partial
from typing import IO

from dlp.chats.whatsapp import WhatsAppChat, WhatsAppMessages, kind_of, line_of, tells_of_group
from dlp.chats.whatsapp_header import DateOrder, DateOrders, Header, header_of
from dlp.errors import InputFault
from dlp.records import Gap, GapReason, Message

LONGEST_LINE = 1 << 20
LONGEST_MESSAGE = 4 << 20
SENDERS = 3


def read_whatsapp(
    opened: Callable[[bool], IO[bytes]], name: str, *, title: str, zone: tzinfo | None, has_file: Callable[[str], bool]
) -> Iterator[Message | InputFault]:
    """The messages of a chat. The file is opened twice: `opened(False)` to find its date order, `opened(True)` to read it."""
    with opened(False) as content:
        order, chat = _survey(_lines(content), title)
    made = WhatsAppMessages(chat, zone)
    with opened(True) as content:
        for number, text in _entries(_lines(content)):
            header = header_of(text)
            if header is None:
                yield InputFault(name, f"line {number}", "stands before the first message")
                continue
            if "\ufffd" in text:
                # A file cut in two or written again in another encoding; the rest of the message is readable.
                yield InputFault(name, f"line {number}", "is not UTF-8")
            yield _message(made, header, text, order=order, has_file=has_file)


def _message(made: WhatsAppMessages, header: Header, text: str, *, order: DateOrder, has_file: Callable[[str], bool]) -> Message:
    message = made.message(line_of(text[header.rest :]), header.moment(order))
    if len(text) >= LONGEST_MESSAGE:
        message = message._replace(
            gaps=(*message.gaps, Gap("body", GapReason.TOO_LARGE, f"cut after {LONGEST_MESSAGE} characters"))
        )
    if any(file.path and not has_file(file.path) for file in message.attachments):
        return message._replace(
            attachments=tuple(file._replace(missing=GapReason.MISSING, path=None) for file in message.attachments)
        )
    return message


def _lines(content: IO[bytes]) -> Iterator[str]:
    for line in iter(partial(content.readline, LONGEST_LINE), b""):
        yield line.decode("utf-8", "replace").replace("\r\n", "\n")


def _entries(lines: Iterator[str]) -> Iterator[tuple[int, str]]:
    """Each header line with the lines that continue it, and the number of its line."""
    gathered: list[str] = []
    start, length = 1, 0
    for number, line in enumerate(lines, 1):
        if gathered and header_of(line) is not None:
            yield start, "".join(gathered)
            start, gathered, length = number, [], 0
        if length < LONGEST_MESSAGE and (gathered or line.strip("\ufeff\u200e \n")):
            gathered.append(line)
            length += len(line)
        elif not gathered:
            start = number + 1
    if gathered:
        yield start, "".join(gathered)


def _survey(lines: Iterator[str], title: str) -> tuple[DateOrder, WhatsAppChat]:
    orders = DateOrders()
    senders: set[str] = set()
    group_told = False
    for line in lines:
        header = header_of(line)
        if header is None:
            continue
        orders.see(header)
        if len(senders) < SENDERS:
            said = line_of(line[header.rest :])
            if said.sender is not None:
                senders.add(said.sender)
            else:
                group_told = group_told or tells_of_group(said.text)
    return orders.order(), WhatsAppChat(title, kind_of(title, frozenset(senders), group_told))
