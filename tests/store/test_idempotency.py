from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from dlp.errors import Conflict
from dlp.store import idempotency
from dlp.store.database import Database
from dlp.store.tables.duties import idempotency as table
from dlp.store.vault.keys import Keys, open_keys
from tests.builders import WEDNESDAY_NOON as NOW
from tests.installations import settings_in

ASKED, OTHER = b"a" * 32, b"b" * 32


@pytest.fixture
def keys(tmp_path: Path) -> Iterator[Keys]:
    opened = open_keys(settings_in(tmp_path / "home"), make=True)
    yield opened
    opened.close()


def keep(database: Database, keys: Keys, answer: bytes, *, principal: str = "p", asked: bytes = ASKED) -> bytes:
    return database.write(lambda c: idempotency.keep(c, (principal, "k", asked), answer, keys=keys, now=NOW))


def answer(database: Database, keys: Keys, principal: str = "p", asked: bytes = ASKED) -> bytes | None:
    with database.reading() as connection:
        return idempotency.answer_to(connection, principal, "k", asked, keys)


def test_the_same_question_gets_the_first_answer(database: Database, keys: Keys) -> None:
    assert answer(database, keys) is None
    assert keep(database, keys, b"first") == b"first"
    assert keep(database, keys, b"second") == b"first"
    assert answer(database, keys) == b"first"


def test_another_question_under_the_same_key_is_refused(database: Database, keys: Keys) -> None:
    keep(database, keys, b"first")
    with pytest.raises(Conflict):
        answer(database, keys, asked=OTHER)
    with pytest.raises(Conflict):
        keep(database, keys, b"second", asked=OTHER)


def test_a_key_is_its_owner_s_alone(database: Database, keys: Keys) -> None:
    keep(database, keys, b"first")
    assert answer(database, keys, principal="q") is None
    assert keep(database, keys, b"other", principal="q") == b"other"


def test_answers_are_sealed_and_forgotten_after_a_day(database: Database, keys: Keys) -> None:
    keep(database, keys, b"a redacted text")
    with database.reading() as connection:
        assert b"redacted" not in bytes(connection.execute(select(table.c.answer_sealed)).scalar_one())
    assert database.write(lambda c: idempotency.forget_old(c, NOW + timedelta(hours=24))) == 0
    assert database.write(lambda c: idempotency.forget_old(c, NOW + timedelta(hours=25))) == 1
    assert answer(database, keys) is None
