"""Clips to files, whole or not at all: H.264 that players play, with its sound; or a GIF."""

import io
import logging
import math
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
GIF_SHORTEST = 2  # hundredths of a second
REC_709 = 1  # FFmpeg's number for the colours, their curve and their matrix

logger = logging.getLogger(__name__)


def write_clip(path, frames, rate, sound_of=None, whole=True):
    """Write frames as a clip; the suffix says in which format.

    Args:
        path: ends in .mp4, .mov, .mkv or .gif.
        frames: iterable of `stylenet.video.clips.Frame`, of one size; even where it is no GIF.
        rate: frames a second, about: how long the last is shown.
        sound_of: VideoFile whose sound is carried over, or None.
        whole: whether these are all frames of the clip, and all of its sound goes with them.

    Raises:
        OutputError: the file cannot be written.
    """
    suffix, rate = Path(path).suffix.lower(), Fraction(rate).limit_denominator(1001)
    with whole_file(path) as file:
        if suffix == ".gif":
            _write_gif(file, frames, rate)
        else:
            _write_video(file, CONTAINERS[suffix], frames, rate, sound_of, whole)


def _write_video(file, form, frames, rate, sound_of, whole):
    options = {"fflags": "+bitexact"}  # neither random numbers nor dates
    if form in ("mp4", "mov"):
        options["movflags"] = "+faststart"
    source = sound_of.opened() if sound_of else None
    try:
        with av.open(file, "w", format=form, options=options) as container:
            stream = container.add_stream("libx264", rate, {"crf": QUALITY})
            sound = _Sound(source, container, form) if source else None
            for number, frame in enumerate(frames):
                if number == 0:
                    _set_up(stream, *frame.image.shape[:2])
                if sound:
                    sound.carry(until=frame.time)
                container.mux(stream.encode(_encodable(frame)))
            container.mux(stream.encode())
            if sound:
                sound.carry(until=math.inf if whole else frame.time + 1 / rate)
    except av.FFmpegError as error:
        raise OutputError(
            f"The clip cannot be written ({error.strerror}); the frames are kept, and --resume "
            "writes them, to a name with another ending too, such as .mkv."
        ) from error
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

    def __init__(self, source, container, form):
        self._container, self._pairs, self._last = container, {}, {}
        for stream in source.streams.audio:
            if _takes(form, stream):
                self._pairs[stream.index] = container.add_stream_from_template(stream)
            else:
                logger.warning(
                    "Sound as %s does not fit into this kind of file and is left out; an .mkv "
                    "takes it.",
                    stream.codec_context.name,
                )
        streams = [source.streams[index] for index in self._pairs]
        self._packets = self._rising(source.demux(streams)) if streams else iter(())
        self._next = next(self._packets, None)

    def _rising(self, packets):
        """Packets with a time that is after that of the one before."""
        for packet in packets:
            before = self._last.get(packet.stream.index)
            if packet.dts is not None and (before is None or packet.dts > before):
                self._last[packet.stream.index] = packet.dts
                yield packet

    def carry(self, until):
        """Write what is heard up to a time, seconds."""
        while self._next is not None and self._time() <= until:
            packet = self._next
            packet.stream = self._pairs[packet.stream.index]
            self._container.mux(packet)
            self._next = next(self._packets, None)

    def _time(self):
        return self._next.dts * self._next.time_base


def _takes(form, stream):
    """Whether a kind of file has room for a stream of sound; it says so at the file's head."""
    try:
        with av.open(io.BytesIO(), "w", format=form) as container:
            container.add_stream_from_template(stream)
            container.start_encoding()
    except (av.FFmpegError, ValueError):
        return False
    return True


def _write_gif(file, frames, rate):
    """An endless GIF; Pillow reduces a frame to 256 colours when its turn has come."""
    milliseconds = []
    pictures = _timed(frames, rate, milliseconds)
    first = next(pictures)
    first.save(file, "GIF", save_all=True, append_images=pictures, duration=milliseconds, loop=0)


def _timed(frames, rate, milliseconds):
    """The frames as Pillow has them; how long each is shown is in the list before it comes.

    A GIF counts hundredths of a second, and players take fewer than two for ten. So a frame that
    comes too soon after another is left out.
    """
    before, shown_at = None, 0
    for frame in frames:
        at = round(100 * frame.time)
        if before is None:
            before, shown_at = frame, at
        elif at - shown_at >= GIF_SHORTEST:
            milliseconds.append(10 * (at - shown_at))
            yield Image.fromarray(before.image)
            before, shown_at = frame, at
    milliseconds.append(10 * max(GIF_SHORTEST, round(100 / rate)))
    yield Image.fromarray(before.image)
