"""The losses of content and variation against NumPy, a hand example and finite differences."""

import numpy as np
import pytest
import tensorflow as tf

from stylenet.losses.statistics import gram_loss, gram_matrix
from stylenet.losses.terms import content_loss, total_variation_loss
from stylenet.network.vgg19 import apply_vgg19
from tests import reference
from tests.conftest import random_image

# Two channels at 2 x 2 positions, worked by hand: channel 1 is 1 2 / 3 4, channel 2 is 0 1 / 0 2.
HAND = np.array([[[1, 0], [2, 1]], [[3, 0], [4, 2]]], np.float32)


@pytest.fixture
def features():
    return np.random.default_rng(0).normal(size=(5, 7, 3)).astype(np.float32)


def test_total_variation_by_hand():
    # Down: 2, 0, 2, 1 -> (4+0+4+1)/4. Across: 1, 1, 1, 2 -> (1+1+1+4)/4.
    assert float(total_variation_loss(tf.constant(HAND[None]))) == pytest.approx(9 / 4 + 7 / 4)


def test_content_and_gram_loss_by_hand():
    other = HAND[None] + np.array([1, -2], np.float32)
    assert float(content_loss(HAND[None], other)) == pytest.approx((1 + 4) / 2)
    grams = np.array([[1, 2], [2, 5]], np.float32), np.array([[0, 2], [2, 2]], np.float32)
    assert float(gram_loss(*grams)) == pytest.approx((1 + 9) / 4)


def test_total_variation_equals_numpy_on_a_picture_that_is_not_square(features):
    expected = reference.total_variation(features.astype(float))
    assert float(total_variation_loss(tf.constant(features[None]))) == pytest.approx(expected)


@pytest.mark.parametrize("shape", [(1, 1, 6, 3), (1, 6, 1, 3), (1, 1, 1, 3)])
def test_total_variation_of_a_single_row_or_column_is_finite(shape):
    image = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    along = 0.0 if max(shape[1:3]) == 1 else 9.0  # neighbours differ by 3 in every channel
    assert float(total_variation_loss(tf.constant(image))) == pytest.approx(along)


def test_gram_ignores_positions_and_content_does_not(features):
    positions = features.reshape(-1, 3)
    shuffled = np.random.default_rng(1).permutation(positions).reshape(features.shape)
    np.testing.assert_allclose(
        gram_matrix(shuffled[None]), gram_matrix(features[None]), rtol=1e-4, atol=1e-6
    )
    assert float(content_loss(shuffled[None], features[None])) > 0.1


def _terms(image_t, kernels, biases, targets):
    layers = apply_vgg19(image_t, kernels, biases)
    grams = [gram_matrix(layers[name]) for name in targets["grams"]]
    return {
        "content": content_loss(layers["relu4_2"], targets["content"]),
        "style": tf.add_n(
            [gram_loss(g, t) for g, t in zip(grams, targets["grams"].values(), strict=True)]
        ),
        "tv": total_variation_loss(image_t),
    }


@pytest.fixture
def term_functions(narrow_weights):
    """Each term as a function of a float64 picture (1, H, W, 3), targets from another picture."""
    kernels, biases = ({k: tf.cast(v, tf.float64) for k, v in d.items()} for d in narrow_weights)
    other = tf.cast(random_image(19, 27, seed=5)[None] - 120, tf.float64)
    layers = apply_vgg19(other, kernels, biases)
    names = ["relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"]
    targets = {
        "content": layers["relu4_2"],
        "grams": {name: gram_matrix(layers[name]) for name in names},
    }

    def term(name):
        return lambda image_t: _terms(image_t, kernels, biases, targets)[name]

    return {name: term(name) for name in ("content", "style", "tv")}


@pytest.mark.parametrize("name", ["content", "style", "tv"])
def test_gradient_equals_finite_differences(term_functions, name):
    loss = term_functions[name]
    image = random_image(19, 27, seed=6)[None].astype(np.float64) - 120
    with tf.GradientTape() as tape:
        image_t = tf.constant(image)
        tape.watch(image_t)
        value = loss(image_t)
    gradient = tape.gradient(value, image_t).numpy()
    assert np.abs(gradient).max() > 0
    generator = np.random.default_rng(3)
    for _ in range(6):
        direction = generator.normal(size=image.shape)
        step = 1e-5
        ahead, behind = (float(loss(tf.constant(image + s * direction))) for s in (step, -step))
        slope = (ahead - behind) / (2 * step)
        assert slope == pytest.approx((gradient * direction).sum(), rel=2e-4)


@pytest.mark.parametrize("name", ["content", "style", "tv"])
def test_every_term_falls_within_three_steps(term_functions, name):
    loss = term_functions[name]
    image = tf.constant(random_image(19, 27, seed=6)[None].astype(np.float64) - 120)
    values = [float(loss(image))]
    for _ in range(3):
        with tf.GradientTape() as tape:
            tape.watch(image)
            value = loss(image)
        gradient = tape.gradient(value, image)
        image = image - 0.5 * gradient / tf.reduce_max(tf.abs(gradient))
        values.append(float(loss(image)))
    assert values == sorted(values, reverse=True)
    assert values[-1] < values[0]
