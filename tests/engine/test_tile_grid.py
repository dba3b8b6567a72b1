"""Where tiles lie and how far they must look, against counting by hand and by brute force."""

import numpy as np
import pytest

from stylenet.engine.tile_grid import Window, halos, largest_crop, reaches, tiles_of
from stylenet.network.layers import LAYERS, RELU_NAMES, Convolution, Pooling
from stylenet.options.tiles import GRID


def _seen_by_brute_force(name, position, length=1024):
    """First and last pixel that a position of a layer sees, by walking back layer by layer."""
    depth = [layer.name for layer in LAYERS].index(name)
    first = last = position
    for layer in reversed(LAYERS[: depth + 1]):
        if isinstance(layer, Convolution):
            first, last = first - 1, last + 1
        elif isinstance(layer, Pooling):
            first, last = 2 * first, 2 * last + 1
    return first, last


@pytest.mark.parametrize("name", RELU_NAMES)
def test_reach_of_a_position(name):
    reach = reaches()[name]
    first, last = _seen_by_brute_force(name, 20)
    assert (20 * reach.stride - reach.before, 20 * reach.stride + reach.after) == (first, last)


def test_receptive_field_of_relu5_1_is_156_pixels():
    reach = reaches()["relu5_1"]
    assert reach.before + 1 + reach.after == 156


@pytest.mark.parametrize("name", RELU_NAMES)
def test_halos_are_the_least_that_are_exact(name):
    start, end = 320, 640  # a tile
    stride = reaches()[name].stride
    inner = range(start // stride, end // stride)
    ends = [_seen_by_brute_force(name, position) for position in (inner[0], inner[-1])]
    for_sums = max(start - ends[0][0], ends[1][1] + 1 - end)
    touching = [
        seen
        for seen in (_seen_by_brute_force(name, p) for p in range(1000 // stride))
        if seen[1] >= start and seen[0] < end
    ]
    for_gradient = max(start - touching[0][0], touching[-1][1] + 1 - end)
    expected = tuple(max(GRID, -(-pixels // GRID) * GRID) for pixels in (for_sums, for_gradient))
    assert halos([name]) == expected


def test_halos_follow_the_deepest_layer():
    assert halos(["relu1_1", "relu5_1", "relu4_2"]) == (80, 160)
    assert halos([]) == (GRID, GRID)


@pytest.mark.parametrize(
    ("height", "width", "size"), [(149, 203, 64), (16, 16, 16), (7, 1000, 256), (500, 33, 512)]
)
def test_tiles_cover_every_pixel_once(height, width, size):
    count = np.zeros((1, height, width, 1), int)
    for tile in tiles_of(height, width, size, 32):
        tile.inner.of(count)[:] += 1
        inner, crop = tile.inner, tile.crop
        assert inner.top % GRID == inner.left % GRID == crop.top % GRID == crop.left % GRID == 0
        assert inner.bottom - inner.top <= size
        assert inner.right - inner.left <= size
        for ours, border in ((crop.bottom, height), (crop.right, width)):
            assert ours % GRID == 0 or ours == border
        assert (crop.top, crop.left) == (max(0, inner.top - 32), max(0, inner.left - 32))
    np.testing.assert_array_equal(count, 1)


def test_windows_of_layers_by_hand():
    # 149 rows: 75, 38, 19, 10 positions at strides 2, 4, 8, 16.
    assert [Window(144, 149, 0, 16).at(s).bottom for s in (1, 2, 4, 8, 16)] == [149, 75, 38, 19, 10]
    (tile,) = tiles_of(20, 24, 32, 16)
    assert tile.inner_at(4) == Window(0, 5, 0, 6)
    last = tiles_of(149, 16, 64, 16)[-1]  # rows 128 to 149, looked at from row 112 on
    assert last.inner_at(8) == Window(2, 5, 0, 2)


def test_largest_crop_is_that_of_the_tiles():
    generator = np.random.default_rng(0)
    for _ in range(200):
        height, width = generator.integers(1, 900, 2)
        size, halo = GRID * generator.integers(1, 9, 2)
        tiles = tiles_of(height, width, size, halo)
        expected = max(tile.crop.pixels for tile in tiles)
        assert largest_crop(height, width, size, halo) == expected, (height, width, size, halo)
    assert largest_crop(10**18, 10**18, 512, 160) == 832**2  # without a list of its tiles
