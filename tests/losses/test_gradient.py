"""The gradient layer by layer against TensorFlow's own of the whole."""

import numpy as np
import pytest
import tensorflow as tf

from stylenet.losses.gradient import gradient_by_layers
from stylenet.losses.statistics import gram_matrix
from stylenet.losses.sums import Sums, flat
from stylenet.losses.terms import content_loss, total_variation_loss
from stylenet.network.convolution import fast_conv2d
from stylenet.network.vgg19 import apply_vgg19
from tests.conftest import MEAN_PIXEL, random_image


@pytest.mark.parametrize("convolve", [tf.nn.conv2d, fast_conv2d])
@pytest.mark.parametrize("read", [False, True])
@pytest.mark.parametrize(("compute_type", "close"), [(tf.float32, 1e-5), (tf.bfloat16, 0.05)])
def test_gradient_is_that_of_the_whole(narrow_weights, compute_type, close, read, convolve):
    kernels, biases = narrow_weights
    widths = {name.replace("conv", "relu"): bias.size for name, bias in biases.items()}
    readouts = {name: np.tri(width, dtype=np.float32) for name, width in widths.items()}
    ways = {"compute_type": compute_type, "convolve": convolve}
    image = random_image(32, 48)[None] - MEAN_PIXEL
    with tf.Graph().as_default() as graph, tf.compat.v1.Session(graph=graph) as session:
        image_t = tf.constant(image)
        layers = apply_vgg19(image_t, kernels, biases, readouts if read else None, **ways)
        deep_t, first_t, middle_t = (layers[f"relu{name}"] for name in ("5_1", "1_1", "3_1"))
        sums = [
            *(Sums("relu5_1", deep_t), Sums("relu1_1", first_t)),
            *(Sums("relu3_1", middle_t), Sums("relu3_1", middle_t), Sums()),
        ]
        gram_matrix(deep_t, None, sums[0])
        gram_matrix(first_t, None, sums[1])
        content_loss(middle_t, 7 * tf.ones_like(middle_t), sums[2])
        gram_matrix(middle_t, None, sums[3])
        total_variation_loss(image_t, sums[4])
        loss_op = tf.add_n([tf.reduce_sum(tf.square(t)) / 1e6 for t in flat(sums)])
        slopes = tf.gradients(loss_op, flat(sums))
        by_layers_t = gradient_by_layers(sums, slopes, image_t)
        got, expected = session.run([by_layers_t, tf.gradients(loss_op, image_t)[0]])
    assert np.abs(expected).max() > 0
    assert np.linalg.norm(got - expected) <= close * np.linalg.norm(expected)


def test_gradient_of_a_gram_matrix_for_any_derivative_by_it():
    """Also where the derivative is not symmetric, by NumPy: d sum(D G) = F (D + D^T) / (C N)."""
    generator = np.random.default_rng(0)
    features = generator.standard_normal((1, 4, 5, 3))
    slope = generator.standard_normal((3, 3))
    with tf.GradientTape() as tape:
        features_t = tf.constant(features)
        tape.watch(features_t)
        value_t = tf.reduce_sum(slope * gram_matrix(features_t))
    expected = features @ (slope + slope.T) / features.size
    np.testing.assert_allclose(tape.gradient(value_t, features_t), expected, rtol=1e-10)
