"""Pictures as waves: there and back, and slopes that follow."""

import numpy as np

from stylenet.spectrum import Spectrum


def test_there_and_back():
    generator = np.random.default_rng(0)
    batch = generator.uniform(-120, 120, (1, 37, 50, 3)).astype(np.float32)
    space = Spectrum(37, 50)
    np.testing.assert_allclose(space.picture(space.coefficients(batch)), batch, atol=1e-3)


def test_gradient_is_that_of_the_picture_by_its_coefficients():
    """Along any way: slope by coefficients . change = slope by pixels . change of the pixels."""
    generator = np.random.default_rng(1)
    space = Spectrum(21, 34)
    by_pixels = generator.standard_normal((1, 21, 34, 3)).astype(np.float32)
    change = generator.standard_normal(21 * 34 * 3)
    np.testing.assert_allclose(
        space.gradient(by_pixels) @ change, np.sum(by_pixels * space.picture(change)), rtol=1e-4
    )


def test_a_long_wave_costs_less_than_a_short_one_of_the_same_height():
    rows = np.arange(32)
    space = Spectrum(32, 48)
    lengths = []
    for waves in (4, 16):  # half waves over the height: cycles a pixel of 4/64 and 16/64
        wave = np.cos(np.pi * waves * (rows + 0.5) / 32)
        batch = np.tile(wave[None, :, None, None], (1, 1, 48, 3)).astype(np.float32)
        coefficients = space.coefficients(batch)
        assert np.count_nonzero(np.abs(coefficients) > 1e-3) == 3  # one a colour
        lengths.append(np.linalg.norm(coefficients))
    np.testing.assert_allclose(lengths[1] / lengths[0], (16 / 4) ** 0.5, rtol=1e-4)


def test_noise_keeps_its_size():
    """The units are 1 in the mean square, so that pixels and coefficients are of a size."""
    noise = np.random.default_rng(2).standard_normal((1, 40, 64, 3))
    picture = Spectrum(40, 64).picture(noise)
    np.testing.assert_allclose(picture.std(), 1, rtol=0.05)
