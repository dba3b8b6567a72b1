"""What is installed is whole: the console command in an empty folder, with its own samples."""

import json
import os
import subprocess
import sys
from pathlib import Path

try:
    import tomllib
except ModuleNotFoundError:  # before Python 3.11, where pytest brings it
    import tomli as tomllib

ROOT = Path(__file__).parents[1]
COMMAND = Path(sys.executable).parent / "cnn-stylenet"


def run(folder, *flags):
    """The console command, without the checkout to help it."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [COMMAND, *flags],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_the_console_command_paints_its_samples_anywhere(tmp_path):
    done = run(tmp_path, "--iterations", "1", "--width", "48")
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "output" / "result_run.json").read_text())
    assert Path(report["options"]["content"]).name == "content_harbour.jpg"


def test_it_calls_itself_by_its_name(tmp_path):
    done = run(tmp_path, "--stile")
    assert done.returncode == 2
    assert done.stderr.endswith("see `cnn-stylenet --help`.\n")


def test_presets_are_listed_a_line_each(tmp_path):
    lines = run(tmp_path, "--presets").stdout.splitlines()
    assert [line.split()[0] for line in lines] == [
        *("painting", "draft", "fine", "neural-style", "gatys"),
    ]


def test_every_package_and_every_sample_is_installed():
    setuptools = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    packages = {
        str(path.parent.relative_to(ROOT)).replace(os.sep, ".")
        for path in (ROOT / "stylenet").rglob("__init__.py")
    }
    assert set(setuptools["packages"]) == packages | {"stylenet.models", "stylenet.samples"}
    images = ROOT / setuptools["package-dir"]["stylenet.samples"]
    patterns = setuptools["package-data"]["stylenet.samples"]
    taken = {path for pattern in patterns for path in images.glob(pattern)}
    assert {path.name for path in taken} >= {
        *("content_harbour.jpg", "style_dots.jpg", "mask_sky.png", "painting.jpg", "SOURCES.md"),
    }
