"""The tutorial notebook runs from top to bottom, and is kept without outputs."""

import os
import re
import shutil
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from stylenet.pictures.picture_set import PictureSet
from stylenet.results.notebook import as_html

ROOT = Path(__file__).parents[1]
NOTEBOOK = ROOT / "notebooks" / "tutorial.ipynb"
SECONDS = 300  # of the whole notebook on two cores


@pytest.fixture
def tutorial():
    return nbformat.read(NOTEBOOK, as_version=4)


def test_outputs_are_stripped(tutorial):
    assert set(tutorial.metadata) == {"kernelspec", "language_info"}
    for cell in tutorial.cells:
        if cell.cell_type == "code":
            assert not cell.outputs
            assert cell.execution_count is None
        assert not cell.metadata


def test_headings_and_equations_are_those_of_the_readme(tutorial):
    text = "\n".join(cell.source for cell in tutorial.cells if cell.cell_type == "markdown")
    readme = (ROOT / "README.md").read_text("utf-8")
    steps = re.findall(r"^## (\d+\. .+)$", text, re.M)
    assert steps == re.findall(r"^## (\d+\. .+)$", readme, re.M)[: len(steps)]
    assert len(steps) == 11
    tags = re.findall(r"\\tag\{(\d+)\}", text)
    assert tags == re.findall(r"\\tag\{(\d+)\}", readme)[: len(tags)]
    assert len(tags) == 11


def test_it_runs_and_shows_what_it_promises(tutorial, tmp_path):
    for cell in tutorial.cells:
        cell.source = re.sub(r"(\bepochs\W+)\d+", r"\g<1>9", cell.source)
    shutil.copytree(ROOT / "images", tmp_path / "images")
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    environment = dict(os.environ, PYTHONPATH=str(ROOT), PYTHONWARNINGS="ignore")
    environment["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    resources = {"metadata": {"path": tmp_path / "notebooks"}}
    client = NotebookClient(tutorial, timeout=SECONDS, resources=resources)
    client.execute(env=environment)
    shown = [output for cell in tutorial.cells for output in cell.get("outputs", [])]
    kinds = [kind for output in shown for kind in output.get("data", {})]
    printed = "".join(output.get("text", "") for output in shown)
    assert kinds.count("image/png") >= 8
    assert kinds.count("text/html") >= 3  # the object shows itself
    assert kinds.count("image/jpeg") >= 1  # and the picture as it comes
    assert "Cannot feed value of shape (108, 160, 3)" in printed
    assert "You must feed a value for placeholder tensor 'image_style_holder'" in printed
    assert "[[30, 10], [10, 5]]" in printed
    assert {path.suffix for path in (tmp_path / "notebooks").glob("my_first.*")} == {".png", ".gif"}


def test_pictures_of_an_object_share_a_row_at_one_height():
    wide, tall = np.zeros((30, 60, 3)), np.zeros((60, 30, 3))
    page = as_html(PictureSet(wide, [tall, wide], None, [], []), None)
    assert re.findall(r"flex:([\d.]+) 1 0", page) == ["2.000", "0.500", "2.000"]
    assert re.findall(r"<figcaption>(.*?)</figcaption>", page) == ["content", "style 1", "style 2"]
    assert "no result yet, call fit()" in page
