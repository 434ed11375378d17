"""A file of an export on disk: sealed piece by piece, so that nothing people exported lies about readable."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

from dlp.errors import NotFound

if TYPE_CHECKING:
    from dlp.store.vault.keys import Keys

_PIECE: Final = 1 << 20
_LENGTH: Final = 4


class Written(NamedTuple):
    """What was written: its size in bytes before sealing, and the file's SHA-256 then."""

    size: int
    sha256: str


def write(path: Path, keys: Keys, id: str, content: Iterable[bytes]) -> Written:
    """Writes `content` under `path`, whole or not at all; a piece is bound to its export and place."""
    from hashlib import sha256

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest, size = sha256(), 0
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        for number, (piece, is_last) in enumerate(_pieces(content)):
            digest.update(piece)
            size += len(piece)
            sealed = keys.seal(f"export:{id}:{number}:{is_last}", piece)
            file.write(len(sealed).to_bytes(_LENGTH, "big") + sealed)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    return Written(size, digest.hexdigest())


def read(path: Path, keys: Keys, id: str) -> Iterator[bytes]:
    """The content that was written. Raises NotFound where the file is gone, SealBroken where it was changed or cut."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        raise NotFound("the export is no longer there", code="export_expired") from None
    return _opened(file, keys, id)


def _opened(file: BinaryIO, keys: Keys, id: str) -> Iterator[bytes]:
    with file:
        number, following = 0, _next(file)
        while following is not None:
            sealed, following = following, _next(file)
            yield keys.open(f"export:{id}:{number}:{following is None}", sealed)
            number += 1


def _next(file: BinaryIO) -> bytes | None:
    length = file.read(_LENGTH)
    return file.read(int.from_bytes(length, "big")) if length else None


def _pieces(content: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """The content in pieces of one size, each with whether it is the last; nothing at all is one empty piece."""
    waiting = bytearray()
    for some in content:
        waiting += some
        while len(waiting) > _PIECE:
            yield bytes(waiting[:_PIECE]), False
            del waiting[:_PIECE]
    yield bytes(waiting), True
