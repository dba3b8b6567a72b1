"""Pictures: read, turn upright, resize, to and from the network's space, write.

Everywhere a picture is a float32 array (H, W, 3), RGB, 0-255.
"""

import io
import warnings
from contextlib import contextmanager
from pathlib import Path

import imageio.v3 as iio
import numpy as np
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from stylenet.disk.inputs import as_address, readable, why_no_file
from stylenet.disk.whole_files import write_whole
from stylenet.errors import PictureError
from stylenet.pictures.resampling import bands, resample

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

# What is read. Pillow knows more, among them formats it hands to other programs.
FORMATS = ("PNG", "JPEG", "TIFF", "WEBP", "GIF", "BMP")

# Pillow's modes of one channel with more than 8 bits. "I" holds 16-bit pictures in 32-bit numbers.
_DEEP_MODES = ("I;16", "I;16B", "I;16L", "I", "F")


# A small file may unpack into more than memory holds. So many take 1.3 GB while they are read.
MAX_MEGAPIXELS = 80


def read_image(path, background=255, megapixels=MAX_MEGAPIXELS):
    """Read a picture as a person would see it.

    EXIF orientation is applied, transparency is laid on white, grey, palette and CMYK become RGB,
    16 bits are scaled to 0-255, and of several frames the first is taken.

    Args:
        path: a file; never an address on the network.
        background: grey level behind transparent parts, 0-255.
        megapixels: refuse a picture of more.

    Returns:
        float32 (H, W, 3), RGB, 0-255.

    Raises:
        PictureError: there is no such file, it is no picture that can be read whole, or it is too
            large.
    """
    return _opened(path, lambda picture: _decode(picture, background), megapixels)


def _opened(path, read, megapixels):
    """What `read` makes of a picture, its pixels not yet read; what goes wrong as one sentence."""
    trouble = why_no_file(path, "picture")
    if trouble:
        raise PictureError(f"{trouble}.")
    try:
        with warnings.catch_warnings(), _guard_of_our_own():
            warnings.simplefilter("ignore")  # of odd metadata, which nobody asked for
            with Image.open(path, formats=FORMATS) as picture:
                _check_pixels(path, picture.size, megapixels)
                return read(picture)
    except PictureError:
        raise
    except PermissionError as error:
        raise PictureError(f"{readable(path)} cannot be read ({error.strerror}).") from error
    except Exception as error:  # decoders raise whatever they stumble over
        raise PictureError(
            f"{readable(path)} is no picture that can be read ({_reason(error)}); expected a whole "
            "PNG, JPEG, TIFF, WebP, GIF or BMP file."
        ) from error


@contextmanager
def _guard_of_our_own():
    """Lift Pillow's guard, which only speaks of itself, for as long as ours stands."""
    before, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
    try:
        yield
    finally:
        Image.MAX_IMAGE_PIXELS = before


def _check_pixels(path, size, megapixels):
    width, height = size
    if width * height > megapixels * 1_000_000:
        raise PictureError(
            f"{readable(path)} has {width} x {height} pixels, expected {megapixels} million or "
            "fewer, as a small file may unpack into more than memory holds; if it is to be "
            f"trusted, give --max-megapixels {-(-width * height // 1_000_000)}."
        )


def picture_size(path, megapixels=MAX_MEGAPIXELS):
    """(height, width) of a picture as `read_image` would give it, from the file's head alone.

    Raises:
        PictureError: as `read_image`, but for damage further inside.
    """
    return _opened(path, _upright_size, megapixels)


def _upright_size(picture):
    width, height = picture.size
    sideways = picture.getexif().get(ExifTags.Base.Orientation, 1) >= 5
    return (width, height) if sideways else (height, width)


def _reason(error):
    """What a decoder said, in a form a user can read."""
    lines = str(error).strip().splitlines()
    if not lines or isinstance(error, UnidentifiedImageError):
        return "its content is of no known format"
    return lines[0]


def _decode(picture, background):
    """The first frame of an open picture as float32 (H, W, 3)."""
    ImageOps.exif_transpose(picture, in_place=True)
    if picture.mode in _DEEP_MODES:
        return _deep_grey(np.asarray(picture), picture.mode)
    if not picture.has_transparency_data:
        rgb = picture if picture.mode == "RGB" else picture.convert("RGB")  # which always copies
        return np.asarray(rgb).astype(np.float32)
    pixels = np.asarray(picture.convert("RGBA"))
    image = np.empty((*pixels.shape[:2], 3), np.float32)
    for rows in bands(*pixels.shape[:2]):
        opacity = pixels[rows, :, 3:] / np.float32(255)
        image[rows] = pixels[rows, :, :3] * opacity + background * (1 - opacity)
    return image


def _deep_grey(grey, mode):
    """A grey picture (H, W) of more than 8 bits as float32 (H, W, 3), 0-255."""
    white = 65535
    if mode == "F":  # such files hold 0-1 or 0-255, and do not say which
        white = 1 if grey.max() <= 1 else 255
    levels = np.nan_to_num(np.clip(grey.astype(np.float32) / white, 0, 1)) * 255
    return np.repeat(levels[..., np.newaxis], 3, axis=2)


def as_image(picture, megapixels=MAX_MEGAPIXELS):
    """A picture from a path or an array, checked.

    Args:
        picture: the path of a file, or an array (H, W, 3), RGB, 0-255.
        megapixels: refuse a file of more.

    Returns:
        float32 (H, W, 3); never the caller's own array.

    Raises:
        PictureError: it is neither, or has values that are not finite.
    """
    if isinstance(picture, (str, Path)):
        return read_image(picture, megapixels=megapixels)
    try:
        array = np.asarray(picture)
    except ValueError:  # rows of different lengths
        array = np.empty(0, object)
    if array.dtype.kind not in "fiu" or array.ndim != 3 or array.shape[2] != 3 or not array.size:
        raise PictureError(
            f"A picture is an array of {array.dtype} of shape {array.shape}, expected numbers of "
            "shape (height, width, 3), RGB, 0-255, or a path."
        )
    with np.errstate(over="ignore"):  # what becomes infinite is found out right away
        image = array.astype(np.float32)
    if not np.isfinite(image).all():
        raise PictureError("A picture has values that are NaN or infinite, expected 0-255.")
    return image


def as_mask(picture, height, width, megapixels=MAX_MEGAPIXELS):
    """A mask of a given size from a picture: white counts, black does not, grey counts in part.

    Args:
        picture: a path or an array (H, W, 3) or (H, W), 0-255, of any size; transparent is black.
        height, width: the size wanted.
        megapixels: refuse a file of more.

    Returns:
        float32 (height, width, 1), 0-1.

    Raises:
        PictureError: it cannot be read, or is black all over.
    """
    if isinstance(picture, (str, Path)):
        picture = read_image(picture, 0, megapixels)
    elif np.ndim(picture) == 2:
        picture = np.repeat(np.asarray(picture)[..., np.newaxis], 3, axis=2)
    grey = as_image(picture).mean(axis=2, keepdims=True)
    mask = resize_image(grey, height, width) / 255
    if not mask.any():
        raise PictureError("A mask is black all over, expected some white where it applies.")
    return mask


def resize_image(image, height, width):
    """Resize with antialiasing, in float32 throughout.

    Args:
        image: float32 (H, W, C), 0-255.
        height, width: the new size in pixels, 1 or more.

    Returns:
        float32 (height, width, C), 0-255.

    Raises:
        PictureError: the new size is larger than any picture may be.
    """
    if height * width > max(MAX_MEGAPIXELS * 1_000_000, image.shape[0] * image.shape[1]):
        raise PictureError(
            f"A picture would become {width} x {height} pixels large, and {MAX_MEGAPIXELS} million "
            "are the most; choose a smaller width or scale."
        )
    resized = resample(image, height, width)
    # The kernel overshoots at edges, beyond what a picture can hold.
    return np.clip(resized, 0, 255, out=None if resized is image else resized)


def resize_to_width(image, width):
    """Resize to a width in pixels, the height following from the picture's proportions."""
    height = max(1, round(image.shape[0] * width / image.shape[1]))
    return resize_image(image, height, width)


def preprocess(image, mean_pixel):
    """Into the network's space: (H, W, 3), 0-255 -> (1, H, W, 3), mean pixel (3,) subtracted."""
    return (image - mean_pixel)[np.newaxis].astype(np.float32, copy=False)


def postprocess(batch, mean_pixel):
    """Back from the network's space: (1, H, W, 3) -> (H, W, 3), mean pixel (3,) added."""
    return batch[0] + mean_pixel


def to_bytes(image):
    """Clip to 0-255 and round, never rescale: (H, W, 3) of any numbers -> uint8 (H, W, 3)."""
    levels = np.empty(image.shape, np.uint8)
    for rows in bands(*image.shape[:2]):
        levels[rows] = np.rint(np.clip(image[rows], 0, 255))
    return levels


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
        image: (H, W, 3), RGB; clipped to 0-255 and rounded.

    Raises:
        PictureError: unknown suffix.
        OutputError: the file cannot be written.
    """
    check_size(path, *image.shape[:2])
    suffix = Path(path).suffix.lower()
    data = iio.imwrite(
        "<bytes>", to_bytes(image), extension=suffix, plugin="pillow", **WRITE_OPTIONS[suffix]
    )
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
