"""Imports go down, never sideways."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture.checkout import dotted, imports, modules

FLOORS = {
    "records": 1, "errors": 1, "clock": 1, "spans": 1, "lined_yaml": 1, "cache": 1,
    "chats": 2,
    "ingest": 3, "extract": 3, "detect": 3, "policy": 3, "directory": 3, "decide": 3, "store": 3, "act": 3,
    "pipeline": 4, "settings": 4, "report": 4,
    "services": 5,
    "wiring": 6,
    "worker": 7,
    "api": 8, "hooks": 8,
    "cli": 9,
    "__main__": 10,
}  # fmt: skip
GROUND = 1  # its modules build on one another; they import nothing from above


def _room(name: str) -> str:
    """The folder or module right under `dlp` that a name stands in: "detect" of "dlp.detect.view", "" of "dlp"."""
    parts = name.split(".")
    return parts[1] if len(parts) > 1 else ""


@pytest.mark.parametrize("module", modules("dlp"), ids=str)
def test_every_module_stands_on_a_floor(module: Path) -> None:
    assert module.parts == ("dlp", "__init__.py") or _room(dotted(module)) in FLOORS


@pytest.mark.parametrize("module", modules("dlp"), ids=str)
def test_imports_go_down_never_sideways(module: Path) -> None:
    assert [f"{module}:{line} imports {name}" for name, line in imports(module) if not _is_down(dotted(module), name)] == []


def _is_down(importer: str, imported: str) -> bool:
    if imported != "dlp" and not imported.startswith("dlp."):
        return True
    here, there = _room(importer), _room(imported)
    if there in {"", "__version__"} or there == here:
        return True
    if not here or there not in FLOORS:
        return False
    return FLOORS[there] < FLOORS[here] or FLOORS[there] == FLOORS[here] == GROUND


@pytest.mark.parametrize(
    ("importer", "imported", "allowed"),
    [
        ("dlp.detect.engine", "dlp.records", True),
        ("dlp.detect.engine", "dlp.detect.view", True),
        ("dlp.ingest.exports", "dlp.chats.telegram", True),
        ("dlp.settings", "dlp", True),
        ("dlp.wiring", "dlp.__version__", True),
        ("dlp.errors", "dlp.records", True),
        ("dlp.policy.load", "dlp.detect.engine", False),
        ("dlp.chats.telegram", "dlp.ingest.exports", False),
        ("dlp.pipeline", "dlp.wiring", False),
        ("dlp.pipeline", "dlp.settings", False),
        ("dlp.records", "dlp.chats.moment", False),
        ("dlp", "dlp.cli", False),
        ("dlp.cli.scan", "dlp.nowhere", False),
        ("dlp.cli.scan", "json.decoder", True),
    ],
)
def test_the_rule_itself_tells_down_from_sideways(importer: str, imported: str, allowed: bool) -> None:
    assert _is_down(importer, imported) is allowed
