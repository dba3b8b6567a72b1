"""The losses: pure functions of tensors, in neural-style's normalisation.

Notation: F the features of the generated image at a layer, P those of the content image, S those
of a style image, each N x C with N = H*W positions and C channels. A mask m gives each position a
weight from 0 to 1; without one every position counts 1.
"""

from dataclasses import dataclass

import numpy as np
import tensorflow as tf

SMALL = 1e-8  # keeps quotients and roots of nothing finite


def content_loss(features_t, target_t):
    """mean((F - P)^2) at one layer: Gatys et al. 2015, equation 1, as a mean.

    Args:
        features_t, target_t: (1, H, W, C).

    Returns:
        scalar.
    """
    return _mean_squared_difference(features_t, target_t)


def total_variation_loss(image_t):
    """mean(dy^2) + mean(dx^2), each over the elements of its own difference (neural-style).

    Args:
        image_t: (1, H, W, 3). A picture of one row or column has no difference that way: 0.

    Returns:
        scalar.
    """
    rows_t = image_t[:, 1:, :, :] - image_t[:, :-1, :, :]
    columns_t = image_t[:, :, 1:, :] - image_t[:, :, :-1, :]
    return _mean_square(rows_t) + _mean_square(columns_t)


def gram_matrix(features_t, mask_t=None):
    """Correlations between the channels of a layer, wherever in the picture they occur.

    G = F^T diag(m) F / (C sum(m)): Gatys et al. 2015, equation 3, divided by the number of elements
    of F; with a mask as in Gatys et al. 2017, section 4.

    Args:
        features_t: (1, H, W, C).
        mask_t: (1, H, W, 1), or None.

    Returns:
        (C, C).
    """
    flat_t, weighted_t, total_t = _weighted(features_t, mask_t)
    channels = tf.cast(tf.shape(flat_t)[1], flat_t.dtype)
    return tf.matmul(weighted_t, flat_t, transpose_a=True) / (channels * total_t)


def gram_loss(gram_t, target_t):
    """Mean over the C^2 entries of (G(F) - G(S))^2: Gatys et al. 2015, equation 4, as a mean.

    Args:
        gram_t, target_t: (C, C).

    Returns:
        scalar.
    """
    return _mean_squared_difference(gram_t, target_t)


def mean_and_deviation(features_t, mask_t=None):
    """Mean and standard deviation of every channel: Huang & Belongie 2017, equations 5 and 6.

    Args:
        features_t: (1, H, W, C).
        mask_t: (1, H, W, 1), or None.

    Returns:
        (2, C).
    """
    flat_t, weighted_t, total_t = _weighted(features_t, mask_t)
    mean_t = tf.reduce_sum(weighted_t, axis=0) / total_t
    square_t = tf.reduce_sum(weighted_t * flat_t, axis=0) / total_t
    variance_t = tf.nn.relu(square_t - tf.square(mean_t))
    return tf.stack([mean_t, tf.sqrt(variance_t + SMALL)])


def mean_and_deviation_loss(statistic_t, target_t):
    """Mean over channels of (mu - mu_S)^2 + (sigma - sigma_S)^2: Huang & Belongie 2017, eq. 13.

    Args:
        statistic_t, target_t: (2, C).

    Returns:
        scalar.
    """
    return 2 * _mean_squared_difference(statistic_t, target_t)


def mean_and_covariance(features_t, mask_t=None):
    """Mean (first row) and covariance (the others) of the channels: a Gaussian of the layer.

    Args:
        features_t: (1, H, W, C).
        mask_t: (1, H, W, 1), or None.

    Returns:
        (1 + C, C).
    """
    flat_t, weighted_t, total_t = _weighted(features_t, mask_t)
    mean_t = tf.reduce_sum(weighted_t, axis=0, keepdims=True) / total_t
    square_t = tf.matmul(weighted_t, flat_t, transpose_a=True) / total_t
    return tf.concat([mean_t, square_t - tf.matmul(mean_t, mean_t, transpose_a=True)], axis=0)


def wasserstein_loss(statistic_t, target_t):
    """Squared Wasserstein-2 distance of two Gaussians, divided by C.

    |mu - mu_S|^2 + tr(K + K_S - 2 (K_S^1/2 K K_S^1/2)^1/2): Olkin & Pukelsheim 1982, equation 4.
    style-transfer-pytorch compares its layers this way.

    Args:
        statistic_t, target_t: (1 + C, C), mean and covariance.

    Returns:
        scalar.
    """
    mean_t, covariance_t = statistic_t[0], statistic_t[1:]
    target_mean_t, target_covariance_t = target_t[0], target_t[1:]
    root_t = _matrix_root(target_covariance_t)
    inner_t = tf.matmul(root_t, tf.matmul(covariance_t, root_t))
    distance_t = (
        tf.reduce_sum(tf.math.squared_difference(mean_t, target_mean_t))
        + tf.linalg.trace(covariance_t + target_covariance_t)
        - 2 * _trace_of_root(inner_t)
    )
    return distance_t / tf.cast(tf.shape(mean_t)[0], distance_t.dtype)


@dataclass(frozen=True)
class Statistic:
    """What of a layer makes the style.

    Attributes:
        of: (features_t, mask_t) -> tensor.
        loss: (tensor, target tensor) -> scalar.
        shape: channels -> shape of the tensor.
    """

    of: object
    loss: object
    shape: object


STATISTICS = {
    "gram": Statistic(gram_matrix, gram_loss, lambda channels: (channels, channels)),
    "mean-std": Statistic(
        mean_and_deviation, mean_and_deviation_loss, lambda channels: (2, channels)
    ),
    "wasserstein": Statistic(
        mean_and_covariance, wasserstein_loss, lambda channels: (1 + channels, channels)
    ),
}


def _mean_squared_difference(a_t, b_t):
    return tf.reduce_mean(tf.math.squared_difference(a_t, b_t))


def _mean_square(difference_t):
    count = tf.cast(tf.maximum(tf.size(difference_t), 1), difference_t.dtype)
    return tf.reduce_sum(tf.square(difference_t)) / count


def _weighted(features_t, mask_t):
    """F as (N, C), diag(m) F, and sum(m)."""
    flat_t = tf.reshape(features_t, (-1, features_t.shape[-1]))  # (1, H, W, C) -> (N, C)
    if mask_t is None:
        return flat_t, flat_t, tf.cast(tf.shape(flat_t)[0], flat_t.dtype)
    weights_t = tf.reshape(mask_t, (-1, 1))  # (1, H, W, 1) -> (N, 1)
    return flat_t, flat_t * weights_t, tf.maximum(tf.reduce_sum(weights_t), SMALL)


def _eigen(matrix_t):
    """Eigenvalues (C,) and vectors (C, C) of a symmetric matrix; of one not finite, NaN.

    TensorFlow ends the run there with an error of its own, and the loss is to say what is wrong.
    """
    finite_t = tf.reduce_all(tf.math.is_finite(matrix_t))
    values_t, vectors_t = tf.linalg.eigh(tf.where(finite_t, matrix_t, tf.zeros_like(matrix_t)))
    return values_t + tf.where(finite_t, 0.0, np.nan), vectors_t


def _matrix_root(matrix_t):
    """The symmetric root of a positive semidefinite matrix (C, C)."""
    values_t, vectors_t = _eigen(matrix_t)
    return tf.matmul(vectors_t * tf.sqrt(tf.nn.relu(values_t)), vectors_t, transpose_b=True)


@tf.custom_gradient
def _trace_of_root(matrix_t):
    """tr(M^1/2) of a positive semidefinite (C, C), with gradient 1/2 M^-1/2.

    The gradient through the eigenvectors themselves is not finite where two eigenvalues meet.
    """
    values_t, vectors_t = _eigen((matrix_t + tf.transpose(matrix_t)) / 2)
    # An eigenvalue this small is rounding; its inverse root would be all noise.
    floor_t = 1e-6 * tf.reduce_max(values_t) + SMALL
    roots_t = tf.sqrt(tf.maximum(values_t, floor_t))

    def gradient(upstream_t):
        return upstream_t * tf.matmul(vectors_t * (0.5 / roots_t), vectors_t, transpose_b=True)

    return tf.reduce_sum(tf.sqrt(tf.nn.relu(values_t))), gradient
