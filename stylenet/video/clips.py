"""Clips as they come: video files, animated GIFs and folders of numbered frames, frame by frame."""

import hashlib
import re
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import Colorspace

from stylenet.disk.inputs import readable, why_no_file
from stylenet.errors import PictureError
from stylenet.pictures.levels import to_bytes
from stylenet.pictures.reading import picture_size, read_image
from stylenet.results.outputs import pictures_in

STILLS = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".bmp", ".heic", ".avif")
UNSPECIFIED = 2  # what FFmpeg has for colours of which a file says nothing
HD_HEIGHT = 720  # from where such files are taken for Rec. 709, below for Rec. 601, as players do
# Of FFmpeg's scaler: bicubic, colours of full resolution, and rounding, without which a clip gets
# darker by 1.3 levels each time it is written and read.
EXACT = 0x4 | 0x2000 | 0x4000 | 0x40000
_NUMBER = re.compile(r"(\d+)")


@dataclass(frozen=True)
class Frame:
    """A frame of a clip.

    Attributes:
        image: uint8 (H, W, 3), sRGB, the way up a person sees it.
        time: seconds at which it is shown, a Fraction.
    """

    image: np.ndarray
    time: Fraction


class VideoFile:
    """A video file or an animated GIF, read by FFmpeg.

    Attributes:
        path: as given.
        rate: frames a second, about.

    Raises:
        PictureError: there is no such file, or no video in it.
    """

    def __init__(self, path):
        self.path = Path(path)
        if trouble := why_no_file(path, "clip"):
            raise PictureError(f"{trouble}.")
        with self.opened() as container:
            stream = container.streams.best("video")
            if stream is None:
                raise PictureError(f"{readable(path)} has no pictures in it, expected a video.")
            self.rate = stream.average_rate or stream.guessed_rate or Fraction(25)

    def opened(self):
        """The file as FFmpeg opens it, to be closed by whoever asks."""
        try:
            return av.open(str(self.path))
        except (av.FFmpegError, OSError) as error:
            raise PictureError(
                f"{readable(self.path)} is no clip that can be read ({error.strerror}); expected "
                "a video that FFmpeg knows, an animated GIF or a folder of frames."
            ) from error

    def frames(self, first=0):
        """The frames from a number on, one by one.

        Raises:
            PictureError: the file is damaged.
        """
        number = -1
        try:
            with self.opened() as container:
                stream = container.streams.best("video")
                stream.thread_type = "AUTO"
                for number, frame in enumerate(self._rising(container.decode(stream), stream)):
                    if number >= first:
                        yield frame
        except av.FFmpegError as error:
            raise PictureError(
                f"{readable(self.path)} is damaged after {number + 1} frames ({error.strerror}); "
                "cut it before, or repair it."
            ) from error

    def _rising(self, decoded, stream):
        """Decoded frames as Frames; where times go back, as in recordings joined, they go on."""
        shift, before = Fraction(0), None
        for number, frame in enumerate(decoded):
            time = number / self.rate if frame.pts is None else frame.pts * frame.time_base
            image = _upright(frame, stream)
            if before and time + shift <= before.time:
                shift = before.time + 1 / self.rate - time
            if before and before.image.shape != image.shape:
                shapes = [f"{s[1]} x {s[0]}" for s in (before.image.shape, image.shape)]
                raise PictureError(
                    f"{readable(self.path)} changes from {' to '.join(shapes)} pixels at frame "
                    f"{number + 1}; cut it there."
                )
            before = Frame(image, time + shift)
            yield before

    @property
    def files(self):
        """All files that are read."""
        return [self.path]


def _upright(frame, stream):
    """A decoded frame as uint8 (H, W, 3): square pixels, turned as its file says, in sRGB."""
    shape = stream.sample_aspect_ratio or Fraction(1)
    space = frame.colorspace
    if space in (UNSPECIFIED, 0):
        space = Colorspace.ITU709 if frame.height >= HD_HEIGHT else Colorspace.ITU601
    frame_rgb = frame.reformat(
        width=max(1, round(frame.width * shape)),
        format="rgb24",
        src_colorspace=int(space),
        interpolation=EXACT,
    )
    return np.ascontiguousarray(np.rot90(frame_rgb.to_ndarray(), round(frame.rotation / 90)))


class FrameFolder:
    """A folder of numbered frames, in the order of the numbers in their names.

    Args:
        path: of the folder.
        rate: frames a second.
        megapixels: refuse a picture of more.

    Raises:
        PictureError: there is no picture in it.
    """

    def __init__(self, path, rate, megapixels):
        self.path, self._megapixels = Path(path), megapixels
        self.rate = Fraction(rate).limit_denominator(1001)  # FFmpeg takes no more digits
        self.files = numbered(path)

    def frames(self, first=0):
        """The frames from a number on, one by one."""
        size = picture_size(self.files[0], self._megapixels)
        for number, file in enumerate(self.files[first:], start=first):
            image = to_bytes(read_image(file, megapixels=self._megapixels))
            if image.shape[:2] != size:
                raise PictureError(
                    f"{readable(file)} has {image.shape[1]} x {image.shape[0]} pixels, expected "
                    f"{size[1]} x {size[0]} as the first frame of its folder."
                )
            yield Frame(image, number / self.rate)


def numbered(folder):
    """The pictures in a folder in the order of the numbers in their names, 9 before 10.

    Raises:
        PictureError: there are none.
    """
    found, _ = pictures_in(Path(folder))
    if not found:
        raise PictureError(f"There is no picture in the folder {readable(folder)}.")
    return sorted(found, key=lambda path: [_part(part) for part in _NUMBER.split(path.name)])


def _part(part):
    return (0, int(part), part) if part.isdigit() else (1, 0, part)


def first_of(clip, number=0):
    """The first frame of a clip, or another.

    Raises:
        PictureError: there is none.
    """
    with closing(clip.frames(number)) as frames:
        for frame in frames:
            return frame
    raise PictureError(f"{readable(clip.path)} has no frame in it.")


def fingerprint_of(files):
    """SHA-256 over the bytes of files, as text."""
    digest = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            while part := file.read(1 << 20):
                digest.update(part)
    return digest.hexdigest()


def open_clip(path, rate=25.0, megapixels=80):
    """The clip at a path, see the classes above.

    Args:
        path: a video file, an animated GIF or a folder of frames.
        rate: frames a second of a folder.
        megapixels: refuse a frame of a folder of more.

    Raises:
        PictureError: it is none of these.
    """
    if not isinstance(path, (str, Path)):
        raise PictureError(f"A clip is a {type(path).__name__}, expected a path.")
    if Path(path).is_dir():
        return FrameFolder(path, rate, megapixels)
    if Path(path).suffix.lower() in STILLS:
        raise PictureError(
            f"{readable(path)} is one picture, expected a clip: a video file, an animated GIF or a "
            f"folder of frames. What is painted of a picture ends in .png or the like."
        )
    return VideoFile(path)
