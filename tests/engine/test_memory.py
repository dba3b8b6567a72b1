"""What memory a run is said to take."""

import numpy as np
import pytest

from stylenet.engine.memory import (
    COPIES,
    PROCESS_BYTES,
    arrays_of,
    choose_tile,
    expected_memory,
    expected_tiled_memory,
)
from stylenet.network.layers import CONVOLUTION_NAMES
from stylenet.options.options import Options

FULL = [64] * 2 + [128] * 2 + [256] * 4 + [512] * 8
BIASES = {n: np.zeros(c) for n, c in zip(CONVOLUTION_NAMES, FULL, strict=True)}


def test_memory_grows_with_pixels_and_width_of_the_network():
    full = [64] * 2 + [128] * 2 + [256] * 4 + [512] * 8
    biases = {n: np.zeros(c) for n, c in zip(CONVOLUTION_NAMES, full, strict=True)}
    narrow = {n: np.zeros(c // 4) for n, c in zip(CONVOLUTION_NAMES, full, strict=True)}
    none = expected_memory(0, biases)
    # Channels per pixel by hand: 128 + 256/4 + 1024/16 + 2048/64 + 512/256.
    per_pixel = (expected_memory(1e6, biases) - none) / 1e6
    assert per_pixel == pytest.approx(COPIES * 4 * 290)
    assert (expected_memory(1e6, narrow) - none) / 1e6 == pytest.approx(per_pixel / 4)


def test_memory_in_tiles_by_hand():
    """A crop of 512 + 2 x 160, and six arrays of the picture beside the style."""
    needed = expected_tiled_memory((4000, 5000), [(100, 50)], 512, 160, BIASES)
    crop = (512 - 16 + 320) * (512 - 12 + 320)  # 8 rows of 500, 10 columns of 500, on the grid
    by_hand = PROCESS_BYTES + COPIES * 4 * 290 * crop + 12 * (6 * 20e6 + 5000)
    assert needed == pytest.approx(by_hand, rel=0.03)


@pytest.mark.parametrize(
    ("tile", "free", "expected"),
    [
        ("auto", 100e9, None),
        ("auto", None, None),
        ("auto", 8e9, 1024),
        ("auto", 4.6e9, 512),
        ("auto", 2e9, 128),  # does not fit either; the least there is
        ("off", 1e9, None),
        (256, 100e9, 256),
    ],
)
def test_tiles_are_chosen_by_memory(tile, free, expected):
    size, needed = choose_tile(tile, (4000, 4000), [(500, 500)], 160, BIASES, free)
    assert size == expected
    if free and tile == "auto":
        assert (needed <= free) == (free > 2e9)


def test_a_large_style_alone_asks_for_tiles():
    assert choose_tile("auto", (100, 100), [(6000, 6000)], 160, BIASES, 8e9)[0] == 1024


def test_what_is_held_depends_on_the_optimiser():
    adam = {"optimizer": "adam"}
    assert [arrays_of(Options(**more)) for more in (adam, adam | {"average": 0.5})] == [6, 8]
    assert [arrays_of(Options(), remembered) for remembered in (None, 10, 3)] == [29, 29, 15]
    assert 12 * arrays_of(Options()) <= 350  # bytes a pixel


def test_lbfgs_remembers_what_fits(net):
    made = net(preset="painting", tile=32).load_model_info()
    place = (1000, 1500), [(90, 131)]
    made.free_memory = None
    all_ten = made.layout(*place)
    assert all_ten.remembered == 10
    for less, expected in ((0, 10), (1, 9), (4, 6), (7, 3), (9, 3)):  # pairs of pictures
        made.free_memory = all_ten.needed - less * 2 * 12 * 1000 * 1500
        assert made.layout(*place).remembered == expected
