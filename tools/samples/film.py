"""From linear light to the finished 8-bit picture."""

import numpy as np
from PIL import Image
from scipy import ndimage


def develop(picture, size, rng, exposure=1.15):
    """Linear H×W×3 to a PIL picture of `size` pixels: film curve, averaging, grain."""
    shown = (1 - np.exp(-exposure * np.maximum(picture, 0))) ** (1 / 2.1)
    width, height = size
    rows, columns = shown.shape[0] // height, shown.shape[1] // width
    small = shown.reshape(height, rows, width, columns, 3).mean(axis=(1, 3))
    small = small + 0.18 * (small - ndimage.gaussian_filter(small, (1.2, 1.2, 0)))
    small = small * small * (3 - 2 * small) * 0.55 + small * 0.45
    grey = small.mean(axis=2, keepdims=True)
    small = grey + 1.14 * (small - grey)
    small = small + rng.normal(scale=0.006, size=(height, width, 1))
    return Image.fromarray((np.clip(small, 0, 1) * 255 + 0.5).astype(np.uint8))
