"""The opened keys of an installation: digests, small sealed secrets, the audit chain's signing key."""

from __future__ import annotations

import hashlib
import hmac
import os
import threading
from collections.abc import Sequence
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import func, select

from dlp.clock import Clock, SystemClock
from dlp.store.audit.verifier import succession_text
from dlp.store.vault import start_up
from dlp.store.vault.aead import NONCE_BYTES, derived, packed
from dlp.store.vault.errors import KeyFault, SealBroken
from dlp.store.vault.key_provider import KeyProvider
from dlp.store.vault.key_store import KeyStore
from dlp.store.vault.key_tables import named_keys
from dlp.store.vault.start_up import KeyPlaces
from dlp.store.vault.wrapping import Signing, about_named, add_named

_DIGEST_BYTES: Final = 16
_VERSION: Final = 1
_HEAD_BYTES: Final = 5  # version and epoch
_SALT_BYTES: Final = 24


class SigningKey(NamedTuple):
    """The public part of a signing key; `key_id` is the SHA-256 of `public` in hexadecimal.

    `signature` is by `previous` over "dlp-key-succession-1 PREVIOUS KEY_ID PUBLIC"; both are None for the first key.
    """

    key_id: str
    public: bytes
    previous: str | None
    signature: bytes | None


def open_keys(places: KeyPlaces, *, make: bool = False, adopt: bool = False, clock: Clock | None = None) -> Keys:
    """The keys of an installation. Raises KeyFault, and then nothing was written, StoreDown.

    `make` makes them where there is neither a key, nor a store of wrapped keys, nor a used record. `adopt` makes a store
    for a key that is there already (keys told by the environment always are).
    """
    clock = clock or SystemClock()
    with start_up.closed_on_failure(start_up.opened_at(places)) as opened:
        if not start_up.is_made(opened.store):
            start_up.make(opened, places, allowed=make, adopt=adopt, now=clock.now())
        start_up.check(opened)
        return Keys(opened.store, opened.provider, clock)


class Keys:
    """Opened keys; safe to share between threads. `store` and `provider` are for the vault and for `dlp keys`."""

    def __init__(self, store: KeyStore, provider: KeyProvider, clock: Clock) -> None:
        self.store, self.provider, self.clock = store, provider, clock
        self._lock = threading.Lock()
        self._named: dict[tuple[str, int], bytes] = {}
        self._newest: dict[str, int] = {}
        self._derived: dict[tuple[int, str], bytes] = {}
        self.reload()

    @property
    def digest_epoch(self) -> int:
        """The epoch new digests are made with."""
        return self._newest["digests"]

    def digest(self, entity: str, value: str, epoch: int | None = None) -> bytes:
        """16 bytes that are the same for the same value of an entity, and tell nothing without the key."""
        key = self._key("digests", epoch or self.digest_epoch)
        return hmac.digest(key, packed(entity, value), "sha256")[:_DIGEST_BYTES]

    def twin(self, text: str, files: Sequence[str | bytes], person: str | None) -> bytes:
        """16 bytes that are the same for one message seen through two doors: folded text, the files' hashes, who sent it."""
        told = packed(text, person, *files)
        return hmac.digest(self._key("twins", self._newest["twins"]), told, "sha256")[:_DIGEST_BYTES]

    def mac_key(self, purpose: str) -> bytes:
        """32 bytes for a HMAC of one purpose ("acknowledge", "cursor")."""
        return derived(self._key("macs", self._newest["macs"]), purpose)

    def seal(self, purpose: str, plain: bytes) -> bytes:
        """A small secret sealed for one purpose; "totp:USER" binds it to that user as well.

        Every blob has a key of its own, derived from 96 random bits of its salt, so that no count of blobs wears a key out.
        """
        epoch = self._newest["secrets"]
        head = bytes([_VERSION]) + epoch.to_bytes(4, "big")
        salt = os.urandom(_SALT_BYTES)
        return head + salt + self._box(purpose, epoch, salt).encrypt(salt[-NONCE_BYTES:], plain, packed(head, purpose))

    def open(self, purpose: str, sealed: bytes) -> bytes:
        """What was sealed for this purpose. Raises SealBroken."""
        head, rest = bytes(sealed[:_HEAD_BYTES]), bytes(sealed[_HEAD_BYTES:])
        salt, box = rest[:_SALT_BYTES], rest[_SALT_BYTES:]
        try:
            # The head is in the associated data, so another version fails there; another epoch has no key or another one.
            key = self._box(purpose, int.from_bytes(head[1:], "big"), salt)
            return key.decrypt(salt[-NONCE_BYTES:], box, packed(head, purpose))
        except (InvalidTag, ValueError, KeyFault) as error:
            raise SealBroken("sealed bytes are not what was sealed", purpose=purpose.partition(":")[0]) from error

    def signing_key(self) -> Ed25519PrivateKey:
        """The key that signs checkpoints and packs now."""
        return Ed25519PrivateKey.from_private_bytes(self._key("audit", self._newest["audit"]))

    def signing_keys(self) -> tuple[SigningKey, ...]:
        """The public parts of all signing keys there were, the first first."""
        query = select(named_keys.c.public, named_keys.c.signed).where(named_keys.c.name == "audit").order_by(named_keys.c.epoch)
        with self.store.reading() as connection:
            rows = connection.execute(query).all()
        ids = [hashlib.sha256(row.public).hexdigest() for row in rows]
        return tuple(
            SigningKey(key_id, bytes(row.public), before, None if row.signed is None else bytes(row.signed))
            for key_id, before, row in zip(ids, [None, *ids], rows, strict=False)
        )

    def rotate_signing_key(self) -> SigningKey:
        """A new signing key, signed by the one before it."""
        old, new = self.signing_key(), Ed25519PrivateKey.generate()
        public = new.public_key().public_bytes_raw()
        before, key_id = (hashlib.sha256(key).hexdigest() for key in (old.public_key().public_bytes_raw(), public))
        signed = old.sign(succession_text(before, key_id, public))
        self._add("audit", Signing(new, signed))
        return SigningKey(key_id, public, before, signed)

    def rotate_digests(self) -> int:
        """A new epoch of digests; older digests are compared by giving their epoch. The new epoch."""
        return self._add("digests")

    def rotate_secrets(self) -> int:
        """A new epoch of the key of small secrets; what was sealed before still opens. The new epoch."""
        return self._add("secrets")

    def reload(self) -> None:
        """Reads the named keys again: another process may have rotated one."""
        with self.store.reading() as connection:
            rows = connection.execute(select(named_keys)).all()
        named = {
            (row.name, row.epoch): self.provider.unwrap(row.kek, bytes(row.wrapped), about_named(row.name, row.epoch))
            for row in rows
        }
        with self._lock:
            self._named = named
            self._newest = {name: max(epoch for other, epoch in named if other == name) for name, _ in named}

    def close(self) -> None:
        """Lets the store go and forgets the keys."""
        with self._lock:
            self._named, self._derived = {}, {}
        self.store.close()

    def _add(self, name: str, signing: Signing | None = None) -> int:
        with self.store.writing() as connection:
            newest = connection.execute(select(func.max(named_keys.c.epoch)).where(named_keys.c.name == name)).scalar_one()
            if newest != self._newest[name]:
                raise KeyFault(f"another process rotated {name} just now", code="key_rotated")
            add_named(connection, self.provider, (name, newest + 1), now=self.clock.now(), signing=signing)
        self.reload()
        return self._newest[name]

    def _key(self, name: str, epoch: int) -> bytes:
        found = self._named.get((name, epoch))
        if found is None:
            self.reload()
            found = self._named.get((name, epoch))
        if found is None:
            raise KeyFault(f"there is no epoch {epoch} of {name}", code="key_epoch")
        return found

    def _box(self, purpose: str, epoch: int, salt: bytes) -> AESGCM:
        # Purposes are few; what stands behind the colon is bound by the associated data.
        slot = (epoch, purpose.partition(":")[0])
        key = self._derived.get(slot)
        if key is None:
            key = self._derived[slot] = derived(self._key("secrets", epoch), slot[1])
        return AESGCM(hmac.digest(key, salt[:-NONCE_BYTES], "sha256"))
