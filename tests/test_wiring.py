from __future__ import annotations

from pathlib import Path

import pytest

from dlp.cache import TrustedFolder
from dlp.errors import FileFaults, UsageError
from dlp.pipeline import inspect
from dlp.records import Decision
from dlp.settings import Settings, settings_from
from dlp.wiring import context_from, policies_from, policy_folder
from tests.builders import a_message
from tests.flow.command import CARD, POLICY, SNILS, policies


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(policies(tmp_path), tmp_path / "cache")


def kept(settings: Settings) -> list[Path]:
    return sorted(settings.cache.glob("policies-*"))


def test_a_context_made_from_the_cache_decides_the_same(settings: Settings) -> None:
    message = a_message(f"{CARD}, {SNILS}", connector="telegram", conversation="1")
    cold = inspect(message, context_from(settings))
    assert len(kept(settings)) == 1
    assert inspect(message, context_from(settings)) == cold
    assert cold.verdict.decision is Decision.BLOCK
    assert len(kept(settings)) == 1


def test_a_spoilt_cache_is_as_good_as_none(settings: Settings) -> None:
    cache = TrustedFolder(settings.cache)
    wanted = policies_from(settings, cache).demand()
    for content in (b"", b"\x80\x05spoilt", b"\x80\x05K\x07."):
        kept(settings)[0].write_bytes(content)
        assert policies_from(settings, cache).demand() == wanted


def test_every_change_of_a_file_is_compiled_anew(settings: Settings) -> None:
    cache = TrustedFolder(settings.cache)
    policies_from(settings, cache)
    path = settings.policies / "policy0.yaml"
    path.write_text(POLICY.replace("CREDIT_CARD", "RU_INN"), encoding="utf-8")
    assert policies_from(settings, cache).demand().entities == frozenset({"RU_INN", "RU_SNILS"})
    (settings.policies / "second.yaml").write_text(POLICY.replace("policy: cards", "policy: more"), encoding="utf-8")
    assert len(policies_from(settings, cache).policies) == 2


def test_a_policy_s_tests_do_not_change_what_is_compiled(settings: Settings) -> None:
    cache = TrustedFolder(settings.cache)
    policies_from(settings, cache)
    (settings.policies / "policy0.test.yaml").write_text("policy: cards\ntests: []\n", encoding="utf-8")
    policies_from(settings, cache)
    assert len(kept(settings)) == 1


def test_a_folder_others_can_write_to_is_no_cache(settings: Settings) -> None:
    settings.cache.mkdir(mode=0o777)
    settings.cache.chmod(0o777)
    policies_from(settings, TrustedFolder(settings.cache))
    assert kept(settings) == []


def test_a_missing_folder_is_bad_usage_and_a_bad_file_a_fault(settings: Settings) -> None:
    with pytest.raises(UsageError, match="no folder of policies"):
        context_from(settings._replace(policies=settings.policies / "none"))
    (settings.policies / "bad.yaml").write_text("policy: [", encoding="utf-8")
    with pytest.raises(FileFaults):
        context_from(settings)


def test_a_people_file_that_changes_is_read_anew(settings: Settings, tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    told = settings._replace(people=people)
    for name in ("ivan", "olga"):
        people.write_text(f"person,accounts\n{name},telegram:7\n", encoding="utf-8")
        for _ in range(2):
            known = context_from(told).directory.surroundings(a_message(connector="telegram", sender="7"))
            assert known.sender_person == name


def test_policies_laid_out_first_leave_a_cache_that_is_trusted(tmp_path: Path) -> None:
    settings = settings_from({"DLP_CACHE": str(tmp_path / "cache")})
    policy_folder(settings, {"a/b.yaml": "policy: b\n"})
    cache = TrustedFolder(settings.cache)
    cache.write("kept", b"x")
    assert cache.read("kept") == b"x"
