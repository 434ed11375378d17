from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from dlp.chats.events import Deletion
from dlp.errors import UnavailableError
from dlp.records import Message
from dlp.store import inbox
from dlp.store.database import Database
from dlp.store.inbox import MOST_ATTEMPTS, Accepted, Leased, Room
from dlp.store.tables.record import deletions, ledger, ledger_sums
from dlp.store.vault.keys import Keys, open_keys
from tests.builders import WEDNESDAY_NOON as NOW
from tests.builders import a_message
from tests.installations import settings_in


@pytest.fixture
def keys(tmp_path: Path) -> Iterator[Keys]:
    opened = open_keys(settings_in(tmp_path / "home"), make=True)
    yield opened
    opened.close()


def accept(database: Database, keys: Keys, *counts: int, room: Room | None = None, connector: str = "portal") -> None:
    """A batch of so many messages for each count."""
    for count in counts:
        messages = tuple(a_message(f"text {number}", id=f"{count}-{number}") for number in range(count))
        packed = [(Accepted(connector, "messages", messages), inbox.sealed(messages, keys))]
        database.write(lambda c, packed=packed: inbox.accept(c, packed, (), room=room or Room(), now=NOW))  # type: ignore[misc]


def lease(database: Database, most: int = 1000, *, after: float = 0) -> list[Leased]:
    return database.write(lambda c: inbox.lease(c, most, seconds=60, now=NOW + timedelta(seconds=after)))


def waiting(database: Database) -> inbox.Waiting:
    with database.reading() as connection:
        return inbox.waiting(connection)


def test_what_was_accepted_waits_whole_and_sealed(database: Database, keys: Keys) -> None:
    message = a_message("секрет 4111", id="1", sender="ivanov", quote="раньше")
    packed = [(Accepted("portal", "messages", (message,), rejected=2), inbox.sealed([message], keys))]
    assert database.write(lambda c: inbox.accept(c, packed, (), room=Room(), now=NOW)) == 1
    assert waiting(database) == (1, 1, NOW)
    leased = lease(database)
    assert inbox.opened(leased[0], keys) == (message,)
    assert b"4111" not in leased[0].sealed
    with database.reading() as connection:
        sums = {row.measure: row._asdict()["count"] for row in connection.execute(select(ledger_sums))}
    assert sums == {"accepted": 1, "rejected": 2}


def test_what_is_leased_is_nobody_else_s_until_the_lease_ends(database: Database, keys: Keys) -> None:
    accept(database, keys, 2)
    first = lease(database)
    assert [(leased.messages, leased.attempts) for leased in first] == [(2, 1)]
    assert lease(database, after=59) == []
    assert [leased.attempts for leased in lease(database, after=60)] == [2]


def test_the_oldest_come_first_and_not_many_more_than_asked(database: Database, keys: Keys) -> None:
    accept(database, keys, 3, 4, 5)
    assert [leased.messages for leased in lease(database, 8)] == [3, 4]
    assert [leased.messages for leased in lease(database, 1)] == [5]


def test_what_was_tried_before_comes_alone(database: Database, keys: Keys) -> None:
    accept(database, keys, 1, 2, 3)
    ids = [leased.id for leased in lease(database)]
    database.write(lambda c: inbox.release(c, ids[:2]))
    accept(database, keys, 4)
    assert [leased.id for leased in lease(database)] == ids[:1]
    assert [leased.id for leased in lease(database)] == ids[1:2]
    assert [leased.messages for leased in lease(database)] == [4]


def test_given_back_work_can_be_put_off(database: Database, keys: Keys) -> None:
    accept(database, keys, 1)
    ids = [leased.id for leased in lease(database)]
    database.write(lambda c: inbox.release(c, ids, NOW + timedelta(seconds=30)))
    assert lease(database, after=29) == []
    assert [leased.id for leased in lease(database, after=30)] == ids


def test_what_is_recorded_leaves_and_a_second_worker_sees_that_it_is_gone(database: Database, keys: Keys) -> None:
    accept(database, keys, 1, 2)
    ids = [leased.id for leased in lease(database)]
    assert database.write(lambda c: inbox.remove(c, ids, NOW)) == 2
    assert database.write(lambda c: inbox.remove(c, ids, NOW)) == 0
    assert waiting(database) == (0, 0, None)


def test_a_batch_tried_too_often_is_taken_apart_and_its_messages_come_one_by_one(database: Database, keys: Keys) -> None:
    accept(database, keys, 2)
    for number in range(MOST_ATTEMPTS):
        assert not lease(database, after=60 * number)[0].is_worn
    worn = lease(database, after=60 * MOST_ATTEMPTS)[0]
    assert worn.is_worn
    singles = [inbox.sealed([message], keys) for message in inbox.opened(worn, keys)]
    later = NOW + timedelta(seconds=1000)
    database.write(lambda c: inbox.split(c, worn, singles, later))
    assert waiting(database) == (2, 2, NOW)
    found = [lease(database, after=1000) for _ in range(3)]
    assert [[inbox.opened(one, keys)[0].id for one in leased] for leased in found] == [["2-0"], ["2-1"], []]
    assert not any(one.is_worn for leased in found for one in leased)


def test_a_full_intake_takes_no_more_and_says_when_to_ask_again(database: Database, keys: Keys) -> None:
    room = Room(most=5)
    accept(database, keys, 3, room=room)
    with pytest.raises(UnavailableError) as raised:
        accept(database, keys, 4, room=room)
    assert raised.value.code == "intake_full"
    assert raised.value.params["retry_after_seconds"] == inbox.RETRY_AFTER_SECONDS
    assert waiting(database).messages == 3
    accept(database, keys, 2, room=room)


def test_room_is_counted_anew(database: Database, keys: Keys) -> None:
    room = Room(most=5)
    accept(database, keys, 5, room=room)
    ids = [leased.id for leased in lease(database)]
    database.write(lambda c: inbox.remove(c, ids, NOW))
    messages = (a_message(),)
    packed = [(Accepted("portal", "messages", messages), inbox.sealed(messages, keys))]
    later = NOW + timedelta(seconds=1)
    assert database.write(lambda c: inbox.accept(c, packed, (), room=room, now=later)) == 1


def a_ledger_row(database: Database, message: Message) -> None:
    row = {
        "identity": message.id.encode().ljust(16), "connector": "portal", "conversation": message.conversation,
        "message": message.id, "revision": message.revision, "door": "hook", "received_at": NOW,
        "decided_at": NOW, "decision": 0, "would": 0,
        "decided_by": "policy", "leaf": bytes(32),
    }  # fmt: skip
    database.write(lambda c: c.execute(insert(ledger).values(row)))


def deleted(database: Database) -> dict[str, bool]:
    with database.reading() as connection:
        return {row.message: row.deleted_at is not None for row in connection.execute(select(ledger))}


def test_a_deletion_is_noted_where_the_message_was_decided(database: Database) -> None:
    a_ledger_row(database, a_message(id="1", conversation="c"))
    a_ledger_row(database, a_message(id="2", conversation="c"))
    told = [("portal", Deletion("c", "1")), ("portal", Deletion("other", "2")), ("other", Deletion("c", "2"))]
    database.write(lambda c: inbox.note_deletions(c, told, NOW))
    assert deleted(database) == {"1": True, "2": False}


def test_a_deletion_without_a_conversation_is_of_that_id(database: Database) -> None:
    a_ledger_row(database, a_message(id="1", conversation="c"))
    database.write(lambda c: inbox.note_deletions(c, [("portal", Deletion(None, "1"))], NOW))
    assert deleted(database) == {"1": True}


def test_a_message_deleted_while_it_waits_is_marked_when_it_is_recorded(database: Database, keys: Keys) -> None:
    accept(database, keys, 1)
    database.write(lambda c: inbox.note_deletions(c, [("portal", Deletion("c", "1"))], NOW))
    ids = [leased.id for leased in lease(database)]
    a_ledger_row(database, a_message(id="1", conversation="c"))
    database.write(lambda c: inbox.remove(c, ids, NOW))
    assert deleted(database) == {"1": True}
    with database.reading() as connection:
        assert connection.execute(select(deletions)).all() == []


def test_a_deletion_of_what_never_came_is_forgotten_after_a_day(database: Database) -> None:
    database.write(lambda c: inbox.note_deletions(c, [("portal", Deletion("c", "1"))], NOW))
    for hours, left in ((23, 1), (25, 0)):
        database.write(lambda c, hours=hours: inbox.remove(c, [0], NOW + timedelta(hours=hours)))  # type: ignore[misc]
        with database.reading() as connection:
            assert len(connection.execute(select(deletions)).all()) == left
