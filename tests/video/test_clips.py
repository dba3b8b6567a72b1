"""Clips from and to files: times, turns, sound, odd sizes, ten bits; what is none is told."""

import struct
from fractions import Fraction
from itertools import pairwise

import av
import numpy as np
import pytest
from PIL import Image

from stylenet.errors import PictureError
from stylenet.video.clips import Frame, fingerprint_of, open_clip
from stylenet.video.masks import MaskFrames
from stylenet.video.writing import write_clip

TIMES = [Fraction(n, 20) for n in (0, 2, 4, 7, 8)]  # not even


def picture(number, height=48, width=64):
    """A smooth picture, uint8."""
    y, x = np.mgrid[:height, :width]
    levels = np.stack([40 + 2 * x, 60 + 2 * y, np.full_like(x, 30 * number + 40)], axis=2)
    return levels.clip(0, 255).astype(np.uint8)


def frames(times=TIMES, **size):
    return [Frame(picture(number, **size), time) for number, time in enumerate(times)]


def with_sound(path):
    """A clip of half a second with a tone."""
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", 20)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        sound = container.add_stream("aac", 8000, layout="mono")
        for number in range(10):
            frame = av.VideoFrame.from_ndarray(picture(number % 5), format="rgb24")
            container.mux(video.encode(frame))
        container.mux(video.encode())
        for part in range(4):
            tone = np.sin(np.arange(1024) / 4 + part)[None].astype(np.float32)
            frame = av.AudioFrame.from_ndarray(tone, format="fltp", layout="mono")
            frame.sample_rate, frame.pts = 8000, 1024 * part
            container.mux(sound.encode(frame))
        container.mux(sound.encode())


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv", ".gif"])
def test_there_and_back(tmp_path, suffix):
    path = tmp_path / f"clip{suffix}"
    write_clip(path, frames(), 10)
    found = list(open_clip(path).frames())
    assert [frame.time for frame in found] == TIMES
    for frame, wanted in zip(found, frames(), strict=True):
        apart = frame.image.astype(int) - wanted.image
        assert np.abs(apart).mean() < (5 if suffix == ".gif" else 1.5)
        if suffix != ".gif":
            assert abs(apart.mean()) < 1  # no darker than it was
    assert [frame.time for frame in open_clip(path).frames(3)] == TIMES[3:]


def test_what_players_want(tmp_path):
    write_clip(tmp_path / "clip.mp4", frames(), 10)
    with av.open(str(tmp_path / "clip.mp4")) as container:
        context = container.streams.video[0].codec_context
        assert (context.name, context.pix_fmt) == ("h264", "yuv420p")
        assert context.colorspace == 1
    head = (tmp_path / "clip.mp4").read_bytes()
    assert head.index(b"moov") < head.index(b"mdat")  # it plays while it is still coming


def test_sound_is_carried_over_as_it_is(tmp_path):
    with_sound(tmp_path / "in.mp4")
    clip = open_clip(tmp_path / "in.mp4")
    write_clip(tmp_path / "out.mkv", clip.frames(), clip.rate, clip)
    packets = []
    for name in ("in.mp4", "out.mkv"):
        with av.open(str(tmp_path / name)) as container:
            sound = container.demux(container.streams.audio[0])
            packets.append([bytes(packet) for packet in sound if packet.size])
    assert len(packets[0]) >= 4
    assert packets[0] == packets[1]
    write_clip(tmp_path / "out.gif", clip.frames(), clip.rate, clip)


def test_a_clip_filmed_upright_is_read_upright(tmp_path):
    """With the matrix that phones write, which has it shown turned clockwise."""
    write_clip(tmp_path / "as_stored.mov", frames(TIMES[:1]), 10)
    unit = 1 << 16
    as_stored, turned = (
        struct.pack(">9i", *numbers, 0, 1 << 30)
        for numbers in ((unit, 0, 0, 0, unit, 0, 0), (0, unit, 0, -unit, 0, 0, 0))
    )
    before, _, after = (tmp_path / "as_stored.mov").read_bytes().rpartition(as_stored)
    (tmp_path / "turned.mov").write_bytes(before + turned + after)
    (frame,) = open_clip(tmp_path / "turned.mov").frames()
    assert frame.image.shape == (64, 48, 3)
    assert np.abs(frame.image.astype(int) - np.rot90(picture(0), -1)).mean() < 3


@pytest.mark.parametrize(
    ("codec", "form", "size"),
    [("libx265", "yuv420p10le", (48, 64)), ("libx264", "yuv444p", (45, 63))],
)
def test_ten_bits_and_odd_sizes(tmp_path, codec, form, size):
    with av.open(str(tmp_path / "clip.mkv"), "w") as container:
        stream = container.add_stream(codec, 10, {"crf": "10"})
        (stream.height, stream.width), stream.pix_fmt = size, form
        for number in range(3):
            frame = av.VideoFrame.from_ndarray(picture(number, *size), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    found = [frame.image for frame in open_clip(tmp_path / "clip.mkv").frames()]
    assert len(found) == 3
    assert np.abs(found[2].astype(int) - picture(2, *size)).mean() < 3


def test_frames_of_a_folder_come_by_their_numbers(tmp_path):
    for number in (1, 2, 9, 10, 11):
        Image.fromarray(np.full((4, 6, 3), number, np.uint8)).save(tmp_path / f"f{number}.png")
    clip = open_clip(tmp_path, rate=12.5)
    found = list(clip.frames())
    assert [frame.image[0, 0, 0] for frame in found] == [1, 2, 9, 10, 11]
    assert found[2].time == Fraction(4, 25)
    before = fingerprint_of(clip.files)
    Image.fromarray(np.zeros((5, 6, 3), np.uint8)).save(tmp_path / "f9.png")
    assert fingerprint_of(clip.files) != before
    with pytest.raises(PictureError, match=r"f9\.png has 6 x 5 pixels, expected 6 x 4"):
        list(clip.frames())


def test_times_that_go_back_go_on(tmp_path):
    """Recordings joined as `cat` joins them."""
    for name in "ab":
        with av.open(str(tmp_path / f"{name}.ts"), "w") as container:
            stream = container.add_stream("libx264", 10)
            stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
            for number in range(3):
                frame = av.VideoFrame.from_ndarray(picture(number), format="rgb24")
                container.mux(stream.encode(frame))
            container.mux(stream.encode())
    joined = (tmp_path / "a.ts").read_bytes() + (tmp_path / "b.ts").read_bytes()
    (tmp_path / "joined.ts").write_bytes(joined)
    found = list(open_clip(tmp_path / "joined.ts").frames())
    times = [frame.time for frame in found]
    assert len(times) == 6
    assert all(after > before for before, after in pairwise(times))
    write_clip(tmp_path / "out.mp4", found, 10)


def test_a_clip_of_two_sizes_is_told(tmp_path):
    for name, size in (("a", (48, 64)), ("b", (64, 48))):
        with av.open(str(tmp_path / f"{name}.ts"), "w") as container:
            stream = container.add_stream("libx264", 10)
            (stream.height, stream.width), stream.pix_fmt = size, "yuv420p"
            frame = av.VideoFrame.from_ndarray(picture(0, *size), format="rgb24")
            container.mux(stream.encode(frame))
            container.mux(stream.encode())
    joined = (tmp_path / "a.ts").read_bytes() + (tmp_path / "b.ts").read_bytes()
    (tmp_path / "joined.ts").write_bytes(joined)
    with pytest.raises(PictureError, match="changes from 64 x 48 to 48 x 64 pixels at frame 2"):
        list(open_clip(tmp_path / "joined.ts").frames())


def test_the_rates_of_television(tmp_path):
    for number in range(3):
        Image.fromarray(picture(number)).save(tmp_path / f"{number}.png")
    clip = open_clip(tmp_path, rate=29.97)
    assert clip.rate == Fraction(2997, 100)
    write_clip(tmp_path / "out.mp4", clip.frames(), 23.976)
    assert len(list(open_clip(tmp_path / "out.mp4").frames())) == 3


@pytest.mark.parametrize("rate", [24, 30, 60, 120])
def test_a_gif_takes_as_long_as_its_clip(tmp_path, rate):
    shown = [Frame(picture(n % 7), Fraction(n, rate)) for n in range(rate)]
    write_clip(tmp_path / "out.gif", shown, rate)
    with Image.open(tmp_path / "out.gif") as gif:
        lengths = []
        for number in range(gif.n_frames):
            gif.seek(number)
            lengths.append(gif.info["duration"])
    assert min(lengths) >= 20
    assert sum(lengths) == pytest.approx(1000, abs=30)


def test_sound_that_does_not_fit_is_left_out_and_told(tmp_path, caplog):
    with av.open(str(tmp_path / "in.mkv"), "w") as container:
        video = container.add_stream("libx264", 20)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        sound = container.add_stream("libopus", 48000, layout="mono")
        container.mux(video.encode(av.VideoFrame.from_ndarray(picture(0), format="rgb24")))
        container.mux(video.encode())
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 960), np.float32), "fltp", "mono")
        frame.sample_rate, frame.pts = 48000, 0
        container.mux(sound.encode(frame))
        container.mux(sound.encode())
    clip = open_clip(tmp_path / "in.mkv")
    write_clip(tmp_path / "out.mov", clip.frames(), clip.rate, clip)
    assert "opus does not fit" in caplog.text
    assert len(list(open_clip(tmp_path / "out.mov").frames())) == 1


def test_what_is_no_clip_is_told(tmp_path):
    (tmp_path / "text.mp4").write_text("no clip at all")
    Image.fromarray(picture(0)).save(tmp_path / "still.png")
    (tmp_path / "empty").mkdir()
    for name, words in (
        ("text.mp4", "is no clip that can be read"),
        ("missing.mp4", "missing.mp4"),
        ("still.png", "is one picture, expected a clip"),
        ("empty", "There is no picture in the folder"),
    ):
        with pytest.raises(PictureError, match=words):
            open_clip(tmp_path / name)


def test_a_clip_that_is_cut_short_is_told_with_how_far_it_is_whole(tmp_path):
    path = tmp_path / "clip.mkv"
    noise = np.random.default_rng(0).integers(0, 255, (30, 48, 64, 3), np.uint8)
    write_clip(path, [Frame(image, Fraction(n, 10)) for n, image in enumerate(noise)], 10)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    try:
        count = sum(1 for _ in open_clip(path).frames())
    except PictureError as error:
        assert "is damaged after" in str(error)
    else:
        assert 5 < count < 30


def test_masks_of_frames(tmp_path):
    for number in range(3):
        Image.fromarray(np.full((4, 6), 80 * number + 10, np.uint8)).save(
            tmp_path / f"{number}.png"
        )
    masks = MaskFrames(tmp_path)
    assert masks.of(2).name == "2.png"
    masks.check(3, 80)
    with pytest.raises(PictureError, match="has 3 masks, expected 4"):
        masks.check(4, 80)
    one = MaskFrames(tmp_path / "0.png")
    assert one.of(7) == tmp_path / "0.png"
    one.check(99, 80)
