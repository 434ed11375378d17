"""`dlp keys`: making, looking at, replacing and destroying the keys of an installation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from dlp.cli.main import main
from dlp.settings import Settings, settings_from
from dlp.store.columns import METADATA
from dlp.store.database import Database
from dlp.store.tables.access import users
from dlp.store.tables.trust import audit, tombstones
from dlp.store.vault.keys import open_keys
from dlp.store.vault.vault import Vault
from tests.store.vault.evidence import an_item

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("DLP_RECORD", "DLP_KEY_STORE", "DLP_KEY_FOLDER", "DLP_KEYS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DLP_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def settings(home: Path) -> Settings:
    return settings_from({"DLP_HOME": str(home), "HOME": str(home)})


@pytest.fixture
def record(settings: Settings, home: Path) -> Iterator[Database]:
    """A record somebody uses already."""
    assert main(["keys", "init"]) == 0
    (home / "record").mkdir()
    database = Database(settings.record)
    METADATA.create_all(database.engine)
    row = {"id": "u", "login": "a", "name": "A", "roles": [], "state": "invited", "preferences": {}, "created_at": NOW}
    database.write(lambda connection: connection.execute(insert(users).values(row)))
    yield database
    database.close()


def told(capsys: pytest.CaptureFixture[str]) -> Any:
    capsys.readouterr()
    main(["keys", "status", "--json"])
    return json.loads(capsys.readouterr().out)


def test_init_makes_keys_once(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys", "init"]) == 0
    made = next((home / "keys").glob("*.key")).stem
    assert made in capsys.readouterr().out
    assert main(["keys", "init"]) == 2
    assert "there are keys already" in capsys.readouterr().err


def test_a_key_without_a_store_needs_init_to_say_so(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["keys", "init"])
    for path in (home / "wrapped").iterdir():
        path.unlink()
    assert main(["keys", "init"]) == 2
    assert "dlp keys init --init" in capsys.readouterr().err
    assert main(["keys", "init", "--init"]) == 0
    assert len(list((home / "keys").iterdir())) == 1


def test_without_keys_a_command_says_how_to_make_them(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["status"], ["rotate"], ["shred", "--day", "2026-01-01", "--reason", "r"]):
        assert main(["keys", *arguments]) == 2
        assert "dlp keys init" in capsys.readouterr().err
    assert list(home.iterdir()) == []


@pytest.mark.usefixtures("home")
def test_status_tells_keys_epochs_and_counts(capsys: pytest.CaptureFixture[str]) -> None:
    main(["keys", "init"])
    status = told(capsys)
    assert status["ok"]
    assert [(key["state"], key["fits"]) for key in status["keys"]] == [("current", "ok")]
    assert {name: key["epoch"] for name, key in status["named"].items()} == dict.fromkeys(
        ("audit", "digests", "macs", "secrets", "twins"), 1
    )
    assert (status["days"], status["items"], status["unknown"]) == ({"count": 0, "first": None, "last": None}, 0, [])
    assert main(["keys", "status"]) == 0
    assert "current" in capsys.readouterr().out


def test_status_fails_where_a_key_is_missing_wrong_or_open_to_others(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["keys", "init"])
    path = next((home / "keys").glob("*.key"))
    path.chmod(0o644)
    assert told(capsys)["keys"][0]["fits"] == "exposed"
    path.chmod(0o600)
    path.write_text("A" * 43 + "=")
    assert told(capsys)["keys"][0]["fits"] == "wrong"
    path.unlink()
    assert main(["keys", "status"]) == 1
    assert "missing" in capsys.readouterr().out


def test_rotate_replaces_the_key_and_is_audited(record: Database, capsys: pytest.CaptureFixture[str]) -> None:
    old = told(capsys)["keys"][0]["id"]
    assert main(["keys", "rotate"]) == 0
    said = capsys.readouterr().out
    states = {key["state"]: key["id"] for key in told(capsys)["keys"]}
    assert states["retired"] == old
    assert states["current"] in said
    with record.reading() as connection:
        act = connection.execute(select(audit)).one()
    assert (act.act, act.actor_kind, act.object) == ("keys.rotate", "cli", "keys:encryption")
    assert act.details == {"key_id": states["current"], "retired": [old], "rewrapped": 5}


@pytest.mark.parametrize("only", ["digests", "secrets", "signing"])
def test_rotate_can_replace_one_thing_only(record: Database, only: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys", "rotate", "--only", only]) == 0
    status = told(capsys)
    assert len(status["keys"]) == 1
    changed = {name for name, key in status["named"].items() if key["epoch"] == 2}
    assert changed == {"audit" if only == "signing" else only}
    with record.reading() as connection:
        assert connection.execute(select(audit.c.object)).scalars().all() == [f"keys:{only}"]


def test_shred_destroys_a_day_of_every_connector_or_of_one(
    record: Database, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = open_keys(settings)
    vault = Vault(keys)
    items = [an_item(connector=name, day=20000) for name in ("mail", "tg", "slack")] + [an_item(day=20001)]
    record.write(lambda connection: vault.put(connection, items, NOW))
    day = "2024-10-04"  # 20,000 days since 1970
    assert main(["keys", "shred", "--day", day, "--connector", "tg", "--reason", "leaked"]) == 0
    assert "1 connectors" in capsys.readouterr().out
    assert main(["keys", "shred", "--day", day, "--reason", "leaked"]) == 0
    with record.reading() as connection:
        assert set(vault.read_many(connection, [item.id for item in items])) == {items[3].id}
        assert connection.execute(select(tombstones.c.connector)).scalars().all() == ["tg", "mail", "slack"]
        assert set(connection.execute(select(audit.c.actor_kind)).scalars()) == {"cli"}
    keys.close()


@pytest.mark.usefixtures("record")
@pytest.mark.parametrize(
    ("day", "said"), [("2026-13-01", "is no day"), ("yesterday", "is no day"), ("9999-01-01", "not come yet")]
)
def test_shred_refuses_what_is_no_day_of_the_past(day: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys", "shred", "--day", day, "--reason", "r"]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.usefixtures("home")
def test_shred_wants_a_record(capsys: pytest.CaptureFixture[str]) -> None:
    main(["keys", "init"])
    assert main(["keys", "shred", "--day", "2026-01-01", "--reason", "r"]) == 2
    assert "there is no record" in capsys.readouterr().err


def test_keys_told_by_the_environment_show_in_no_print_of_the_settings() -> None:
    settings = settings_from({"DLP_KEYS": "prod=c2VjcmV0", "HOME": "/"})
    assert settings.key_values == "prod=c2VjcmV0"
    assert "c2VjcmV0" not in repr(settings)
    assert "c2VjcmV0" not in f"{settings}"
