"""Every detector there is; a new module costs one line here."""

from __future__ import annotations

from importlib import import_module

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

DETECTORS: tuple[AnyDetector, ...] = tuple(found for module in MODULES for found in import_module(module).DETECTORS)
ENTITIES: frozenset[str] = frozenset(detector.entity for detector in DETECTORS)
