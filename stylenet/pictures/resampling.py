"""Resizing arrays in float32, antialiased."""

import numpy as np
from PIL import Image

SHARP, SMOOTH = Image.Resampling.LANCZOS, Image.Resampling.BILINEAR


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
