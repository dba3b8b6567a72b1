"""The README tells the truth: its snippets run, its commands are understood, its links lead on."""

import re
import shlex
import shutil
from pathlib import Path

import pytest

from stylenet.arguments import build_parser, options_from

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "README.md").read_text("utf-8")
SNIPPETS = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
COMMANDS = re.findall(r"^    (?:.*&& )?python main1\.py((?:.*\\\n)*.*)$", TEXT, re.MULTILINE)


def test_snippets_run_one_after_the_other(tmp_path, monkeypatch, narrow_file):
    shutil.copytree(ROOT / "images", tmp_path / "images")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CNN_STYLENET_NETWORK", str(narrow_file))
    names = {}
    for snippet in SNIPPETS:
        exec(compile(snippet, "README.md", "exec"), names)
    assert {path.name for path in tmp_path.glob("*.*")} == {"out.png", "film.gif", "losses.png"}


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_are_understood(command):
    arguments = build_parser().parse_args(shlex.split(command.replace("\\\n", "")))
    options_from(arguments)
    for path in [*(arguments.styles or []), *(arguments.content_mask or [])]:
        assert not path.startswith("images/") or (ROOT / path).exists()


def test_there_are_commands_and_snippets():
    assert len(COMMANDS) >= 7
    assert len(SNIPPETS) == 2


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "stylenet/models/README.md"])
def test_links_lead_to_files(name):
    path = ROOT / name
    links = re.findall(r"\]\((?!https?:|#)([^)\s]+)\)", path.read_text("utf-8"))
    for link in links:
        assert (path.parent / link).exists(), link


def test_every_picture_has_its_source():
    sources = (ROOT / "images" / "SOURCES.md").read_text("utf-8")
    for path in (ROOT / "images").iterdir():
        if path.suffix != ".md":
            assert f"`{path.name}`" in sources, path.name
