"""Shreds, erasures and what a restored backup must not bring back."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, Table, delete, func, insert, select

from dlp.store.actor import Actor
from dlp.store.columns import METADATA
from dlp.store.database import Database
from dlp.store.tables.record import findings, incident_words, incidents, ledger
from dlp.store.tables.trust import audit, tombstones, vault_items
from dlp.store.vault.destruction import Because, Tombstone, all_tombstones
from dlp.store.vault.errors import Destroyed
from dlp.store.vault.key_tables import item_keys, wrapping_keys
from dlp.store.vault.keys import Keys, open_keys
from dlp.store.vault.vault import Item, Vault
from tests.store.vault.evidence import DAY, NOW, Places, an_item, tree

WHY = Because(Actor("u1"), "asked for")


def put(database: Database, vault: Vault, *items: Item) -> None:
    database.write(lambda connection: vault.put(connection, items, NOW))


def shred(database: Database, vault: Vault, day: int = DAY, connector: str = "tg") -> int:
    removed = database.write(lambda connection: vault.shred_day(connection, day, connector, NOW, WHY))
    settle(database, vault)
    return removed


def settle(database: Database, vault: Vault) -> int:
    with database.reading() as connection:
        return vault.settle(connection)


def readable(database: Database, vault: Vault, *items: Item) -> list[bool]:
    with database.reading() as connection:
        found = vault.read_many(connection, [item.id for item in items])
    return [found.get(item.id) == item.plain for item in items]


def count(keys: Keys, table: Table) -> int:
    with keys.store.reading() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_a_shredded_day_is_gone_and_the_others_stay(database: Database, vault: Vault, vault_keys: Keys) -> None:
    gone = [an_item(), an_item(clean=1)]
    kept = [an_item(connector="mail"), an_item(day=DAY - 1)]
    put(database, vault, *gone, *kept)
    assert shred(database, vault) == 2
    assert readable(database, vault, *gone, *kept) == [False, False, True, True]
    assert count(vault_keys, wrapping_keys) == 2
    assert count(vault_keys, item_keys) == 32


def test_shredded_bytes_in_a_backup_of_the_record_open_no_more(database: Database, vault: Vault) -> None:
    item = an_item()
    put(database, vault, item)
    with database.reading() as connection:
        backup = connection.execute(select(vault_items)).one()
    shred(database, vault)
    database.write(lambda connection: connection.execute(vault_items.insert().values(backup._asdict())))
    with database.reading() as connection, pytest.raises(Destroyed):
        vault.read(connection, item.id)


def test_a_shred_leaves_a_tombstone_for_each_key_and_one_row_of_audit(database: Database, vault: Vault) -> None:
    put(database, vault, an_item(), an_item(clean=1))
    shred(database, vault)
    with database.reading() as connection:
        stones = connection.execute(select(tombstones)).all()
        act = connection.execute(select(audit)).one()
    assert {(stone.kind, stone.day, stone.connector, stone.reason, stone.audit_seq) for stone in stones} == {
        ("day", DAY, "tg", "asked for", act.seq)
    }
    assert len({bytes(stone.key_id) for stone in stones}) == 2
    assert (act.act, act.actor, act.object) == ("vault.shred", "u1", f"vault:day:{DAY}:tg")
    assert act.details["reason"] == "asked for"


def test_a_caller_s_own_audit_row_is_the_only_one(database: Database, vault: Vault) -> None:
    item = an_item()
    put(database, vault, item)
    database.write(lambda connection: vault.erase(connection, [item.id], NOW, WHY._replace(audit_seq=7)))
    with database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(audit)).scalar() == 0
        stone = connection.execute(select(tombstones)).one()
    assert (stone.kind, stone.object, stone.audit_seq) == ("item", item.id, 7)


def test_clean_messages_of_a_day_go_without_the_others(database: Database, vault: Vault) -> None:
    clean, hit = an_item(clean=1), an_item()
    put(database, vault, clean, hit)
    assert database.write(lambda connection: vault.shred_clean(connection, DAY, "tg", NOW)) == 1
    settle(database, vault)
    assert readable(database, vault, clean, hit) == [False, True]
    assert database.write(lambda connection: vault.shred_clean(connection, DAY, "tg", NOW)) == 0
    with database.reading() as connection:
        assert [stone.kind for stone in all_tombstones(connection)] == ["clean"]


def test_a_key_is_destroyed_only_after_the_record_says_so(database: Database, vault: Vault) -> None:
    item = an_item()
    put(database, vault, item)

    def fail(connection: object) -> None:
        vault.shred_day(connection, DAY, "tg", NOW)  # type: ignore[arg-type]
        vault.erase(connection, [item.id], NOW)  # type: ignore[arg-type]
        raise RuntimeError

    with pytest.raises(RuntimeError):
        database.write(fail)
    assert settle(database, vault) == 0
    assert readable(database, vault, item) == [True]


def test_a_message_that_comes_after_its_day_was_shredded_is_kept_under_a_new_key(database: Database, vault: Vault) -> None:
    put(database, vault, an_item())
    database.write(lambda connection: vault.shred_day(connection, DAY, "tg", NOW))
    late = an_item()
    put(database, vault, late)
    assert settle(database, vault) == 1
    assert readable(database, vault, late) == [True]
    assert shred(database, vault) == 1
    assert readable(database, vault, late) == [False]


def test_another_process_s_shred_is_noticed(database: Database, vault: Vault, vault_places: Places) -> None:
    put(database, vault, an_item())
    keys = open_keys(vault_places)
    shred(database, Vault(keys))
    keys.close()
    late = an_item()
    put(database, vault, late)
    assert readable(database, vault, late) == [True]


def test_a_kill_between_record_and_keys_is_made_up_for(database: Database, vault: Vault, vault_places: Places) -> None:
    put(database, vault, an_item())
    database.write(lambda connection: vault.shred_day(connection, DAY, "tg", NOW))
    keys = open_keys(vault_places)
    assert database.write(lambda connection: Vault(keys).replay_tombstones(connection, NOW)).keys == 1
    assert count(keys, wrapping_keys) == 0
    keys.close()


def test_what_was_destroyed_stands_in_no_file_of_the_wrapped_keys(places: Places, tmp_path: Path, keys: Keys) -> None:
    database, vault = Database(places.record), Vault(keys)
    METADATA.create_all(database.engine)
    erased, shredded = an_item(), an_item(day=DAY - 1)
    put(database, vault, erased, shredded)
    with keys.store.reading() as connection:
        wrapped = {row.id: row.wrapped for row in connection.execute(select(item_keys))}
        day_key = connection.execute(select(wrapping_keys.c.wrapped).where(wrapping_keys.c.day == DAY - 1)).scalar_one()
    with database.reading() as connection:
        item_key = connection.execute(select(vault_items.c.key_id).where(vault_items.c.id == erased.id)).scalar_one()
    gone = [wrapped[item_key], day_key]
    assert all(any(key in content for content in tree(tmp_path / "wrapped").values()) for key in gone)
    database.write(lambda connection: vault.erase(connection, [erased.id], NOW))
    shred(database, vault, DAY - 1)
    assert [key for key in gone for content in tree(tmp_path / "wrapped").values() if key in content] == []
    database.close()


class Backup:
    """Copies of a SQLite record and its wrapped keys."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def take(self) -> None:
        for name in ("record.db", "wrapped/wrapped.db"):
            (self.folder / f"{name}.backup").write_bytes((self.folder / name).read_bytes())

    def restore(self, name: str) -> None:
        for ending in ("-wal", "-shm"):
            (self.folder / f"{name}{ending}").unlink(missing_ok=True)
        shutil.copy(self.folder / f"{name}.backup", self.folder / name)


@pytest.mark.parametrize("restored", [("record.db",), ("wrapped/wrapped.db",), ("record.db", "wrapped/wrapped.db")], ids=str)
def test_a_restored_backup_does_not_bring_back_what_was_destroyed(
    places: Places, tmp_path: Path, restored: tuple[str, ...]
) -> None:
    erased, shredded, kept = an_item(), an_item(day=DAY - 1), an_item(b"kept")
    clean = an_item(day=DAY - 2, clean=1)
    everything = (erased, shredded, clean, kept)
    backup = Backup(tmp_path)

    def opened(work: Callable[[Database, Vault], None]) -> None:
        keys, database = open_keys(places, make=True), Database(places.record)
        METADATA.create_all(database.engine)
        work(database, Vault(keys))
        database.close()
        keys.close()

    def destroy(database: Database, vault: Vault) -> None:
        assert readable(database, vault, *everything) == [True] * 4
        database.write(lambda connection: vault.erase(connection, [erased.id], NOW))
        database.write(lambda connection: vault.shred_clean(connection, DAY - 2, "tg", NOW))
        shred(database, vault, DAY - 1)
        with database.reading() as connection:
            stones.extend(all_tombstones(connection))

    def check(database: Database, vault: Vault) -> None:
        also = stones if len(restored) == 2 else ()
        replayed = database.write(lambda connection: vault.replay_tombstones(connection, NOW, also))
        assert replayed.tombstones == (3 if "record.db" in restored else 0)
        assert replayed.keys == (3 if "wrapped/wrapped.db" in restored else 0)
        assert readable(database, vault, *everything) == [False, False, False, True]
        with database.reading() as connection:
            assert connection.execute(select(func.count()).select_from(vault_items)).scalar() == 1
            assert {stone.key_id for stone in all_tombstones(connection)} == {stone.key_id for stone in stones}
        again = database.write(lambda connection: vault.replay_tombstones(connection, NOW))
        assert tuple(again) == (0, 0, 0)

    stones: list[Tombstone] = []
    opened(lambda database, vault: put(database, vault, *everything))
    backup.take()
    opened(destroy)
    for name in restored:
        backup.restore(name)
    opened(check)


def test_snippets_digests_and_search_words_go_with_their_day(database: Database, vault: Vault) -> None:
    put(database, vault, an_item(ledger_seq=1), an_item(ledger_seq=2), an_item(ledger_seq=3, day=DAY - 1))
    database.write(_write_traces)
    with database.reading() as connection:
        held = connection.execute(select(vault_items.c.id).where(vault_items.c.ledger_seq == 2)).scalar_one()
    database.write(lambda connection: vault.hold(connection, "case-1", [held], NOW))
    shred(database, vault)
    with database.reading() as connection:
        found = connection.execute(select(findings.c.digest, findings.c.snippet).order_by(findings.c.ledger_seq)).all()
        words = connection.execute(select(incident_words.c.ledger_seq).order_by(incident_words.c.ledger_seq)).scalars().all()
        senders = connection.execute(select(ledger.c.sender, ledger.c.twin).order_by(ledger.c.seq)).all()
    assert [tuple(row) for row in found] == [(None, None), (b"d" * 16, "masked"), (b"d" * 16, "masked")]
    assert words == [2, 3]
    assert [row.sender is None and row.twin is None for row in senders] == [True, False, False]


def test_a_restored_record_does_not_bring_back_the_traces_of_one_message(database: Database, vault: Vault) -> None:
    erased = an_item(ledger_seq=1)
    put(database, vault, erased, an_item(ledger_seq=2))
    database.write(_write_traces)
    with database.reading() as connection:
        before = connection.execute(select(vault_items).where(vault_items.c.id == erased.id)).mappings().one()
    database.write(lambda connection: vault.erase(connection, [erased.id], NOW))
    settle(database, vault)

    def restore(connection: Connection) -> None:
        connection.execute(delete(tombstones))
        connection.execute(insert(vault_items).values(**before))

    database.write(restore)
    database.write(lambda connection: vault.replay_tombstones(connection, NOW))
    with database.reading() as connection:
        found = connection.execute(select(findings.c.digest, findings.c.snippet).order_by(findings.c.ledger_seq)).all()
        words = connection.execute(select(incident_words.c.ledger_seq).order_by(incident_words.c.ledger_seq)).scalars().all()
        senders = connection.execute(select(ledger.c.sender).order_by(ledger.c.seq)).scalars().all()
    assert [tuple(row) for row in found[:2]] == [(None, None), (b"d" * 16, "masked")]
    assert (words, [sender is None for sender in senders]) == ([2, 3], [True, False, False])


def _write_traces(connection: Connection) -> None:
    """Three messages of one incident with a finding each: two of DAY, one of the day before."""
    told: dict[str, object] = {"severity": 1, "decision": 1, "would": 1, "connector": "tg"}
    of_incident = {"group_key": "g", "state": "opened", "policy": "p", "rule": "r", "opened_at": NOW, "updated_at": NOW}
    connection.execute(insert(incidents).values(id="i", number=1, **of_incident, **told))
    for seq in (1, 2, 3):
        moments = dict.fromkeys(("received_at", "decided_at"), NOW - timedelta(days=seq // 3))
        keyed = {"identity": bytes([seq]) * 16, "sender": b"s" * 16, "twin": b"t" * 16, "leaf": bytes(32)}
        of_ledger = {"seq": seq, "message": f"m{seq}", "door": "messages", "decided_by": "policy"}
        connection.execute(insert(ledger).values(**of_ledger, **moments, **keyed, **told))
        place = {
            "ordinal": 0,
            "entity": "RU_INN",
            "detector": "ru_inn",
            "origin": "body",
            "start": 0,
            "end": 1,
            "confidence": 1.0,
        }
        connection.execute(insert(findings).values(ledger_seq=seq, digest=b"d" * 16, snippet="masked", **place))
        connection.execute(insert(incident_words).values(incident_id="i", ledger_seq=seq, words="masked"))
