"""Matrix: events as the homeserver keeps them (PDUs) and as clients and application services get them."""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64encode
from hashlib import sha256
from typing import Any

from dlp.chats.moment import unix_moment
from dlp.chats.words import words_in
from dlp.records import Attachment, ChatKind, Gap, GapReason, Message, Passage

CONNECTOR = "matrix"
_FILES = frozenset({"m.file", "m.image", "m.video", "m.audio"})
_SPOKEN_STATE = frozenset({"m.room.name", "m.room.topic", "m.room.pinned_events", "m.room.canonical_alias"})
_NOT_SPOKEN = frozenset(
    """
    body formatted_body format msgtype m.relates_to m.new_content m.mentions url file info filename
    org.matrix.msc1767.text org.matrix.msc1767.file org.matrix.msc1767.audio org.matrix.msc3245.voice geo_uri membership
    displayname avatar_url is_direct redacts m.text m.html
    """.split()
)
_HASHED = frozenset(
    {"event_id", "type", "room_id", "sender", "state_key", "hashes", "depth", "prev_events", "auth_events", "origin_server_ts"}
)
_HASHED_BEFORE_11 = _HASHED | {"origin", "membership", "prev_state"}


class MatrixRoom:
    """What the events of a room have said of it so far."""

    __slots__ = ("conversation", "kind", "names", "title", "version")

    def __init__(self, conversation: str) -> None:
        self.conversation = conversation
        self.title: str | None = None
        self.kind: ChatKind = ChatKind.GROUP
        self.version = "11"
        self.names: dict[str, str] = {}

    def learn(self, event: dict[str, Any]) -> None:
        """Takes in a state event: the room's version, name, whether it is a direct chat, members' names."""
        content = _mapping(event.get("content"))
        kind = event.get("type")
        if kind == "m.room.create":
            self.version = str(content.get("room_version") or "1")
        elif kind == "m.room.name":
            self.title = str(content.get("name") or "") or None
        elif kind == "m.room.member":
            self.kind = ChatKind.DIRECT if content.get("is_direct") is True else self.kind
            if content.get("displayname"):
                self.names[str(event.get("state_key"))] = str(content["displayname"])


def message_of(event: dict[str, Any], room: MatrixRoom) -> Message | None:
    """The message of an event; None for an event in which nobody says anything (membership, power, reactions).

    An edit is a revision of the message it replaces: same id, its own `origin_server_ts` as revision. Raises ValueError where
    the event has no type, sender or time.
    """
    kind, sender, sent = event.get("type"), event.get("sender"), event.get("origin_server_ts")
    if not isinstance(kind, str) or not isinstance(sender, str) or not isinstance(sent, int):
        raise ValueError("has no type, sender or origin_server_ts")
    if "state_key" in event:
        room.learn(event)
        if kind not in _SPOKEN_STATE:
            return None
    elif kind == "m.reaction" or kind.startswith("m.call."):
        return None
    content = _mapping(event.get("content"))
    relation = _mapping(content.get("m.relates_to"))
    replaced = relation.get("event_id") if relation.get("rel_type") == "m.replace" else None
    said = _mapping(content.get("m.new_content")) if replaced and "m.new_content" in content else content
    reply = _mapping(relation.get("m.in_reply_to")).get("event_id")
    message = Message(
        id=str(replaced or event_id(event, room.version)),
        text=_text(said),
        connector=CONNECTOR,
        conversation=room.conversation,
        revision=sent if replaced else 0,
        sender=sender,
        sender_name=room.names.get(sender),
        chat_title=room.title,
        chat_kind=room.kind,
        occurred_at=unix_moment(sent / 1000),
        passages=tuple(_passages(said)),
        attachments=tuple(_attachments(said)),
        reply_to=str(reply) if reply else None,
        service="state_key" in event or kind == "m.room.redaction",
    )
    return message._replace(gaps=gaps) if (gaps := _gaps(event, kind, content)) else message


def event_id(event: dict[str, Any], version: str = "11") -> str:
    """The id of an event: its own, else (rooms of version 3 and later keep none) "$" and its reference hash.

    Source: Matrix specification, room version 4 "Event IDs", server-server API "Calculating the reference hash", room
    version 11 "Redactions". Only for events whose content a redaction empties: messages, names, topics.
    """
    if isinstance(event.get("event_id"), str):
        return str(event["event_id"])
    late = not version.isdecimal() or int(version) >= 11
    kept = {key: event[key] for key in (_HASHED if late else _HASHED_BEFORE_11) if key in event}
    content = _mapping(event.get("content"))
    redacts = event.get("type") == "m.room.redaction" and late and "redacts" in content
    kept["content"] = {"redacts": content["redacts"]} if redacts else {}
    canonical = json.dumps(kept, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    digest = sha256(canonical.encode("utf-8", "replace")).digest()
    encode = b64encode if version == "3" else urlsafe_b64encode
    return "$" + encode(digest).decode("ascii").rstrip("=")


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(content: dict[str, Any]) -> str:
    body = content.get("body")
    # The body of a file without a caption is its name.
    if content.get("msgtype") in _FILES and content.get("filename") in {None, body}:
        return ""
    return body if isinstance(body, str) else ""


def _passages(content: dict[str, Any]) -> list[Passage]:
    passages = [Passage(key, "\n".join(words_in(value))) for key, value in content.items() if key not in _NOT_SPOKEN]
    html = content.get("formatted_body")
    if isinstance(html, str) and "<" in html:
        from dlp.chats.html import text_of_html  # the parser is imported where there is something to parse

        shown = text_of_html(html)
        if "".join(shown.split()) not in "".join(str(content.get("body") or "").split()):
            passages.append(Passage("html", shown))
    if isinstance(content.get("geo_uri"), str):
        passages.append(Passage("location", content["geo_uri"]))
    return [passage for passage in passages if passage.text]


def _attachments(content: dict[str, Any]) -> list[Attachment]:
    if content.get("msgtype") not in _FILES and "url" not in content and "file" not in content:
        return []
    name = content.get("filename") or content.get("body") or "file"
    info = _mapping(content.get("info"))
    size = info.get("size")
    # The export keeps ids of media, not the media; a file of an encrypted room could not be read anyway.
    reason = GapReason.END_TO_END_ENCRYPTED if isinstance(content.get("file"), dict) else GapReason.MISSING
    return [Attachment(str(name), info.get("mimetype"), size if isinstance(size, int) else None, None, reason)]


def _gaps(event: dict[str, Any], kind: str, content: dict[str, Any]) -> tuple[Gap, ...]:
    if kind == "m.room.encrypted":
        return (Gap("body", GapReason.END_TO_END_ENCRYPTED, str(content.get("algorithm") or "")),)
    if not content and (kind == "m.room.message" or "redacted_because" in _mapping(event.get("unsigned"))):
        return (Gap("body", GapReason.MISSING, "redacted"),)
    return ()
