"""Key-encryption keys: where they are kept, apart from everything they protect.

A provider wraps and unwraps under a key named by its id and never shows the key, so that a PKCS#11 token or a key
management service fits the same seam.
"""

from __future__ import annotations

import base64
import os
import re
import secrets
import stat
from binascii import Error as NotBase64
from contextlib import suppress
from pathlib import Path
from typing import Final, Protocol

from dlp.store.vault.aead import KEY_BYTES, opened, sealed
from dlp.store.vault.errors import KeyFault

_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class KeyProvider(Protocol):
    """Key-encryption keys by id."""

    def ids(self) -> tuple[str, ...]:
        """The keys in use here, the newest last. Raises KeyFault where they cannot be trusted."""
        ...

    def make(self) -> str:
        """A new key's id; it is not in use before `keep`. Raises KeyFault where this provider makes none."""
        ...

    def keep(self, id: str) -> None:
        """Puts a key that was made into use; nothing happens where it is already."""
        ...

    def retire(self, id: str) -> None:
        """Takes a key out of use; its owner destroys it when no backup needs it."""
        ...

    def wrap(self, id: str, key: bytes, about: bytes) -> bytes:
        """`key` sealed under the key of this id. Raises KeyFault where there is no such key."""
        ...

    def unwrap(self, id: str, wrapped: bytes, about: bytes) -> bytes:
        """What was wrapped. Raises KeyFault where there is no such key, SealBroken where it is another key."""
        ...


class FileKeys:
    """One file of mode 0600 a key, in a folder outside the databases' and the backups' folders.

    `ID.key` is in use, `ID.key.new` was made and not yet put into use, `ID.key.retired` is kept for old backups.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._keys: dict[str, bytes] = {}

    def ids(self) -> tuple[str, ...]:
        if not self._folder.is_dir():
            return ()
        self._refuse_open_folder()
        found = sorted(self._folder.glob("*.key"), key=lambda path: (path.stat().st_mtime_ns, path.name))
        return tuple(path.name.removesuffix(".key") for path in found)

    def make(self) -> str:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._refuse_open_folder()
        name = f"kek-{secrets.token_hex(6)}"
        file = os.open(self._path(name, ".new"), os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(file, "wb") as written:
            written.write(base64.b64encode(os.urandom(KEY_BYTES)) + b"\n")
            written.flush()
            os.fsync(written.fileno())
        self._flush_folder()
        return name

    def keep(self, id: str) -> None:
        with suppress(FileNotFoundError):
            self._path(id, ".new").rename(self._path(id))
            self._flush_folder()

    def retire(self, id: str) -> None:
        with suppress(FileNotFoundError):
            self._path(id).rename(self._path(id, ".retired"))
            self._flush_folder()

    def wrap(self, id: str, key: bytes, about: bytes) -> bytes:
        return sealed(self._key(id), key, about)

    def unwrap(self, id: str, wrapped: bytes, about: bytes) -> bytes:
        return opened(self._key(id), wrapped, about)

    def _key(self, id: str) -> bytes:
        if (known := self._keys.get(id)) is None:
            known = self._keys[id] = self._read(id)
        return known

    def _read(self, id: str) -> bytes:
        if not self._folder.is_dir():
            raise _missing(id, f"the folder {self._folder} is not there")
        self._refuse_open_folder()
        # Made, and killed before it was put into use: the store's check value says whether it is the right one.
        path = next((path for path in (self._path(id), self._path(id, ".new")) if path.exists()), None)
        if path is None:
            raise _missing(id, _where(self._path(id)))
        return _decoded(id, _private_bytes(id, path))

    def _path(self, id: str, ending: str = "") -> Path:
        if not _ID.fullmatch(id):
            raise KeyFault(f"a key cannot be called {id!r}", code="key_name")
        return self._folder / f"{id}.key{ending}"

    def _refuse_open_folder(self) -> None:
        mode = self._folder.stat().st_mode
        if mode & 0o022:
            raise KeyFault(f"others may write to the folder of keys {self._folder}: chmod 700 it", code="key_exposed")

    def _flush_folder(self) -> None:
        # A renamed file is on disk only when its folder is.
        folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


class EnvironmentKeys:
    """Keys told by the environment as `ID=BASE64`, separated by blanks or commas, the newest last."""

    def __init__(self, told: str) -> None:
        pairs = [pair.partition("=") for pair in re.split(r"[\s,]+", told) if pair]
        if any(not _ID.fullmatch(name) for name, _, _ in pairs):
            raise KeyFault("DLP_KEYS is not a list of ID=BASE64", code="key_name")
        self._keys = {name: _decoded(name, written.encode()) for name, _, written in pairs}

    def ids(self) -> tuple[str, ...]:
        return tuple(self._keys)

    def make(self) -> str:
        raise KeyFault("keys come from the environment: add a new ID=BASE64 to DLP_KEYS and repeat", code="key_external")

    def keep(self, id: str) -> None:
        """Nothing to do: what the environment tells is in use."""

    def retire(self, id: str) -> None:
        """Nothing to do: whoever sets the environment takes the key out of it."""

    def wrap(self, id: str, key: bytes, about: bytes) -> bytes:
        return sealed(self._key(id), key, about)

    def unwrap(self, id: str, wrapped: bytes, about: bytes) -> bytes:
        return opened(self._key(id), wrapped, about)

    def _key(self, id: str) -> bytes:
        if id not in self._keys:
            raise _missing(id, "it is not in DLP_KEYS")
        return self._keys[id]


def _missing(id: str, where: str) -> KeyFault:
    return KeyFault(f"the key {id} is missing: {where}", code="key_missing", key_id=id)


def _where(path: Path) -> str:
    retired = path.with_name(f"{path.name}.retired")
    return f"there is no {path}" + (f", but {retired.name}: rename it to use it again" if retired.exists() else "")


def _private_bytes(id: str, path: Path) -> bytes:
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except PermissionError as error:
        raise KeyFault(f"the key file {path} cannot be read by this user", code="key_unreadable", key_id=id) from error
    with os.fdopen(file, "rb") as content:
        status = os.fstat(file)
        # Secrets mounted into a container belong to root.
        if not stat.S_ISREG(status.st_mode) or status.st_mode & 0o077 or status.st_uid not in {os.geteuid(), 0}:
            raise KeyFault(f"others may read the key file {path}: chmod 600 it", code="key_exposed", key_id=id)
        return content.read(1024)


def _decoded(id: str, written: bytes) -> bytes:
    try:
        key = base64.b64decode(written.strip(), validate=True)
    except (NotBase64, ValueError) as error:
        raise KeyFault(f"the key {id} is no key: not BASE64", code="key_wrong", key_id=id) from error
    if len(key) != KEY_BYTES:
        raise KeyFault(f"the key {id} is no key: {len(key)} bytes, not {KEY_BYTES}", code="key_wrong", key_id=id)
    return key
