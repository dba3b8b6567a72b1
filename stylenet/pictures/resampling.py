"""Resizing arrays and pictures in float32, antialiased."""

import numpy as np
from PIL import Image

from stylenet.errors import PictureError

SHARP, SMOOTH = Image.Resampling.LANCZOS, Image.Resampling.BILINEAR

# A small file may unpack into more than memory holds. So many take 1.3 GB while they are read.
MAX_MEGAPIXELS = 80


def resample(array, height, width, kernel=SHARP):
    """Resize an array without a trip through 8 bits.

    Args:
        array: float32 (H, W, C), of any range.
        height, width: the new size, 1 or more.
        kernel: SHARP (Lanczos, which overshoots at edges) or SMOOTH (linear, which does not).

    Returns:
        float32 (height, width, C).
    """
    if array.shape[:2] == (height, width):
        return array
    result = np.empty((height, width, array.shape[2]), np.float32)
    for channel in range(array.shape[2]):
        plane = Image.fromarray(np.ascontiguousarray(array[..., channel]))
        result[..., channel] = plane.resize((width, height), kernel)
    return result


def shrunk(array, pixels):
    """The array, or a smaller one of the same shape that has at most so many pixels."""
    return resample(array, *size_within(*array.shape[:2], pixels))


def size_within(height, width, pixels):
    """(height, width), or less of the same proportions, with at most so many pixels."""
    factor = min(1.0, (pixels / (height * width)) ** 0.5)
    return max(1, int(height * factor)), max(1, int(width * factor))


def bands(height, width, pixels=1 << 22):
    """Slices of rows that together cover a picture, each of about so many pixels at most.

    What is done to the rows of a large picture one by one needs no second picture of its size.
    """
    rows = max(1, pixels // max(1, width))
    return [slice(top, min(height, top + rows)) for top in range(0, height, rows)]


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
