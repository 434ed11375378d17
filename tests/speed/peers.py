"""The peers' own packages, each behind one function, naming what they find with our entity names.

Loading (`PEERS[name]()`) is apart from searching (the function it returns, one text at a time), so that each is timed alone.
Nothing here downloads anything: Presidio gets blank spaCy pipelines and tldextract the suffix list inside its own wheel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple


class Mark(NamedTuple):
    """Code points `[start, end)` of a text are an `entity`."""

    start: int
    end: int
    entity: str


Search = Callable[[str], list[Mark]]

_DATAFOG = {
    "CREDIT_CARD": "CREDIT_CARD",
    "EMAIL": "EMAIL_ADDRESS",
    "PHONE": "PHONE_NUMBER",
    "IP_ADDRESS": "IP_ADDRESS",
    "SSN": "US_SSN",
    "DATE": "DATE_OF_BIRTH",
    "JWT": "JWT",
    "PRIVATE_KEY": "PRIVATE_KEY",
    "CREDENTIAL_URI": "DB_URI",
    "BEARER_TOKEN": "API_KEY",
}
_RU_PII = {
    "INN": "RU_INN",
    "SNILS": "RU_SNILS",
    "OGRN": "RU_OGRN",
    "CARD": "CREDIT_CARD",
    "OMS": "RU_OMS",
    "BIC": "RU_BIK",
    "KPP": "RU_KPP",
    "PASSPORT_RF": "RU_PASSPORT",
    "PHONE_RU": "PHONE_NUMBER",
    "EMAIL": "EMAIL_ADDRESS",
    "ACCOUNT": "RU_BANK_ACCOUNT",
    "IBAN": "IBAN_CODE",
}
_PRESIDIO = {
    name: name
    for name in (
        "CREDIT_CARD",
        "CRYPTO",
        "EMAIL_ADDRESS",
        "IBAN_CODE",
        "IP_ADDRESS",
        "MAC_ADDRESS",
        "PHONE_NUMBER",
        "US_SSN",
        "US_ITIN",
        "UK_NHS",
    )
} | {"DATE_TIME": "DATE_OF_BIRTH"}
_PRESIDIO_RU = {
    "INN_RU": "RU_INN",
    "SNILS": "RU_SNILS",
    "OGRN": "RU_OGRN",
    "OGRNIP": "RU_OGRNIP",
    "PASSPORT_RF": "RU_PASSPORT",
    "PHONE_RF": "PHONE_NUMBER",
    "BANK_ACCOUNT_RF": "RU_BANK_ACCOUNT",
    "CREDIT_CARD": "CREDIT_CARD",
    "CRYPTO": "CRYPTO",
    "EMAIL_ADDRESS": "EMAIL_ADDRESS",
    "IBAN_CODE": "IBAN_CODE",
    "IP_ADDRESS": "IP_ADDRESS",
    "MAC_ADDRESS": "MAC_ADDRESS",
}
# Words in the names of kingfisher's rules, the first that fits decides; every other rule is a service's secret.
_KINGFISHER = (
    ("aws-access-token", "AWS_ACCESS_KEY"),
    ("aws-secret-access-key", "AWS_SECRET_KEY"),
    ("github-", "GITHUB_TOKEN"),
    ("jwt", "JWT"),
    ("telegram-bot", "TELEGRAM_BOT_TOKEN"),
    (".private-key", "PRIVATE_KEY"),
    ("credential-uri", "DB_URI"),
    ("connection-string", "DB_URI"),
    ("password", "PASSWORD"),
)
_GITHUB_PREFIXES = ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_")


def datafog_core() -> Search:
    """datafog-core 0.4.4 with its default detectors."""
    import datafog_core

    scan = datafog_core.scan

    def search(text: str) -> list[Mark]:
        return [
            Mark(found.codepoint_range.start, found.codepoint_range.end, entity)
            for found in scan(text)
            if (entity := _datafog_entity(found.entity_type, found.matched_text))
        ]

    return search


def _datafog_entity(kind: str, value: str) -> str:
    if kind == "API_KEY":
        return "GITHUB_TOKEN" if value.startswith(_GITHUB_PREFIXES) else "AWS_ACCESS_KEY" if value.startswith("AKIA") else kind
    return _DATAFOG.get(kind, "")


def kingfisher() -> Search:
    """kingfisher-secret-scanner 1.5.0 with its bundled rules; what it calls invisible (parts of pairs) is left out as it says."""
    from kingfisher_sdk import Scanner

    scan = Scanner().scan

    def search(text: str) -> list[Mark]:
        return [_of_bytes(text, found) for found in scan(text) if found.visible]

    return search


def _of_bytes(text: str, found: Any) -> Mark:
    """Its offsets count bytes of UTF-8."""
    content, place = text.encode(), found.location
    start = len(content[: place["start_offset"]].decode(errors="ignore"))
    end = len(content[: place["end_offset"]].decode(errors="ignore"))
    return Mark(start, end, next((entity for word, entity in _KINGFISHER if word in found.rule_id), "API_KEY"))


def ru_pii() -> Search:
    """ru-pii 0.1.0 with every kind it knows."""
    import ru_pii

    def search(text: str) -> list[Mark]:
        return [Mark(found.start, found.end, _RU_PII[found.kind]) for found in ru_pii.find(text) if found.kind in _RU_PII]

    return search


def presidio_patterns() -> Search:
    """presidio-analyzer 2.2.366: its English pattern recognizers over a blank pipeline, context words on, our entities only."""
    return _presidio("en", (), _PRESIDIO)


def presidio_ru_recognizers() -> Search:
    """presidio-ru-recognizers 0.1.0 beside Presidio's recognizers that know no country, over a blank Russian pipeline."""
    from presidio_analyzer.predefined_recognizers import CreditCardRecognizer
    from presidio_ru_recognizers import get_all_ru_recognizers

    return _presidio("ru", (*get_all_ru_recognizers(), CreditCardRecognizer(supported_language="ru")), _PRESIDIO_RU)


def _presidio(language: str, recognizers: Iterable[Any], entities: dict[str, str]) -> Search:
    import tldextract
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry

    # Its e-mail recognizer would fetch the list of public suffixes at the first address.
    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
    registry = RecognizerRegistry(supported_languages=[language])
    registry.load_predefined_recognizers(languages=[language])
    registry.remove_recognizer("SpacyRecognizer")
    for recognizer in recognizers:
        registry.add_recognizer(recognizer)
    analyzer = AnalyzerEngine(registry=registry, nlp_engine=_blank_nlp_engine(language), supported_languages=[language])
    asked = list(entities)

    def search(text: str) -> list[Mark]:
        return [
            Mark(found.start, found.end, entities[found.entity_type])
            for found in analyzer.analyze(text, language, entities=asked)
        ]

    return search


def _blank_nlp_engine(language: str) -> Any:
    """A pipeline without a model, so no download; its lemmas are lower-cased words, else context words would never match."""
    import spacy
    from presidio_analyzer.nlp_engine import SpacyNlpEngine
    from spacy.language import Language

    @Language.component("lower_case_lemmas")  # type: ignore[untyped-decorator]
    def lower_case_lemmas(doc: Any) -> Any:
        for token in doc:
            token.lemma_ = token.lower_
        return doc

    class BlankNlpEngine(SpacyNlpEngine):  # type: ignore[misc]  # untyped library
        def load(self) -> None:
            pipeline = spacy.blank(language)
            pipeline.add_pipe("lower_case_lemmas")
            self.nlp = {language: pipeline}

    engine = BlankNlpEngine(models=[{"lang_code": language, "model_name": "blank"}])
    engine.load()
    return engine


PEERS: dict[str, Callable[[], Search]] = {
    "datafog-core": datafog_core,
    "kingfisher": kingfisher,
    "ru-pii": ru_pii,
    "presidio-ru-recognizers": presidio_ru_recognizers,
    "presidio patterns": presidio_patterns,
}
