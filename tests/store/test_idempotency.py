from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from dlp.store import idempotency
from dlp.store.database import Database
from dlp.store.idempotency import Used
from dlp.store.tables.duties import idempotency as table
from dlp.store.vault.errors import SealBroken
from dlp.store.vault.keys import Keys, open_keys
from tests.builders import WEDNESDAY_NOON as NOW
from tests.installations import settings_in

ONE, OTHER = Used("p", "k", b"a" * 32), Used("q", "k", b"b" * 32)


@pytest.fixture
def keys(tmp_path: Path) -> Iterator[Keys]:
    opened = open_keys(settings_in(tmp_path / "home"), make=True)
    yield opened
    opened.close()


def keep(database: Database, keys: Keys, *answers: tuple[Used, bytes]) -> None:
    database.write(lambda c: idempotency.keep(c, answers, keys=keys, now=NOW))


def kept(database: Database, keys: Keys, *used: Used) -> dict[tuple[str, str], tuple[bytes, bytes]]:
    with database.reading() as connection:
        return idempotency.answers_to(connection, used, keys)


def test_what_was_answered_is_told_again_with_what_was_asked(database: Database, keys: Keys) -> None:
    assert kept(database, keys, ONE) == {}
    keep(database, keys, (ONE, b"first"))
    assert kept(database, keys, ONE) == {("p", "k"): (ONE.asked, b"first")}
    assert kept(database, keys) == {}


def test_the_first_answer_stays(database: Database, keys: Keys) -> None:
    keep(database, keys, (ONE, b"first"))
    keep(database, keys, (ONE._replace(asked=OTHER.asked), b"second"), (OTHER, b"other"))
    assert kept(database, keys, ONE, OTHER) == {("p", "k"): (ONE.asked, b"first"), ("q", "k"): (OTHER.asked, b"other")}


def test_a_key_is_its_owner_s_alone(database: Database, keys: Keys) -> None:
    keep(database, keys, (ONE, b"first"))
    assert kept(database, keys, OTHER) == {}


def test_an_answer_copied_to_another_key_opens_nothing(database: Database, keys: Keys) -> None:
    keep(database, keys, (ONE, b"first"))
    database.write(lambda c: c.execute(update(table).values(principal="q")))
    with pytest.raises(SealBroken):
        kept(database, keys, OTHER)


def test_answers_are_sealed_and_forgotten_after_a_day(database: Database, keys: Keys) -> None:
    keep(database, keys, (ONE, b"a redacted text"))
    with database.reading() as connection:
        assert b"redacted" not in bytes(connection.execute(select(table.c.answer_sealed)).scalar_one())
    assert database.write(lambda c: idempotency.forget_old(c, NOW + timedelta(hours=24))) == 0
    assert database.write(lambda c: idempotency.forget_old(c, NOW + timedelta(hours=25))) == 1
    assert kept(database, keys, ONE) == {}
