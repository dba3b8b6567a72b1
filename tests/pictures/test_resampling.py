"""Sizes and bands of large pictures."""

import numpy as np
import pytest

from stylenet.pictures.resampling import SMOOTH, bands, resample, shrunk, size_within


def test_size_within_by_hand():
    assert size_within(400, 100, 40_000) == (400, 100)
    assert size_within(400, 100, 10_000) == (200, 50)
    assert size_within(10_000, 1, 4) == (200, 1)


def test_shrunk_leaves_what_is_small_enough():
    image = np.full((40, 10, 3), 5, np.float32)
    assert shrunk(image, 400) is image
    assert shrunk(image, 100).shape == (20, 5, 3)
    np.testing.assert_allclose(shrunk(image, 100), 5)


@pytest.mark.parametrize(("height", "width", "pixels"), [(37, 23, 100), (5, 900, 100), (8, 4, 999)])
def test_bands_cover_every_row_once(height, width, pixels):
    count = np.zeros(height, int)
    for rows in bands(height, width, pixels):
        count[rows] += 1
        assert (rows.stop - rows.start) * width <= max(pixels, width)
    np.testing.assert_array_equal(count, 1)


def test_smooth_resampling_keeps_the_second_moment_positive():
    spike = np.zeros((9, 9, 1), np.float32)
    spike[4, 4] = 1
    assert resample(spike, 23, 17, SMOOTH).min() >= 0
    assert resample(spike, 23, 17).min() < 0
