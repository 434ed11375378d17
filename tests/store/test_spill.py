from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from dlp.errors import UnavailableError
from dlp.records import Decision
from dlp.store import spill
from dlp.store.spill import Spill, Spilled, in_portions
from dlp.store.vault.errors import SealBroken
from dlp.store.vault.keys import Keys, open_keys
from tests.builders import WEDNESDAY_NOON as NOW
from tests.builders import a_message
from tests.installations import settings_in

ONE = Spilled(a_message("карта 4111", id="1", conversation="c"), "portal", "verdict", NOW, Decision.BLOCK)


@pytest.fixture
def keys(tmp_path: Path) -> Iterator[Keys]:
    opened = open_keys(settings_in(tmp_path / "home"), make=True)
    yield opened
    opened.close()


def test_what_was_answered_is_on_disk_sealed_and_in_order(tmp_path: Path, keys: Keys) -> None:
    kept = Spill(tmp_path, keys)
    later = ONE._replace(received_at=NOW + timedelta(seconds=1))
    kept.add(later)
    kept.add(ONE)
    paths = Spill(tmp_path, keys).waiting()
    assert [kept.read(path) for path in paths] == [ONE, later]
    for path in paths:
        assert path.stat().st_mode & 0o777 == 0o600
        assert b"4111" not in path.read_bytes()
    assert kept.waiting()[0].parent.stat().st_mode & 0o777 == 0o700


def test_nothing_waits_where_nothing_was_spilled(tmp_path: Path, keys: Keys) -> None:
    assert Spill(tmp_path / "none", keys).waiting() == []


def test_a_file_half_written_is_not_taken_for_whole(tmp_path: Path, keys: Keys) -> None:
    kept = Spill(tmp_path, keys)
    kept.add(ONE)
    (tmp_path / "spill" / "x.half").write_bytes(b"half")
    assert len(kept.waiting()) == 1


def test_a_damaged_file_is_set_aside_and_not_lost(tmp_path: Path, keys: Keys) -> None:
    kept = Spill(tmp_path, keys)
    kept.add(ONE)
    path = kept.waiting()[0]
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    with pytest.raises(SealBroken):
        kept.read(path)
    kept.set_aside(path)
    assert kept.waiting() == []
    assert [found.suffix for found in (tmp_path / "spill").iterdir()] == [".damaged"]


def test_a_folder_that_is_full_or_cannot_be_written_says_so(tmp_path: Path, keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spill, "MOST", 1)
    kept = Spill(tmp_path, keys)
    kept.add(ONE)
    with pytest.raises(UnavailableError):
        kept.add(ONE)
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UnavailableError):
        Spill(tmp_path / "file", keys).add(ONE)


def test_portions_hold_everything_once() -> None:
    paths = [Path(str(number)) for number in range(250)]
    assert [len(portion) for portion in in_portions(paths)] == [100, 100, 50]
    assert [path for portion in in_portions(paths) for path in portion] == paths
