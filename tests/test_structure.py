"""Imports point down, and importing changes nothing."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOP = ("CNNStyleNet", "MLPreProcess", "main1")

# Layers of the house, from the ground up; a file imports only from layers below its own.
FLOORS = (
    ("errors", "layers", "quiet"),
    ("files", "options", "model_files", "state_table"),
    ("arguments", "mat_file", "outputs", "figures", "losses", "vgg19", "sessions", "variables"),
    ("feeds", "fitting", "run_report"),
    ("callbacks",),
)


def _imports(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            yield node.module
            if node.module == "stylenet":
                yield from (f"stylenet.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


@pytest.mark.parametrize("path", sorted((ROOT / "stylenet").glob("*.py")), ids=lambda p: p.stem)
def test_imports_point_down(path):
    floor = next((i for i, names in enumerate(FLOORS) if path.stem in names), None)
    assert floor is not None or path.stem == "__init__"
    below = {name for names in FLOORS[: floor or 0] for name in names}
    for module in _imports(path):
        assert module.split(".")[0] not in (*TOP, "tools", "tests", "benchmarks")
        if module.startswith("stylenet."):
            name = module.removeprefix("stylenet.")
            assert name in below or not (ROOT / "stylenet" / f"{name}.py").exists(), module


def test_pictures_are_a_leaf():
    modules = set(_imports(ROOT / "MLPreProcess.py"))
    assert {m for m in modules if m.startswith(("stylenet", *TOP))} == {
        "stylenet.errors",
        "stylenet.files",
    }


def test_only_one_file_knows_sessions_and_one_knows_matplotlib():
    for path in [*(ROOT / "stylenet").glob("*.py"), ROOT / "CNNStyleNet.py", ROOT / "main1.py"]:
        text = path.read_text("utf-8")
        assert ("ConfigProto(" in text) == (path.stem == "sessions"), path
        assert ("matplotlib" in text) == (path.stem == "figures"), path


def test_importing_changes_nothing():
    code = """
import logging, os, sys
before = dict(os.environ), len(logging.getLogger().handlers)
import main1
assert "tensorflow" not in sys.modules
import CNNStyleNet
import tensorflow as tf
assert (dict(os.environ), len(logging.getLogger().handlers)) == before
assert tf.executing_eagerly()
assert not tf.compat.v1.get_default_graph().get_operations()
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
