"""Pictures to files, whole or not at all."""

import io
from pathlib import Path

import imageio.v3 as iio
from PIL import Image

from stylenet.disk.inputs import as_address
from stylenet.disk.whole_files import write_whole
from stylenet.errors import PictureError
from stylenet.pictures.levels import to_bytes
from stylenet.pictures.profiles import srgb_profile

# What a suffix stands for, and how it is written. JPEG keeps its colours at full resolution.
WRITE_OPTIONS = {
    ".png": {},
    ".jpg": {"quality": 95, "subsampling": 0},
    ".jpeg": {"quality": 95, "subsampling": 0},
    ".tif": {"compression": "tiff_lzw"},
    ".tiff": {"compression": "tiff_lzw"},
    ".webp": {"quality": 95},
}

LONGEST_SIDE = {".jpg": 65500, ".jpeg": 65500, ".webp": 16383}  # that these formats can hold


def check_suffix(path):
    """Raise PictureError unless pictures can be written under this name."""
    if as_address(path):
        raise PictureError(f"{as_address(path)} is an address, expected the name of a file.")
    suffix = Path(path).suffix.lower()
    if suffix not in WRITE_OPTIONS:
        raise PictureError(
            f"{path} ends in {suffix or 'nothing'}, expected one of {', '.join(WRITE_OPTIONS)}."
        )


def check_size(path, height, width):
    """Raise PictureError unless a picture of a size can be written under this name."""
    check_suffix(path)
    suffix = Path(path).suffix.lower()
    most = LONGEST_SIDE.get(suffix, width + height)
    if max(height, width) > most:
        raise PictureError(
            f"{path} cannot hold {width} x {height} pixels, {most} a side are the most for "
            f"{suffix}; choose .png."
        )


def write_image(path, image):
    """Write a picture, whole or not at all; the suffix says in which format.

    Args:
        path: ends in .png, .jpg, .jpeg, .tif, .tiff or .webp.
        image: (H, W, 3), sRGB, whose profile is embedded; clipped to 0-255 and rounded.

    Raises:
        PictureError: unknown suffix.
        OutputError: the file cannot be written.
    """
    check_size(path, *image.shape[:2])
    suffix = Path(path).suffix.lower()
    options = WRITE_OPTIONS[suffix] | {"icc_profile": srgb_profile()}
    data = iio.imwrite("<bytes>", to_bytes(image), extension=suffix, plugin="pillow", **options)
    write_whole(path, data)


def write_gif(path, frames, seconds_per_frame=0.12):
    """Write an endless GIF of pictures (H, W, 3) of one size, whole or not at all."""
    pictures = [Image.fromarray(to_bytes(frame)) for frame in frames]
    buffer = io.BytesIO()
    milliseconds = round(1000 * seconds_per_frame)
    # The last frame, the result, is shown longer.
    durations = [milliseconds] * (len(pictures) - 1) + [12 * milliseconds]
    pictures[0].save(
        buffer, "GIF", save_all=True, append_images=pictures[1:], duration=durations, loop=0
    )
    write_whole(path, buffer.getvalue())
