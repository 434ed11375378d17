"""What stands in the project's files, whatever their language."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import dlp
from tests.architecture.checkout import ROOT, files

# Where packages are downloaded from. Split, so that this file passes its own test.
HOSTS = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("crates", "io"),
        ("docker", "io"),
        ("ghcr", "io"),
        ("quay", "io"),
        ("gcr", "io"),
        ("golang", "org"),
        ("rubygems", "org"),
        ("maven", "org"),
        ("debian", "org"),
        ("ubuntu", "com"),
    )
)
NEVER_INSTALLED = frozenset({"ru-core-news-sm", "en-core-web-trf", "en-core-sci-md"})


def test_no_file_names_a_package_registry() -> None:
    named = re.compile("|".join(rf"(?<![\w.-])(?:[\w-]+\.)*{re.escape(host)}\b" for host in HOSTS) + "|--(?:extra-)?index-url")
    assert [f"{path.relative_to(ROOT)}: {found}" for path in files() for found in named.findall(_text(path))] == []


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def test_every_requirement_is_pinned_and_hashed() -> None:
    pinned = sorted((ROOT / "requirements").glob("*.txt"))
    assert {"run.txt", "dev.txt", "build.txt", "bench.txt"} == {path.name for path in pinned}
    for path in pinned:
        heads = re.findall(r"(?m)^[a-z0-9][^\n]*\n(?:    [^\n]*\n)*", path.read_text(encoding="utf-8"))
        assert heads
        assert [head.splitlines()[0] for head in heads if not re.match(r"[\w-]+==\S+ \\\n    --hash=sha256:", head)] == []


def test_files_agree_on_every_version_they_share() -> None:
    run, dev, build = (_pins(name) for name in ("run.txt", "dev.txt", "build.txt"))
    assert run.items() <= dev.items()
    assert [name for name in build.keys() & dev.keys() if build[name] != dev[name]] == []
    assert [name for name in _pins("bench.txt").keys() & run.keys() if _pins("bench.txt")[name] != run[name]] == []


def test_no_package_of_squatted_name_is_required() -> None:
    assert not NEVER_INSTALLED & {name for path in (ROOT / "requirements").glob("*.txt") for name in _pins(path.name)}
    assert [path.name for path in (ROOT / "requirements").iterdir() if "999.9.9" in path.read_text(encoding="utf-8")] == []


def _pins(name: str) -> dict[str, str]:
    content = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    return dict(re.findall(r"(?m)^([\w-]+)==(\S+)", content))


def test_every_dependency_told_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    told = {re.split(r"[<>=!~ \[]", requirement)[0].lower() for requirement in project["dependencies"]}
    assert told <= _pins("run.txt").keys()


def test_the_package_and_the_project_agree_on_the_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == dlp.__version__
