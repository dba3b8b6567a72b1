"""What a run is said to take in time and on disk."""

import pytest

from stylenet.command.expectations import (
    expected_disk,
    expected_seconds,
    expected_tiled_seconds,
    fitting_width,
    in_words,
    state_bytes,
    unfilled_bytes,
)
from stylenet.options.options import Options


def test_time_is_the_median_step_times_the_steps_of_every_size():
    """Steps at half the size cost a quarter; an evaluation, 1 s here, is no step."""
    sizes = [(10, 20, 40), (20, 40, 100)]
    assert expected_seconds([5.0, 7.0, 9.0, 10.0], sizes) == pytest.approx(2 * (10 + 100))


@pytest.mark.parametrize(("seconds", "words"), [(40.4, "40 s"), (720, "12 min"), (12600, "3.5 h")])
def test_times_in_words(seconds, words):
    assert in_words(seconds) == words


def test_disk_by_hand():
    # 149 x 203 is 19 x 26 at relu4_2 and 149 x 203 at relu1_1.
    expected = 4 * (19 * 26 * 512 + 149 * 203 * 64)
    assert expected_disk((149, 203), {"relu4_2": 512, "relu1_1": 64}) == expected


def test_a_state_is_as_large_as_its_arrays():
    """Pixels and two moments, perhaps two averages; point, gradient, direction and ten pairs."""
    adam = {"optimizer": "adam"}
    sizes = adam, adam | {"average": 0.5}, {}, {"lbfgs_memory": 4}
    found = [state_bytes((30, 40), Options(**size)) / (12 * 30 * 40) for size in sizes]
    assert found == [3, 5, 23, 11]


def test_what_lbfgs_has_still_to_remember():
    picture = 12 * 30 * 40
    found = [
        unfilled_bytes((30, 40), Options(**more), evaluations) / picture
        for more, evaluations in (
            ({}, 3),  # two pairs of ten are there
            ({}, 50),
            ({"epochs": 4}, 3),  # a third is all there will be
            ({"optimizer": "adam"}, 3),
        )
    ]
    assert found == [16, 0, 2, 0]


def test_time_in_tiles_by_hand():
    """One column of two tiles, and a coarse size in one piece."""
    sizes = [(64, 16, 3), (128, 32, 5)]
    seconds = expected_tiled_seconds(
        (1.0, 10.0), sizes, [(16, 32)], lambda shape: 64 if shape[0] > 64 else None, (16, 32)
    )
    coarse = 64 * 16 + 8 * 16 + 3 * 10 * 64 * 16
    sums, gradient = 2 * 80 * 32, 2 * 96 * 32
    fine = sums + 16 * 32 + 5 * (sums + 10 * gradient) + sums  # the last looks at the result
    assert seconds == pytest.approx(coarse + fine)


def test_the_largest_width_that_fits():
    assert fitting_width(900, lambda width: width**2, 250_000) == 500
    assert fitting_width(10**18, lambda width: width**2 + 9, 8) == 0
