"""Pictures from files and arrays: float32 (H, W, 3), RGB, 0-255, the way up a person sees them."""

import warnings
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from stylenet.disk.inputs import readable, why_no_file
from stylenet.errors import PictureError
from stylenet.pictures.formats import expected_instead, formats
from stylenet.pictures.profiles import in_srgb
from stylenet.pictures.resampling import MAX_MEGAPIXELS, bands, resize_image

_SIDEWAYS = (5, 6, 7, 8)  # values of EXIF's orientation that swap height and width
_SIZE_TAGS = (256, 257)  # of a TIFF: width and height as they are stored
DARKEST = 2  # level that a picture of 0-255 reaches somewhere; below, 0-1 was meant
EDGE = 0.5  # by which levels may lie outside of 0-255, from rounding

# Pillow's modes of one channel with more than 8 bits. "I" holds 16-bit pictures in 32-bit numbers.
_DEEP_MODES = ("I;16", "I;16B", "I;16L", "I", "F")


def read_image(path, background=255, megapixels=MAX_MEGAPIXELS):
    """Read a picture as a person would see it.

    EXIF orientation is applied, transparency is laid on white, grey, palette and CMYK become RGB,
    16 bits are scaled to 0-255, other colours than sRGB's are converted by the profile that is
    embedded, and of several frames the first is taken.

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
    return _opened(path, lambda picture: _decode(picture, background, path), megapixels)


def _opened(path, read, megapixels):
    """What `read` makes of a picture, its pixels not yet read; what goes wrong as one sentence."""
    trouble = why_no_file(path, "picture")
    if trouble:
        raise PictureError(f"{trouble}.")
    try:
        with warnings.catch_warnings(), _guard_of_our_own():
            warnings.simplefilter("ignore")  # of odd metadata, which nobody asked for
            with Image.open(path, formats=formats()) as picture:
                _check_pixels(path, picture.size, megapixels)
                return read(picture)
    except PictureError:
        raise
    except PermissionError as error:
        raise PictureError(f"{readable(path)} cannot be read ({error.strerror}).") from error
    except Exception as error:  # decoders raise whatever they stumble over
        raise PictureError(
            f"{readable(path)} is no picture that can be read ({_reason(error)}); "
            f"{expected_instead(path)}."
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


def is_picture(path):
    """Whether a file begins as a picture of a known format, whatever it is called."""
    try:
        with warnings.catch_warnings(), _guard_of_our_own():
            warnings.simplefilter("ignore")
            Image.open(path, formats=formats()).close()
    except Exception:  # whatever Pillow stumbles over
        return False
    return True


def _upright_size(picture):
    width, height = picture.size
    if picture.format == "TIFF":  # whose size Pillow turns by itself, in some versions
        width, height = (
            picture.tag_v2.get(tag, n) for tag, n in zip(_SIZE_TAGS, (width, height), strict=True)
        )
    sideways = picture.getexif().get(ExifTags.Base.Orientation, 1) in _SIDEWAYS
    return (width, height) if sideways else (height, width)


def _reason(error):
    """What a decoder said, in a form a user can read."""
    lines = str(error).strip().splitlines()
    if not lines or isinstance(error, UnidentifiedImageError):
        return "its content is of no known format"
    return lines[0]


def _decode(picture, background, name):
    """The first frame of an open picture as float32 (H, W, 3)."""
    open_depth = picture.format in ("TIFF", None)  # whose 32 bits may hold 8; None: made in memory
    ImageOps.exif_transpose(picture, in_place=True)
    if picture.mode in _DEEP_MODES:
        return _deep_grey(np.asarray(picture), picture.mode, open_depth)
    picture = in_srgb(picture, name)
    if not picture.has_transparency_data:
        rgb = picture if picture.mode == "RGB" else picture.convert("RGB")  # which always copies
        return np.asarray(rgb).astype(np.float32)
    pixels = np.asarray(picture.convert("RGBA"))
    image = np.empty((*pixels.shape[:2], 3), np.float32)
    for rows in bands(*pixels.shape[:2]):
        opacity = pixels[rows, :, 3:] / np.float32(255)
        image[rows] = pixels[rows, :, :3] * opacity + background * (1 - opacity)
    return image


def _deep_grey(grey, mode, open_depth):
    """A grey picture (H, W) of more than 8 bits as float32 (H, W, 3), 0-255."""
    white = 65535
    if mode == "F":  # such files hold 0-1 or 0-255, and do not say which
        white = 1 if grey.max() <= DARKEST else 255
    elif mode == "I" and open_depth and grey.max() <= 255:  # 32 bits, which nobody fills
        white = 255
    levels = np.nan_to_num(np.clip(grey.astype(np.float32) / white, 0, 1)) * 255
    return np.repeat(levels[..., np.newaxis], 3, axis=2)


def as_image(picture, megapixels=MAX_MEGAPIXELS):
    """A picture from a path, a picture of Pillow or an array, checked.

    Args:
        picture: the path of a file; a PIL.Image.Image, read as its file would be; or an array
            (H, W, 3), RGB: uint8, uint16, other whole numbers from 0 to 255, floats from 0 to 255,
            or floats from 0 to 1, which is told.
        megapixels: refuse a file of more.

    Returns:
        float32 (H, W, 3), 0-255; never the caller's own array.

    Raises:
        PictureError: it is none of these, or has values that are not finite.
    """
    if isinstance(picture, (str, Path)):
        return read_image(picture, megapixels=megapixels)
    if isinstance(picture, Image.Image):
        return _of_pillow(picture, 255)
    try:
        array = np.asarray(picture)
    except ValueError:  # rows of different lengths
        array = np.empty(0, object)
    if array.dtype.kind not in "fiu" or array.ndim != 3 or array.shape[2] != 3 or not array.size:
        raise PictureError(
            f"A picture is an array of {array.dtype} of shape {array.shape}, expected numbers of "
            "shape (height, width, 3), RGB, 0-255, or a path."
        )
    return _in_levels(array)


def _of_pillow(picture, background):
    try:
        return _decode(picture.copy(), background, "A picture")
    except ValueError as error:
        raise PictureError(
            f"A picture of mode {picture.mode} cannot be read ({error}); expected one that Pillow "
            "converts to RGB."
        ) from error


def _in_levels(array):
    """Numbers as float32 of 0-255, by their type; the caller's own array stays."""
    with np.errstate(over="ignore"):  # what becomes infinite is found out right away
        image = array.astype(np.float32)
    if not np.isfinite(image).all():
        raise PictureError("A picture has values that are NaN or infinite, expected 0-255.")
    if array.dtype == np.uint16:
        return image / np.float32(257)
    least, most = float(image.min()), float(image.max())
    if least < -EDGE or most > 255 + EDGE:
        raise PictureError(
            f"A picture has values from {least:g} to {most:g}, expected 0-255, or floats from 0 to "
            "1; bring them there, such as with numpy.clip."
        )
    if array.dtype.kind == "f" and 1 < most < DARKEST:
        raise PictureError(
            f"A picture has floats up to {most:g}, which is neither 0-1 nor 0-255; bring them "
            "there, such as with numpy.clip."
        )
    if array.dtype.kind == "f" and 0 < most <= 1:
        warnings.warn("A picture of floats from 0 to 1 is taken as such.", stacklevel=4)
        image *= 255
    return np.clip(image, 0, 255, out=image)


def as_mask(picture, height, width, megapixels=MAX_MEGAPIXELS, may_be_black=False):
    """A mask of a given size from a picture: white counts, black does not, grey counts in part.

    Args:
        picture: a path, a PIL.Image.Image or an array (H, W), (H, W, 1) or (H, W, 3) of any size:
            boolean, or numbers from 0 to 1 or from 0 to 255; transparent is black.
        height, width: the size wanted.
        megapixels: refuse a file of more.
        may_be_black: whether it may be so all over.

    Returns:
        float32 (height, width, 1), 0-1.

    Raises:
        PictureError: it cannot be read, or is black all over.
    """
    if isinstance(picture, (str, Path)):
        image = read_image(picture, 0, megapixels)
    elif isinstance(picture, Image.Image):
        image = _of_pillow(picture, 0)
    else:
        image = as_image(_mask_levels(picture))
    mask = resize_image(image.mean(axis=2, keepdims=True), height, width) / 255
    if not may_be_black and not mask.any():
        name = f"The mask {readable(picture)}" if isinstance(picture, (str, Path)) else "A mask"
        raise PictureError(f"{name} is black all over, expected some white where it applies.")
    return mask


def _mask_levels(picture):
    """A mask's array as a picture (H, W, 3) of 0-255; what is none as it is."""
    array = np.asarray(picture)
    if array.dtype.kind not in "bfiu" or array.ndim not in (2, 3) or not array.size:
        return picture
    if array.ndim == 2:
        array = array[..., np.newaxis]
    if array.dtype.kind == "b" or (array.dtype != np.uint16 and array.max() <= 1):
        array = array.astype(np.float32) * 255
    return np.repeat(array, 3, axis=2) if array.shape[2] == 1 else array
