"""What cannot be told stops nothing: outputs closed or full, a terminal that is gone."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import MLPreProcess as pictures
from tests.conftest import FLOAT32, random_image

ROOT = Path(__file__).parents[2]


@pytest.fixture
def command(tmp_path, monkeypatch, narrow_file):
    """A run as a shell's words, without its output; its folder is the working one."""
    monkeypatch.chdir(tmp_path)
    pictures.write_image("content.png", random_image(37, 53))
    pictures.write_image("style.png", random_image(30, 40, seed=1))
    words = [sys.executable, str(ROOT / "main1.py"), "--content", "content.png"]
    words += ["--styles", "style.png", "--network", str(narrow_file), *FLOAT32]
    return " ".join(words)


@pytest.mark.parametrize("where", ["2>&-", ">&- 2>&-", ">/dev/full", "2>/dev/full"])
def test_the_picture_is_written_all_the_same(command, where):
    line = f"{command} --iterations 4 --output out.png {where}"
    done = subprocess.run(line, shell=True, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Error" not in done.stderr
    assert Path("out_run.json").exists()
    assert pictures.read_image("out.png").shape == (37, 53, 3)


def test_a_terminal_that_is_gone_is_a_polite_kill(command):
    """SIGHUP, as a lost ssh sends it, leaves picture and state."""
    line = f"exec {command} --iterations 100000 --output out.png --save-every .05"
    process = subprocess.Popen(line, shell=True, stderr=subprocess.DEVNULL)
    end = time.monotonic() + 120
    while not Path("out_state.npz").exists():
        assert time.monotonic() < end
        time.sleep(0.05)
    process.send_signal(signal.SIGHUP)
    assert process.wait(60) == 130
    for name in ("out.png", "out_run.json", "out_state.npz"):
        assert Path(name).exists(), name


def test_a_name_of_no_letters_anybody_knows(command):
    name = os.fsdecode(b"out_\xff.png")
    words = [*command.split(), "--iterations", "2", "--output", name]
    done = subprocess.run(words, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert os.path.exists(name)  # noqa: PTH110


def test_before_it_is_installed_one_sentence_says_how(tmp_path):
    """With the standard library alone."""
    words = [sys.executable, "-S", "-E", str(ROOT / "main1.py"), "--help"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "is not installed; run `pip install .` in the folder of main1.py." in done.stderr
