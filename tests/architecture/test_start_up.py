"""A warm `dlp scan` pays for nothing it does not use."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.architecture.checkout import ROOT

WARM_PATH = ("dlp.cli.scan", "dlp.detect.engine", "dlp.pipeline", "dlp.wiring", "dlp.ingest.exports")
TOO_HEAVY = frozenset(
    {
        "asyncio",
        "http",
        "importlib.metadata",
        "concurrent",
        "cryptography",
        "logging",
        "multiprocessing",
        "phonenumbers",
        "pydantic",
        "pymorphy3",
        "rich",
        "shutil",
        "spacy",
        "sqlalchemy",
        "unittest",
        "uuid_utils",
        "yaml",
    }
)
LINE = '{"id":"1","text":"СНИЛС 112-233-445 95, карта 4111 1111 1111 1111, тел. +7 (912) 345-67-89, пароль: hT7$kq02"}\n'


def _heavy(modules: set[str]) -> list[str]:
    return sorted(name for name in TOO_HEAVY if any(module == name or module.startswith(f"{name}.") for module in modules))


@pytest.mark.parametrize("module", WARM_PATH)
def test_importing_the_warm_path_imports_nothing_heavy(module: str) -> None:
    asked = f"import {module}, sys; print('\\n'.join(sys.modules))"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, cwd=ROOT)
    assert _heavy(set(told.stdout.split())) == []


@pytest.mark.usefixtures("own_cache")
def test_a_warm_scan_imports_nothing_heavy_from_start_to_end() -> None:
    _scan()
    told = _scan("-X", "importtime")
    imported = {line.rsplit("|", 1)[-1].strip() for line in told.stderr.splitlines() if line.startswith("import time:")}
    assert "dlp.pipeline" in imported
    assert _heavy(imported) == []


def _scan(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *options, "-m", "dlp", "scan"]
    return subprocess.run(command, input=LINE, capture_output=True, text=True, check=True, cwd=ROOT)
