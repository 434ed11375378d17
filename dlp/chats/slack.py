"""Slack: messages of a workspace export, whose records have the form of the Events API's."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from dlp.chats.moment import unix_moment
from dlp.chats.words import words_in
from dlp.records import Attachment, ChatKind, Gap, GapReason, Message, Passage

CONNECTOR = "slack"
_SPOKEN_SUBTYPES = frozenset(
    {"bot_message", "file_share", "me_message", "thread_broadcast", "file_comment", "reminder_add", "tombstone", "huddle_thread"}
)
_SEQUENCE = re.compile(r"<([^<>\s|]+)(?:\|([^<>]*))?>")
_ESCAPES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


class SlackChat(NamedTuple):
    """A conversation of the export and who is in it."""

    conversation: str
    title: str | None
    kind: ChatKind | None
    members: tuple[str, ...] | None = None


def chats_of(listing: str, records: list[dict[str, Any]]) -> dict[str, SlackChat]:
    """Conversations by folder name, from one of channels.json, groups.json, mpims.json (folders by name) and dms.json (by id)."""
    chats = {}
    for record in records:
        number = str(record.get("id") or record.get("name") or "")
        name = record.get("name")
        members = record.get("members")
        kind = ChatKind.DIRECT if listing == "dms" else ChatKind.GROUP
        folder = number if listing == "dms" or not name else str(name)
        chats[folder] = SlackChat(number, name, kind, tuple(map(str, members)) if isinstance(members, list) else None)
    return chats


def names_of(users: list[dict[str, Any]]) -> dict[str, str]:
    """People's names by user id, from users.json."""
    return {str(user.get("id")): str(user.get("real_name") or user.get("name") or "") for user in users}


def messages_of(record: dict[str, Any], chat: SlackChat, names: dict[str, str]) -> tuple[Message, ...]:
    """The messages of one record: one, or for an edit or deletion (Corporate exports) the new and the former. Raises ValueError.

    The id is `ts`, which is unique in a channel; the revision is the `ts` of the last edit without its point.
    """
    subtype = record.get("subtype")
    if subtype not in {"message_changed", "message_deleted"}:
        return (_message(record, chat, names),)
    parts = (record.get("message"), record.get("previous_message") or record.get("original"))
    found = tuple(_message(part, chat, names) for part in parts if isinstance(part, dict) and isinstance(part.get("ts"), str))
    if not found:
        raise ValueError("tells of a change and not of what")
    return found


def _message(record: dict[str, Any], chat: SlackChat, names: dict[str, str]) -> Message:
    ts = record.get("ts")
    if not isinstance(ts, str) or not ts:
        raise ValueError("has no ts")
    sender = record.get("user") or record.get("bot_id")
    text = plain_text(str(record.get("text") or ""))
    thread = record.get("thread_ts")
    subtype = record.get("subtype")
    edited = record.get("edited")
    return Message(
        id=ts,
        text=text,
        connector=CONNECTOR,
        conversation=chat.conversation,
        revision=_number(edited.get("ts")) if isinstance(edited, dict) else 0,
        sender=str(sender) if sender else None,
        sender_name=names.get(str(sender)) or record.get("username") or None,
        chat_title=chat.title,
        chat_kind=chat.kind,
        recipients=chat.members,
        occurred_at=unix_moment(ts),
        passages=tuple(_passages(record, text)),
        attachments=tuple(map(_attachment, _records(record.get("files")))),
        reply_to=str(thread) if thread and thread != ts else None,
        service=subtype is not None and subtype not in _SPOKEN_SUBTYPES,
        gaps=(Gap("body", GapReason.MISSING, "deleted"),) if subtype == "tombstone" else (),
    )


def plain_text(written: str) -> str:
    """Slack's text as people see it: `<url|label>` as "label (url)", `<@U1>` as "@U1", `&amp;` as "&".

    Source: docs.slack.dev/messaging/formatting-message-text: &, < and > are escaped, angle brackets enclose links and mentions.
    """
    if "<" in written:
        written = _SEQUENCE.sub(_shown, written)
    if "&" in written:
        for escape, character in _ESCAPES:
            written = written.replace(escape, character)
    return written


def _shown(sequence: re.Match[str]) -> str:
    target, label = sequence.group(1), sequence.group(2)
    if target[0] in "@#!":
        return f"{'#' if target[0] == '#' else '@'}{label or target[1:]}".replace("@@", "@")
    bare = target.removeprefix("mailto:").removeprefix("tel:")
    if not label or label in target:
        return bare if bare != target else target
    return f"{label} ({bare})"


def _number(ts: Any) -> int:
    digits = str(ts or "").replace(".", "")
    return int(digits) if digits.isdecimal() else 0


def _records(value: Any) -> list[dict[str, Any]]:
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def _passages(record: dict[str, Any], text: str) -> list[Passage]:
    passages = []
    for unfurl in _records(record.get("attachments")):
        words = dict.fromkeys(plain_text(word) for word in words_in(_spoken(unfurl)))
        passages.append(Passage("quote" if unfurl.get("is_msg_unfurl") or unfurl.get("is_share") else "unfurl", "\n".join(words)))
    said = _squeezed(text)
    more = [plain_text(word) for word in words_in(_spoken_blocks(record.get("blocks")))]
    if more and _squeezed("".join(more)) not in said and any(_squeezed(word) not in said for word in more):
        passages.append(Passage("blocks", "".join(_joined(more))))
    passages += [Passage("file", str(file["preview"])) for file in _records(record.get("files")) if file.get("preview")]
    for comment in (record.get("comment"), record.get("topic"), record.get("purpose")):
        passages.append(Passage("comment", "\n".join(words_in(comment))))
    return [passage for passage in passages if passage.text]


def _joined(words: list[str]) -> list[str]:
    """Parts of a rich text keep their own spaces; parts of different blocks are set apart."""
    return [word if word.endswith(("\n", " ")) else word + "\n" for word in words]


def _squeezed(text: str) -> str:
    return "".join(text.split())


_UNFURL_WORDS = (
    "pretext",
    "author_name",
    "title",
    "text",
    "fields",
    "footer",
    "from_url",
    "title_link",
    "fallback",
    "message_blocks",
)
_BLOCK_METADATA = frozenset(
    {"block_id", "action_id", "user_id", "team_id", "channel_id", "usergroup_id", "image_url", "value", "unicode", "name"}
)


def _spoken(unfurl: dict[str, Any]) -> list[Any]:
    return [_spoken_blocks(unfurl.get(key)) for key in _UNFURL_WORDS]


def _spoken_blocks(value: Any, depth: int = 30) -> Any:
    if isinstance(value, dict) and depth:
        return {key: _spoken_blocks(part, depth - 1) for key, part in value.items() if key not in _BLOCK_METADATA}
    if isinstance(value, list) and depth:
        return [_spoken_blocks(part, depth - 1) for part in value]
    return value


def _attachment(file: dict[str, Any]) -> Attachment:
    """A file of an export is a link with a token: its content is not there."""
    size = file.get("size")
    name = file.get("name") or file.get("title") or file.get("id") or "file"
    return Attachment(str(name), file.get("mimetype"), size if isinstance(size, int) else None, None, GapReason.MISSING)
