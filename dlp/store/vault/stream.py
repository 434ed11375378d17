"""Files: sealed in chunks of 1 MiB, so that neither sealing nor opening holds a file in memory.

A chunk's associated data holds its number and whether it is the last: chunks cannot be dropped, repeated, swapped or cut
off at the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from dlp.store.vault.aead import opened, packed, sealed
from dlp.store.vault.errors import SealBroken

CHUNK_BYTES: Final = 1 << 20


def sealed_chunks(key: bytes, source: Iterable[bytes], about: bytes) -> Iterator[bytes]:
    """`source`, in pieces of any size, as sealed chunks; an empty source gives one chunk."""
    waiting: bytes | None = None
    number = 0
    for chunk in _of_chunk_size(source):
        if waiting is not None:
            yield sealed(key, waiting, _about(about, number, last=False))
            number += 1
        waiting = chunk
    yield sealed(key, waiting or b"", _about(about, number, last=True))


def opened_chunks(key: bytes, chunks: Iterable[bytes], about: bytes) -> Iterator[bytes]:
    """What was sealed, chunk by chunk. Raises SealBroken, also at the end, where the last one is missing."""
    waiting: bytes | None = None
    number = 0
    for chunk in chunks:
        if waiting is not None:
            yield opened(key, waiting, _about(about, number, last=False))
            number += 1
        waiting = bytes(chunk)
    if waiting is None:
        raise SealBroken("a sealed file has no chunks")
    yield opened(key, waiting, _about(about, number, last=True))


def _about(about: bytes, number: int, *, last: bool) -> bytes:
    return packed(about, number, int(last))


def _of_chunk_size(source: Iterable[bytes]) -> Iterator[bytes]:
    gathered = bytearray()
    for piece in source:
        gathered += piece
        while len(gathered) >= CHUNK_BYTES:
            yield bytes(gathered[:CHUNK_BYTES])
            del gathered[:CHUNK_BYTES]
    if gathered:
        yield bytes(gathered)
