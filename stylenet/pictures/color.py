"""Colour: keeping the content's, or moving one picture's colours to another's. NumPy arrays.

Every picture is float32 (H, W, 3), RGB, 0-255.
"""

import numpy as np
from skimage import color, exposure

from stylenet.pictures.resampling import bands

_SMALL = 1e-6  # added to the variances of colours, so that a grey picture has an inverse

_SPACES = {
    "ycbcr": (color.rgb2ycbcr, color.ycbcr2rgb),
    "lab": (color.rgb2lab, color.lab2rgb),
    "luv": (color.rgb2luv, color.luv2rgb),
    "yuv": (color.rgb2yuv, color.yuv2rgb),
}


def with_colors_of(image, content, space):
    """The lightness of one picture with the colours of another (Gatys et al. 2016, section 3.2).

    Args:
        image: its lightness is kept.
        content: of the same size; its colours are kept.
        space: "ycbcr" (Rec. 601 luma, as neural-style does), "lab", "luv" or "yuv".

    Returns:
        float32 (H, W, 3), 0-255.
    """
    into, back = _SPACES[space]
    result = np.empty(content.shape, np.float32)
    for rows in bands(*content.shape[:2]):
        mixed = into(_unit(content[rows]))
        mixed[..., 0] = into(_unit(image[rows]))[..., 0]
        result[rows] = np.clip(back(mixed), 0, 1) * 255
    return result


def match_colors(image, target, how):
    """Move the colours of one picture to those of another.

    Args:
        image: the picture to change.
        target: the picture whose colours are wanted, of any size.
        how: "linear": mean and covariance (Gatys et al. 2016, section 3.1); "histogram": the
            histogram of each channel.

    Returns:
        float32 (H, W, 3), 0-255.
    """
    matched = _match_linear(image, target) if how == "linear" else _match_histogram(image, target)
    return np.clip(matched, 0, 255).astype(np.float32, copy=False)


def color_noise(image, height, width, generator):
    """Noise whose colours have the mean and covariance of a picture's: (height, width, 3)."""
    mean, covariance = _moments(image)
    root, noise = _root(covariance), np.empty((height, width, 3), np.float32)
    for rows in bands(height, width):
        drawn = generator.standard_normal((rows.stop - rows.start, width, 3))
        noise[rows] = drawn @ root + mean
    return noise


def _match_linear(image, target):
    """x -> A (x - mean) + mean_t with A = K_t^1/2 K^-1/2, so that A K A^T = K_t."""
    mean, covariance = _moments(image)
    target_mean, target_covariance = _moments(target)
    transform = _root(target_covariance) @ np.linalg.inv(_root(covariance))
    matched = np.empty(image.shape, np.float32)
    for rows in bands(*image.shape[:2]):
        matched[rows] = (image[rows] - mean) @ transform.T + target_mean
    return matched


def _match_histogram(image, target):
    return exposure.match_histograms(image, target, channel_axis=2)


def _moments(image):
    """Mean (3,) and covariance (3, 3) of the colours."""
    height, width = image.shape[:2]
    mean = sum(image[rows].sum(axis=(0, 1), dtype=np.float64) for rows in bands(height, width))
    mean = mean / (height * width)
    covariance = _SMALL * np.eye(3)
    for rows in bands(height, width):
        centred = (image[rows] - mean).reshape(-1, 3)
        covariance += centred.T @ centred / (height * width)
    return mean, covariance


def _root(matrix):
    """The symmetric root of a symmetric positive matrix."""
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.sqrt(values)) @ vectors.T


def _unit(image):
    return np.clip(image, 0, 255) / 255
