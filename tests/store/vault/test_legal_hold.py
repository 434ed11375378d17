"""Legal holds: what is held survives its day, and nothing else does."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from dlp.store.actor import Actor
from dlp.store.database import Database
from dlp.store.tables.trust import tombstones, vault_chunks, vault_holds, vault_items
from dlp.store.vault.destruction import Because
from dlp.store.vault.errors import Destroyed
from dlp.store.vault.key_tables import wrapping_keys
from dlp.store.vault.keys import Keys
from dlp.store.vault.stream import CHUNK_BYTES
from dlp.store.vault.vault import Item, Vault
from tests.store.vault.evidence import DAY, NOW, an_item
from tests.store.vault.test_destruction import put, readable, settle, shred

WHY = Because(Actor("lawyer"), "the case is closed")


def hold(database: Database, vault: Vault, case: str, *items: Item) -> int:
    return database.write(lambda connection: vault.hold(connection, case, [item.id for item in items], NOW))


def release(database: Database, vault: Vault, case: str) -> int:
    left = database.write(lambda connection: vault.release(connection, case, NOW, WHY))
    settle(database, vault)
    return left


def test_only_what_is_held_survives_a_shred(database: Database, vault: Vault) -> None:
    held, other = an_item(b"held"), an_item()
    put(database, vault, held, other)
    with database.reading() as connection:
        before = {row.id: row.sealed for row in connection.execute(select(vault_items))}
    assert hold(database, vault, "case-1", held) == 1
    with database.reading() as connection:
        after = {row.id: row.sealed for row in connection.execute(select(vault_items))}
    assert before[held.id] != after[held.id]
    assert before[other.id] == after[other.id]
    assert shred(database, vault) == 1
    assert readable(database, vault, held, other) == [True, False]


def test_an_erasure_leaves_what_is_held(database: Database, vault: Vault) -> None:
    held, other = an_item(), an_item()
    put(database, vault, held, other)
    hold(database, vault, "case-1", held)
    erased = database.write(lambda connection: vault.erase(connection, [held.id, other.id], NOW))
    assert erased == (other.id,)
    assert readable(database, vault, held) == [True]


def test_holding_twice_holds_once(database: Database, vault: Vault) -> None:
    item = an_item()
    put(database, vault, item)
    assert [hold(database, vault, "case-1", item, item), hold(database, vault, "case-1", item)] == [1, 0]
    with database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(vault_holds)).scalar() == 1


def test_a_released_item_goes_back_to_its_day(database: Database, vault: Vault, vault_keys: Keys) -> None:
    item = an_item()
    put(database, vault, item)
    hold(database, vault, "case-1", item)
    assert release(database, vault, "case-1") == 1
    assert readable(database, vault, item) == [True]
    with vault_keys.store.reading() as connection:
        assert connection.execute(select(wrapping_keys.c.kind)).scalars().all() == ["day"]
    assert shred(database, vault) == 1
    assert readable(database, vault, item) == [False]


@pytest.mark.parametrize("late", [False, True])
def test_a_released_item_whose_day_was_shredded_goes_with_it(database: Database, vault: Vault, late: bool) -> None:
    held = an_item()
    put(database, vault, held)
    hold(database, vault, "case-1", held)
    if late:
        database.write(lambda connection: vault.shred_day(connection, DAY, "tg", NOW))
    else:
        shred(database, vault)
    # A later message of the same day has another key: it must not take the held one back.
    put(database, vault, an_item())
    assert release(database, vault, "case-1") == 0
    assert readable(database, vault, held) == [False]
    with database.reading() as connection:
        last = connection.execute(select(tombstones).order_by(tombstones.c.id.desc()).limit(1)).one()
    assert (last.kind, last.object, last.reason) == ("item", held.id, "the case is closed")


def test_what_two_cases_hold_needs_both_to_let_go(database: Database, vault: Vault) -> None:
    item = an_item()
    put(database, vault, item)
    assert [hold(database, vault, "case-1", item), hold(database, vault, "case-2", item)] == [1, 1]
    shred(database, vault)
    assert release(database, vault, "case-1") == 1
    assert readable(database, vault, item) == [True]
    assert release(database, vault, "case-2") == 0
    assert readable(database, vault, item) == [False]


def test_the_case_that_came_second_may_let_go_first(database: Database, vault: Vault) -> None:
    item = an_item()
    put(database, vault, item)
    hold(database, vault, "case-1", item)
    hold(database, vault, "case-2", item)
    assert release(database, vault, "case-2") == 1
    assert readable(database, vault, item) == [True]
    assert release(database, vault, "case-1") == 1
    assert readable(database, vault, item) == [True]


def test_a_case_may_hold_again_after_it_let_go(database: Database, vault: Vault) -> None:
    item = an_item()
    put(database, vault, item)
    for _ in range(2):
        hold(database, vault, "case-1", item)
        release(database, vault, "case-1")
    hold(database, vault, "case-1", item)
    shred(database, vault)
    assert readable(database, vault, item) == [True]


def test_what_is_gone_cannot_be_held(database: Database, vault: Vault) -> None:
    item = an_item()
    put(database, vault, item)
    with database.reading() as connection:
        backup = connection.execute(select(vault_items)).one()
    shred(database, vault)
    database.write(lambda connection: connection.execute(vault_items.insert().values(backup._asdict())))
    with pytest.raises(Destroyed):
        hold(database, vault, "case-1", item)


def test_a_held_file_keeps_all_its_chunks(database: Database, vault: Vault) -> None:
    item, content = an_item(kind="file"), bytes(range(256)) * 4096 * 3 + b"end"
    database.write(lambda connection: vault.put_file(connection, item, [content], NOW))
    with database.reading() as connection:
        before = set(connection.execute(select(vault_chunks.c.sealed)).scalars())
    hold(database, vault, "case-1", item)
    shred(database, vault)
    with database.reading() as connection:
        assert b"".join(vault.read_file(connection, item.id)) == content
        after = set(connection.execute(select(vault_chunks.c.sealed)).scalars())
    assert len(before) == len(after) == -(-len(content) // CHUNK_BYTES)
    assert not before & after
