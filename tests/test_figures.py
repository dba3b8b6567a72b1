"""The figures of the course at a small scale: each draws, and measures what the README states."""

import json
import re
from pathlib import Path

import pytest
from PIL import Image

from stylenet.network.model_files import EMBEDDED, ENVIRONMENT_VARIABLE
from tools import figures
from tools.course.runs import Scale

TEXT = (Path(__file__).parents[1] / "README.md").read_text("utf-8")


@pytest.mark.parametrize("name", figures.COURSE)
def test_a_figure_of_the_course(name, tmp_path, monkeypatch, narrow_small):
    monkeypatch.setattr("tools.canvas.DOTS_PER_INCH", 40)
    monkeypatch.setitem(EMBEDDED, "vgg19", EMBEDDED["small"])  # as quick as the narrow one
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, str(EMBEDDED["small"]))
    figures.course(name, Scale(width=40, steps=3), tmp_path)
    _, suffix = figures.COURSE[name]
    assert Image.open(tmp_path / f"{name}{suffix}").width > 100
    numbers = json.loads((tmp_path / "numbers.json").read_text("utf-8"))[name]
    for key in re.findall(rf"<!-- {name}\.(\w+) -->", TEXT):
        assert key in numbers
    assert numbers["seed"] == 0 < numbers["seconds"]


def test_numbers_are_kept_beside_those_of_other_figures(tmp_path):
    path = tmp_path / "numbers.json"
    figures.keep_numbers(path, "b", {"x": 1.23456})
    figures.keep_numbers(path, "a", {"y": 98765})
    assert json.loads(path.read_text("utf-8")) == {"a": {"y": 98800.0}, "b": {"x": 1.23}}
