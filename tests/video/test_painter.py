"""Clips painted with the narrow network: held to the frames before, gone on with, masked, whole."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from CNNStyleNet import CNNStyleNet
from stylenet.errors import OptionError, OutputError, PictureError, StateError
from stylenet.video.clips import open_clip
from stylenet.video.run import paint_clip
from stylenet.video.writing import write_clip
from tests.conftest import PLAIN
from tools.clips import RATE, cut, frames, still

SIZE = (48, 64)
QUICK = PLAIN | {"epochs": 4, "frame_epochs": 2, "precision": "float32"}


@pytest.fixture
def here(tmp_path, monkeypatch, style):
    """A folder with a clip of two shots and a style."""
    monkeypatch.chdir(tmp_path)
    write_clip("clip.mkv", frames(cut(count=8, size=SIZE)), RATE)
    Image.fromarray(style.astype(np.uint8)).save("style.png")
    return tmp_path


@pytest.fixture
def clip_net(narrow_file):
    """Makes nets of a clip, and closes them."""
    made = []

    def make(content="clip.mkv", **options):
        made.append(CNNStyleNet(content, "style.png", narrow_file, **QUICK | options))
        return made[-1]

    yield make
    for net in made:
        net.close()


def painted(path):
    return np.stack([frame.image for frame in open_clip(path).frames()])


def test_three_lines_paint_a_clip(here, clip_net):
    report = paint_clip(clip_net(), "out.mkv")
    images = painted("out.mkv")
    assert images.shape == (8, *SIZE, 3)
    assert [frame.time for frame in open_clip("out.mkv").frames()] == [
        frame.time for frame in open_clip("clip.mkv").frames()
    ]
    assert report["shots"] == [[0, 4], [4, 8]]
    assert [row["frame"] for row in report["history"]] == list(range(8))
    temporal = [row["temporal"] for row in report["history"]]
    assert temporal[0] == temporal[4] == 0
    assert min(temporal[1:4]) > 0
    strip = np.asarray(Image.open("out_strip.png"))
    assert strip.shape == (2 * 48 + 18, 6 * (64 + 6) + 6, 3)
    assert sorted(path.name for path in here.iterdir()) == [
        *("clip.mkv", "out.mkv", "out_run.json", "out_strip.png", "style.png")
    ]


def test_odd_sizes_become_even(here, clip_net):
    paint_clip(clip_net(width=51), "out.mp4")
    assert painted("out.mp4").shape == (8, 38, 52, 3)


class _StopAfter:
    """Interrupts a net's fit number `count`."""

    def __init__(self, net, count):
        self._fit, self._left = net.fit, count
        net.fit = self

    def __call__(self, *arguments):
        if not self._left:
            raise KeyboardInterrupt
        self._left -= 1
        return self._fit(*arguments)


@pytest.mark.parametrize("count", [3, 4])
def test_stopped_at_any_frame_it_goes_on_to_the_same_bytes(here, clip_net, count):
    paint_clip(clip_net(), "whole.mkv")
    stopped = clip_net()
    _StopAfter(stopped, count)
    with pytest.raises(KeyboardInterrupt):
        paint_clip(stopped, "out.mkv")
    assert len(painted("out.mkv")) == count
    kept = Path("out_frames/000001.png").read_bytes()
    with pytest.raises(OutputError, match="--resume goes on"):
        paint_clip(clip_net(), "out.mkv")
    with pytest.raises(StateError, match=r"--style-weight .*, not 7"):
        paint_clip(clip_net(weight_image_style=7.0), "out.mkv", resume=True)
    with pytest.raises(StateError, match="--iterations 4, not 5"):
        paint_clip(clip_net(epochs=5), "out.mkv", resume=True)
    assert Path("out_frames/000001.png").read_bytes() == kept
    paint_clip(clip_net(), "out.mkv", resume=True)
    assert Path("out.mkv").read_bytes() == Path("whole.mkv").read_bytes()


def test_another_clip_is_no_clip_to_go_on_with(here, clip_net):
    stopped = clip_net()
    _StopAfter(stopped, 1)
    with pytest.raises(KeyboardInterrupt):
        paint_clip(stopped, "out.mkv")
    write_clip("clip.mkv", frames(cut(count=6, size=SIZE)), RATE)
    with pytest.raises(StateError, match="another content picture"):
        paint_clip(clip_net(), "out.mkv", resume=True)


def test_nothing_is_replaced_unasked(here, clip_net):
    for name in ("out.mkv", "out_strip.png", "out_run.json"):
        Path(name).write_text("mine")
        with pytest.raises(OutputError, match="exists already"):
            paint_clip(clip_net(), "out.mkv")
        assert Path(name).read_text() == "mine"
        Path(name).unlink()
    with pytest.raises(OutputError, match="is a file this run reads"):
        paint_clip(clip_net(), "clip.mkv", overwrite=True)


def test_frames_that_are_somebody_elses_are_left_alone(here, clip_net):
    """Extracted frames often lie in a folder of that name."""
    Path("out_frames").mkdir()
    for number in range(1, 9):
        Image.fromarray(np.zeros((48, 64, 3), np.uint8)).save(f"out_frames/{number:06d}.png")
    before = Path("out_frames/000003.png").read_bytes()
    for how in ({}, {"resume": True}, {"overwrite": True}):
        with pytest.raises(OutputError, match="is not of a clip that was begun"):
            paint_clip(clip_net(), "out.mkv", **how)
    assert Path("out_frames/000003.png").read_bytes() == before
    assert len(list(Path("out_frames").iterdir())) == 8


def test_a_finished_clip_is_not_painted_again_nor_replaced(here, clip_net):
    first = paint_clip(clip_net(), "out.mkv")
    before = Path("out.mkv").stat().st_mtime_ns
    assert paint_clip(clip_net(), "out.mkv", resume=True)["history"] == first["history"]
    with pytest.raises(OutputError, match=r"from a run that had .* not 9"):
        paint_clip(clip_net(frame_epochs=9), "out.mkv", resume=True)
    assert Path("out.mkv").stat().st_mtime_ns == before


def test_a_clip_that_cannot_be_painted_leaves_nothing(here, clip_net):
    data = Path("clip.mkv").read_bytes()
    Path("cut.mkv").write_bytes(data[:700])
    with pytest.raises(PictureError):
        paint_clip(clip_net("cut.mkv"), "out.mkv")
    with pytest.raises(OptionError, match="is for pictures"):
        paint_clip(clip_net(eval_step=1), "out.mkv")
    assert not list(here.glob("out*"))


def test_a_still_shot_stays_as_it_is(here, clip_net):
    write_clip("shot.mkv", frames(still(count=6, size=SIZE)), RATE)
    paint_clip(clip_net("shot.mkv", weight_temporal=1.0, frame_epochs=4), "out.mkv")
    images = painted("out.mkv").astype(float)
    assert np.abs(images[-1] - images[1]).mean() < 1  # the codec's


def test_masks_frame_by_frame(here, clip_net):
    """Outside its mask each frame is its content."""
    Path("masks").mkdir()
    for number in range(8):
        mask = np.zeros((48, 64), np.uint8)
        mask[:, : 8 * number + 8] = 255 * (number != 5)  # once all black
        Image.fromarray(mask).save(f"masks/m{number + 1}.png")
    paint_clip(clip_net(content_masks=["masks"], initial="noise"), "out.mkv")
    apart = np.abs(painted("out.mkv").astype(float) - painted("clip.mkv")).mean(axis=(1, 3))
    for number in (0, 3, 4, 6):
        edge = 8 * number + 8
        assert apart[number, edge + 2 :].mean() < 5
    assert apart[0, :8].mean() > 20
    assert apart[4, :40].mean() > 20
    assert apart[5].mean() < 5
    Path("masks/m8.png").unlink()
    with pytest.raises(PictureError, match="has 7 masks, expected 8"):
        paint_clip(clip_net(content_masks=["masks"]), "two.mkv")


def test_colours_of_the_content_are_kept(here, clip_net):
    paint_clip(clip_net(preserve_colors="yuv"), "out.mkv")
    got, content = (painted(name).mean(axis=(1, 2)) for name in ("out.mkv", "clip.mkv"))
    hue = np.diff(got - content, axis=1)  # what the channels differ in, which lightness leaves
    assert np.abs(hue).max() < 6


def test_a_net_that_painted_a_picture_paints_a_clip_after(here, clip_net):
    net = clip_net("style.png").fit([])
    net.sources = replace(net.sources, content="clip.mkv")
    paint_clip(net, "after.mkv")
    paint_clip(clip_net(), "alone.mkv")
    assert Path("after.mkv").read_bytes() == Path("alone.mkv").read_bytes()


def test_the_run_file_tells_all(here, clip_net):
    paint_clip(clip_net(), "out.gif")
    report = json.loads(Path("out_run.json").read_text())
    assert report["sizes"]["result"] == [64, 48]
    assert report["frames"] == 8
    assert report["options"]["weight_temporal"] == 30_000
