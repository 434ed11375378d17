from __future__ import annotations

from pathlib import Path

import pytest

from dlp.errors import UsageError
from dlp.settings import settings_from


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"DLP_CACHE": "/a", "XDG_CACHE_HOME": "/b", "HOME": "/c"}, "/a"),
        ({"XDG_CACHE_HOME": "/b", "HOME": "/c"}, "/b/dlp"),
        ({"XDG_CACHE_HOME": "b", "HOME": "/c"}, "/c/.cache/dlp"),
        ({"DLP_CACHE": "", "HOME": "/c"}, "/c/.cache/dlp"),
    ],
)
def test_the_cache_is_where_the_environment_says(environment: dict[str, str], folder: str) -> None:
    assert settings_from(environment).cache == Path(folder)


def test_the_policies_are_those_that_come_with_the_product() -> None:
    assert (settings_from({}).policies / "organisation.yaml").is_file()


def test_four_eyes_on_content_are_switched_on() -> None:
    assert not settings_from({}).reveal_four_eyes
    assert settings_from({"DLP_REVEAL_FOUR_EYES": "on"}).reveal_four_eyes
    with pytest.raises(UsageError):
        settings_from({"DLP_REVEAL_FOUR_EYES": "yes"})
