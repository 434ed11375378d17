"""The checkout as these tests see it: its files, and what its modules import and define."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
FOLDERS = ("dlp", "policies", "tests", "requirements", ".ci")


def modules(*folders: str) -> list[Path]:
    """Every Python module of these folders, relative to the checkout."""
    return sorted(path.relative_to(ROOT) for folder in folders for path in (ROOT / folder).rglob("*.py"))


def files() -> list[Path]:
    """Every file of the project: what stands at the top and in its folders, nothing that was generated."""
    inside = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*"))
    return sorted(path for path in (*ROOT.iterdir(), *inside) if path.is_file() and _is_source(path))


def _is_source(path: Path) -> bool:
    return "__pycache__" not in path.parts and not path.name.startswith((".coverage", ".git/")) and path.name != ".git"


def dotted(module: Path) -> str:
    """The name a module is imported by."""
    parts = module.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tree(module: Path) -> ast.Module:
    """A module's syntax tree."""
    return ast.parse((ROOT / module).read_text(encoding="utf-8"), str(module))


def imports(module: Path) -> Iterator[tuple[str, int]]:
    """Every dotted name a module imports, wherever in it, with its line; `from dlp import errors` is "dlp.errors"."""
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = _source(module, node)
            yield from ((f"{source}.{alias.name}", node.lineno) for alias in node.names)


def _source(module: Path, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = module.parent.parts[: len(module.parent.parts) - node.level + 1]
    return ".".join((*package, *([node.module] if node.module else [])))


def functions(module: Path) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Every function and method of a module with its name as "path:name"."""
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{module}:{node.name}", node
