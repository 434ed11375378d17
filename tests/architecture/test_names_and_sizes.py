"""Modules are nouns of the trade; functions and modules stay short enough to read."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.architecture.checkout import ROOT, functions, modules, tree

NOT_NAMES = frozenset(
    {"util", "utils", "helper", "helpers", "core", "common", "base", "misc", "data", "info", "manager", "handler", "processor"}
)
FUNCTION_LINES, MODULE_LINES, PARAMETERS = 60, 400, 5

# "path:function" and "path" that are longer than that. These lists only shrink: what became shorter must leave them.
LONG_FUNCTIONS: frozenset[str] = frozenset()
LONG_MODULES: frozenset[str] = frozenset()


def test_no_module_is_called_by_a_word_that_says_nothing() -> None:
    parts = {(module, part) for module in modules("dlp", "tests") for part in module.with_suffix("").parts}
    assert sorted(str(module) for module, part in parts if NOT_NAMES & set(part.split("_"))) == []


def test_no_function_is_longer_than_a_screen() -> None:
    long = {name for module in modules("dlp", "tests") for name, node in functions(module) if _lines(node) > FUNCTION_LINES}
    assert long == LONG_FUNCTIONS


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_no_module_of_the_product_is_longer_than_one_sitting() -> None:
    long = {
        str(module) for module in modules("dlp") if len((ROOT / module).read_text(encoding="utf-8").splitlines()) > MODULE_LINES
    }
    assert long == LONG_MODULES


@pytest.mark.parametrize("module", modules("dlp"), ids=str)
def test_a_function_takes_five_parameters_at_most(module: Path) -> None:
    assert [name for name, node in functions(module) if _parameters(node) > PARAMETERS] == []


def _parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    names = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
    return len(names) - (names[:1] in (["self"], ["cls"]))


@pytest.mark.parametrize("module", modules("dlp"), ids=str)
def test_a_module_says_in_its_first_line_what_it_is(module: Path) -> None:
    assert not tree(module).body or ast.get_docstring(tree(module))
