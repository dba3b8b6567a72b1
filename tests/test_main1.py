"""The program as its user meets it: files, exit codes, one line for every mistake."""

import itertools
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import CNNStyleNet
import main1
import MLPreProcess as pictures
from stylenet.descent.interrupts import StopBetweenSteps
from stylenet.engine.whole import Whole
from stylenet.losses.values import Losses
from stylenet.network.model_files import EMBEDDED
from stylenet.network.network_file import read_network
from tests.conftest import FLOAT32

ROOT = Path(__file__).parents[1]
READ = ["--content", "my photo.jpg", "--styles", "style.png", "--network", "net.mat", *FLOAT32]


@pytest.fixture
def folder(tmp_path, monkeypatch, content, style, narrow_file):
    """A folder to work in, with two pictures and a network in it."""
    pictures.write_image(tmp_path / "my photo.jpg", content)
    pictures.write_image(tmp_path / "style.png", style)
    (tmp_path / "net.mat").write_bytes(narrow_file.read_bytes())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*extra):
    return main1.main([*READ, "--iterations", "4", *extra])


def test_a_run_leaves_its_files(folder, capsys):
    assert run("--output", "mine.jpg", "--print-iterations", "2") == 0
    out, _ = capsys.readouterr()
    lines = out.splitlines()
    assert [line.split()[1] for line in lines if line.startswith("iteration")] == ["0", "2", "4"]
    assert lines[-1].startswith("mine.jpg: 4 steps")
    assert Image.open("mine.jpg").size == (53, 37)
    assert Image.open("mine_loss.png").format == "PNG"
    summary = Image.open("mine_summary.png")
    assert summary.width > 2 * summary.height
    report = json.loads(Path("mine_run.json").read_text())
    assert list(report) == [
        *("options", "folder", "seed", "versions", "device", "network", "fingerprints"),
        *("sizes", "iterations", "seconds_total", "seconds_per_step", "losses"),
        *("losses_saved", "history"),
    ]
    assert report["iterations"] == 4
    assert report["sizes"]["result"] == [53, 37]
    assert len(report["history"]) == 5
    for losses in (report["losses"], report["losses_saved"]):  # of the run, and of the file
        assert list(losses) == ["total", "content", "style", "tv", "range"]
        terms = sum(losses[name] for name in ("content", "style", "tv", "range"))
        assert losses["total"] == pytest.approx(terms, rel=1e-5)
    assert report["losses_saved"]["range"] == 0
    # The best of all states is kept.
    assert report["losses"]["total"] == min(record["total"] for record in report["history"])


def test_names_are_taken_in_turn_when_none_is_given(folder):
    noise = "--initial", "noise"
    assert run(*noise) == 0
    first = Path("output/result.png").read_bytes()
    assert run(*noise, "--seed", "1") == 0
    assert Path("output/result.png").read_bytes() == first
    assert Path("output/result_2.png").read_bytes() != first
    assert run(*noise) == 0
    assert Path("output/result_3.png").read_bytes() == first  # same seed, same bytes


def test_samples_and_the_real_network_are_the_default(folder, no_named_network, capsys):
    assert main1.main(["--iterations", "1", "--width", "48"]) == 0
    assert capsys.readouterr().out.startswith("output/result.png: 1 steps")  # and nothing else
    report = json.loads(Path("output/result_run.json").read_text())
    assert report["network"]["name"] == "vgg19"
    assert report["fingerprints"]["network"] == read_network(EMBEDDED["vgg19"]).fingerprint
    assert report["sizes"]["result"][0] == 48


MISTAKES = {
    "missing content": (["--content", "nothing.jpg"], "no picture nothing.jpg"),
    "missing style": (["--styles", "style.png", "no.png"], "no picture no.png"),
    "missing start": (["--initial", "no.png"], "no picture no.png"),
    "picture that is none": (["--content", "net.mat"], "no picture that can be read"),
    "missing network": (["--network", "no.mat"], "no network file no.mat"),
    "network that is none": (["--network", "style.png"], "no MATLAB 5 file"),
    "suffix": (["--output", "mine.jgp"], "ends in .jgp"),
    "no suffix": (["--output", "mine"], "ends in nothing"),
    "folder that is a file": (["--output", "style.png/mine.png"], "is a file"),
    "taken name": (["--output", "style.png"], "style.png exists already"),
    "iterations": (["--iterations", "0"], "--iterations (`epochs` of the class) is 0"),
    "word for number": (["--iterations", "many"], "is many, expected a whole number"),
    "rate": (["--learning-rate", "nan"], "--learning-rate"),
    "width": (["--width", "-5"], "--width"),
    "unknown flag": (["--stile", "x"], "unrecognized arguments: --stile"),
    "flag without value": (["--content"], "--content: expected at least one argument"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_each_mistake_is_one_line_and_exit_code_2(folder, capfd, case):
    before = {path: path.read_bytes() for path in folder.iterdir()}
    extra, words = MISTAKES[case]
    assert run(*extra) == 2
    _, err = capfd.readouterr()
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert words in err
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_folder_that_cannot_be_written_to(folder, monkeypatch, capsys):
    def locked(**_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("stylenet.disk.whole_files.tempfile.TemporaryFile", locked)
    assert run("--output", "locked/mine.png") == 2
    assert "cannot be written to (Permission denied)" in capsys.readouterr().err


def test_a_picture_larger_than_memory_is_refused_before_the_run(folder, monkeypatch, capsys):
    monkeypatch.setattr("CNNStyleNet.free_memory", lambda: 1.2e9)
    for tile, how, advice in (
        ("off", "memory and", ", or --tile auto."),
        ("auto", "in tiles", "."),
    ):
        assert run("--width", "6000", "--output", "mine.png", "--tile", tile) == 2
        err = capsys.readouterr().err
        assert "A result of 6000 x 4189 pixels in this style needs about" in err
        assert how in err
        assert "1.2 GB are free; choose --width" in err
        assert err.endswith(f"or less{advice}\n")
        assert not Path("mine.png").exists()


def test_a_picture_that_fits_in_tiles_alone_is_painted_so_and_told(folder, monkeypatch, capsys):
    monkeypatch.setattr("stylenet.engine.memory.TILE_SIZES", (32,))
    monkeypatch.setattr("stylenet.engine.memory.PROCESS_BYTES", 0)
    monkeypatch.setattr("stylenet.engine.memory.COPIES", 200)
    layers = "--style-layers", "relu1_1", "--content-layers", "relu2_1", "--width", "160"
    assert run("--output", "whole.png", "--tile", "off", *layers) == 0
    capsys.readouterr()
    monkeypatch.setattr("CNNStyleNet.free_memory", lambda: 60e6)
    assert run("--output", "tiles.png", *layers) == 0
    out = capsys.readouterr().out
    assert "my photo.jpg: too large for the memory in one piece; painted in tiles of 32 px." in out
    whole, tiles = (np.asarray(Image.open(f"{n}.png"), float) for n in ("whole", "tiles"))
    assert np.median(np.abs(whole - tiles)) <= 1


def test_a_shorter_memory_is_told(folder, monkeypatch, capsys):
    layout_of = CNNStyleNet.layout_of
    monkeypatch.setattr(
        "CNNStyleNet.layout_of", lambda *given: replace(layout_of(*given), remembered=4)
    )
    assert run("--output", "mine.png") == 0
    told = "my photo.jpg: L-BFGS remembers 4 steps, as no more fit into the memory.\n"
    assert capsys.readouterr().out.startswith(told)


@pytest.fixture
def at_each_state(monkeypatch):
    """Puts a function in the way of every state the optimiser reads: (number, state) -> state."""
    original = Whole.evaluate
    count = itertools.count()

    def install(change):
        def state(self, *ops, feed=None):
            return change(next(count), original(self, *ops, feed=feed))

        monkeypatch.setattr(Whole, "evaluate", state)

    return install


def test_existing_result_is_not_touched_before_the_new_one_is_ready(folder, at_each_state):
    Path("mine.png").write_bytes(b"the picture of yesterday")
    seen = []

    def look(number, state):
        seen.append(Path("mine.png").read_bytes())
        return state

    at_each_state(look)
    assert run("--output", "mine.png", "--overwrite") == 0
    assert seen[:5] == [b"the picture of yesterday"] * 5
    assert len(seen) == 6  # once more, for the losses of what was written
    assert Image.open("mine.png").size == (53, 37)


def test_ctrl_c_saves_the_picture_so_far(folder, at_each_state, capsys):
    def interrupt(number, state):
        if number == 2:
            raise KeyboardInterrupt
        return state

    at_each_state(interrupt)
    assert run("--output", "mine.png") == 130
    assert Image.open("mine.png").size == (53, 37)
    assert json.loads(Path("mine_run.json").read_text())["iterations"] == 1
    told = "error: interrupted; the same command with --resume goes on.\n"
    assert capsys.readouterr().err.endswith(told)


def test_ctrl_c_between_two_tiles_writes_every_file_at_once(folder, monkeypatch, capsys):
    """Once asked, every further tile stops, as with the real key; none is needed for the files."""
    tiles = itertools.count()

    def on_tile(self, done, total):
        if next(tiles) > 80:  # in the second step or later
            raise KeyboardInterrupt

    monkeypatch.setattr(StopBetweenSteps, "on_tile", on_tile)
    assert run("--output", "mine.png", "--tile", "16") == 130
    assert "--resume goes on" in capsys.readouterr().err
    for name in ("mine.png", "mine_loss.png", "mine_summary.png", "mine_state.npz"):
        assert Path(name).exists(), name
    assert json.loads(Path("mine_run.json").read_text())["losses_saved"] is None


def test_loss_that_is_not_finite_exits_1_with_the_last_good_picture(folder, at_each_state, capsys):
    def spoil(number, state):
        if number < 4:
            return state
        (_, image, pixels), *others = state
        return ((Losses(np.nan, 1.0, np.nan, 1.0), image * np.nan, pixels), *others)

    at_each_state(spoil)
    assert run("--output", "mine.png") == 1
    assert "The style loss became nan after 4 steps" in capsys.readouterr().err
    assert json.loads(Path("mine_run.json").read_text())["iterations"] == 3


def test_no_traceback_for_what_nobody_expected(folder, at_each_state, capsys):
    def fail(number, state):
        raise RuntimeError("odd\nthing")

    at_each_state(fail)
    assert run("--output", "mine.png") == 1
    err = capsys.readouterr().err
    assert "error: Something unexpected happened (RuntimeError: odd)." in err
    assert "Traceback" not in err


def _command(*extra):
    return [sys.executable, str(ROOT / "main1.py"), *READ, *extra]


def test_process_is_quiet_but_for_its_bar(folder):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("TF_")}
    command = _command("--iterations", "3", "--output", "mine.png")
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1].startswith("mine.png: 3 steps")
    assert "3/3" in done.stderr
    assert "loss" in done.stderr
    for chatter in ("oneDNN", "absl", "WARNING", "cuda", "I0000", "E0000"):
        assert chatter not in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_or_a_kill_of_the_process(folder, number):
    command = _command("--iterations", "100000", "--output", "mine.png")
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        while "loss" not in process.stderr.readline(200):
            pass
        time.sleep(0.5)
        process.send_signal(number)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.endswith("error: interrupted; the same command with --resume goes on.\n")
    assert "Traceback" not in err
    assert Image.open("mine.png").size == (53, 37)


def test_version(capsys):
    with pytest.raises(SystemExit) as caught:
        main1.main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out.startswith("CNN-StyleNet ")
