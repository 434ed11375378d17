"""A new key-encryption key, also when the rotation is killed in the middle."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from dlp.store.database import Database
from dlp.store.vault.errors import KeyFault
from dlp.store.vault.inventory import inventory
from dlp.store.vault.key_tables import key_encryption_keys, named_keys, wrapping_keys
from dlp.store.vault.keys import Keys, open_keys
from dlp.store.vault.rotation import Rotated, rotate
from dlp.store.vault.vault import Vault
from dlp.store.vault.wrapping import Place
from tests.store.vault.evidence import DAY, NOW, Places, an_item, tree
from tests.store.vault.test_destruction import put, readable


def rotated(keys: Keys) -> Rotated:
    return rotate(keys.store, keys.provider, NOW)


def test_after_a_rotation_everything_opens_with_the_new_key_alone(
    database: Database, vault: Vault, vault_keys: Keys, vault_places: Places
) -> None:
    items = [an_item(day=DAY - number) for number in range(5)]
    put(database, vault, *items)
    database.write(lambda connection: vault.hold(connection, "case-1", [items[0].id], NOW))
    sealed, digest = vault_keys.seal("totp", b"x"), vault_keys.digest("RU_INN", "1")
    done = rotated(vault_keys)
    assert done.rewrapped == 5 + 6
    for retired in vault_places.keys.glob("*.retired"):
        retired.unlink()
    again = open_keys(vault_places)
    assert readable(database, Vault(again), *items) == [True] * 5
    assert (again.open("totp", sealed), again.digest("RU_INN", "1")) == (b"x", digest)
    again.close()


def test_who_is_running_goes_on_through_a_rotation(database: Database, vault: Vault, vault_places: Places) -> None:
    before, after = an_item(), an_item(day=DAY + 1)
    put(database, vault, before)
    other = open_keys(vault_places)
    done = rotated(other)
    put(database, vault, after)
    assert readable(database, vault, before, after) == [True, True]
    with other.store.reading() as connection:
        assert set(connection.execute(select(wrapping_keys.c.kek)).scalars()) == {done.key_id}
    other.close()


def test_the_old_key_file_is_kept_aside(keys: Keys, places: Places) -> None:
    old = inventory(keys.store, keys.provider).keys[0].id
    done = rotated(keys)
    assert done.retired == (old,)
    assert sorted(path.name for path in places.keys.iterdir()) == sorted([f"{old}.key.retired", f"{done.key_id}.key"])
    told = inventory(keys.store, keys.provider)
    assert [(key.id, key.state, key.fits) for key in told.keys] == [(old, "retired", ""), (done.key_id, "current", "ok")]


def test_bytes_wrapped_under_the_old_key_leave_the_store_s_files(keys: Keys, tmp_path: Path) -> None:
    with keys.store.reading() as connection:
        wrapped = list(connection.execute(select(named_keys.c.wrapped)).scalars())
    rotated(keys)
    assert [key for key in wrapped for content in tree(tmp_path / "wrapped").values() if key in content] == []


def test_a_rotation_with_keys_of_the_environment_takes_the_one_the_store_does_not_know(places: Places) -> None:
    old, new = (f"{name}={letter * 43}=" for name, letter in (("k1", "A"), ("k2", "Q")))
    open_keys(places._replace(key_values=old), adopt=True).close()
    alone = open_keys(places._replace(key_values=old))
    with pytest.raises(KeyFault, match="DLP_KEYS"):
        rotated(alone)
    alone.close()
    both = open_keys(places._replace(key_values=f"{old} {new}"))
    assert rotated(both).key_id == "k2"
    both.close()
    open_keys(places._replace(key_values=new)).close()


KILLED = """
import os, signal, sys
from pathlib import Path
from dlp.store.vault import key_provider
from dlp.store.vault.keys import open_keys
from dlp.store.vault.rotation import rotate
from dlp.store.vault import rotation
from tests.store.vault.evidence import NOW, Places

rotation._TOGETHER = 3
steps = int(sys.argv[2])

class Dying(key_provider.FileKeys):
    # Every use of the provider is a place to be killed at.
    def _die(self):
        global steps
        steps -= 1
        if steps < 0:
            os.kill(os.getpid(), signal.SIGKILL)
    def make(self):
        made = super().make(); self._die(); return made
    def keep(self, id):
        self._die(); super().keep(id); self._die()
    def retire(self, id):
        self._die(); super().retire(id); self._die()
    def wrap(self, id, key, about):
        self._die(); return super().wrap(id, key, about)

places = Places.below(Path(sys.argv[1]))
keys = open_keys(places)
rotate(keys.store, Dying(places.keys), NOW)
keys.close()
"""


@pytest.mark.parametrize("step", [0, 1, 2, 3, 4, 7, 11, 14, 15, 16])
def test_a_killed_rotation_loses_nothing_and_is_ended_by_the_next(places: Places, tmp_path: Path, step: int) -> None:
    keys = open_keys(places, make=True)
    sealed = keys.seal("totp", b"x")
    for number in range(7):
        Vault(keys)._keys.take(Place("day", number, "tg"), 1, NOW, lambda _: False)
    keys.close()
    done = subprocess.run([sys.executable, "-c", KILLED, tmp_path, str(step)], env={**os.environ, "PYTHONPATH": "."}, check=False)
    assert done.returncode == -signal.SIGKILL
    again = open_keys(places)
    assert again.open("totp", sealed) == b"x"
    rotated(again)
    with again.store.reading() as connection:
        states = connection.execute(select(key_encryption_keys.c.state, key_encryption_keys.c.id)).all()
        used = set(connection.execute(select(wrapping_keys.c.kek)).scalars())
    current = [name for state, name in states if state == "current"]
    assert {state for state, _ in states} == {"current", "retired"}
    assert used == set(current)
    assert [path.stem for path in places.keys.glob("*.key")] == current
    again.close()
    for retired in places.keys.glob("*.retired"):
        retired.unlink()
    last = open_keys(places)
    assert last.open("totp", sealed) == b"x"
    last.close()
