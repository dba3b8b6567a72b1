"""Tiles: the same losses and the same gradient as the picture in one piece."""

import numpy as np
import pytest

import MLPreProcess as pictures
from CNNStyleNet import CNNStyleNet
from stylenet.errors import OptionError
from stylenet.layers import LAYERS, RELU_NAMES, Convolution, Pooling
from stylenet.options import Options
from stylenet.tile_grid import GRID, halos, reaches, tiles_of
from tests.conftest import MEAN_PIXEL, Seen, random_image

STYLE_LAYERS = ["relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"]
CLOSE = 1e-5  # of the largest value


def quiet(record):
    """A callback that keeps the progress bar away."""


@pytest.fixture
def evaluated(narrow_file):
    """Losses, gradient and style statistics at one picture, in tiles or in one piece."""

    def evaluate(tile, shape=(149, 203), styles=None, **options):
        content = random_image(*shape, seed=1)
        styles = styles or [random_image(90, 131, seed=2)]
        options = {"epochs": 1, "scales": 1, "precision": "float32", "tile": tile} | options
        with CNNStyleNet(content, styles, narrow_file, **options) as net:
            net.fit([quiet])
            net._problem.set_image(random_image(*shape, seed=7)[None] - MEAN_PIXEL)
            (losses, image), gradient = net._problem.state(net._problem.gradient_op)
            return losses, image, np.array(gradient), net._features_style

    return evaluate


def assert_same(tiled, whole):
    for name in ("total", "content", "style", "tv"):
        assert getattr(tiled[0], name) == pytest.approx(getattr(whole[0], name), rel=CLOSE)
    assert tiled[0].parts == pytest.approx(whole[0].parts, rel=CLOSE, abs=1e-6)
    np.testing.assert_array_equal(tiled[1], whole[1])
    assert np.abs(whole[2]).max() > 0
    assert np.abs(tiled[2] - whole[2]).max() <= CLOSE * np.abs(whole[2]).max()
    for layer, statistics in whole[3].items():
        for ours, theirs in zip(tiled[3][layer], statistics, strict=True):
            assert np.abs(ours - theirs).max() <= CLOSE * np.abs(theirs).max()


def _mask(height, width, soft):
    ramp = np.linspace(0, 255, width, dtype=np.float32)
    row = ramp if soft else np.where(ramp > 100, 255, 0)
    return np.repeat(np.tile(row, (height, 1))[..., None], 3, axis=2).astype(np.float32)


TWO_STYLES = [random_image(90, 131, seed=2), random_image(61, 75, seed=3)]
CASES = {
    "as it is": {},
    "even sizes": {"shape": (160, 192)},
    "one row of tiles": {"shape": (23, 333)},
    "one column of tiles": {"shape": (301, 17)},
    "a pixel more than tiles": {"shape": (129, 193)},
    "average pooling": {"pooling": "avg"},
    "mean-std": {"style_statistic": "mean-std"},
    "several styles": {"styles": TWO_STYLES, "style_blend_weights": [1, 3]},
    "a style per layer": {"styles": TWO_STYLES, "style_layers": "relu1_1:1,relu3_1:2,relu4_1"},
    "the deepest layers": {"style_layers": "relu5_4,relu2_2", "content_layers": "relu5_3"},
    "shallow layers": {"style_layers": "relu1_2", "content_layers": "relu1_1,relu3_3=2"},
    "content layers": {"content_weight_blend": 0.5},
    "total variation alone": {"weight_image_content": 0, "weight_image_style": 0},
    "no total variation": {"weight_regularization": 0},
    "masks": {
        "styles": TWO_STYLES,
        "content_masks": [_mask(40, 60, True), 255 - _mask(40, 60, False)],
        "style_masks": [_mask(30, 30, True), _mask(30, 30, False)],
    },
    "a style's mask alone": {"style_masks": [_mask(30, 30, True)]},
}


@pytest.mark.parametrize("case", CASES)
def test_tiles_give_what_the_whole_picture_gives(evaluated, case):
    assert_same(evaluated(64, **CASES[case]), evaluated("off", **CASES[case]))
