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
    planes = [
        Image.fromarray(np.ascontiguousarray(array[..., channel])).resize((width, height), kernel)
        for channel in range(array.shape[2])
    ]
    return np.stack([np.asarray(plane) for plane in planes], axis=2)
