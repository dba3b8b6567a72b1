"""A film strip: some frames of a clip above what became of them."""

import numpy as np

from stylenet.pictures.levels import to_bytes

SHOWN = 6
GAP = 6  # pixels of black between two pictures


def film_strip(pairs):
    """A picture of the strip.

    Args:
        pairs: list of (content, painted), arrays (H, W, 3), 0-255, of one size.

    Returns:
        uint8 (2 H + 3 gaps, n (W + gap) + gap, 3).
    """
    height, width = pairs[0][0].shape[:2]
    strip = np.zeros((2 * height + 3 * GAP, len(pairs) * (width + GAP) + GAP, 3), np.uint8)
    for place, pair in enumerate(pairs):
        left = GAP + place * (width + GAP)
        for row, image in enumerate(pair):
            top = GAP + row * (height + GAP)
            strip[top : top + height, left : left + width] = to_bytes(image)
    return strip


def shown(count):
    """The numbers of the frames that are shown of so many, even in time."""
    return sorted({round(n) for n in np.linspace(0, count - 1, min(count, SHOWN))})
