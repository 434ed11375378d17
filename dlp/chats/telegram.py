"""Telegram: messages of a Telegram Desktop export (`result.json`)."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Any, NamedTuple

from dlp.chats.moment import local_moment, unix_moment
from dlp.chats.words import words_in
from dlp.records import Attachment, ChatKind, Gap, GapReason, Message, Passage

CONNECTOR = "telegram"
FIRST_CHANNEL = 1_000_000_000_000

_KINDS = {
    "saved_messages": ChatKind.SAVED,
    "personal_chat": ChatKind.DIRECT,
    "bot_chat": ChatKind.BOT,
    "verification_codes": ChatKind.BOT,
    "replies": ChatKind.BOT,
    "private_group": ChatKind.GROUP,
    "private_supergroup": ChatKind.GROUP,
    "public_supergroup": ChatKind.GROUP,
    "private_channel": ChatKind.CHANNEL,
    "public_channel": ChatKind.CHANNEL,
}
_CHANNELS = frozenset({"private_supergroup", "public_supergroup", "private_channel", "public_channel"})

# Nothing but these: an ordinary message, the common case.
_ORDINARY = frozenset(
    {"id", "type", "date", "date_unixtime", "from", "from_id", "text", "text_entities", "edited", "edited_unixtime"}
)
# What is read elsewhere or says nothing in words. Every other key, known or new, is read as a passage named after it.
_NOT_SPOKEN = _ORDINARY | frozenset(
    """
    actor actor_id action members inviter from to to_id message_id game_message_id invoice_message_id
    reply_to_message_id reply_to_peer_id forwarded_from forwarded_from_id saved_from via_bot author file file_name
    file_size photo photo_file_size contact_vcard contact_vcard_file_size thumbnail thumbnail_file_size media_type
    mime_type media_spoiler width height duration duration_seconds sticker_emoji self_destruct_period_seconds
    live_location_period_seconds period score distance discard_reason reactions emoticon new_icon_emoji_id schedule_date
    recurring currency amount
    """.split()
)


class TelegramChat(NamedTuple):
    """The chat whose messages follow: `conversation` is its Bot API id."""

    conversation: str
    title: str | None
    kind: ChatKind | None


def chat_of(header: dict[str, Any]) -> TelegramChat:
    """The chat of an export's `name`, `type` and `id`."""
    kind = str(header.get("type") or "")
    bare = header.get("id")
    conversation = dialog_id(kind, bare) if isinstance(bare, int) else str(bare or kind)
    name = header.get("name")
    return TelegramChat(conversation, str(name) if name else None, _KINDS.get(kind))


def dialog_id(kind: str, bare: int) -> str:
    """The Bot API's id of a chat of an export: users as they are, groups negative, supergroups and channels −(10¹² + id).

    Source: core.telegram.org/api/bots/ids. An export has bare ids, whose ranges overlap between kinds.
    """
    if kind in _CHANNELS:
        return str(-FIRST_CHANNEL - bare)
    return str(-bare if kind == "private_group" else bare)


def account_of(peer: Any) -> str | None:
    """The Bot API's id of "user7", "chat7" or "channel7"; None where a message tells no sender."""
    if not isinstance(peer, str):
        return str(peer) if isinstance(peer, int) else None
    if peer.startswith("user"):
        return peer[4:]
    if peer.startswith("channel") and peer[7:].isdecimal():
        return str(-FIRST_CHANNEL - int(peer[7:]))
    if peer.startswith("chat") and peer[4:].isdecimal():
        return "-" + peer[4:]
    return peer or None


def message_of(record: dict[str, Any], chat: TelegramChat, zone: tzinfo | None = None) -> Message:
    """The message of one record of `messages`. Raises ValueError where it is no message (no id, a text of unknown form).

    The revision is the unix time of the last edit, 0 where there was none, as the Bot API's `edit_date` gives it. Words
    outside the text (a poll, a contact, a button, whatever Telegram adds next) become passages named by their key.
    """
    number = record.get("id")
    if not isinstance(number, int):
        raise ValueError("has no id")
    kind = record.get("type")
    if kind == "unsupported":
        return _unsupported(str(number), chat)
    if kind not in {"message", "service"}:
        raise ValueError("has no type this program knows")
    message = Message(
        id=str(number),
        text=_text(record.get("text"), record),
        connector=CONNECTOR,
        conversation=chat.conversation,
        revision=_revision(record),
        sender=account_of(record.get("from_id")),
        sender_name=record.get("from"),
        chat_title=chat.title,
        chat_kind=chat.kind,
        occurred_at=_moment(record, zone),
    )
    if kind == "message" and record.keys() <= _ORDINARY and isinstance(record.get("text"), str):
        return message
    return _with_the_rest(message, record, kind == "service")


def _unsupported(number: str, chat: TelegramChat) -> Message:
    gap = Gap("body", GapReason.NOT_EXTRACTED, "a kind of message the export leaves out")
    return Message(
        id=number,
        text="",
        connector=CONNECTOR,
        conversation=chat.conversation,
        chat_title=chat.title,
        chat_kind=chat.kind,
        gaps=(gap,),
    )


def _with_the_rest(message: Message, record: dict[str, Any], service: bool) -> Message:
    reply = record.get("reply_to_message_id")
    if "actor_id" in record:
        message = message._replace(sender=account_of(record["actor_id"]), sender_name=record.get("actor"))
    return message._replace(
        passages=tuple(_passages(record)),
        attachments=tuple(_attachments(record)),
        forwarded_from=(str(record["forwarded_from"] or "unknown")) if "forwarded_from" in record else None,
        reply_to=str(reply) if reply is not None else None,
        service=service,
    )


def _text(text: Any, record: dict[str, Any]) -> str:
    if isinstance(text, str):
        return text
    if text is None:
        text = record.get("text_entities") or []
    if not isinstance(text, list):
        raise ValueError("has a text of unknown form")
    return "".join(
        part if isinstance(part, str) else str(part.get("text") or "") for part in text if isinstance(part, str | dict)
    )


def _revision(record: dict[str, Any]) -> int:
    edited = record.get("edited_unixtime")
    return int(edited) if isinstance(edited, str) and edited.isdecimal() else 0


def _moment(record: dict[str, Any], zone: tzinfo | None) -> datetime | None:
    moment = unix_moment(record.get("date_unixtime"))
    if moment is not None or zone is None:
        return moment
    try:
        return local_moment(datetime.fromisoformat(str(record.get("date"))), zone)
    except ValueError:
        return None


def _passages(record: dict[str, Any]) -> list[Passage]:
    passages = [Passage(key, "\n".join(words_in(value))) for key, value in record.items() if key not in _NOT_SPOKEN]
    entities = record.get("text_entities")
    # The address behind a linked word is not in the text.
    links = (
        [e["href"] for e in entities if isinstance(e, dict) and isinstance(e.get("href"), str)]
        if isinstance(entities, list)
        else []
    )
    if links:
        passages.append(Passage("links", "\n".join(links)))
    return [passage for passage in passages if passage.text]


def _attachments(record: dict[str, Any]) -> list[Attachment]:
    named = (
        ("file", record.get("file_name"), record.get("file_size"), record.get("mime_type")),
        ("photo", None, record.get("photo_file_size"), "image/jpeg"),
        ("contact_vcard", None, record.get("contact_vcard_file_size"), "text/vcard"),
    )
    return [
        _attachment(path, (name or _name(path, record.get("media_type") or key)), size=size, media_type=media_type)
        for key, name, size, media_type in named
        if isinstance(path := record.get(key), str) and path
    ]


def _attachment(path: str, name: str, *, size: Any, media_type: str | None) -> Attachment:
    size = size if isinstance(size, int) else None
    if _is_left_out(path):
        return Attachment(name, media_type, size, None, GapReason.MISSING)
    return Attachment(name, media_type, size, path)


def _is_left_out(path: str) -> bool:
    """Whether a sentence stands where the path should be: "(File not included. Change …)", "(File unavailable, …)"."""
    return path.endswith(")") and ("(File " in path or "(Photo " in path)


def _name(path: str, kind: str) -> str:
    return kind if _is_left_out(path) else path.rpartition("/")[2]
