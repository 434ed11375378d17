"""The vault: what is kept comes back, and only as it was kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select, update

from dlp.clock import SetClock
from dlp.errors import NotFound
from dlp.store.columns import METADATA
from dlp.store.database import Database, StoreDown
from dlp.store.tables.trust import vault_chunks, vault_items
from dlp.store.vault.aead import opened
from dlp.store.vault.errors import Destroyed, SealBroken
from dlp.store.vault.evidence import COLUMNS, about, row_of
from dlp.store.vault.item_keys import ItemKey
from dlp.store.vault.key_tables import item_keys, wrapping_keys
from dlp.store.vault.keys import Keys, open_keys
from dlp.store.vault.stream import CHUNK_BYTES
from dlp.store.vault.vault import Item, Vault
from tests.store.vault.evidence import DAY, NOW, Places, an_item, tree

Read = Callable[[str], bytes]


@pytest.fixture
def read(database: Database, vault: Vault) -> Read:
    def read(item_id: str) -> bytes:
        with database.reading() as connection:
            return vault.read(connection, item_id)

    return read


def put(database: Database, vault: Vault, *items: Item) -> None:
    database.write(lambda connection: vault.put(connection, items, NOW))


def test_what_was_put_is_read(database: Database, vault: Vault, read: Read) -> None:
    items = [an_item(f"текст {number}".encode()) for number in range(50)] + [an_item(b"", conversation=None, clean=1)]
    put(database, vault, *items)
    assert [read(item.id) for item in items] == [item.plain for item in items]
    with database.reading() as connection:
        assert vault.read_many(connection, [*(item.id for item in items), "none"]) == {item.id: item.plain for item in items}


def test_another_process_reads_what_one_put(database: Database, vault: Vault, vault_places: Places) -> None:
    item = an_item(b"shared")
    put(database, vault, item)
    keys = open_keys(vault_places)
    with database.reading() as connection:
        assert Vault(keys).read(connection, item.id) == b"shared"
    keys.close()


def test_what_is_not_there_is_told_so(read: Read) -> None:
    with pytest.raises(NotFound):
        read("0" * 36)


def test_nothing_put_costs_nothing(database: Database, vault: Vault, vault_keys: Keys) -> None:
    put(database, vault)
    with vault_keys.store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(item_keys)).scalar() == 0


def test_every_item_has_a_key_of_its_own_under_its_day_and_connector(database: Database, vault: Vault, vault_keys: Keys) -> None:
    items = [an_item(), an_item(), an_item(connector="mail"), an_item(day=DAY - 1), an_item(clean=1)]
    put(database, vault, *items)
    with database.reading() as connection:
        key_ids = [bytes(key) for (key,) in connection.execute(select(vault_items.c.key_id))]
    with vault_keys.store.reading() as connection:
        places = connection.execute(select(wrapping_keys.c.kind, wrapping_keys.c.day, wrapping_keys.c.connector)).all()
        kept = {bytes(key) for (key,) in connection.execute(select(item_keys.c.id))}
    assert len(set(key_ids)) == 5
    assert set(key_ids) <= kept
    assert sorted(map(tuple, places)) == [
        ("clean", DAY, "tg"),
        ("day", DAY - 1, "tg"),
        ("day", DAY, "mail"),
        ("day", DAY, "tg"),
    ]


def test_keys_are_made_by_the_block_so_that_most_puts_write_no_keys(database: Database, vault: Vault, vault_keys: Keys) -> None:
    counts: set[int] = set()
    for _ in range(40):
        put(database, vault, an_item())
        with vault_keys.store.reading() as connection:
            counts.add(connection.execute(select(func.count()).select_from(item_keys)).scalar_one())
    assert counts == {16, 48}


def test_keys_of_a_transaction_that_failed_harm_nothing(database: Database, vault: Vault, read: Read) -> None:
    lost, kept = an_item(), an_item(b"kept")

    def fail(connection: object) -> None:
        vault.put(connection, [lost], NOW)  # type: ignore[arg-type]
        raise RuntimeError

    with pytest.raises(RuntimeError):
        database.write(fail)
    put(database, vault, kept)
    assert read(kept.id) == b"kept"
    with pytest.raises(NotFound):
        read(lost.id)


def test_a_store_of_keys_that_cannot_be_written_keeps_nothing(database: Database, vault: Vault, vault_keys: Keys) -> None:
    put(database, vault, an_item())
    with vault_keys.store.writing() as connection:
        connection.exec_driver_sql("DROP TABLE item_keys")
    other_day = an_item(day=DAY + 1)
    with pytest.raises(StoreDown, match="wrapped keys"):
        put(database, vault, other_day)
    with database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(vault_items)).scalar() == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"connector": "mail"},
        {"conversation": "chat-2"},
        {"conversation": None},
        {"message": "m0"},
        {"revision": 1},
        {"kind": "redacted"},
        {"part": 1},
    ],
    ids=str,
)
def test_an_item_moved_to_another_place_is_refused(
    database: Database, vault: Vault, read: Read, changed: dict[str, object]
) -> None:
    item = an_item()
    put(database, vault, item)
    database.write(lambda connection: connection.execute(update(vault_items).values(**changed)))
    with pytest.raises(SealBroken):
        read(item.id)


@pytest.mark.parametrize("columns", [("sealed",), ("key_id",), ("sealed", "key_id")], ids=str)
def test_items_whose_sealed_bytes_or_keys_are_swapped_are_refused(
    database: Database, vault: Vault, read: Read, columns: tuple[str, ...]
) -> None:
    one, two = an_item(b"one"), an_item(b"two")
    put(database, vault, one, two)
    with database.reading() as connection:
        rows = {row.id: row for row in connection.execute(select(vault_items))}

    def swap(connection: Connection) -> None:
        for item, other in ((one, two), (two, one)):
            values = {name: getattr(rows[other.id], name) for name in columns}
            connection.execute(update(vault_items).where(vault_items.c.id == item.id).values(**values))

    database.write(swap)
    for item in (one, two):
        with pytest.raises(SealBroken):
            read(item.id)


@settings(max_examples=150, deadline=None)
@given(plain=st.binary(max_size=100), where=st.integers(0, 100_000), bit=st.integers(0, 7))
def test_no_flipped_bit_of_an_item_goes_unseen(plain: bytes, where: int, bit: int) -> None:
    item, key = an_item(plain), ItemKey(b"i" * 16, bytes(32))
    sealed = bytearray(dict(zip(COLUMNS, row_of(item, key), strict=True))["sealed"])
    assert opened(key.key, bytes(sealed), about(item)) == plain
    sealed[where % len(sealed)] ^= 1 << bit
    with pytest.raises(SealBroken):
        opened(key.key, bytes(sealed), about(item))


def test_a_wrapped_key_that_was_changed_or_moved_is_refused(database: Database, vault: Vault, vault_keys: Keys) -> None:
    one, two = an_item(), an_item()
    put(database, vault, one, two)
    with vault_keys.store.writing() as connection:
        first = connection.execute(select(item_keys.c.wrapped)).scalar()
        connection.execute(update(item_keys).values(wrapped=first))
    with database.reading() as connection, pytest.raises(SealBroken):
        vault.read_many(connection, [one.id, two.id])


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES + 17])
def test_a_file_comes_back_in_pieces(database: Database, vault: Vault, size: int) -> None:
    content = bytes(number % 251 for number in range(1000)) * (size // 1000 + 1)
    content = content[:size]
    item = an_item(b'{"name": "plan.pdf"}', kind="file", part=1)
    pieces = (content[start : start + 70_000] for start in range(0, size, 70_000))
    database.write(lambda connection: vault.put_file(connection, item, pieces, NOW))
    with database.reading() as connection:
        assert vault.read(connection, item.id) == item.plain
        read = list(vault.read_file(connection, item.id))
        assert connection.execute(select(func.count()).select_from(vault_chunks)).scalar() == max(1, -(-size // CHUNK_BYTES))
    assert b"".join(read) == content
    assert max(map(len, read)) <= CHUNK_BYTES


def test_a_file_without_its_last_chunk_is_refused(database: Database, vault: Vault) -> None:
    item = an_item(kind="file")
    database.write(lambda connection: vault.put_file(connection, item, [bytes(3 * CHUNK_BYTES)], NOW))
    database.write(lambda connection: connection.execute(vault_chunks.delete().where(vault_chunks.c.number == 2)))
    with database.reading() as connection:
        pieces = vault.read_file(connection, item.id)
        assert next(pieces) == bytes(CHUNK_BYTES)
        with pytest.raises(SealBroken):
            next(pieces)


@pytest.mark.parametrize("numbers", [{0: 1, 1: 0}, {0: 1}], ids=str)
def test_a_file_whose_chunks_are_swapped_or_repeated_is_refused(
    database: Database, vault: Vault, numbers: dict[int, int]
) -> None:
    item = an_item(kind="file")
    database.write(lambda connection: vault.put_file(connection, item, [bytes(3 * CHUNK_BYTES)], NOW))
    with database.reading() as connection:
        chunks = dict(connection.execute(select(vault_chunks.c.number, vault_chunks.c.sealed)).all())

    def move(connection: Connection) -> None:
        for number, other in numbers.items():
            here = update(vault_chunks).where(vault_chunks.c.number == number)
            connection.execute(here.values(sealed=chunks[other]))

    database.write(move)
    with database.reading() as connection, pytest.raises(SealBroken):
        list(vault.read_file(connection, item.id))


def test_an_erased_item_is_gone_and_the_others_stay(database: Database, vault: Vault, read: Read) -> None:
    erased, kept = an_item(), an_item(b"kept")
    put(database, vault, erased, kept)
    with database.reading() as connection:
        sealed = connection.execute(select(vault_items).where(vault_items.c.id == erased.id)).one()
    assert database.write(lambda connection: vault.erase(connection, [erased.id, "none"], NOW)) == (erased.id,)
    with database.reading() as connection:
        assert vault.settle(connection) == 1
        assert vault.settle(connection) == 0
    assert read(kept.id) == b"kept"
    # A copy of the row in a backup is of no use either.
    database.write(lambda connection: connection.execute(vault_items.insert().values(sealed._asdict())))
    with pytest.raises(Destroyed):
        read(erased.id)
    with database.reading() as connection:
        assert vault.read_many(connection, [erased.id, kept.id]) == {kept.id: b"kept"}


def test_unused_keys_are_swept_when_their_day_is_over(database: Database, vault: Vault, vault_keys: Keys, read: Read) -> None:
    item = an_item(b"kept")
    put(database, vault, item)
    with database.reading() as connection:
        assert vault.sweep(connection, NOW + timedelta(hours=30)) == 0
        assert vault.sweep(connection, NOW + timedelta(days=3)) == 15
        assert vault.sweep(connection, NOW + timedelta(days=3)) == 0
    assert read(item.id) == b"kept"
    with vault_keys.store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(item_keys)).scalar() == 1


def test_a_block_is_not_handed_out_for_longer_than_a_sweep_leaves_it(database: Database, vault: Vault, read: Read) -> None:
    put(database, vault, an_item())
    late = an_item(b"late")
    with database.reading() as connection:
        vault.sweep(connection, NOW + timedelta(days=3))
    database.write(lambda connection: vault.put(connection, [late], NOW + timedelta(days=3)))
    assert read(late.id) == b"late"


def test_a_sweep_leaves_what_a_process_may_still_hand_out(database: Database, vault: Vault, read: Read) -> None:
    late = [an_item(b"late", day=DAY - 9), an_item(b"later", day=DAY - 9)]
    put(database, vault, late[0])
    with database.reading() as connection:
        assert vault.sweep(connection, NOW) == 0
    put(database, vault, late[1])
    assert [read(item.id) for item in late] == [b"late", b"later"]
    with database.reading() as connection:
        assert vault.sweep(connection, NOW + timedelta(days=2)) == 14


def test_planted_secrets_stand_in_no_file_of_record_and_keys(tmp_path: Path) -> None:
    places = Places.below(tmp_path)
    keys = open_keys(places, make=True, clock=SetClock(NOW))
    database = Database(places.record)
    METADATA.create_all(database.engine)
    vault = Vault(keys)
    secrets = [f"planted-secret-{number:04}-пароль".encode() for number in range(200)]
    items = [an_item(secret * 3, clean=number % 2) for number, secret in enumerate(secrets)]
    put(database, vault, *items)
    file = an_item(secrets[0], kind="file")
    database.write(lambda connection: vault.put_file(connection, file, [b"planted-secret-file" * 100_000], NOW))
    database.write(lambda connection: vault.hold(connection, "case-1", [file.id, items[0].id], NOW))
    sealed = keys.seal("inbox", b"planted-secret-inbox")
    (tmp_path / "spill").write_bytes(sealed)
    files = tree(tmp_path)
    assert any(name.endswith("-wal") for name in files)
    assert [name for name, content in files.items() if b"planted-secret" in content] == []
    database.close()
    keys.close()
    assert [name for name, content in tree(tmp_path).items() if b"planted-secret" in content] == []
