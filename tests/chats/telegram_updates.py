"""Updates of the Bot API as a server sends them; aiogram's types read every one of them."""

from __future__ import annotations

from typing import Any

NEWS = {"id": -1002, "type": "channel", "title": "News"}
SALES = {"id": -1000000001001, "type": "supergroup", "title": "Sales"}
IVAN = {"id": 7, "is_bot": False, "first_name": "Ivan", "last_name": "Petrov", "username": "ivan"}
CLIENT = {"id": 9, "type": "private", "first_name": "Client"}
DATE = 1767340800
PHOTO = [
    {"file_id": "small", "file_unique_id": "s", "width": 90, "height": 60, "file_size": 1000},
    {"file_id": "large", "file_unique_id": "l", "width": 1280, "height": 960, "file_size": 90_000},
]
DOCUMENT = {
    "file_id": "BQAC", "file_unique_id": "AgAD", "file_name": "db.xlsx", "mime_type": "application/vnd.ms-excel",
    "file_size": 123_456, "thumbnail": PHOTO[0],
}  # fmt: skip
POLL = {
    "id": "555", "question": "Who gets 4111 1111 1111 1111?", "options": [
        {"text": "Anna", "voter_count": 0, "persistent_id": "0"}, {"text": "Boris", "voter_count": 1, "persistent_id": "1"},
    ],
    "total_voter_count": 1, "is_closed": False, "is_anonymous": True, "type": "quiz", "allows_multiple_answers": False,
    "allows_revoting": False, "members_only": False, "explanation": "because",
}  # fmt: skip


def a_message(**fields: Any) -> dict[str, Any]:
    """An ordinary message of the Sales group."""
    return {"message_id": 10, "date": DATE, "chat": SALES, "from": IVAN} | fields


def an_update(kind: str = "message", number: int = 1, /, **fields: Any) -> dict[str, Any]:
    """An update with an ordinary message of this kind."""
    return {"update_id": number, kind: a_message(**fields)}


CONTENT: dict[str, dict[str, Any]] = {
    "text": {"text": "hello"},
    "link": {"text": "see here", "entities": [{"type": "text_link", "offset": 4, "length": 4, "url": "https://x.example/k"}]},
    "caption": {"photo": PHOTO, "caption": "see", "media_group_id": "13"},
    "document": {"document": DOCUMENT},
    "large": {"video": {"file_id": "v", "file_unique_id": "v", "width": 1, "height": 1, "duration": 1, "file_size": 30_000_000}},
    "quote": {"text": "no", "quote": {"text": "паспорт 4509 123456", "position": 0}},
    "external_reply": {
        "text": "look",
        "external_reply": {
            "origin": {"type": "user", "date": DATE, "sender_user": IVAN},
            "document": DOCUMENT,
            "poll": POLL,
        },
    },
    "poll": {"poll": POLL},
    "checklist": {"checklist": {"title": "Today", "tasks": [{"id": 1, "text": "send the base"}, {"id": 2, "text": "call"}]}},
    "contact": {"contact": {"phone_number": "+79161234567", "first_name": "Anna", "vcard": "BEGIN:VCARD\nEND:VCARD"}},
    "venue": {"venue": {"location": {"latitude": 55.7, "longitude": 37.6}, "title": "Office", "address": "Lenina 1"}},
    "invoice": {
        "invoice": {"title": "Bill", "description": "for work", "start_parameter": "s", "currency": "RUB", "total_amount": 100}
    },
    "game": {"game": {"title": "Game", "description": "play it", "photo": PHOTO, "text": "score"}},
    "rich": {
        "rich_message": {
            "blocks": [
                {"type": "heading", "text": "Report", "size": 1},
                {"type": "paragraph", "text": ["card 4111 ", {"type": "bold", "text": "1111 1111"}, " 1111"]},
                {
                    "type": "table",
                    "cells": [
                        [
                            {"align": "left", "valign": "top", "text": "name"},
                            {"align": "left", "valign": "top", "text": {"type": "italic", "text": ["bal", "ance"]}},
                        ]
                    ],
                },
                {"type": "document", "document": DOCUMENT, "caption": {"text": "the base"}},
                {"type": "list", "items": [{"label": "1.", "blocks": [{"type": "paragraph", "text": "first"}]}]},
            ]
        }
    },
    "buttons": {"text": "press", "reply_markup": {"inline_keyboard": [[{"text": "Pay", "url": "https://pay.example/1"}]]}},
    "forward": {"text": "fwd", "forward_origin": {"type": "user", "date": DATE, "sender_user": IVAN}},
    "forward_hidden": {"text": "fwd", "forward_origin": {"type": "hidden_user", "date": DATE, "sender_user_name": "Ghost"}},
    "forward_channel": {
        "text": "fwd",
        "forward_origin": {"type": "channel", "date": DATE, "message_id": 5, "chat": NEWS},
    },
    "anonymous": {"text": "as the group", "sender_chat": SALES},
    "reply": {"text": "yes", "reply_to_message": a_message(message_id=9, text="what was said before")},
    "joined": {"new_chat_members": [{"id": 11, "is_bot": False, "first_name": "New"}]},
    "renamed": {"new_chat_title": "Sales and purchases"},
    "pinned": {"pinned_message": a_message(message_id=9, text="pinned before")},
    "sticker": {
        "sticker": {
            "file_id": "st", "file_unique_id": "st", "type": "regular", "width": 1, "height": 1, "is_animated": False,
            "is_video": False, "emoji": "🔑",
        }
    },
    "voice": {"voice": {"file_id": "vo", "file_unique_id": "vo", "duration": 3, "mime_type": "audio/ogg"}},
    "location": {"location": {"latitude": 55.7, "longitude": 37.6}},
    "dice": {"dice": {"emoji": "🎲", "value": 3}},
    "web_app": {"web_app_data": {"data": "typed into a form", "button_text": "Send"}},
    "passport": {
        "passport_data": {
            "data": [{"type": "passport", "data": "QUJD", "hash": "aGFzaA=="}],
            "credentials": {"data": "QUJD", "hash": "aGFzaA==", "secret": "c2VjcmV0"},
        }
    },
    "paid_media": {"paid_media": {"star_count": 5, "paid_media": [{"type": "photo", "photo": PHOTO}]}},
    "story": {"story": {"chat": NEWS, "id": 4}},
    "topic": {"forum_topic_created": {"name": "Plans for 2027", "icon_color": 1}},
}  # fmt: skip

OTHERS: dict[str, dict[str, Any]] = {
    "callback_query": {
        "callback_query": {
            "id": "1", "from": IVAN, "chat_instance": "2", "data": "chosen",
            "message": a_message(text="said before"),
        }
    },
    "inline_query": {"inline_query": {"id": "1", "from": IVAN, "query": "card 4111 1111 1111 1111", "offset": ""}},
    "chosen_inline_result": {"chosen_inline_result": {"result_id": "1", "from": IVAN, "query": "find"}},
    "poll": {"poll": POLL},
    "poll_answer": {"poll_answer": {"poll_id": "555", "option_ids": [0], "option_persistent_ids": ["0"], "user": IVAN}},
    "chat_member": {
        "chat_member": {
            "chat": SALES, "from": IVAN, "date": DATE,
            "old_chat_member": {"status": "left", "user": IVAN}, "new_chat_member": {"status": "member", "user": IVAN},
        }
    },
    "my_chat_member": {
        "my_chat_member": {
            "chat": SALES, "from": IVAN, "date": DATE,
            "old_chat_member": {"status": "left", "user": IVAN}, "new_chat_member": {"status": "member", "user": IVAN},
        }
    },
    "chat_join_request": {
        "chat_join_request": {"chat": SALES, "from": IVAN, "user_chat_id": 7, "date": DATE, "bio": "I sell databases"}
    },
    "business_connection": {
        "business_connection": {"id": "bc1", "user": IVAN, "user_chat_id": 7, "date": DATE, "is_enabled": True}
    },
    "message_reaction": {
        "message_reaction": {
            "chat": SALES, "message_id": 3, "date": DATE, "user": IVAN, "old_reaction": [],
            "new_reaction": [{"type": "emoji", "emoji": "👍"}],
        }
    },
}  # fmt: skip
DELETED = {"update_id": 8, "deleted_business_messages": {"business_connection_id": "bc1", "chat": CLIENT, "message_ids": [3, 4]}}
BUSINESS = an_update(
    "business_message",
    7,
    business_connection_id="bc1",
    chat=CLIENT,
    message_id=3,
    text="hello",
    **{"from": CLIENT | {"is_bot": False}},
)
BUSINESS["business_message"]["from"].pop("type")
EVERY: list[dict[str, Any]] = [
    *(an_update(**fields) for fields in CONTENT.values()),
    *({"update_id": 5} | other for other in OTHERS.values()),
    DELETED,
    BUSINESS,
    an_update("edited_message", text="fixed", edit_date=DATE + 60),
    an_update(
        "channel_post",
        chat=NEWS,
        sender_chat=NEWS,
        text="n",
    ),
    an_update("guest_message", text="from outside", guest_query_id="g1"),
]
