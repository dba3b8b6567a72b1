"""Pictures from files and arrays: float32 (H, W, 3), RGB, 0-255, the way up a person sees them."""

import warnings
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from stylenet.disk.inputs import readable, why_no_file
from stylenet.errors import PictureError
from stylenet.pictures.resampling import MAX_MEGAPIXELS, bands, resize_image

# What is read. Pillow knows more, among them formats it hands to other programs.
FORMATS = ("PNG", "JPEG", "TIFF", "WEBP", "GIF", "BMP")

# Pillow's modes of one channel with more than 8 bits. "I" holds 16-bit pictures in 32-bit numbers.
_DEEP_MODES = ("I;16", "I;16B", "I;16L", "I", "F")


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
