"""A frame against those before it: NumPy, finite differences, tiles, the way down."""

from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf

from stylenet.losses.terms import temporal_loss
from stylenet.pictures.picture_set import Reference
from tests import reference as numpy_network
from tests.conftest import MEAN_PIXEL, random_image

SHAPE = (37, 53)
BEFORE = random_image(*SHAPE, seed=5)
RELIABILITY = np.random.default_rng(2).uniform(size=(*SHAPE, 1)).astype(np.float32)

NOTHING = np.zeros((*SHAPE, 1), np.float32)


def _at(made, image, reference):
    """Losses and gradient of a frame that is compared with a reference."""
    made.load_image_content_style()
    made.load_image_content_style(pictures=replace(made.pictures, reference=reference))
    made.fit([])
    made.graph.set_image(image[None] - MEAN_PIXEL)
    (losses, _, _), gradient = made.engines.now.evaluate(made.graph.gradient_op)
    return losses, np.array(gradient)


def test_it_is_the_mean_of_what_can_be_relied_on(net, network_features, content):
    image = random_image(*SHAPE, seed=9)
    made = net(normalization="relative", weight_temporal=3.0, frame_epochs=1)
    losses, _ = _at(made, image, Reference(BEFORE, RELIABILITY, NOTHING, NOTHING))
    apart = np.mean(RELIABILITY * (image - BEFORE) ** 2)
    energy = np.mean(network_features(content)["relu4_2"] ** 2)
    assert losses.temporal == pytest.approx(3 * apart / energy, rel=1e-4)
    assert losses.total == pytest.approx(
        losses.content + losses.style + losses.tv + losses.range + losses.temporal, rel=1e-5
    )


def test_its_gradient_is_that_of_finite_differences():
    image, before = (random_image(4, 5, seed).astype(np.float64) for seed in (1, 2))
    reliability = np.random.default_rng(0).uniform(size=(4, 5, 1))

    def loss(picture):
        return np.mean(reliability * (picture - before) ** 2)

    with tf.GradientTape() as tape:
        picture_t = tf.constant(image[None])
        tape.watch(picture_t)
        value_t = temporal_loss(picture_t, tf.constant(before[None]), reliability[None])
    got = tape.gradient(value_t, picture_t).numpy()[0]
    expected = np.zeros_like(image)
    for place in np.ndindex(image.shape):
        step = np.zeros_like(image)
        step[place] = 1e-3
        expected[place] = (loss(image + step) - loss(image - step)) / 2e-3
    assert np.abs(expected).max() > 0.1
    np.testing.assert_allclose(got, expected, rtol=1e-6, atol=1e-9)


def test_tiles_compare_as_the_whole_picture_does(net):
    image, reference = (
        random_image(*SHAPE, seed=9),
        Reference(BEFORE, RELIABILITY, NOTHING, NOTHING),
    )
    whole, tiled = (
        _at(net(weight_temporal=1e5, tile=tile, frame_epochs=1), image, reference)
        for tile in ("off", 16)
    )
    assert whole[0].temporal > 0.1 * whole[0].total
    assert tiled[0].temporal == pytest.approx(whole[0].temporal, rel=3e-5)
    assert np.abs(tiled[1] - whole[1]).max() <= 3e-5 * np.abs(whole[1]).max()


def test_a_frame_that_follows_begins_at_what_is_known_and_takes_few_steps(net, content):
    made = net(epochs=9, scales=2, frame_epochs=2, preset="painting").load_image_content_style()
    first = made.pictures
    made.load_image_content_style(pictures=replace(first, reference=Reference.none(content)))
    assert made.fit([]).result.record.iteration == 9
    assert made.result.record.losses.temporal == 0
    known = np.zeros((*SHAPE, 1), np.float32)
    known[:20] = 1
    seen = []
    made.load_image_content_style(
        pictures=replace(first, reference=Reference(BEFORE, known, NOTHING, NOTHING))
    )
    made.fit([seen.append])
    assert [record.iteration for record in seen] == [0, 1, 2]
    np.testing.assert_allclose(seen[0].image, BEFORE, atol=1e-3)


@pytest.mark.parametrize(
    ("statistic", "tile"), [("gram", "off"), ("gram", 16), ("mean-std", "off"), ("wasserstein", 16)]
)
def test_the_style_is_asked_of_what_is_new_by_itself(net, network_features, tile, statistic):
    """By NumPy: the style loss of all, and that of the places that are new by their share."""
    new = np.zeros((*SHAPE, 1), np.float32)
    new[8:12, 16:32] = 1
    image = random_image(*SHAPE, seed=9)
    options = {"style_layers": "relu1_1", "style_statistic": statistic, "tile": tile}
    losses = {}
    for name, places in (("new", new), ("nothing", 0 * new)):
        made = net(weight_temporal=1.0, frame_epochs=1, **options)
        losses[name], _ = _at(made, image, Reference(BEFORE, RELIABILITY, places, NOTHING))
    style = made.pictures.styles[0]
    assert losses["nothing"].style == pytest.approx(_style(net, image, style, options), rel=1e-3)
    if statistic != "gram":
        return
    got, wanted = (network_features(i)["relu1_1"] for i in (image, style))
    gram = numpy_network.gram(got[8:12, 16:32])
    more = 0.6 * new.mean() * 500 * np.mean((gram - numpy_network.gram(wanted)) ** 2)
    assert losses["new"].style == pytest.approx(losses["nothing"].style + more, rel=1e-3)


def _style(net, image, style, options):
    """The style loss of a picture that is no frame."""
    return net(style=style, epochs=1, **options).fit([]).losses_of(image).style


def test_a_picture_that_is_no_frame_has_no_such_term(fitted_net):
    assert fitted_net.result.record.losses.temporal is None
    assert set(fitted_net.graph.objective.ops) == {"total", "content", "style", "tv", "range"}
