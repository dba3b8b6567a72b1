"""Tiles: the same losses and the same gradient as the picture in one piece."""

import weakref

import numpy as np
import pytest

from stylenet.engine.tiled_picture import TiledPicture
from stylenet.errors import OptionError
from stylenet.options.options import Options
from stylenet.options.tiles import GRID
from tests.conftest import MEAN_PIXEL, Seen, random_image

CLOSE = 3e-5  # of the largest value; rounding, of which AVX2 leaves more than AVX-512 (2.4e-5)
IN_TILES = {"epochs": 1, "scales": 1, "tile": 32}
STYLE = random_image(90, 131, seed=2)


def evaluated(net, tile, shape=(90, 203), style=STYLE, **options):
    """Losses, gradient and style statistics at one picture, in tiles or in one piece."""
    with net(None, style, epochs=1, scales=1, tile=tile, **options) as made:
        return evaluated_at(made, shape)


def evaluated_at(made, shape):
    """The same with a net that is there."""
    made.load_image_content_style(random_image(*shape, seed=1)).fit([])
    made.graph.set_image(random_image(*shape, seed=7)[None] - MEAN_PIXEL)
    (losses, image, _), gradient = made.engines.now.evaluate(made.graph.gradient_op)
    return losses, image, np.array(gradient), made._features_style


def assert_same(tiled, whole):
    for name in ("total", "content", "style", "tv", "range"):
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


TWO_STYLES = [STYLE, random_image(61, 75, seed=3)]
SHAPES = [
    (149, 203),
    (160, 192),  # even sizes
    (23, 333),  # one row of tiles
    (301, 17),  # one column of tiles
    (129, 193),  # a pixel more than tiles
]
CASES = {
    "average pooling": {"pooling": "avg"},
    "mean-std": {"style_statistic": "mean-std"},
    "wasserstein": {"style_statistic": "wasserstein", "weight_regularization": 0},
    "the default": {"preset": "painting"},
    "the default with masks": {
        "preset": "painting",
        "style": TWO_STYLES,
        "content_masks": [_mask(40, 60, True), 255 - _mask(40, 60, False)],
        "style_masks": [_mask(30, 30, True), _mask(30, 30, False)],
    },
    "several styles": {"style": TWO_STYLES, "style_blend_weights": [1, 3]},
    "a style per layer": {"style": TWO_STYLES, "style_layers": "relu1_1:1,relu3_1:2,relu4_1"},
    "the deepest layers": {
        "shape": (149, 203),
        "style_layers": "relu5_4,relu2_2",
        "content_layers": "relu5_3",
    },
    "shallow layers": {"style_layers": "relu1_2", "content_layers": "relu1_1,relu3_3=2"},
    "content layers": {"content_weight_blend": 0.5},
    "total variation alone": {"weight_image_content": 0, "weight_image_style": 0},
    "no total variation": {"weight_regularization": 0},
    "masks": {
        "style": TWO_STYLES,
        "content_masks": [_mask(40, 60, True), 255 - _mask(40, 60, False)],
        "style_masks": [_mask(30, 30, True), _mask(30, 30, False)],
    },
    "a style's mask alone": {"style_masks": [_mask(30, 30, True)]},
}


def test_tiles_fit_pictures_of_every_shape(net):
    tiled, whole = (net(None, STYLE, epochs=1, scales=1, tile=tile) for tile in (64, "off"))
    for shape in SHAPES:
        assert_same(evaluated_at(tiled, shape), evaluated_at(whole, shape))


@pytest.mark.parametrize("case", CASES)
def test_tiles_give_what_the_whole_picture_gives(net, case):
    assert_same(evaluated(net, 64, **CASES[case]), evaluated(net, "off", **CASES[case]))


def test_a_tile_larger_than_the_picture(net):
    assert_same(evaluated(net, 512, shape=(61, 83)), evaluated(net, "off", shape=(61, 83)))


def test_tiles_smaller_than_their_halo(net):
    assert_same(evaluated(net, GRID, shape=(61, 83)), evaluated(net, "off", shape=(61, 83)))


def test_tiles_in_bfloat16_are_the_same_to_its_precision(net):
    tiled, whole = (evaluated(net, tile, precision="bfloat16") for tile in (64, "off"))
    assert tiled[0].total == pytest.approx(whole[0].total, rel=1e-2)
    spread = np.linalg.norm(tiled[2] - whole[2]) / np.linalg.norm(whole[2])
    assert spread < 0.02


@pytest.mark.parametrize(
    "options", [{"epochs": 6}, {"epochs": 6, "average": 0.5}, {"epochs": 8, "optimizer": "lbfgs"}]
)
def test_a_run_from_coarse_to_fine_in_tiles_goes_the_same_way(net, options):
    content = random_image(76, 90, seed=1)
    ways = []
    for tile in (48, "off"):
        seen = Seen()
        made = net(content, scales=2, initial="content", tile=tile, **options).fit([seen])
        ways.append((made._losses_train, seen.pictures))
    np.testing.assert_allclose(ways[0][0], ways[1][0], rtol=1e-3)
    assert [image.shape for image in ways[0][1]] == [image.shape for image in ways[1][1]]
    # Adam divides by the gradient's size: where that is next to nothing, digits decide.
    assert np.median(np.abs(ways[0][1][-1] - ways[1][1][-1])) < 0.01


def test_the_graph_does_not_grow_from_fit_to_fit(net):
    made = net(random_image(50, 60), content_masks=[_mask(30, 30, True)], **IN_TILES)
    made.fit([])
    size = len(made._session.graph.get_operations())
    made.load_image_content_style(random_image(71, 53, seed=7))
    made.fit([])
    assert len(made._session.graph.get_operations()) == size


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


class Stop:
    """A callback that ends the run after so many tiles."""

    def __init__(self, tiles):
        self._left = tiles

    def __call__(self, record):
        pass

    def on_tile(self, done, total):
        self._left -= 1
        if not self._left:
            raise KeyboardInterrupt


def test_stopped_between_two_tiles_and_gone_on_it_ends_the_same(net):
    """A step that is broken off between tiles has changed nothing, so its start is kept."""
    pictures = random_image(70, 90, seed=1), random_image(40, 50, seed=2)
    first, other = (net(*pictures, **IN_TILES | {"epochs": 5}) for _ in range(2))
    expected = first.fit([]).result.record.image
    for tiles, steps in ((20, 0), (55, 2)):
        with pytest.raises(KeyboardInterrupt):
            first.fit([Stop(tiles)])
        state = first.run_state()
        assert state.iteration == steps
        reached = other.fit([], state).result.record.image
        np.testing.assert_array_equal(reached, expected)


def test_no_picture_of_the_state_before_is_held_beside_a_gradient(net, monkeypatch):
    """Every array as large as the picture counts where pictures are larger than memory."""
    pictures, held = [], []
    gradient_of = TiledPicture.gradient

    def gradient(self, sums, on_tile):
        held.append(sum(picture() is not None for picture in pictures))
        return gradient_of(self, sums, on_tile)

    monkeypatch.setattr(TiledPicture, "gradient", gradient)
    made = net(random_image(50, 60), **IN_TILES | {"epochs": 4})
    made.fit([lambda record: pictures.append(weakref.ref(record.image))])
    assert held == [1, 1, 1, 1]


def test_the_progress_bar_counts_tiles(net, capsys):
    net(random_image(50, 60), **IN_TILES).fit()
    shown = capsys.readouterr().err
    assert "0/8" in shown  # four tiles, twice
    assert "tile" in shown


def test_other_style_layers_after_a_run_in_tiles(net, content, style):
    made = net(tile=16, epochs=1).fit([])
    made.set_style_layers(["relu2_1"])
    whole = net(epochs=1, style_layers=["relu2_1"]).model().extract_style_features()
    np.testing.assert_allclose(
        made.extract_style_features()["relu2_1"], whole["relu2_1"], rtol=1e-4
    )
    assert len(made.fit([])._losses_train) == 2


def test_nobody_is_told_of_tiles_after_the_run(net):
    told, stop = [], Stop(1000)
    stop.on_tile = lambda done, total: told.append(done)
    made = net(tile=16, epochs=1).fit([stop])
    before = len(told)
    made.losses_of(made.result.image())
    assert len(told) == before
