"""The levels of a picture: to the network's space, and to the bytes that are shown and saved."""

import numpy as np

from stylenet.pictures.resampling import bands


def preprocess(image, mean_pixel):
    """Into the network's space: (H, W, 3), 0-255 -> (1, H, W, 3), mean pixel (3,) subtracted."""
    return (image - mean_pixel)[np.newaxis].astype(np.float32, copy=False)


def to_bytes(image):
    """Clip to 0-255 and round, never rescale: (H, W, 3) of any numbers -> uint8 (H, W, 3)."""
    levels = np.empty(image.shape, np.uint8)
    for rows in bands(*image.shape[:2]):
        levels[rows] = np.rint(np.clip(image[rows], 0, 255))
    return levels
