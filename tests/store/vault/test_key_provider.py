"""Key-encryption keys in files and in the environment."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest

from dlp.store.vault.errors import KeyFault, SealBroken
from dlp.store.vault.key_provider import EnvironmentKeys, FileKeys, KeyProvider

WRITTEN = base64.b64encode(bytes(range(32))).decode()


def a_file_key(folder: Path) -> tuple[FileKeys, str]:
    provider = FileKeys(folder)
    made = provider.make()
    provider.keep(made)
    return provider, made


def test_a_made_key_is_a_file_only_its_owner_reads(tmp_path: Path) -> None:
    _, made = a_file_key(tmp_path / "keys")
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "keys" / f"{made}.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o610])
def test_a_key_file_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    _, made = a_file_key(tmp_path)
    (tmp_path / f"{made}.key").chmod(mode)
    with pytest.raises(KeyFault, match="others may read") as told:
        FileKeys(tmp_path).wrap(made, b"k", b"")
    assert told.value.code == "key_exposed"
    assert told.value.params["key_id"] == made


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o722])
def test_a_folder_others_may_write_to_is_refused(tmp_path: Path, mode: int) -> None:
    _, made = a_file_key(tmp_path / "keys")
    (tmp_path / "keys").chmod(mode)
    with pytest.raises(KeyFault, match="others may write"):
        FileKeys(tmp_path / "keys").wrap(made, b"k", b"")


def test_a_key_is_not_in_use_before_it_is_kept(tmp_path: Path) -> None:
    provider = FileKeys(tmp_path)
    made = provider.make()
    assert provider.ids() == ()
    provider.keep(made)
    provider.keep(made)
    assert provider.ids() == (made,)


def test_keys_are_told_newest_last(tmp_path: Path) -> None:
    provider = FileKeys(tmp_path)
    first, second = provider.make(), provider.make()
    for name, seconds in ((second, 2), (first, 1)):
        provider.keep(name)
        os.utime(tmp_path / f"{name}.key", (seconds, seconds))
    assert provider.ids() == (first, second)


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeyFault, match=r"kek-1.*there is no .*kek-1\.key") as told:
        FileKeys(tmp_path).unwrap("kek-1", b"", b"")
    assert told.value.code == "key_missing"


def test_a_missing_key_that_was_retired_is_said_to_be(tmp_path: Path) -> None:
    provider, made = a_file_key(tmp_path)
    provider.retire(made)
    provider.retire(made)
    assert provider.ids() == ()
    with pytest.raises(KeyFault, match="rename it to use it again"):
        FileKeys(tmp_path).wrap(made, b"k", b"")


@pytest.mark.parametrize("content", [b"", b"no base64!", base64.b64encode(b"short"), base64.b64encode(bytes(33))])
def test_a_file_that_holds_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "kek-1.key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(KeyFault, match="is no key"):
        FileKeys(tmp_path).wrap("kek-1", b"k", b"")


@pytest.mark.parametrize("name", ["../escape", "", "a/b", ".hidden", "x" * 65])
def test_a_name_that_leaves_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(KeyFault, match="cannot be called"):
        FileKeys(tmp_path).wrap(name, b"k", b"")


def test_the_environment_tells_keys_newest_last() -> None:
    provider = EnvironmentKeys(f"old={WRITTEN}, new={base64.b64encode(bytes(32)).decode()}")
    assert provider.ids() == ("old", "new")


def test_a_key_of_the_environment_is_never_made() -> None:
    with pytest.raises(KeyFault, match="DLP_KEYS"):
        EnvironmentKeys(f"a={WRITTEN}").make()


@pytest.mark.parametrize("told", ["=x", "a=short", "a", "a b=1"])
def test_an_environment_that_tells_no_keys_is_refused_without_quoting_it(told: str) -> None:
    with pytest.raises(KeyFault) as refused:
        EnvironmentKeys(told)
    assert "short" not in str(refused.value)


def test_every_provider_unwraps_only_what_it_wrapped_for_the_same_thing(tmp_path: Path) -> None:
    files, made = a_file_key(tmp_path)
    providers: tuple[tuple[KeyProvider, str], ...] = ((files, made), (EnvironmentKeys(f"a={WRITTEN}"), "a"))
    for provider, name in providers:
        wrapped = provider.wrap(name, b"k" * 32, b"about")
        assert b"k" * 8 not in wrapped
        assert provider.unwrap(name, wrapped, b"about") == b"k" * 32
        with pytest.raises(SealBroken):
            provider.unwrap(name, wrapped, b"other")
        with pytest.raises(KeyFault, match="missing"):
            provider.unwrap("another", wrapped, b"about")
