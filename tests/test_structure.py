"""Imports point down, and importing changes nothing."""

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOP = ("CNNStyleNet", "MLPreProcess", "main1")


def _imports(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            yield node.module
            if node.module == "stylenet":
                yield from (f"stylenet.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


PARTS = sorted((ROOT / "stylenet").glob("*.py"))


@pytest.mark.parametrize("path", PARTS, ids=lambda path: path.stem)
def test_parts_import_no_file_above_them(path):
    assert not {m.split(".")[0] for m in _imports(path)} & {*TOP, "tools", "tests", "benchmarks"}


def test_imports_have_one_direction():
    graph = {path.stem: {m.removeprefix("stylenet.") for m in _imports(path)} for path in PARTS}
    order = list(TopologicalSorter(graph).static_order())  # raises CycleError where they do not
    assert set(graph) <= set(order)


def test_pictures_are_a_leaf():
    modules = set(_imports(ROOT / "MLPreProcess.py"))
    assert {m for m in modules if m.startswith(("stylenet", *TOP))} == {
        "stylenet.errors",
        "stylenet.disk.whole_files",
        "stylenet.disk.inputs",
        "stylenet.pictures.resampling",
    }


def test_only_one_file_knows_sessions_and_one_knows_matplotlib():
    for path in [*(ROOT / "stylenet").glob("*.py"), ROOT / "CNNStyleNet.py", ROOT / "main1.py"]:
        text = path.read_text("utf-8")
        assert ("ConfigProto(" in text) == (path.stem == "sessions"), path
        assert ("matplotlib" in text) == (path.stem == "figures"), path


def test_importing_changes_nothing():
    code = """
import logging, os, sys
import main1
assert "tensorflow" not in sys.modules
import tensorflow as tf  # sets variables of its own
before = dict(os.environ), len(logging.getLogger().handlers)
import CNNStyleNet
assert (dict(os.environ), len(logging.getLogger().handlers)) == before
assert tf.executing_eagerly()
assert not tf.compat.v1.get_default_graph().get_operations()
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
