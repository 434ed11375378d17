"""Opened keys: when they are made, when they are refused, and what they make."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from dlp.clock import SetClock
from dlp.store.audit.verifier import succession_text
from dlp.store.columns import METADATA
from dlp.store.database import Database
from dlp.store.tables.access import users
from dlp.store.vault.aead import packed
from dlp.store.vault.errors import KeyFault, SealBroken
from dlp.store.vault.key_provider import FileKeys
from dlp.store.vault.keys import Keys, open_keys
from tests.store.vault.evidence import NOW, Places, tree


def key_file(places: Places) -> Path:
    return next(places.keys.glob("*.key"))


def wrapped_file(places: Places) -> Path:
    return Path(places.key_store.removeprefix("sqlite:///"))


def test_keys_are_made_once_and_found_again(places: Places) -> None:
    made = open_keys(places, make=True)
    digest, sealed = made.digest("RU_INN", "7707083893"), made.seal("totp", b"secret")
    made.close()
    again = open_keys(places)
    assert again.digest("RU_INN", "7707083893") == digest
    assert again.open("totp", sealed) == b"secret"
    assert len(list(places.keys.iterdir())) == 1
    again.close()


def test_nothing_is_made_unless_it_is_asked_for(places: Places, tmp_path: Path) -> None:
    with pytest.raises(KeyFault, match="dlp keys init") as told:
        open_keys(places)
    assert told.value.code == "keys_missing"
    assert tree(tmp_path) == {}
    assert list(tmp_path.iterdir()) == []


def test_a_store_without_its_key_does_not_open_and_says_which_key_it_wants(keys: Keys, places: Places, tmp_path: Path) -> None:
    keys.close()
    gone = key_file(places)
    gone.unlink()
    before = tree(tmp_path)
    with pytest.raises(KeyFault, match=gone.stem) as told:
        open_keys(places, make=True, adopt=True)
    assert told.value.params["key_id"] == gone.stem
    assert tree(tmp_path) == before


def test_a_store_with_another_key_of_the_same_name_does_not_open(keys: Keys, places: Places, tmp_path: Path) -> None:
    keys.close()
    other = FileKeys(tmp_path / "others")
    made = other.make()
    shutil.copy(tmp_path / "others" / f"{made}.key.new", key_file(places))
    before = tree(tmp_path)
    with pytest.raises(KeyFault, match="is not the one") as told:
        open_keys(places)
    assert told.value.code == "key_wrong"
    assert tree(tmp_path) == before


def test_a_key_file_others_may_read_opens_nothing(keys: Keys, places: Places, tmp_path: Path) -> None:
    keys.close()
    key_file(places).chmod(0o640)
    before = tree(tmp_path)
    with pytest.raises(KeyFault, match="chmod 600"):
        open_keys(places)
    assert tree(tmp_path) == before


def test_a_key_without_a_store_is_adopted_only_when_told(keys: Keys, places: Places) -> None:
    keys.close()
    shutil.rmtree(wrapped_file(places).parent)
    with pytest.raises(KeyFault, match="--init") as told:
        open_keys(places, make=True)
    assert told.value.code == "store_missing"
    assert not wrapped_file(places).exists()
    before = key_file(places)
    open_keys(places, adopt=True).close()
    assert key_file(places) == before


def test_keys_are_never_made_for_a_record_that_was_written_with_others(places: Places) -> None:
    record = Database(places.record)
    METADATA.create_all(record.engine)
    row = {"id": "u", "login": "a", "name": "A", "roles": [], "state": "invited", "preferences": {}, "created_at": NOW}
    record.write(lambda connection: connection.execute(insert(users).values(row)))
    record.close()
    with pytest.raises(KeyFault, match="the record exists"):
        open_keys(places, make=True, adopt=True)
    assert not places.keys.exists()


def test_an_empty_record_is_no_hindrance(places: Places) -> None:
    record = Database(places.record)
    METADATA.create_all(record.engine)
    record.close()
    open_keys(places, make=True).close()


def test_a_kill_between_store_and_key_file_is_made_up_for(keys: Keys, places: Places) -> None:
    sealed = keys.seal("totp", b"x")
    keys.close()
    kept = key_file(places)
    kept.rename(kept.with_name(f"{kept.name}.new"))
    again = open_keys(places)
    assert again.open("totp", sealed) == b"x"
    assert key_file(places) == kept
    again.close()


def test_a_kill_before_the_store_had_a_key_is_made_up_for(places: Places) -> None:
    FileKeys(places.keys).make()
    open_keys(places, make=True).close()
    open_keys(places).close()


def test_a_database_in_the_folder_of_keys_is_refused(places: Places) -> None:
    with pytest.raises(KeyFault, match="must hold no database"):
        open_keys(places._replace(key_store=f"sqlite:///{places.keys / 'wrapped.db'}"), make=True)


def test_wrapped_keys_do_not_share_the_record_s_database(places: Places) -> None:
    with pytest.raises(KeyFault, match="of its own"):
        open_keys(places._replace(key_store=places.record), make=True)


def test_keys_of_the_environment_open_the_same_store(places: Places) -> None:
    told = places._replace(key_values="prod-1=" + "A" * 43 + "=")
    with pytest.raises(KeyFault, match="--init"):
        open_keys(told, make=True)
    made = open_keys(told, adopt=True)
    sealed = made.seal("totp", b"x")
    made.close()
    again = open_keys(told)
    assert again.open("totp", sealed) == b"x"
    again.close()
    with pytest.raises(KeyFault, match="prod-1"):
        open_keys(told._replace(key_values="prod-2=" + "A" * 43 + "="))


def test_the_store_of_wrapped_keys_is_its_owner_s_and_forgets_what_it_deletes(keys: Keys, places: Places) -> None:
    assert wrapped_file(places).stat().st_mode & 0o077 == 0
    assert wrapped_file(places).parent.stat().st_mode & 0o077 == 0
    with keys.store.reading() as connection:
        told = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("secure_delete", "synchronous", "journal_mode")
        }
    assert told == {"secure_delete": 1, "synchronous": 2, "journal_mode": "wal"}


def test_no_key_stands_in_the_store_in_clear(keys: Keys, places: Places) -> None:
    clear = [keys.signing_key().private_bytes_raw(), *keys._named.values()]
    keys.close()
    content = wrapped_file(places).read_bytes()
    assert [key for key in clear if key in content] == []
    with sqlite3.connect(wrapped_file(places)) as raw:
        assert raw.execute("select count(*) from named_keys").fetchone() == (5,)
    raw.close()


def test_a_digest_is_the_same_for_the_same_value_of_an_entity_only(keys: Keys) -> None:
    digest = keys.digest("RU_INN", "7707083893")
    assert len(digest) == 16
    assert digest == keys.digest("RU_INN", "7707083893")
    others = [keys.digest("RU_KPP", "7707083893"), keys.digest("RU_INN", "7707083894"), keys.digest("RU_INN7", "707083893")]
    assert digest not in others
    assert keys.digest("RU_INN", "\ud800") != keys.digest("RU_INN", "\ud801")


def test_a_new_epoch_of_digests_leaves_the_old_ones_comparable(keys: Keys) -> None:
    old = keys.digest("RU_INN", "1")
    assert keys.digest_epoch == 1
    assert keys.rotate_digests() == keys.digest_epoch == 2
    assert keys.digest("RU_INN", "1") != old
    assert keys.digest("RU_INN", "1", epoch=1) == old
    with pytest.raises(KeyFault):
        keys.digest("RU_INN", "1", epoch=3)


def test_digests_of_two_installations_have_nothing_in_common(keys: Keys, tmp_path: Path) -> None:
    other = open_keys(Places.below(tmp_path / "other"), make=True)
    assert other.digest("RU_INN", "1") != keys.digest("RU_INN", "1")
    assert other.mac_key("cursor") != keys.mac_key("cursor")
    other.close()


def test_twins_agree_on_text_files_and_person(keys: Keys) -> None:
    twin = keys.twin("hello", ["a", "b"], "p")
    assert len(twin) == 16
    assert twin == keys.twin("hello", [b"a", b"b"], "p")
    others = [("hello", ["ab"], "p"), ("hello", ["b", "a"], "p"), ("hellop", ["a", "b"], ""), ("hello", ["a", "b"], None)]
    assert twin not in [keys.twin(*other) for other in others]


def test_mac_keys_differ_by_purpose(keys: Keys) -> None:
    assert len(keys.mac_key("cursor")) == 32
    assert keys.mac_key("cursor") != keys.mac_key("acknowledge")
    assert keys.mac_key("cursor") == keys.mac_key("cursor")


def test_a_secret_opens_for_its_purpose_only(keys: Keys) -> None:
    sealed = keys.seal("totp:anna", b"secret")
    assert b"secret" not in sealed
    assert sealed != keys.seal("totp:anna", b"secret")
    assert keys.open("totp:anna", sealed) == b"secret"
    assert keys.open("totp:anna", memoryview(sealed)) == b"secret"  # type: ignore[arg-type]
    for purpose in ("totp:ivan", "totp", "hook", ""):
        with pytest.raises(SealBroken):
            keys.open(purpose, sealed)


def test_what_was_sealed_before_a_rotation_of_secrets_still_opens(keys: Keys) -> None:
    sealed = keys.seal("hook", b"old")
    assert keys.rotate_secrets() == 2
    assert keys.open("hook", sealed) == b"old"
    assert keys.seal("hook", b"new")[1:5] == (2).to_bytes(4, "big")


def test_an_epoch_another_process_made_is_found(keys: Keys, places: Places) -> None:
    other = open_keys(places, clock=SetClock(NOW))
    other.rotate_secrets()
    assert keys.open("hook", other.seal("hook", b"x")) == b"x"
    other.close()


def test_a_new_signing_key_is_signed_by_the_old(keys: Keys, places: Places) -> None:
    old = keys.signing_key().public_key()
    new = keys.rotate_signing_key()
    first, second = keys.signing_keys()
    assert second == new
    assert first.key_id == hashlib.sha256(old.public_bytes_raw()).hexdigest()
    assert (first.previous, first.signature, second.previous) == (None, None, first.key_id)
    assert second.public == keys.signing_key().public_key().public_bytes_raw()
    assert second.signature is not None
    old.verify(second.signature, succession_text(first.key_id, second.key_id, second.public))
    keys.close()
    again = open_keys(places)
    assert again.signing_keys() == (first, second)
    again.close()


def test_keys_that_are_closed_hold_no_key(keys: Keys) -> None:
    keys.close()
    assert keys._named == {}


@pytest.fixture(scope="module")
def module_keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return open_keys(Places.below(tmp_path_factory.mktemp("keys")), make=True)


@settings(max_examples=200, deadline=None)
@given(plain=st.binary(max_size=64), where=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_no_flipped_bit_of_a_secret_goes_unseen(module_keys: Keys, plain: bytes, where: int, bit: int) -> None:
    sealed = bytearray(module_keys.seal("totp", plain))
    sealed[where % len(sealed)] ^= 1 << bit
    with pytest.raises(SealBroken):
        module_keys.open("totp", bytes(sealed))


@settings(max_examples=100, deadline=None)
@given(plain=st.binary(max_size=64), length=st.integers(0, 200), tail=st.binary(max_size=3))
def test_a_secret_cut_short_or_lengthened_is_refused(module_keys: Keys, plain: bytes, length: int, tail: bytes) -> None:
    sealed = module_keys.seal("totp", plain)
    changed = sealed[:length] + tail
    if changed != sealed:
        with pytest.raises(SealBroken):
            module_keys.open("totp", changed)


_FIELDS = st.lists(st.none() | st.text(max_size=4) | st.integers(-5, 5), max_size=5)


@given(one=_FIELDS, other=_FIELDS)
def test_two_lists_of_fields_never_pack_to_the_same_bytes(one: list[str | int | None], other: list[str | int | None]) -> None:
    # An integer is eight bytes and a text of eight is another field only where its place is one's: both lists have fixed types.
    if [type(field) for field in one] == [type(field) for field in other]:
        assert (packed(*one) == packed(*other)) is (one == other)


def test_the_folder_of_keys_may_be_made_under_any_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        open_keys(Places.below(tmp_path), make=True).close()
    finally:
        os.umask(before)
    open_keys(Places.below(tmp_path)).close()
    assert [path for path in tmp_path.rglob("*") if path.is_file() and path.stat().st_mode & 0o077] == []
