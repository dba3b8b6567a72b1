"""Clips on the command line: what is asked for, told, kept and refused."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import main1
from CNNStyleNet import CNNStyleNet
from stylenet.video.clips import open_clip
from stylenet.video.writing import write_clip
from tests.conftest import FLOAT32
from tools.clips import RATE, cut, frames

QUICK = ["--iterations", "4", "--frame-iterations", "2", "--styles", "style.png", *FLOAT32]


@pytest.fixture
def here(tmp_path, monkeypatch, style, narrow_file):
    """A folder with a clip of two shots, the same as numbered frames, and a style."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CNN_STYLENET_NETWORK", str(narrow_file))
    known = list(cut(count=8, size=(48, 64)))
    write_clip("clip.mkv", frames(known), RATE)
    Path("frames").mkdir()
    for number, frame in enumerate(known):
        Image.fromarray(frame.image).save(f"frames/{number + 1}.png")
    Image.fromarray(style.astype(np.uint8)).save("style.png")
    return tmp_path


def painted(path):
    return [frame.image for frame in open_clip(path).frames()]


def test_a_clip_is_painted_and_told(here, capsys):
    assert main1.main(["--content", "clip.mkv", *QUICK, "--output", "out.mp4"]) == 0
    assert "out.mp4: 8 of 8 frames" in capsys.readouterr().out
    assert len(painted("out.mp4")) == 8
    assert not Path("out_frames").exists()
    report = json.loads(Path("out_run.json").read_text())
    assert report["shots"] == [[0, 4], [4, 8]]


def test_a_folder_of_frames_becomes_a_clip_and_a_clip_a_gif(here):
    asked = ["--content", "frames", *QUICK, "--frame-rate", "12.5", "--output", "out.mkv"]
    assert main1.main(asked) == 0
    clip = list(open_clip("out.mkv").frames())
    assert float(clip[-1].time) == pytest.approx(7 / 12.5, abs=2e-3)
    assert main1.main(["--content", "clip.mkv", *QUICK, "--output", "two.gif"]) == 0
    assert len(painted("two.gif")) == 8


def test_the_output_may_be_left_out_or_be_a_folder(here):
    asked = ["--content", "clip.mkv", *QUICK]
    assert main1.main(asked) == 0
    assert Path("output/clip.mp4").exists()
    Path("films").mkdir()
    assert main1.main([*asked, "--output", "films"]) == 0
    assert Path("films/clip.mp4").exists()


def test_stopped_by_a_signal_and_gone_on_with(here, capsys, monkeypatch):
    asked = ["--content", "clip.mkv", *QUICK, "--output"]
    assert main1.main([*asked, "whole.mkv"]) == 0
    fit, count = CNNStyleNet.fit, []

    def stop_in_the_sixth(net, callbacks=None, state=None):
        def stop(record):
            if len(count) == 6 and record.iteration == 1:
                raise KeyboardInterrupt

        count.append(net)
        return fit(net, [*callbacks, stop], state)

    monkeypatch.setattr(CNNStyleNet, "fit", stop_in_the_sixth)
    capsys.readouterr()
    assert main1.main([*asked, "out.mkv"]) == 130
    said = capsys.readouterr()
    assert "out.mkv: 5 of 8 frames" in said.out
    assert "--resume goes on" in said.err
    assert len(painted("out.mkv")) == 5
    monkeypatch.setattr(CNNStyleNet, "fit", fit)
    assert main1.main([*asked, "out.mkv"]) == 2
    assert main1.main([*asked, "out.mkv", "--resume"]) == 0
    assert Path("out.mkv").read_bytes() == Path("whole.mkv").read_bytes()
    capsys.readouterr()
    assert main1.main([*asked, "out.mkv", "--resume"]) == 0
    assert "is finished already" in capsys.readouterr().out


def test_a_run_file_repeats_a_clip(here, capsys):
    assert main1.main(["--content", "clip.mkv", *QUICK, "--output", "out.mkv"]) == 0
    again = ["--from-run", "out_run.json", "--output"]
    assert main1.main([*again, "again.mkv"]) == 0
    assert Path("again.mkv").read_bytes() == Path("out.mkv").read_bytes()
    Image.fromarray(np.zeros((40, 40, 3), np.uint8)).save("style.png")
    assert main1.main([*again, "other.mkv"]) == 2
    assert "style picture is not what" in capsys.readouterr().err
    assert not Path("other.mkv").exists()


def test_a_dry_run_writes_nothing(here, capsys):
    before = sorted(here.rglob("*"))
    asked = ["--content", "clip.mkv", *QUICK, "--output", "out.mp4", "--dry-run"]
    assert main1.main(asked) == 0
    assert sorted(here.rglob("*")) == before
    said = capsys.readouterr().out
    for words in ("8 frames of 64 x 48 px", "shots   2", "time", "disk", "writes  out.mp4"):
        assert words in said


MISTAKES = {
    "another format": (["--content", "clip.mkv", "--output", "out.png"], "expected one of .mp4"),
    "a picture": (["--content", "style.png", "--output", "out.mp4"], "is one picture"),
    "two clips": (["--content", "clip.mkv", "clip.mkv", "--output", "o.mp4"], "painted alone"),
    "itself": (["--content", "clip.mkv", "--output", "clip.mkv", "--overwrite"], "this run reads"),
    "no clip": (["--content", "text.mp4", "--output", "out.mp4"], "no clip that can be read"),
    "missing": (["--content", "missing.mp4", "--output", "out.mp4"], "missing.mp4"),
    "tensorboard": (
        ["--content", "clip.mkv", "--output", "out.mp4", "--tensorboard", "tb"],
        "is for pictures",
    ),
    "masks": (
        ["--content", "clip.mkv", "--output", "out.mp4", "--content-mask", "masks"],
        "has 1 masks, expected 8",
    ),
    "rate": (["--content", "frames", "--output", "o.gif", "--frame-rate", "0"], "--frame-rate"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_one_sentence_and_nothing_is_written(here, capsys, name):
    Path("text.mp4").write_text("no clip")
    Path("masks").mkdir()
    Image.fromarray(np.full((4, 4), 255, np.uint8)).save("masks/1.png")
    before = {path: path.read_bytes() for path in here.rglob("*") if path.is_file()}
    arguments, words = MISTAKES[name]
    assert main1.main([*arguments, *QUICK]) == 2
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert said.startswith("error: ")
    assert words in said
    assert {path: path.read_bytes() for path in here.rglob("*") if path.is_file()} == before


def test_what_is_not_installed_is_named_with_the_command(here, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)
    assert main1.main(["--content", "clip.mkv", *QUICK, "--output", "out.mp4"]) == 2
    assert "pip install '.[video]'" in capsys.readouterr().err


def test_an_animated_gif_may_still_be_one_picture(here):
    write_clip("a.gif", frames(cut(count=2, size=(48, 64))), RATE)
    assert main1.main(["--content", "a.gif", *QUICK, "--output", "out.png"]) == 0
    assert Image.open("out.png").size == (64, 48)
