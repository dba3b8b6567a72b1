"""Convolutions in another order of memory, and their gradients, against TensorFlow's own."""

import numpy as np
import pytest
import tensorflow as tf

from stylenet.network import convolution
from stylenet.network.convolution import conv2d_of_depth_one, fast_conv2d

v1 = tf.compat.v1


def _gradient(convolve, features, kernel, slope, stride, padding):
    """Of sum(slope * convolve(features)) by the features, computed in a graph."""
    with tf.Graph().as_default(), v1.Session() as session:
        features_t = tf.constant(features)
        answers_t = convolve(features_t, tf.constant(kernel), stride, padding)
        return session.run(tf.gradients(answers_t, features_t, tf.constant(slope))[0])


@pytest.mark.parametrize("deep", [1, 1000])
@pytest.mark.parametrize("padding", ["SAME", "VALID"])
@pytest.mark.parametrize(("size", "stride"), [(3, 1), (1, 1), (3, 2)])
def test_gradient_is_that_of_the_plain_convolution(monkeypatch, deep, padding, size, stride):
    monkeypatch.setattr(convolution, "DEEP", deep)
    generator = np.random.default_rng(0)
    features = generator.normal(size=(1, 9, 12, 5)).astype(np.float32)
    kernel = generator.normal(size=(size, size, 5, 7)).astype(np.float32)
    shape = tf.nn.conv2d(features, kernel, stride, padding).shape
    slope = generator.normal(size=shape).astype(np.float32)
    given = features, kernel, slope, stride, padding
    expected = _gradient(tf.nn.conv2d, *given)
    np.testing.assert_allclose(_gradient(fast_conv2d, *given), expected, rtol=1e-4, atol=1e-5)


def test_another_graph_keeps_its_gradients():
    with tf.Graph().as_default() as graph:
        fast_conv2d(tf.ones((1, 4, 4, 2)), tf.ones((3, 3, 2, 2)), 1, "SAME")
        kernel_t, features_t = tf.ones((3, 3, 2, 2)), tf.ones((1, 4, 4, 2))
        plain_t = tf.nn.conv2d(features_t, kernel_t, 1, "SAME")
        assert tf.gradients(plain_t, kernel_t)[0] is not None  # which ours does without
        types = {op.type for op in graph.get_operations()}
    assert "Conv2DBackpropFilter" in types


def test_depth_one_is_a_convolution_of_the_picture():
    generator = np.random.default_rng(1)
    features = generator.normal(size=(1, 6, 8, 3)).astype(np.float32)
    kernel = generator.normal(size=(3, 3, 3, 4)).astype(np.float32)
    expected = tf.nn.conv2d(features, kernel, 1, "SAME")
    np.testing.assert_allclose(
        conv2d_of_depth_one(features, kernel, 1, "SAME"), expected, rtol=1e-4, atol=1e-5
    )
