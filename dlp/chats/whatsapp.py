"""WhatsApp: messages of an exported chat, in English and Russian, from iOS and Android."""

from __future__ import annotations

import re
from datetime import datetime, tzinfo
from typing import NamedTuple

from dlp.chats.identity import DigestIds
from dlp.chats.moment import local_moment
from dlp.records import Attachment, ChatKind, Gap, GapReason, Message

CONNECTOR = "whatsapp"
_MARKS = dict.fromkeys([0x200E, 0x200F, *range(0x202A, 0x202F), 0x2066, 0x2067, 0x2068, 0x2069, 0xFEFF])
_SENDER = re.compile(r"([^:\n]{1,120}?):(?:[ \u00a0]|$)")
_PHONE = re.compile(r"\+?[\d\s()\-\u2010-\u2015\u00a0\u202f]{7,25}")
_TITLE = re.compile(r"(?:WhatsApp Chat (?:with|-)|Чат WhatsApp с(?: контактом| группой)?)\s+(.+)", re.IGNORECASE)

_ATTACHED = re.compile(
    r"\u200e?(?P<android>[^\n<>]{1,250}?\.\w{1,10}) \((?:file attached|файл добавлен|файл прикреплен|файл прикреплён)\)"
    r"|\u200e?<(?:attached|прикреплено|вложение|в приложении): ?\u200e?(?P<ios>[^\n>]{1,250})>"
)
# An export without media, Android and iOS; "contact.vcf omitted" names the file.
_OMITTED = re.compile(
    r"\u200e*(?:<(?:Media omitted|Без медиафайлов|Медиа отсутствует|Медиафайлы? пропущены?)>"
    r"|(?P<named>[^\n<>]{1,200}\.\w{1,10}) (?:•[^\n]*?)?(?:document omitted|omitted|документ отсутствует|документ пропущен)"
    r"|(?P<kind>image|video|audio|sticker|GIF|document|Contact card|video note"
    r"|изображение|видео|аудиофайл|аудио|стикер|документ|карточка контакта|видеозаметка|видеосообщение)"
    r" (?:omitted|отсутству[её]т|пропущен[оа]?|опущен[оа]?|не добавлен[оа]?))\.?",
    re.IGNORECASE,
)
_EDITED = re.compile(
    r"\s*\u200e?<(?:This message was edited|Message edited|Сообщение изменено|Это сообщение изменено)>\s*\Z", re.IGNORECASE
)
_DELETED = re.compile(
    r"\u200e?(?:This message was deleted(?: by admin[^\n]*)?|You deleted this message(?: as admin)?|Данное сообщение удалено"
    r"|Вы удалили (?:данное|это) сообщение|Это сообщение (?:было )?удалено|Сообщение удалено(?: администратором[^\n]*)?)\.?",
    re.IGNORECASE,
)
_SPOKEN_MARKED = re.compile(
    r"\u200e(?:POLL:|ОПРОС:|Location:|Местоположение:|Геопозиция:|Live location|Contact:|Контакт:)", re.IGNORECASE
)
_GROUP = re.compile(
    r"created (?:this )?group|changed (?:the subject|this group)|added you|joined using"
    r"|создал[аи]?(?:\(-?а\))? группу|добавил[аи]?(?:\(-?а\))? вас",
    re.IGNORECASE,
)


class Line(NamedTuple):
    """What stands after a header: who said it (None: the messenger itself) and the text."""

    sender: str | None
    text: str


class WhatsAppChat(NamedTuple):
    """The chat of a file, found out before its messages are read."""

    conversation: str
    kind: ChatKind | None


def title_of(name: str) -> str | None:
    """The chat's title in the name WhatsApp gives an export ("WhatsApp Chat with X.txt", "WhatsApp Chat - X.zip"), or None."""
    match = _TITLE.match(name.translate(_MARKS).removesuffix(".txt").removesuffix(".zip"))
    return match.group(1) if match else None


def kind_of(title: str | None, senders: frozenset[str], group_told: bool) -> ChatKind | None:
    """What sort of chat it is: told by its own lines, by how many speak, or by a title that is the other's name."""
    if group_told or len(senders) > 2:
        return ChatKind.GROUP
    return ChatKind.DIRECT if title in senders else None


def tells_of_group(text: str) -> bool:
    """Whether a line of the messenger itself only stands in groups."""
    return _GROUP.search(text) is not None


def line_of(rest: str) -> Line:
    """Who speaks in what follows a header.

    A system line has no sender; one that quotes a name with a colon in it (`changed the subject from "A: b"`) leaves a quote
    open before the colon. iOS writes system lines under the chat's name, with U+200E before the text.
    """
    match = _SENDER.match(rest)
    if match is None or _leaves_open(match.group(1)):
        return Line(None, rest)
    text = rest[match.end() :]
    if text.startswith("\u200e") and not _is_spoken(text):
        return Line(None, text.lstrip("\u200e"))
    return Line(_clean_name(match.group(1)), text)


def _leaves_open(name: str) -> bool:
    return name.count('"') % 2 == 1 or name.count("«") != name.count("»") or name.count("“") != name.count("”")


def _is_spoken(text: str) -> bool:
    return any(pattern.match(text) for pattern in (_ATTACHED, _OMITTED, _DELETED, _SPOKEN_MARKED))


def _clean_name(name: str) -> str:
    """The name without direction marks and without the "~" before a name that is not in the phone's address book."""
    return name.translate(_MARKS).strip().removeprefix("~").strip()


def account_of(name: str) -> str | None:
    """The digits of a sender shown as a phone number, as the API's `wa_id`; None for a name out of an address book."""
    if not _PHONE.fullmatch(name):
        return None
    digits = "".join(filter(str.isdecimal, name))
    return digits if 7 <= len(digits) <= 15 else None


class WhatsAppMessages:
    """Makes the messages of one chat, in the order of the file."""

    def __init__(self, chat: WhatsAppChat, zone: tzinfo | None) -> None:
        self._chat = chat
        self._zone = zone
        self._ids = DigestIds(chat.conversation)

    def message(self, line: Line, local: datetime | None) -> Message:
        """The message of a line with all its continuation lines."""
        written = line.text.rstrip("\r\n")
        text, edited = _EDITED.subn("", written)
        text, attachments = _parted(text)
        deleted = line.sender is not None and _DELETED.fullmatch(text.strip()) is not None
        sent = local.isoformat() if local else ""
        return Message(
            id=self._ids.next_id(sent, line.sender or "", written),
            text="" if deleted else text,
            connector=CONNECTOR,
            conversation=self._chat.conversation,
            revision=edited,
            sender=account_of(line.sender) if line.sender else None,
            sender_name=line.sender,
            chat_title=self._chat.conversation,
            chat_kind=self._chat.kind,
            occurred_at=local_moment(local, self._zone) if local else None,
            attachments=attachments,
            service=line.sender is None,
            gaps=(Gap("body", GapReason.MISSING, "deleted"),) if deleted else (),
        )


def _parted(text: str) -> tuple[str, tuple[Attachment, ...]]:
    """The text without the marks of its files, and the files."""
    if "(" not in text and "<" not in text and "\u200e" not in text and not _OMITTED.match(text):
        return text, ()
    if match := _ATTACHED.match(text):
        name = (match.group("android") or match.group("ios")).translate(_MARKS).strip()
        return text[match.end() :].lstrip("\u200e \n"), (Attachment(name, path=name),)
    if (match := _OMITTED.match(text)) and _ends_line(text, match.end()):
        name = match.group("named") or match.group("kind") or "media"
        return text[match.end() :].lstrip("\n"), (Attachment(name.translate(_MARKS), missing=GapReason.MISSING),)
    if (match := _ATTACHED.search(text)) and match.group("ios"):
        # iOS writes a caption before the mark of its file.
        name = match.group("ios").translate(_MARKS).strip()
        return (text[: match.start()] + text[match.end() :]).rstrip(), (Attachment(name, path=name),)
    return text, ()


def _ends_line(text: str, end: int) -> bool:
    return end == len(text) or text[end] in "\r\n"
