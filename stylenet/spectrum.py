"""Pictures as cosine waves, long waves counting more: what a quasi-Newton method goes by."""

import numpy as np
from scipy.fft import dctn, idctn

LONGEST = 0.03  # cycles a pixel; still longer waves count no more than these
POWER = 0.5  # of the wave length, which a wave counts by


class Spectrum:
    """Coefficients of a picture's waves, each in units of its own.

    The losses are far steeper along short waves than along long ones, so that a descent by pixels
    spends its steps on grain. In these units the slopes are more alike: Olah, Mordvintsev and
    Schubert 2017, "Feature Visualization", section "Preconditioning and Parameterization". The
    waves are those of the discrete cosine transform, which has no seam at the border.

    Args:
        height, width: of the picture.
    """

    def __init__(self, height, width):
        cycles = np.hypot(np.arange(height)[:, None] / (2 * height), np.arange(width) / (2 * width))
        units = np.maximum(cycles, LONGEST) ** -POWER
        self._shape = 1, height, width, 3
        self._units = (units / np.sqrt(np.mean(units**2))).astype(np.float32)[..., None]

    def picture(self, coefficients):
        """What a vector of coefficients adds up to, float32 (1, H, W, 3)."""
        waves = coefficients.reshape(self._shape).astype(np.float32) * self._units
        return idctn(waves, axes=(1, 2), norm="ortho")

    def gradient(self, by_pixels):
        """By the coefficients, where that by the pixels (1, H, W, 3) is given."""
        return (dctn(by_pixels, axes=(1, 2), norm="ortho") * self._units).ravel()
