"""Every detector there is; a new module costs one line here.

What the one pass must know of each is kept in the cache, so that a detector's module is imported when something it looks for
is seen: most messages need none of them.
"""

from __future__ import annotations

import contextlib
import pickle
from functools import cache
from hashlib import blake2b
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from dlp.cache import TrustedFolder
from dlp.detect.detector import AnyDetector

MODULES: tuple[str, ...] = (
    "dlp.detect.contact.date_of_birth",
    "dlp.detect.contact.email_address",
    "dlp.detect.contact.phone_number",
    "dlp.detect.contact.street_address",
    "dlp.detect.foreign.national_number",
    "dlp.detect.foreign.uk_nino",
    "dlp.detect.foreign.us_numbers",
    "dlp.detect.network.ip_address",
    "dlp.detect.network.mac_address",
    "dlp.detect.payment.card_number",
    "dlp.detect.payment.crypto_wallet",
    "dlp.detect.payment.iban",
    "dlp.detect.payment.swift_code",
    "dlp.detect.russian.bank_account",
    "dlp.detect.russian.bik",
    "dlp.detect.russian.birth_certificate",
    "dlp.detect.russian.cadastral_number",
    "dlp.detect.russian.driver_licence",
    "dlp.detect.russian.foreign_passport",
    "dlp.detect.russian.inn",
    "dlp.detect.russian.kpp",
    "dlp.detect.russian.military_id",
    "dlp.detect.russian.ogrn",
    "dlp.detect.russian.oms",
    "dlp.detect.russian.passport",
    "dlp.detect.russian.snils",
    "dlp.detect.russian.vehicle_plate",
    "dlp.detect.russian.vin",
    "dlp.detect.secrets.ai_services",
    "dlp.detect.secrets.cloud",
    "dlp.detect.secrets.databases",
    "dlp.detect.secrets.delivery",
    "dlp.detect.secrets.email_services",
    "dlp.detect.secrets.messaging",
    "dlp.detect.secrets.monitoring",
    "dlp.detect.secrets.payment_services",
    "dlp.detect.secrets.registries",
    "dlp.detect.secrets.russian_services",
    "dlp.detect.secrets.version_control",
    "dlp.detect.secrets.assignment",
    "dlp.detect.secrets.connection_string",
    "dlp.detect.secrets.jwt",
    "dlp.detect.secrets.one_time_code",
    "dlp.detect.secrets.password",
    "dlp.detect.secrets.private_key",
    "dlp.detect.secrets.work_services",
)


class Listed(NamedTuple):
    """What is known of a detector without its module: `place` in the module's DETECTORS; number detectors' `lengths`, `wakes`."""

    module: str
    place: int
    name: str
    entity: str
    anchors: tuple[str, ...] = ()
    dense: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    before: int = 0
    after: int = 0
    lengths: frozenset[int] = frozenset()
    wakes: tuple[str, ...] = ()


@cache
def detectors() -> tuple[AnyDetector, ...]:
    """Every detector, in catalogue order; imports every module."""
    return tuple(found for module in MODULES for found in import_module(module).DETECTORS)


def listed(folder: TrustedFolder | None = None) -> tuple[Listed, ...]:
    """Every detector as listed, from the cache where the code is the code that filled it."""
    name = f"catalogue-{_code_digest()}"
    kept = folder.read(name) if folder else None
    if kept is not None:
        with contextlib.suppress(Exception):  # cut short, whoever did it: as good as absent
            return tuple(Listed(*row) for row in pickle.loads(kept))  # noqa: S301 - from a folder only this user can write to
    found = tuple(_listed(module, index) for module in MODULES for index in range(len(import_module(module).DETECTORS)))
    if folder:
        folder.write(name, pickle.dumps(tuple(map(tuple, found)), pickle.HIGHEST_PROTOCOL))
    return found


def entities(folder: TrustedFolder | None = None) -> frozenset[str]:
    """Every entity some detector names."""
    return frozenset(entry.entity for entry in listed(folder))


def loaded(entry: Listed) -> AnyDetector:
    """The detector itself."""
    detector: AnyDetector = import_module(entry.module).DETECTORS[entry.place]
    return detector


def _listed(module: str, index: int) -> Listed:
    detector = import_module(module).DETECTORS[index]
    known = {field: getattr(detector, field) for field in Listed._fields[2:] if hasattr(detector, field)}
    return Listed(module, index, **known)


def _code_digest() -> str:
    digest = blake2b(digest_size=16)
    for file in sorted(Path(__file__).parent.rglob("*.py")):
        status = file.stat()
        digest.update(f"{file} {status.st_size} {status.st_mtime_ns}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()
