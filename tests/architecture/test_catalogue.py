"""The catalogue names every detector there is, and nothing else."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

from dlp.cache import TrustedFolder
from dlp.detect.catalogue import MODULES, detectors, entities, listed, loaded
from tests.architecture.checkout import dotted, modules, tree


def _defines_detectors(module: Path) -> bool:
    targets = [
        target
        for node in tree(module).body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    ]
    return any(isinstance(target, ast.Name) and target.id == "DETECTORS" for target in targets)


def test_the_catalogue_forgets_no_module() -> None:
    defining = {dotted(module) for module in modules("dlp/detect") if _defines_detectors(module)}
    assert defining - {"dlp.detect.catalogue"} == set(MODULES)


def test_the_catalogue_names_a_module_once() -> None:
    assert [module for module, times in Counter(MODULES).items() if times > 1] == []


def test_a_detector_s_name_is_its_own() -> None:
    assert [name for name, times in Counter(detector.name for detector in detectors()).items() if times > 1] == []


def test_every_entity_has_a_detector_and_every_detector_an_entity() -> None:
    assert {detector.entity for detector in detectors()} == entities()


def test_what_is_listed_is_what_is_loaded(tmp_path: Path) -> None:
    folder = TrustedFolder(tmp_path / "cache")
    assert listed(folder) == listed(folder) == listed()
    assert tuple(map(loaded, listed(folder))) == detectors()
