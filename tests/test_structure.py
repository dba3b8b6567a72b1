"""Imports point down, and importing changes nothing."""

import ast
import re
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


PARTS = sorted((ROOT / "stylenet").rglob("*.py"))
PROGRAM = [*PARTS, *(ROOT / f"{name}.py" for name in TOP)]
# The house from the ground up: a file imports from its own floor and from those below.
FLOORS = (
    *("errors", "disk", "network", "options", "pictures", "losses", "engine", "descent"),
    *("results", "video", "cluster", "command", "page"),
)
LONGEST_FUNCTION = 45  # lines, with its docstring
LONGEST_FILES = {"CNNStyleNet.py": 350, "main1.py": 220}


def _named(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", PARTS[1:], ids=_named)
def test_parts_import_from_their_own_floor_and_below(path):
    modules = set(_imports(path))
    assert not {m.split(".")[0] for m in modules} & {*TOP, "tools", "tests", "benchmarks"}
    own = FLOORS.index(path.relative_to(ROOT).with_suffix("").parts[1])
    for module in modules - {"stylenet", "stylenet.__version__"}:
        if module.startswith("stylenet."):
            assert FLOORS.index(module.split(".")[1]) <= own, module


def test_imports_have_one_direction():
    names = {path: ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in PARTS}
    graph = {name: set(_imports(path)) for path, name in names.items()}
    order = list(TopologicalSorter(graph).static_order())  # raises CycleError where they do not
    assert set(graph) <= set(order)


def test_pictures_are_a_leaf():
    modules = set(_imports(ROOT / "MLPreProcess.py"))
    assert {module.rpartition(".")[0] for module in modules} == {"stylenet.pictures"}


def _functions(tree):
    kinds = ast.FunctionDef, ast.AsyncFunctionDef
    return [node for node in ast.walk(tree) if isinstance(node, kinds)]


@pytest.mark.parametrize("path", PROGRAM, ids=_named)
def test_what_is_private_is_used_in_its_own_file_alone(path):
    tree = ast.parse(path.read_text("utf-8"))
    attributes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    private = [node for node in attributes if re.fullmatch(r"_[a-z]\w*", node.attr)]
    own = {node.attr for node in private if getattr(node.value, "id", "") in ("self", "cls")}
    own |= {function.name for function in _functions(tree)}
    assert not {ast.unparse(node) for node in private if node.attr not in own}


@pytest.mark.parametrize("path", PROGRAM, ids=_named)
def test_functions_and_files_are_short(path):
    text = path.read_text("utf-8")
    for function in _functions(ast.parse(text)):
        assert function.end_lineno - function.lineno < LONGEST_FUNCTION, function.name
    assert len(text.splitlines()) <= LONGEST_FILES.get(path.name, 350)


def test_only_one_file_knows_sessions_and_one_knows_matplotlib():
    for path in PROGRAM:
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
