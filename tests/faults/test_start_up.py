"""A server that cannot start says why in one sentence and writes nothing."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path

import pytest

from tests.serving import Server, dlp, prepare


@pytest.fixture
def home(tmp_path: Path) -> Path:
    made = tmp_path / "home"
    made.mkdir()
    prepare(made)
    return made


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def _refusal(home: Path, *arguments: str) -> str:
    """What is said where a start is refused; nothing may have been written."""
    before = _files(home)
    ended = dlp("serve", *(arguments or ("--port", "0")), environment=Server(home).environment)
    assert ended.returncode == 2, ended.stderr
    assert _files(home) == before
    assert ended.stdout == ""
    sentences = ended.stderr.strip().splitlines()
    assert len(sentences) == 1, ended.stderr
    return sentences[0]


def test_without_its_key_it_names_the_key_it_wants(home: Path) -> None:
    [key] = [path for path in (home / "keys").iterdir() if path.suffix == ".key"]
    key.unlink()
    assert key.stem in _refusal(home)


def test_not_even_init_makes_new_keys_for_a_record_that_is_used(home: Path) -> None:
    shutil.rmtree(home / "keys")
    _refusal(home, "--init", "--port", "0")


def test_with_another_installations_key_it_does_not_start(home: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    prepare(other)
    shutil.rmtree(home / "keys")
    shutil.copytree(other / "keys", home / "keys")
    assert "key" in _refusal(home)


def test_a_taken_port_is_told(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert _refusal(home, "--port", str(port)) == f"dlp serve: cannot listen on 127.0.0.1:{port}: Address already in use"
