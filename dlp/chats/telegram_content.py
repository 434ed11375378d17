"""What a message of Telegram's Bot API holds beside its text: words wherever they hide, files, and what nobody can read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from dlp.chats.words import DEPTH
from dlp.records import Attachment, Gap, GapReason, Passage

LARGEST_FILE: Final = 20 * 1024 * 1024  # what getFile gives; core.telegram.org/bots/api#getfile
_LONGEST = 500_000  # of one passage; Telegram's own messages are far shorter

# Who, where, when, how it looks: nothing said. `text`, `caption` and what belongs to them are read as the body.
_SILENT: Final = frozenset(
    """
    message_id message_thread_id ephemeral_message_id date edit_date chat from sender_chat sender_business_bot sender_boost_count
    sender_tag text caption entities caption_entities business_connection_id guest_query_id guest_bot_caller_user
    guest_bot_caller_chat receiver_user via_bot author_signature forward_origin forward_from forward_from_chat
    forward_from_message_id forward_signature forward_sender_name forward_date reply_to_message pinned_message reply_to_story
    reply_to_checklist_task_id reply_to_poll_option_id media_group_id is_topic_message is_automatic_forward is_from_offline
    is_paid_post has_protected_content has_media_spoiler show_caption_above_media paid_star_count effect_id
    link_preview_options direct_messages_topic suggested_post_info dice migrate_to_chat_id migrate_from_chat_id
    new_chat_members left_chat_member delete_chat_photo group_chat_created supergroup_chat_created channel_chat_created
    message_auto_delete_timer_changed forum_topic_closed forum_topic_reopened general_forum_topic_hidden
    general_forum_topic_unhidden boost_added video_chat_started video_chat_ended video_chat_scheduled
    video_chat_participants_invited chat_background_set location proximity_alert_triggered story write_access_allowed
    giveaway_created chat_shared user_shared users_shared connected_website rich_message
    """.split()
)
# Names of forms and files, and numbers of Telegram's own: long random words that look like secrets and say nothing.
_FORMS: Final = frozenset(
    """
    type id file_id file_unique_id custom_emoji_id icon_custom_emoji_id mime_type file_name language language_code style
    set_name format currency telegram_payment_charge_id provider_payment_charge_id poll_id persistent_id option_persistent_ids
    chat_instance inline_message_id query_id foursquare_id foursquare_type google_place_id google_place_type
    thumbnail thumb cover origin sender_user sender_chat via_bot link_preview_options valign align
    """.split()
)
_LESSER_FILES: Final = frozenset(
    {"thumbnail", "thumb", "cover", "qualities", "reply_to_message", "pinned_message", "premium_animation"}
)
_CHATS: Final = frozenset({"private", "group", "supergroup", "channel"})
_ENCRYPTED: Final = "passport_data"


def passages_of(told: dict[str, Any]) -> Iterator[Passage]:
    """The words of every part that is not the body, the part's name as their origin; a part nobody knows yet among them."""
    for key, value in told.items():
        if key not in _SILENT and key != _ENCRYPTED:
            text = "\n".join(_words(value))
            if text:
                yield Passage(key[:128], text[:_LONGEST])
    links = list(dict.fromkeys(_links(told)))
    if links:
        yield Passage("links", "\n".join(links)[:_LONGEST])


def rich_text(told: dict[str, Any]) -> str:
    """The words of a rich message, a line for each block; marks inside a line do not part its letters."""
    rich = told.get("rich_message")
    return "\n".join(_words(rich.get("blocks")))[:_LONGEST] if isinstance(rich, dict) else ""


def attachments_of(told: dict[str, Any]) -> tuple[Attachment, ...]:
    """Every file the message holds, wherever in it; of a photo's sizes the largest. `path` is the file's id for getFile."""
    return tuple(_attachment(name, file) for name, file in _files(told, "", DEPTH))


def gaps_of(told: dict[str, Any], passages: tuple[Passage, ...]) -> Iterator[Gap]:
    """What is there and cannot be read: a part nobody knows that says nothing in words, a Telegram Passport, a text cut short."""
    spoken = {passage.origin for passage in passages}
    for key, value in told.items():
        if key == _ENCRYPTED:
            yield Gap(key, GapReason.ENCRYPTED, "a Telegram Passport")
        elif key not in _SILENT and key not in spoken and isinstance(value, dict | list) and value and not _holds_file(value):
            yield Gap(key[:128], GapReason.NOT_EXTRACTED, "a kind of content that says nothing in words")
    for passage in passages:
        if len(passage.text) == _LONGEST:
            yield Gap(passage.origin, GapReason.TOO_LARGE, f"over {_LONGEST} characters")


def _words(value: Any, depth: int = DEPTH) -> Iterator[str]:
    """Every text inside, in order; a text with marks (a list of texts and marked texts) is one text."""
    if isinstance(value, str):
        if value.strip():
            yield value
    elif isinstance(value, dict) and depth and not _is_peer(value):
        for key, part in value.items():
            if key in _FORMS:
                continue
            if key in {"text", "credit", "summary", "caption"} and isinstance(part, dict | list):
                yield from filter(str.strip, [_line(part, depth - 1)])
            else:
                yield from _words(part, depth - 1)
    elif isinstance(value, list) and depth:
        for part in value:
            yield from _words(part, depth - 1)


def _line(value: Any, depth: int) -> str:
    """A text with marks as it is read: "4111 " and a bold "1111" are one number."""
    if isinstance(value, str):
        return value
    if depth <= 0:
        return ""
    if isinstance(value, list):
        return "".join(_line(part, depth - 1) for part in value)
    if not isinstance(value, dict):
        return ""
    if "text" in value:
        credit = value.get("credit")
        return _line(value["text"], depth - 1) + (f"\n{_line(credit, depth - 1)}" if credit else "")
    return "\n".join(_words(value, depth - 1))


def _links(told: dict[str, Any]) -> Iterator[str]:
    """The addresses behind linked words: they are not in the text."""
    for key in ("entities", "caption_entities"):
        entities = told.get(key)
        for entity in entities if isinstance(entities, list) else ():
            if isinstance(entity, dict) and isinstance(entity.get("url"), str):
                yield entity["url"]
    preview = told.get("link_preview_options")
    if isinstance(preview, dict) and isinstance(preview.get("url"), str):
        yield preview["url"]


def _files(value: Any, name: str, depth: int) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(value, dict) and depth:
        if isinstance(value.get("file_id"), str):
            yield name, value
            return
        for key, part in value.items():
            if key not in _LESSER_FILES and not (key == "photo" and _is_peer(value)):
                yield from _files(part, key, depth - 1)
    elif isinstance(value, list) and depth:
        if value and all(isinstance(part, dict) and "file_id" in part and "width" in part for part in value):
            yield name, max(value, key=_area)
            return
        for part in value:
            yield from _files(part, name, depth - 1)


def _area(photo: dict[str, Any]) -> int:
    width, height = photo.get("width"), photo.get("height")
    return width * height if isinstance(width, int) and isinstance(height, int) else 0


def _attachment(kind: str, file: dict[str, Any]) -> Attachment:
    name, media_type, size = file.get("file_name"), file.get("mime_type"), file.get("file_size")
    size = size if isinstance(size, int) and size >= 0 else None
    return Attachment(
        name=(name if isinstance(name, str) and name else kind).replace("\0", "\ufffd")[:512],
        media_type=media_type[:128]
        if isinstance(media_type, str)
        else "image/jpeg"
        if "width" in file and "duration" not in file
        else None,
        size=size,
        path=file["file_id"],
        missing=GapReason.TOO_LARGE if size is not None and size > LARGEST_FILE else None,
    )


def _holds_file(value: Any) -> bool:
    return next(_files(value, "", DEPTH), None) is not None


def _is_peer(value: dict[str, Any]) -> bool:
    """Whether this is a User or a Chat: who, not what was said."""
    return "id" in value and ("is_bot" in value or value.get("type") in _CHATS)
