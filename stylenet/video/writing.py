"""Clips to files, whole or not at all: H.264 that players play, with its sound; or a GIF."""

import logging
from fractions import Fraction
from pathlib import Path

import av
from PIL import Image

from stylenet.disk.whole_files import whole_file
from stylenet.errors import OutputError
from stylenet.video.clips import EXACT

CONTAINERS = {".mp4": "mp4", ".mov": "mov", ".mkv": "matroska"}  # suffix -> FFmpeg's name
TICKS = Fraction(1, 90_000)  # in which times are written; all usual frame rates fit
QUALITY = "17"  # of x264, CRF: what a person does not tell from the frames
REC_709 = 1  # FFmpeg's number for the colours, their curve and their matrix

logger = logging.getLogger(__name__)


def write_clip(path, frames, rate, sound_of=None):
    """Write frames as a clip; the suffix says in which format.

    Args:
        path: ends in .mp4, .mov, .mkv or .gif.
        frames: iterable of `stylenet.video.clips.Frame`, of one size; even where it is no GIF.
        rate: frames a second, about: how long the last is shown.
        sound_of: VideoFile whose sound is carried over, or None.

    Raises:
        OutputError: the file cannot be written.
    """
    suffix = Path(path).suffix.lower()
    with whole_file(path) as file:
        if suffix == ".gif":
            _write_gif(file, frames, rate)
        else:
            _write_video(file, CONTAINERS[suffix], frames, rate, sound_of)


def _write_video(file, form, frames, rate, sound_of):
    options = {"fflags": "+bitexact"}  # neither random numbers nor dates
    if form in ("mp4", "mov"):
        options["movflags"] = "+faststart"
    source = sound_of.opened() if sound_of else None
    try:
        with av.open(file, "w", format=form, options=options) as container:
            stream = container.add_stream("libx264", Fraction(rate), {"crf": QUALITY})
            sound = _Sound(source, container) if source else None
            for number, frame in enumerate(frames):
                if number == 0:
                    _set_up(stream, *frame.image.shape[:2])
                if sound:
                    sound.carry(until=frame.time)
                container.mux(stream.encode(_encodable(frame)))
            container.mux(stream.encode())
            if sound:
                sound.carry(until=frame.time + 1 / Fraction(rate))
    except av.FFmpegError as error:
        raise OutputError(f"The clip cannot be written ({error.strerror}).") from error
    finally:
        if source:
            source.close()


def _set_up(stream, height, width):
    context = stream.codec_context
    context.width, context.height, context.pix_fmt = width, height, "yuv420p"
    context.time_base = TICKS
    context.colorspace = context.color_primaries = context.color_trc = REC_709
    context.color_range = 1  # 16 to 235


def _encodable(frame):
    picture = av.VideoFrame.from_ndarray(frame.image, format="rgb24").reformat(
        format="yuv420p", dst_colorspace=REC_709, dst_color_range=1, interpolation=EXACT
    )
    picture.pts, picture.time_base = round(frame.time / TICKS), TICKS
    return picture


class _Sound:
    """The sound of a clip, packet by packet as it is, between the frames it belongs to."""

    def __init__(self, source, container):
        self._container, self._pairs = container, {}
        for stream in source.streams.audio:
            try:
                self._pairs[stream.index] = container.add_stream_from_template(stream)
            except (av.FFmpegError, ValueError):
                logger.warning(
                    "Sound as %s does not fit into this kind of file and is left out; an .mkv "
                    "takes it.",
                    stream.codec_context.name,
                )
        streams = [source.streams[index] for index in self._pairs]
        packets = source.demux(streams) if streams else iter(())
        self._packets = (packet for packet in packets if packet.dts is not None)
        self._next = next(self._packets, None)

    def carry(self, until):
        """Write what is heard up to a time, seconds."""
        while self._next is not None and self._time() <= until:
            packet = self._next
            packet.stream = self._pairs[packet.stream.index]
            self._container.mux(packet)
            self._next = next(self._packets, None)

    def _time(self):
        return self._next.dts * self._next.time_base


def _write_gif(file, frames, rate):
    """An endless GIF; a frame is quantised when its turn has come."""
    milliseconds = []
    pictures = _timed(frames, rate, milliseconds)
    first = next(pictures)
    first.save(file, "GIF", save_all=True, append_images=pictures, duration=milliseconds, loop=0)


def _timed(frames, rate, milliseconds):
    """The frames as Pillow has them; how long each is shown is in the list before it comes."""
    before = None
    for frame in frames:
        if before:
            milliseconds.append(round(1000 * (frame.time - before.time)))
            yield Image.fromarray(before.image)
        before = frame
    milliseconds.append(round(1000 / rate))
    yield Image.fromarray(before.image)
