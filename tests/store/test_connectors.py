from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from dlp.errors import Conflict, NotFound
from dlp.store import connectors
from dlp.store.actor import SYSTEM
from dlp.store.connector_secrets import ConnectorSecrets
from dlp.store.connectors import Connector, HookKey, Secrets
from dlp.store.database import Database
from dlp.store.tables.duties import connectors as table
from dlp.store.tables.trust import audit
from dlp.store.vault.errors import SealBroken
from dlp.store.vault.keys import Keys, open_keys
from tests.builders import WEDNESDAY_NOON as NOW
from tests.installations import settings_in


@pytest.fixture
def keys(tmp_path: Path) -> Iterator[Keys]:
    opened = open_keys(settings_in(tmp_path / "home"), make=True)
    yield opened
    opened.close()


PORTAL = Connector(
    "portal", "other", "The portal", mode="observe", fail="closed", keep_clean_days=0, settings={"deadline_ms": 100}
)


def create(database: Database, wanted: Connector = PORTAL) -> Connector:
    return database.write(lambda c: connectors.create(c, SYSTEM, wanted, NOW))


def rotate(database: Database, keys: Keys, *, hours: float = 1, at: float = 0) -> HookKey:
    now = NOW + timedelta(hours=at)
    return database.write(lambda c: ConnectorSecrets(keys).rotate(c, SYSTEM, "portal", timedelta(hours=hours), now))


def secrets_of(database: Database, keys: Keys, name: str = "portal") -> Secrets:
    with database.reading() as connection:
        return connectors.secrets_of(connection, keys, name)


def acts(database: Database) -> list[tuple[str, str]]:
    with database.reading() as connection:
        return [(row.act, row.object) for row in connection.execute(select(audit).order_by(audit.c.seq))]


def test_a_connector_is_kept_as_told_and_the_act_is_in_the_audit_chain(database: Database) -> None:
    assert create(database) == PORTAL._replace(created_at=NOW)
    with database.reading() as connection:
        assert connectors.every(connection) == (PORTAL._replace(created_at=NOW),)
        assert connectors.keep_clean_days(connection) == {"portal": 0}
    assert acts(database) == [("connector.created", "connector:portal")]


def test_a_name_is_taken_once(database: Database) -> None:
    create(database)
    with pytest.raises(Conflict):
        create(database)


def test_the_connector_of_those_who_name_none_is_there_without_a_row(database: Database) -> None:
    with database.reading() as connection:
        assert connectors.one(connection, "api").fail == "open"
        assert connectors.find(connection, "other") is None
        with pytest.raises(NotFound):
            connectors.one(connection, "other")
    changed = database.write(lambda c: connectors.change(c, SYSTEM, "api", {"fail": "closed"}, NOW))
    assert (changed.fail, changed.created_at) == ("closed", NOW)


def test_a_change_tells_the_old_and_the_new_value_but_not_the_settings(database: Database) -> None:
    create(database)
    told = {"mode": "enforce", "fail": "closed", "settings": {"deadline_ms": 7}}
    assert database.write(lambda c: connectors.change(c, SYSTEM, "portal", told, NOW)).mode == "enforce"
    with database.reading() as connection:
        details = connection.execute(select(audit.c.details).where(audit.c.act == "connector.changed")).scalar_one()
    assert details == {"mode": ["observe", "enforce"], "settings": "changed"}


def test_a_change_that_changes_nothing_is_no_act(database: Database) -> None:
    create(database)
    database.write(lambda c: connectors.change(c, SYSTEM, "portal", {"mode": "observe"}, NOW))
    assert len(acts(database)) == 1


def test_two_keys_live_at_once_and_the_older_ends_by_itself(database: Database, keys: Keys) -> None:
    create(database)
    first, second = rotate(database, keys), rotate(database, keys)
    assert first.secret != second.secret
    live = secrets_of(database, keys).hook_keys
    assert [(key.id, key.lives(NOW), key.lives(NOW + timedelta(hours=1))) for key in live] == [
        (first.id, True, False),
        (second.id, True, True),
    ]
    third = rotate(database, keys)
    assert [key.id for key in secrets_of(database, keys).hook_keys] == [second.id, third.id]


def test_an_ended_key_does_not_come_back_with_the_next(database: Database, keys: Keys) -> None:
    create(database)
    rotate(database, keys)
    second = rotate(database, keys, hours=1)
    third = rotate(database, keys, hours=100, at=2)
    assert [key.id for key in secrets_of(database, keys).hook_keys] == [second.id, third.id]
    database.write(lambda c: ConnectorSecrets(keys).end(c, SYSTEM, "portal", second.id, NOW))
    assert [key.id for key in secrets_of(database, keys).hook_keys] == [third.id]
    with pytest.raises(NotFound):
        database.write(lambda c: ConnectorSecrets(keys).end(c, SYSTEM, "portal", second.id, NOW))


def test_words_are_merged_and_forgotten_by_name(database: Database, keys: Keys) -> None:
    create(database)
    sealed = ConnectorSecrets(keys)
    database.write(lambda c: sealed.tell(c, SYSTEM, "portal", {"bot_token": "12345:abcdef", "secret_token": "s3cret-word"}, NOW))
    database.write(lambda c: sealed.tell(c, SYSTEM, "portal", {"bot_token": None}, NOW))
    rotate(database, keys)
    assert secrets_of(database, keys).words == {"secret_token": "s3cret-word"}


def test_secrets_are_neither_in_the_record_nor_in_the_audit_chain(database: Database, keys: Keys) -> None:
    create(database)
    key = rotate(database, keys)
    database.write(lambda c: ConnectorSecrets(keys).tell(c, SYSTEM, "portal", {"bot_token": "12345:abcdef"}, NOW))
    with database.reading() as connection:
        stored = repr([*connection.execute(select(table)), *connection.execute(select(audit))])
    assert key.secret not in stored
    assert "12345:abcdef" not in stored


def test_a_row_copied_over_another_s_lends_it_no_key(database: Database, keys: Keys) -> None:
    create(database)
    create(database, Connector("bot", "telegram"))
    rotate(database, keys)
    copied = select(table.c.secrets_sealed).where(table.c.name == "portal").scalar_subquery()
    database.write(lambda c: c.execute(update(table).where(table.c.name == "bot").values(secrets_sealed=copied)))
    with pytest.raises(SealBroken):
        secrets_of(database, keys, "bot")


def test_the_last_message_is_noted_every_few_seconds(database: Database) -> None:
    create(database)
    for seconds, told in ((0, 0), (3, 0), (6, 6)):
        moment = NOW + timedelta(seconds=seconds)
        database.write(lambda c, moment=moment: connectors.touch(c, "portal", moment))  # type: ignore[misc]
        with database.reading() as connection:
            assert connectors.one(connection, "portal").last_message_at == NOW + timedelta(seconds=told)
