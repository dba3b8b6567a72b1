"""Tiles: the same losses and the same gradient as the picture in one piece."""

import weakref

import numpy as np
import pytest

from CNNStyleNet import CNNStyleNet
from stylenet.errors import OptionError
from stylenet.options import Options
from stylenet.tile_grid import GRID
from stylenet.tiled import TiledPicture
from tests.conftest import MEAN_PIXEL, Seen, random_image

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
    "wasserstein": {"style_statistic": "wasserstein", "weight_regularization": 0},
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


def test_a_tile_larger_than_the_picture(evaluated):
    assert_same(evaluated(512, shape=(61, 83)), evaluated("off", shape=(61, 83)))


def test_tiles_smaller_than_their_halo(evaluated):
    assert_same(evaluated(GRID), evaluated("off"))


def test_tiles_in_bfloat16_are_the_same_to_its_precision(evaluated):
    tiled, whole = (evaluated(tile, precision="bfloat16") for tile in (64, "off"))
    assert tiled[0].total == pytest.approx(whole[0].total, rel=1e-2)
    spread = np.linalg.norm(tiled[2] - whole[2]) / np.linalg.norm(whole[2])
    assert spread < 0.02


@pytest.mark.parametrize(
    "options", [{"epochs": 6}, {"epochs": 6, "average": 0.5}, {"epochs": 8, "optimizer": "lbfgs"}]
)
def test_a_run_from_coarse_to_fine_in_tiles_goes_the_same_way(narrow_file, options):
    content, style = random_image(140, 171, seed=1), random_image(60, 70, seed=2)
    options |= {"precision": "float32", "scales": 2, "initial": "content"}
    ways = []
    for tile in (48, "off"):
        seen = Seen()
        with CNNStyleNet(content, style, narrow_file, tile=tile, **options) as net:
            net.fit([seen])
            ways.append((net._losses_train, seen.pictures))
    np.testing.assert_allclose(ways[0][0], ways[1][0], rtol=1e-3)
    assert [image.shape for image in ways[0][1]] == [image.shape for image in ways[1][1]]
    # Adam divides by the gradient's size: where that is next to nothing, digits decide.
    assert np.median(np.abs(ways[0][1][-1] - ways[1][1][-1])) < 0.01


def test_the_graph_does_not_grow_from_fit_to_fit(narrow_file):
    options = {"epochs": 1, "tile": 32, "scales": 1}
    masks = [_mask(30, 30, True)]
    with CNNStyleNet(
        random_image(50, 60), random_image(40, 40), narrow_file, content_masks=masks, **options
    ) as net:
        net.fit([quiet])
        size = len(net._session.graph.get_operations())
        net.load_image_content_style(random_image(71, 53, seed=7))
        net.fit([quiet])
        assert len(net._session.graph.get_operations()) == size


@pytest.mark.parametrize(
    "other", [{"n_strides": 2}, {"n_pool_wndsize": 3}, {"n_pool_strides": 1}], ids=str
)
def test_tiles_that_could_not_be_exact_are_refused(other):
    with pytest.raises(OptionError, match=r"Tiles are exact with .* choose --tile off"):
        Options(tile=64, **other)
    assert Options(**other).tile == "auto"


@pytest.mark.parametrize("value", [0, 100, 8, "large", -16, 64.5])
def test_sizes_that_are_none_are_refused(value):
    with pytest.raises(OptionError, match="auto, off or a multiple of 16"):
        Options(tile=value)


@pytest.mark.parametrize(("tiles", "steps"), [(20, 0), (55, 2)])
def test_stopped_between_two_tiles_and_gone_on_it_ends_the_same(narrow_file, tiles, steps):
    """A step that is broken off between tiles has changed nothing, so its start is kept."""

    class Stop:
        left = tiles

        def __call__(self, record):
            pass

        def on_tile(self, done, total):
            self.left -= 1
            if not self.left:
                raise KeyboardInterrupt

    def net():
        content, style = random_image(70, 90, seed=1), random_image(40, 50, seed=2)
        options = {"precision": "float32", "scales": 1, "epochs": 5, "tile": 32}
        return CNNStyleNet(content, style, narrow_file, **options)

    with net() as undisturbed:
        expected = undisturbed.fit([quiet])._last_record.image
    with net() as stopped:
        with pytest.raises(KeyboardInterrupt):
            stopped.fit([Stop()])
        state = stopped.run_state()
    assert state.iteration == steps
    with net() as resumed:
        reached = resumed.fit([quiet], state)._last_record.image
    np.testing.assert_array_equal(reached, expected)


def test_no_picture_of_the_state_before_is_held_beside_a_gradient(narrow_file, monkeypatch):
    """Every array as large as the picture counts where pictures are larger than memory."""
    pictures, held = [], []
    gradient_of = TiledPicture.gradient

    def gradient(self, sums):
        held.append(sum(picture() is not None for picture in pictures))
        return gradient_of(self, sums)

    monkeypatch.setattr(TiledPicture, "gradient", gradient)
    options = {"epochs": 4, "scales": 1, "tile": 32}
    with CNNStyleNet(random_image(50, 60), random_image(40, 40), narrow_file, **options) as net:
        net.fit([lambda record: pictures.append(weakref.ref(record.image))])
    assert held == [1, 1, 1, 1]


def test_the_progress_bar_counts_tiles(narrow_file, capsys):
    with CNNStyleNet(
        random_image(50, 60), random_image(40, 40), narrow_file, epochs=1, scales=1, tile=32
    ) as net:
        net.fit()
    shown = capsys.readouterr().err
    assert "0/8" in shown  # four tiles, twice
    assert "tile" in shown
