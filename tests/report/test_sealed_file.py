"""An export's file is unreadable on disk, and what was changed or cut is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dlp.errors import NotFound
from dlp.report import sealed_file
from dlp.store.vault.errors import SealBroken
from dlp.store.vault.keys import Keys, open_keys
from tests.installations import settings_in


@pytest.fixture
def keys(tmp_path: Path) -> Iterator[Keys]:
    opened = open_keys(settings_in(tmp_path / "home"), make=True)
    yield opened
    opened.close()


@pytest.mark.parametrize("size", [0, 1, 1 << 20, (1 << 20) + 1, 3 << 20])
def test_what_was_written_is_read(tmp_path: Path, keys: Keys, size: int) -> None:
    content = b"secret!!" * (size // 8) + b"x" * (size % 8)
    written = sealed_file.write(tmp_path / "e", keys, "e", [content[:5], content[5:]])
    assert written.size == size
    assert b"".join(sealed_file.read(tmp_path / "e", keys, "e")) == content
    assert b"secret" not in (tmp_path / "e").read_bytes()


def test_a_file_cut_short_at_a_piece_is_refused(tmp_path: Path, keys: Keys) -> None:
    path = tmp_path / "e"
    sealed_file.write(path, keys, "e", [b"x" * (2 << 20)])
    whole = path.read_bytes()
    first = 4 + int.from_bytes(whole[:4], "big")
    path.write_bytes(whole[:first])
    with pytest.raises(SealBroken):
        list(sealed_file.read(path, keys, "e"))


def test_another_export_under_its_name_is_refused(tmp_path: Path, keys: Keys) -> None:
    sealed_file.write(tmp_path / "e", keys, "e", [b"x"])
    with pytest.raises(SealBroken):
        list(sealed_file.read(tmp_path / "e", keys, "other"))


def test_a_file_that_is_gone_is_told(tmp_path: Path, keys: Keys) -> None:
    with pytest.raises(NotFound):
        sealed_file.read(tmp_path / "none", keys, "none")
