"""Secrets in chats, code and configuration, the traps beside them and clean talk: a corpus the detectors were not made on.

A PIN is labelled ONE_TIME_CODE like a code sent once; a connection string is labelled whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from random import Random

from tests.corpus import secret_values as values
from tests.corpus import unseen_lines as lines
from tests.corpus import unseen_passwords as talk
from tests.corpus.scoring import Sample
from tests.corpus.unseen_tokens import NEEDS_ITS_NAME, SERVICES, service_token
from tests.corpus.unseen_traps import TRAPS

ENTITIES = (
    "API_KEY AWS_ACCESS_KEY AWS_SECRET_KEY DB_URI GITHUB_TOKEN JWT ONE_TIME_CODE PASSWORD PRIVATE_KEY TELEGRAM_BOT_TOKEN"
).split()


def _uri(rng: Random) -> str:
    scheme = rng.choice(
        [
            "postgres",
            "postgresql",
            "mysql",
            "mongodb",
            "mongodb+srv",
            "redis",
            "amqp",
            "postgresql+asyncpg",
            "mysql+pymysql",
            "clickhouse",
            "mssql",
            "rediss",
            "amqps",
        ]
    )
    user = "" if scheme == "redis" and rng.random() < 0.5 else values.WORDS["login"](rng)
    port = "" if "srv" in scheme else f":{values.WORDS['port'](rng)}"
    return f"{scheme}://{user}:{values.plain_password(rng)}@{values.WORDS['host'](rng)}{port}" + rng.choice(
        ["", "/0", "/" + values.WORDS["db"](rng), "/orders?sslmode=require"]
    )


def _connection(rng: Random) -> tuple[str, str, str, str]:
    return values.WORDS["login"](rng), values.plain_password(rng), values.WORDS["host"](rng), values.WORDS["db"](rng)


def _jdbc(rng: Random) -> str:
    user, secret, host, db = _connection(rng)
    return rng.choice([
        f"jdbc:postgresql://{host}:5432/{db}?user={user}&password={secret}",
        f"jdbc:mysql://{host}:3306/{db}?user={user}&password={secret}",
        f"jdbc:sqlserver://{host}:1433;databaseName={db};user={user};password={secret}",
        f"jdbc:oracle:thin:{user}/{secret}@{host}:1521/{db}",
    ])  # fmt: skip


def _ado(rng: Random) -> str:
    user, secret, host, db = _connection(rng)
    return rng.choice([
        f"Server={host};Database={db};User Id={user};Password={secret};",
        f"Data Source={host};Initial Catalog={db};User ID={user};Password={secret}",
        f"Host={host};Port=5432;Database={db};Username={user};Password={secret}",
        f"server={host};uid={user};pwd={secret};database={db}",
    ])  # fmt: skip


def _odbc(rng: Random) -> str:
    return f"Driver={{ODBC Driver 17 for SQL Server}};Server={values.WORDS['host'](rng)};Database={values.WORDS['db'](rng)};UID={values.WORDS['login'](rng)};PWD={values.plain_password(rng)};"


SLOTS: dict[str, tuple[str, values.Maker]] = {
    "PW": ("PASSWORD", values.password),
    "RUPW": ("PASSWORD", values.russian_password),
    "WORD": ("PASSWORD", values.word_password),
    "PHRASE": ("PASSWORD", values.quoted_password),
    "DIGITS": ("PASSWORD", values.digits_password),
    "CODEPW": ("PASSWORD", values.code_password),
    "PIN": ("ONE_TIME_CODE", values.pin),
    "CODE": ("ONE_TIME_CODE", values.one_time_code),
    "D6": ("ONE_TIME_CODE", values.WORDS["d6"]),
    "SPLIT": ("ONE_TIME_CODE", values.split_code),
    "KEY": ("API_KEY", values.generic_key),
    "H32": ("API_KEY", values.WORDS["hex32"]),
    "H40": ("API_KEY", values.WORDS["hex40"]),
    "A40": ("API_KEY", lambda r: values.mixed(r, 40)),
    "MAILCHIMP": ("API_KEY", SERVICES["mailchimp"]),
    "UUID": ("API_KEY", values.WORDS["uuid"]),
    "TOKEN": ("API_KEY", service_token),
    "JWT": ("JWT", values.web_token),
    "PEM": ("PRIVATE_KEY", values.pem),
    "PEM1": ("PRIVATE_KEY", values.escaped_pem),
    "PPK": ("PRIVATE_KEY", values.putty_key),
    "PGP": ("PRIVATE_KEY", values.pgp_key),
    "AKID": ("AWS_ACCESS_KEY", values.aws_id),
    "ASEC": ("AWS_SECRET_KEY", values.aws_secret),
    "GH": ("GITHUB_TOKEN", values.github),
    "BOT": ("TELEGRAM_BOT_TOKEN", values.bot_token),
    "URI": ("DB_URI", _uri),
    "JDBC": ("DB_URI", _jdbc),
    "ADO": ("DB_URI", _ado),
    "ODBC": ("DB_URI", _odbc),
}

# Each row: templates, and how many times every one of them is drawn.
CHAT = (
    (talk.PASSWORDS_RU, 6),
    (talk.PASSWORDS_EN, 6),
    (talk.PINS, 4),
    (talk.CODES, 6),
    (talk.KEYS, 6),
    (talk.TOKENS, 12),
    (talk.WEB_TOKENS, 6),
)
MORE = ((talk.PRIVATE_KEYS, 6), (talk.AWS, 6), (talk.GITHUB, 6), (talk.BOTS, 8))
LINES = ((lines.PASSWORD_LINES, 6), (lines.KEY_LINES, 6), (lines.DATABASE_LINES, 6))

BEFORE = ("", "", "", "", "Привет! ", "ок. ", "fyi ", "Коллеги, добрый день. ", "hi, ", "вот, смотри:\n", "so ")
AFTER = ("", "", "", "", " ", "\nспасибо", "\nthanks!", "\nне пересылай никому", "\n\nна связи")


def filled(rng: Random, template: str) -> Sample:
    """The template with its slots filled; a slot in capitals is a label."""
    text, spans = "", []
    for i, part in enumerate(re.split("[‹›]", template.replace("⏎", "\n"))):
        entity, maker = SLOTS.get(part, ("", values.WORDS.get(part))) if i % 2 else ("", None)
        drawn = maker(rng) if maker else part
        if entity:
            spans.append((len(text), len(text) + len(drawn), entity))
        text += drawn
    return Sample(text, tuple(spans))


def within(rng: Random, sample: Sample) -> Sample:
    """The sample among other words of its message."""
    before = "" if "\n" in sample.text else rng.choice(BEFORE)
    spans = tuple((start + len(before), end + len(before), name) for start, end, name in sample.spans)
    return Sample(before + sample.text + rng.choice(AFTER), spans)


def _drawn(seed: int, rows: tuple[tuple[str, int], ...], placed: Callable[[Random, Sample], Sample]) -> Iterator[Sample]:
    rng = Random(seed)
    for templates, times in rows:
        for template in templates.strip("\n").split("\n"):
            for _ in range(times):
                yield placed(rng, filled(rng, template))


def _services(seed: int, times: int) -> Iterator[Sample]:
    rng = Random(seed)
    for service, maker in SERVICES.items():
        for _ in range(times):
            name = service.upper() + "_" + rng.choice(["API_KEY", "TOKEN", "SECRET"]) + rng.choice(["=", ": ", " = "])
            head = name if service in NEEDS_ITS_NAME or rng.random() < 0.3 else rng.choice(["", "ключ ", "here: "])
            key = maker(rng)
            yield Sample(head + key, ((len(head), len(head) + len(key), "API_KEY"),))


def chat_samples(seed: int = 20262) -> Iterator[Sample]:
    """Secrets as people pass them on in talk."""
    yield from _drawn(seed, CHAT, within)
    yield from _drawn(seed + 1, MORE, lambda _, sample: sample)
    yield from _services(seed + 2, 4)


def line_samples(seed: int = 20263) -> Iterator[Sample]:
    """Secrets in single lines of code and configuration."""
    yield from _drawn(seed, LINES, lambda _, sample: sample)


def trap_samples(seed: int = 20264, times: int = 3) -> Iterator[Sample]:
    """What only looks like a secret."""
    rng = Random(seed)
    for kind, templates in TRAPS.items():
        for template in templates:
            for _ in range(times):
                yield filled(rng, template)._replace(near_miss=kind)
