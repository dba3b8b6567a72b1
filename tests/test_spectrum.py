"""Pictures as waves: which count how much, and slopes that follow."""

import numpy as np

from stylenet.spectrum import Spectrum


def test_gradient_is_that_of_the_picture_by_its_coefficients():
    """Along any way: slope by coefficients . change = slope by pixels . change of the pixels."""
    generator = np.random.default_rng(1)
    space = Spectrum(21, 34)
    by_pixels = generator.standard_normal((1, 21, 34, 3)).astype(np.float32)
    change = generator.standard_normal(21 * 34 * 3)
    np.testing.assert_allclose(
        space.gradient(by_pixels) @ change, np.sum(by_pixels * space.picture(change)), rtol=1e-4
    )


def test_a_long_wave_counts_more_than_a_short_one():
    """By the square root of its length; the waves are cosines without a seam at the border."""
    height, width = 32, 48
    heights = []
    for half_waves in (4, 16):  # over the height: 4/64 and 16/64 cycles a pixel
        coefficients = np.zeros((height, width, 3))
        coefficients[half_waves, 0, 1] = 1
        picture = Spectrum(height, width).picture(coefficients.ravel())[0, :, :, 1]
        wave = np.cos(np.pi * half_waves * (np.arange(height) + 0.5) / height)
        heights.append(picture[0, 0] / wave[0])
        np.testing.assert_allclose(picture, heights[-1] * np.tile(wave, (width, 1)).T, atol=1e-6)
    np.testing.assert_allclose(heights[0] / heights[1], (16 / 4) ** 0.5, rtol=1e-4)


def test_noise_keeps_its_size():
    """The units are 1 in the mean square, so that pixels and coefficients are of a size."""
    noise = np.random.default_rng(2).standard_normal((1, 40, 64, 3))
    picture = Spectrum(40, 64).picture(noise)
    np.testing.assert_allclose(picture.std(), 1, rtol=0.05)
