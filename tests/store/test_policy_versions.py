"""Versions of policies: nothing is activated that was not tested, by the content that was tested."""

from __future__ import annotations

from typing import Any

import pytest

from dlp.errors import Conflict, NotFound, RefusedError, UsageError
from dlp.store import policy_versions
from dlp.store.actor import Actor
from dlp.store.database import Database
from dlp.store.policy_versions import Activation, content_hash
from tests.installations import NOON

AUTHOR = Actor("author", "user", "А. Серова")
GOOD = {"holds": True, "policies": 1, "rules": 1, "cases": 2, "faults": [], "failures": []}
BAD: dict[str, Any] = {**GOOD, "holds": False, "faults": [{"file": "a.yaml", "line": 12, "message": "unknown entity"}]}
FILES = {"a.yaml": "policy: a\n", "b/b.yaml": "policy: b\n"}


def _uploaded(database: Database, files: dict[str, str], report: dict[str, Any]) -> int:
    number = database.write(lambda c: policy_versions.upload(c, files, "why", actor=AUTHOR, now=NOON))
    database.write(lambda c: policy_versions.tested(c, number, report, NOON))
    return number


def _activate(database: Database, number: int, files: dict[str, str], **told: Any) -> None:
    wanted = Activation(number, content_hash(files), **told)
    database.write(lambda c: policy_versions.activate(c, wanted, actor=AUTHOR, now=NOON))


def _active(database: Database) -> int | None:
    with database.reading() as connection:
        active = policy_versions.active(connection)
    return None if active is None else active.number


def test_a_tested_version_is_activated_and_the_one_before_is_retired(database: Database) -> None:
    first = _uploaded(database, FILES, GOOD)
    _activate(database, first, FILES)
    other = {**FILES, "a.yaml": "policy: a2\n"}
    second = _uploaded(database, other, GOOD)
    _activate(database, second, other)
    with database.reading() as connection:
        assert policy_versions.get(connection, first).state == "retired"
        assert policy_versions.files_of(connection, second) == other
    assert _active(database) == second


def test_a_version_whose_tests_fail_is_refused_with_the_line_named(database: Database) -> None:
    number = _uploaded(database, FILES, BAD)
    with pytest.raises(RefusedError) as refused:
        _activate(database, number, FILES, urgent=True, note="a leak is going on")
    assert refused.value.params["report"] == [{"file": "a.yaml", "line": 12, "message": "unknown entity"}]
    assert _active(database) is None


def test_an_untested_version_is_refused(database: Database) -> None:
    number = database.write(lambda c: policy_versions.upload(c, FILES, "", actor=AUTHOR, now=NOON))
    with pytest.raises(RefusedError):
        _activate(database, number, FILES)


def test_other_content_than_was_tested_is_refused(database: Database) -> None:
    number = _uploaded(database, FILES, GOOD)
    with pytest.raises(Conflict):
        _activate(database, number, {"a.yaml": "other"})


def test_an_urgent_activation_needs_a_reason(database: Database) -> None:
    number = _uploaded(database, FILES, GOOD)
    with pytest.raises(UsageError):
        _activate(database, number, FILES, urgent=True, note=" ")


def test_rolling_back_activates_the_version_before(database: Database) -> None:
    first = _uploaded(database, FILES, GOOD)
    _activate(database, first, FILES)
    other = {"a.yaml": "policy: other\n"}
    _activate(database, _uploaded(database, other, GOOD), other)
    assert database.write(lambda c: policy_versions.roll_back(c, "floods", actor=AUTHOR, now=NOON)) == first
    assert _active(database) == first


def test_there_is_nothing_before_the_first(database: Database) -> None:
    with pytest.raises(Conflict):
        database.write(lambda c: policy_versions.roll_back(c, "", actor=AUTHOR, now=NOON))


def test_shipped_packs_replace_shipped_packs_but_never_what_a_person_chose(database: Database) -> None:
    database.write(lambda c: policy_versions.keep_shipped(c, FILES, GOOD, NOON))
    newer = {"a.yaml": "policy: newer\n"}
    database.write(lambda c: policy_versions.keep_shipped(c, newer, GOOD, NOON))
    shipped = _active(database)
    own = {"a.yaml": "policy: own\n"}
    number = _uploaded(database, own, GOOD)
    _activate(database, number, own)
    newest = {"a.yaml": "policy: newest\n"}
    database.write(lambda c: policy_versions.keep_shipped(c, newest, GOOD, NOON))
    assert shipped == 2
    assert _active(database) == number


def test_the_same_content_is_kept_once(database: Database) -> None:
    assert _uploaded(database, FILES, GOOD) == _uploaded(database, dict(reversed(FILES.items())), GOOD)


def test_there_is_no_version_nobody_uploaded(database: Database) -> None:
    with database.reading() as connection, pytest.raises(NotFound):
        policy_versions.get(connection, 7)


@pytest.mark.parametrize("path", ["../a.yaml", "/etc/a.yaml", "a.py", "a//b.yaml", ".hidden.yaml", "a/../b.yaml", ""])
def test_a_path_that_leads_elsewhere_is_refused(path: str) -> None:
    with pytest.raises(UsageError):
        policy_versions.checked_files({path: ""})
