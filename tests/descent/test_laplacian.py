"""The pyramid against matrices written out in full, and against TensorFlow's bilinear resizing."""

import numpy as np
import pytest
import tensorflow as tf

from stylenet.descent.laplacian import by_pyramid, enlarged, enlarged_transposed

SIZES = [(8, 12), (7, 9), (2, 3), (5, 2), (1, 6), (1, 1)]


def matrix_of(function, shape):
    """The matrix of a linear function of pictures (1, *shape, 1)."""
    columns = np.eye(np.prod(shape), dtype=np.float32)
    return np.stack([function(c.reshape(1, *shape, 1)).ravel() for c in columns], axis=1)


def enlarging(height, width):
    return matrix_of(lambda c: enlarged(c, height, width), (-(-height // 2), -(-width // 2)))


def test_enlarging_is_bilinear():
    small = np.random.default_rng(0).normal(size=(1, 5, 7, 3)).astype(np.float32)
    expected = tf.image.resize(small, (10, 14), "bilinear")
    np.testing.assert_allclose(enlarged(small, 10, 14), expected, atol=1e-6)


@pytest.mark.parametrize("size", SIZES)
def test_the_transposed_is_the_transposed(size):
    transposed = matrix_of(enlarged_transposed, size)
    np.testing.assert_allclose(transposed, enlarging(*size).T, atol=1e-7)


@pytest.mark.parametrize("size", SIZES)
def test_the_metric_is_that_of_the_pyramid(size):
    """A A^T with A = [1, w U, w^2 U U], its matrices written out."""
    weight, (height, width) = 0.6, size
    half = -(-height // 2), -(-width // 2)
    once = enlarging(*size)
    parts = [np.eye(height * width)]
    if min(size) >= 2:
        parts.append(weight * once)
        if min(half) >= 2:
            parts.append(weight**2 * once @ enlarging(*half))
    pyramid = np.concatenate(parts, axis=1)
    got = matrix_of(lambda g: by_pyramid(g, levels=3, weight=weight), size)
    np.testing.assert_allclose(got, pyramid @ pyramid.T, atol=1e-5)


def test_the_result_is_an_array_of_its_own_in_usual_order():
    gradient = np.ones((1, 6, 8, 3), np.float32)
    for levels in (1, 3):
        result = by_pyramid(gradient, levels)
        assert result is not gradient
        assert result.flags.c_contiguous
        assert result.dtype == np.float32
