"""What holds of the table of services' secrets as a whole, and where secrets meet one another."""

from __future__ import annotations

import pytest

from dlp.detect.catalogue import detectors
from dlp.detect.engine import Engine
from dlp.detect.secrets.example import expanded, masked
from dlp.detect.secrets.rule import Rule
from dlp.detect.secrets.secrecy import entropy, is_placeholder, looks_random
from dlp.detect.secrets.version_control import check_sum
from dlp.records import Demand, Text

RULES = [detector for detector in detectors() if isinstance(detector, Rule)]
SECRETS = frozenset(
    "AWS_ACCESS_KEY AWS_SECRET_KEY GITHUB_TOKEN TELEGRAM_BOT_TOKEN API_KEY PRIVATE_KEY JWT DB_URI PASSWORD ONE_TIME_CODE".split()
)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(Demand(SECRETS))


def found(engine: Engine, text: str) -> list[tuple[str, str]]:
    """Entity and text of every finding."""
    return [(f.entity, text[f.start : f.end]) for f in engine.scan((Text("body", text),)).findings]


def test_at_least_two_hundred_services_are_known() -> None:
    assert len(RULES) >= 200


def test_triggers_are_lower_case() -> None:
    assert [rule.name for rule in RULES for word in (*rule.words, *rule.anchors) if word != word.lower()] == []


def test_an_example_expands_alike_every_time() -> None:
    assert expanded("ghp_{36}") == expanded("ghp_{36}")
    assert len(expanded("ghp_{36}")) == 40
    assert masked("ghp_{6}") == "ghp_xxxxxx"


def test_a_github_token_whose_check_sum_holds_is_surer(engine: Engine) -> None:
    body = expanded("{30}")
    good = engine.scan((Text("body", f"ghp_{body}{check_sum(body)}"),)).findings[0]
    bad = engine.scan((Text("body", expanded("ghp_{36}")),)).findings[0]
    assert good.confidence > bad.confidence >= 0.6


@pytest.mark.parametrize(
    "value",
    [
        "YOUR_API_KEY_HERE",
        "<token>",
        "${TOKEN}",
        "{{ vault.secret }}",
        "xxxxxxxxxxxxxxxx",
        "os.environ['API_KEY']",
        "AKIAIOSFODNN7EXAMPLE",
    ],
)
def test_a_placeholder_is_no_secret(value: str) -> None:
    assert is_placeholder(value)


@pytest.mark.parametrize(
    "value", ["order_created_at_2026", "com.acme.billing.InvoiceService", "aaaaaaaaaaaaaaaaaaaa1", "abcdefghijklmnopqrst"]
)
def test_names_and_repeats_are_not_random(value: str) -> None:
    assert not looks_random(value)


def test_entropy_counts_bits_a_character() -> None:
    assert entropy("") == 0
    assert entropy("aaaa") == 0
    assert entropy("abcd") == 2


def test_a_token_in_an_address_is_the_token(engine: Engine) -> None:
    token = expanded("ghp_{36}")
    assert found(engine, f"git clone https://{token}@github.com/acme/app.git") == [("GITHUB_TOKEN", token)]
    assert found(engine, f"https://bot:{token}@github.com/acme/app") == [("GITHUB_TOKEN", token)]


def test_a_connection_string_is_told_once_and_whole(engine: Engine) -> None:
    string = "Server=db01;Database=crm;User Id=sa;Password=Kj8mQ2vLp;"
    assert found(engine, f"строка: {string}") == [("DB_URI", string)]
    address = "postgres://app:Kj8mQ2vLp@db:5432/prod"
    assert found(engine, f"DATABASE_URL={address}, проверь") == [("DB_URI", address)]


def test_a_key_assigned_is_told_by_its_own_kind(engine: Engine) -> None:
    key = expanded("AKIA{16A}")
    assert found(engine, f"AWS_ACCESS_KEY_ID={key}") == [("AWS_ACCESS_KEY", key)]
    bot = expanded("{10d}:AA{33w}")
    assert found(engine, f"токен бота {bot}") == [("TELEGRAM_BOT_TOKEN", bot)]


def test_a_private_key_cut_off_ends_with_its_last_base64(engine: Engine) -> None:
    key = expanded("-----BEGIN EC PRIVATE KEY-----\n{64b}\n{64b}")
    assert found(engine, f"вот ключ\n{key}\nостальное потом") == [("PRIVATE_KEY", key)]
