from __future__ import annotations

from typing import Any

import pytest

from dlp.chats.events import Deletion
from dlp.errors import UsageError
from dlp.ingest.contract import told_by
from dlp.records import Message


def test_messages_edits_and_deletions_are_told_in_one_call() -> None:
    told = told_by(
        {
            "events": [
                {"type": "message", "message": {"id": "1", "text": "a", "conversation": "c"}},
                {"type": "edit", "message": {"id": "1", "text": "b", "conversation": "c", "revision": 1}},
                {"type": "delete", "message": {"id": "1", "conversation": "c"}},
            ]
        }
    )
    assert told.messages == (Message("1", "a", conversation="c"), Message("1", "b", conversation="c", revision=1))
    assert told.deletions == (Deletion("c", "1"),)
    assert told.rejected == ()


@pytest.mark.parametrize(
    ("event", "code", "pointer"),
    [
        (5, "not_an_object", ""),
        ({"type": "like", "message": {"id": "1"}}, "unknown_name", "/type"),
        ({"type": "message"}, "not_an_object", "/message"),
        ({"type": "message", "message": {"id": "1"}}, "missing", "/message/text"),
        ({"type": "edit", "message": {"id": "1", "text": "b"}}, "missing", "/message/revision"),
        ({"type": "delete", "message": {}}, "missing", "/message/id"),
        ({"type": "delete", "message": {"id": 5}}, "not_an_id", "/message/id"),
        ({"type": "delete", "message": {"id": "1", "conversation": ""}}, "not_an_id", "/message/conversation"),
    ],
)
def test_an_event_nobody_can_read_is_named_and_the_rest_kept(event: Any, code: str, pointer: str) -> None:
    told = told_by({"events": [event, {"type": "message", "message": {"id": "2", "text": "b"}}]})
    assert list(told.rejected) == [(0, pointer, code)]
    assert [message.id for message in told.messages] == ["2"]


@pytest.mark.parametrize("body", [None, [], {}, {"events": {}}, {"events": [{}] * 1001}])
def test_a_call_without_a_list_of_events_is_refused(body: Any) -> None:
    with pytest.raises(UsageError):
        told_by(body)
