"""Telegram's Bot API: updates as messages and deletions, under the ids an export of the same chat gives.

Field names are those of Bot API 10.3. Nothing an update holds is passed over in silence: what is not a message of a chat
becomes a service message, an unknown part a passage or a Gap.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, NamedTuple, TypeGuard

from dlp.chats.events import Deletion, Events
from dlp.chats.moment import unix_moment
from dlp.chats.telegram import CONNECTOR
from dlp.chats.telegram_content import attachments_of, gaps_of, passages_of, rich_text
from dlp.records import ChatKind, Gap, GapReason, Message, Passage

SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"
_MESSAGES: Final = frozenset(
    """
    message edited_message channel_post edited_channel_post business_message edited_business_message guest_message
    """.split()
)
_KINDS: Final = {
    "private": ChatKind.BOT,
    "group": ChatKind.GROUP,
    "supergroup": ChatKind.GROUP,
    "channel": ChatKind.CHANNEL,
}
# Parts that make a message one of Telegram's own, not of a person.
_SERVICE: Final = frozenset(
    """
    new_chat_members left_chat_member new_chat_title new_chat_photo delete_chat_photo group_chat_created supergroup_chat_created
    channel_chat_created message_auto_delete_timer_changed migrate_to_chat_id migrate_from_chat_id pinned_message
    forum_topic_created forum_topic_edited forum_topic_closed forum_topic_reopened general_forum_topic_hidden
    general_forum_topic_unhidden video_chat_started video_chat_ended video_chat_scheduled video_chat_participants_invited
    boost_added chat_background_set proximity_alert_triggered write_access_allowed connected_website successful_payment
    refunded_payment users_shared chat_shared
    """.split()
)
_DAMAGED: Final = Gap("message", GapReason.CORRUPT, "a message without chat or number")
_LONGEST_ID: Final = 512


class Place(NamedTuple):
    """Where a message stands for whoever acts on it: the chat, and the business connection it came through."""

    chat_id: str
    business_connection_id: str | None = None


def place_of(conversation: str) -> Place:
    """The chat and business connection of a `Message.conversation`."""
    business, slash, chat = conversation.rpartition("/")
    return Place(chat, business if slash else None)


def events_of(update: Any) -> Events:
    """What an update tells. Raises ValueError for what is no update (not an object, no `update_id`)."""
    number = update.get("update_id") if isinstance(update, dict) else None
    if not _is_number(number):
        raise ValueError("is no update")
    messages: list[Message] = []
    deletions: list[Deletion] = []
    for kind, told in update.items():
        if kind == "update_id":
            continue
        if kind == "deleted_business_messages" and (gone := _deletions(told)):
            deletions += gone
        else:
            messages.append(_message(kind, told) or _other(kind, told, number))
    return Events(tuple(messages), tuple(deletions))


def _deletions(told: Any) -> list[Deletion]:
    chat = told.get("chat") if isinstance(told, dict) else None
    ids = told.get("message_ids") if isinstance(told, dict) else None
    if not isinstance(chat, dict) or not isinstance(ids, list) or not all(map(_is_number, ids)):
        return []
    conversation = _conversation(told, chat)
    return [Deletion(conversation, str(number)) for number in ids]


def _message(kind: str, told: Any) -> Message | None:
    """The message of a chat; None where it has no chat or no number."""
    if kind not in _MESSAGES or not isinstance(told, dict):
        return None
    chat, number = told.get("chat"), told.get("message_id")
    if not isinstance(chat, dict) or not _is_number(chat.get("id")) or not _is_number(number):
        return None
    edited, reply = told.get("edit_date"), told.get("reply_to_message")
    sender = _sender(told)
    return _content(told)._replace(
        # An ephemeral message has no number of its own among a chat's.
        id=str(number)
        if number or "ephemeral_message_id" not in told
        else f"ephemeral:{told['ephemeral_message_id']}"[:_LONGEST_ID],
        conversation=_conversation(told, chat),
        revision=edited if _is_number(edited) and edited > 0 else 0,
        sender=_account(sender),
        sender_name=_name(sender),
        chat_title=_name(chat),
        chat_kind=_chat_kind(told, chat),
        occurred_at=_moment(told.get("date")),
        forwarded_from=_origin(told.get("forward_origin")),
        reply_to=str(reply["message_id"]) if isinstance(reply, dict) and _is_number(reply.get("message_id")) else None,
        service=not _SERVICE.isdisjoint(told),
    )


def _other(kind: str, told: Any, number: int) -> Message:
    """Anything that is no message of a chat (a query typed to a bot, a poll, a member): a service message with its words."""
    if not isinstance(told, dict):
        gap = Gap("message", GapReason.CORRUPT, "an update of unknown form")
        return Message(f"{kind[:64]}:{number}", "", CONNECTOR, service=True, gaps=(gap,))
    chat = told.get("chat")
    # What was typed into a query is no part any more: it is the text.
    query = told.get("query") if kind in {"inline_query", "chosen_inline_result"} else None
    whole = {key: part for key, part in told.items() if key not in {"query", "id", "message"}}
    sender = told.get("from") or told.get("user")
    content = _content(whole)
    return content._replace(
        id=_other_id(kind, told, number),
        text=query if isinstance(query, str) else content.text,
        conversation=_conversation(told, chat) if isinstance(chat, dict) and _is_number(chat.get("id")) else None,
        sender=_account(sender),
        sender_name=_name(sender),
        chat_title=_name(chat),
        chat_kind=_KINDS.get(str(chat.get("type"))) if isinstance(chat, dict) else None,
        occurred_at=_moment(told.get("date")),
        service=True,
        gaps=(*((_DAMAGED,) if kind in _MESSAGES else ()), *content.gaps),
    )


def _other_id(kind: str, told: dict[str, Any], number: int) -> str:
    # A poll is told again with every vote, its words are the same.
    if kind == "poll" and isinstance(told.get("id"), str):
        return f"poll:{told['id']}"[:_LONGEST_ID]
    return f"{kind[:64]}:{number}"


def _content(told: dict[str, Any]) -> Message:
    """The text, or the caption, or the words of a rich message; everything else as passages, files and gaps."""
    bodies = [(key, text) for key in ("text", "caption") if isinstance(text := told.get(key), str) and text]
    if rich := rich_text(told):
        bodies.append(("rich_message", rich))
    passages = tuple(Passage(key, text) for key, text in bodies[1:]) + tuple(passages_of(told))
    return Message(
        id="",
        text=bodies[0][1] if bodies else "",
        connector=CONNECTOR,
        passages=passages,
        attachments=attachments_of(told),
        gaps=tuple(gaps_of(told, passages)),
    )


def _conversation(told: dict[str, Any], chat: dict[str, Any]) -> str:
    """The chat's id; two employees' business chats with one client have messages of the same numbers, so theirs differ."""
    business = told.get("business_connection_id")
    return f"{business}/{chat['id']}"[:_LONGEST_ID] if isinstance(business, str) and business else str(chat["id"])


def _chat_kind(told: dict[str, Any], chat: dict[str, Any]) -> ChatKind | None:
    if chat.get("type") == "private" and "business_connection_id" in told:
        return ChatKind.DIRECT
    return _KINDS.get(str(chat.get("type")))


def _sender(told: dict[str, Any]) -> Any:
    """Who speaks: a chat, where an anonymous administrator or a channel does (`from` is then a bot of Telegram's own)."""
    return told.get("sender_chat") or told.get("from")


def _account(peer: Any) -> str | None:
    return str(peer["id"]) if isinstance(peer, dict) and _is_number(peer.get("id")) else None


def _name(peer: Any) -> str | None:
    """A title, or first and last name as an export writes them."""
    if not isinstance(peer, dict):
        return None
    parts = [peer.get("title")] if peer.get("title") else [peer.get("first_name"), peer.get("last_name")]
    return " ".join(part for part in parts if isinstance(part, str) and part).replace("\0", "\ufffd")[:512] or None


def _origin(origin: Any) -> str | None:
    """Where a forwarded message is from, by name as an export tells it; "unknown" where it is not told."""
    if not isinstance(origin, dict):
        return None
    if isinstance(hidden := origin.get("sender_user_name"), str) and hidden:
        return hidden[:512]
    named = (_name(origin.get(key)) for key in ("sender_user", "sender_chat", "chat"))
    return next((name for name in named if name), "unknown")


def _moment(seconds: Any) -> datetime | None:
    return unix_moment(seconds) if _is_number(seconds) and seconds > 0 else None


def _is_number(value: Any) -> TypeGuard[int]:
    return type(value) is int and -(1 << 62) < value < 1 << 62
