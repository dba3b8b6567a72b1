"""What a run is said to take."""

import numpy as np
import pytest

from stylenet.estimate import COPIES, expected_memory, expected_seconds, free_memory, in_words
from stylenet.layers import CONVOLUTION_NAMES


def test_memory_grows_with_pixels_and_width_of_the_network():
    full = [64] * 2 + [128] * 2 + [256] * 4 + [512] * 8
    biases = {n: np.zeros(c) for n, c in zip(CONVOLUTION_NAMES, full, strict=True)}
    narrow = {n: np.zeros(c // 4) for n, c in zip(CONVOLUTION_NAMES, full, strict=True)}
    none = expected_memory(0, biases)
    # Channels per pixel by hand: 128 + 256/4 + 1024/16 + 2048/64 + 512/256.
    per_pixel = (expected_memory(1e6, biases) - none) / 1e6
    assert per_pixel == pytest.approx(COPIES * 4 * 290)
    assert (expected_memory(1e6, narrow) - none) / 1e6 == pytest.approx(per_pixel / 4)


def test_time_is_the_median_step_times_the_steps_of_every_size():
    """Steps at half the size cost a quarter; an evaluation, 1 s here, is no step."""
    sizes = [(10, 20, 40), (20, 40, 100)]
    assert expected_seconds([5.0, 7.0, 9.0, 10.0], sizes) == pytest.approx(2 * (10 + 100))


@pytest.mark.parametrize(("seconds", "words"), [(40.4, "40 s"), (720, "12 min"), (12600, "3.5 h")])
def test_times_in_words(seconds, words):
    assert in_words(seconds) == words


def test_free_memory_is_known_or_not():
    free = free_memory()
    assert free is None or free > 1e6
