"""Every detector there is; a new module costs one line here."""

from __future__ import annotations

from importlib import import_module

from dlp.detect.detector import AnyDetector

MODULES: tuple[str, ...] = (
    "dlp.detect.payment.card_number",
    "dlp.detect.payment.iban",
    "dlp.detect.contact.phone_number",
    "dlp.detect.contact.email_address",
    "dlp.detect.network.ip_address",
    "dlp.detect.russian.inn",
    "dlp.detect.russian.snils",
)

DETECTORS: tuple[AnyDetector, ...] = tuple(found for module in MODULES for found in import_module(module).DETECTORS)
ENTITIES: frozenset[str] = frozenset(detector.entity for detector in DETECTORS)
