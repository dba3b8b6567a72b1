"""What of a layer makes the style: statistics of its features, and distances between them.

Notation: F the features of the generated image at a layer, S those of a style image, each N x C
with N = H*W positions and C channels. A mask m gives each position a weight from 0 to 1; without
one every position counts 1. `over` says what sums are taken over, see `stylenet.losses.sums`.
"""

from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from stylenet.losses.sums import everywhere

SMALL = 1e-8  # keeps quotients and roots of nothing finite


def gram_matrix(features_t, mask_t=None, over=everywhere):
    """Correlations between the channels of a layer, wherever in the picture they occur.

    G = F^T diag(m) F / (C sum(m)): Gatys et al. 2015, equation 3, divided by the number of elements
    of F; with a mask as in Gatys et al. 2017, section 4.

    Args:
        features_t: (1, H, W, C).
        mask_t: (1, H, W, 1), or None.

    Returns:
        (C, C).
    """
    products_t, total_t = over(lambda part: _products_and_weight(part(features_t), part(mask_t)))
    channels = tf.cast(tf.shape(products_t)[0], products_t.dtype)
    return products_t / (channels * tf.maximum(total_t, SMALL))


def _products_and_weight(features_t, mask_t):
    """F^T diag(m) F (C, C) and sum(m)."""
    weighted_t = features_t if mask_t is None else features_t * tf.sqrt(mask_t)
    flat_t = tf.reshape(weighted_t, (-1, features_t.shape[-1]))  # (1, H, W, C) -> (N, C)
    return _products(flat_t), _total_weight(features_t, mask_t)


def _products(flat_t):
    """F^T F, (N, C) -> (C, C), whose gradient F (D + D^T) takes one large product, not two.

    One F is held, and Q + Q^T - Q is Q, with the gradient D + D^T. (`tf.custom_gradient` would do
    it, too, and keep every graph that it was ever used in.)
    """
    products_t = tf.matmul(flat_t, tf.stop_gradient(flat_t), transpose_a=True)
    return products_t + tf.transpose(products_t) - tf.stop_gradient(products_t)


def gram_loss(gram_t, target_t):
    """Mean over the C^2 entries of (G(F) - G(S))^2: Gatys et al. 2015, equation 4, as a mean.

    Args:
        gram_t, target_t: (C, C).

    Returns:
        scalar.
    """
    return _mean_squared_difference(gram_t, target_t)


def mean_and_deviation(features_t, mask_t=None, over=everywhere):
    """Mean and standard deviation of every channel: Huang & Belongie 2017, equations 5 and 6.

    Args:
        features_t: (1, H, W, C).
        mask_t: (1, H, W, 1), or None.

    Returns:
        (2, C).
    """

    def moments(part):
        """The sums over positions of m F and of m F^2, both (C,), and sum(m)."""
        part_t, part_mask_t = part(features_t), part(mask_t)
        weighted_t = part_t if part_mask_t is None else part_t * part_mask_t
        values_t, squares_t = _over_positions(weighted_t), _over_positions(weighted_t * part_t)
        return values_t, squares_t, _total_weight(part_t, part_mask_t)

    values_t, squares_t, total_t = over(moments)
    total_t = tf.maximum(total_t, SMALL)
    mean_t, square_t = values_t / total_t, squares_t / total_t
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


def mean_and_covariance(features_t, mask_t=None, over=everywhere):
    """Mean (first row) and covariance (the others) of the channels: a Gaussian of the layer.

    Args:
        features_t: (1, H, W, C).
        mask_t: (1, H, W, 1), or None.

    Returns:
        (1 + C, C).
    """

    def moments(part):
        """The sum over positions of m F (1, C), F^T diag(m) F (C, C) and sum(m)."""
        part_t, part_mask_t = part(features_t), part(mask_t)
        values_t = _over_positions(part_t if part_mask_t is None else part_t * part_mask_t)
        return values_t[tf.newaxis], *_products_and_weight(part_t, part_mask_t)

    values_t, products_t, total_t = over(moments)
    total_t = tf.maximum(total_t, SMALL)
    mean_t, square_t = values_t / total_t, products_t / total_t
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
    # A small difference of large traces, and roots of numbers next to nothing: single precision
    # would leave four digits of the gradient.
    asked = statistic_t.dtype
    statistic_t, target_t = tf.cast(statistic_t, tf.float64), tf.cast(target_t, tf.float64)
    mean_t, covariance_t = statistic_t[0], statistic_t[1:]
    target_mean_t, target_covariance_t = target_t[0], target_t[1:]
    root_t = _matrix_root(target_covariance_t)
    inner_t = tf.matmul(root_t, tf.matmul(covariance_t, root_t))
    distance_t = (
        tf.reduce_sum(tf.math.squared_difference(mean_t, target_mean_t))
        + tf.linalg.trace(covariance_t + target_covariance_t)
        - 2 * _trace_of_root(inner_t)
    )
    return tf.cast(distance_t / tf.cast(tf.shape(mean_t)[0], tf.float64), asked)


def wasserstein_energy(target_t):
    """The squared distance of a Gaussian (1 + C, C) from one that is 0 everywhere, divided by C."""
    channels_t = tf.cast(tf.shape(target_t)[1], target_t.dtype)
    return (tf.reduce_sum(tf.square(target_t[0])) + tf.linalg.trace(target_t[1:])) / channels_t


def mean_square(target_t):
    """The mean of the squares of all elements, scalar."""
    return tf.reduce_mean(tf.square(target_t))


@dataclass(frozen=True)
class Statistic:
    """What of a layer makes the style.

    Attributes:
        of: (features_t, mask_t, over) -> the statistic of a layer.
        loss: (statistic, target statistic) -> scalar.
        energy: target statistic -> scalar, the loss of a picture that answers nothing at all.
        shape: channels -> shape of the statistic.
    """

    of: object
    loss: object
    energy: object
    shape: object


STATISTICS = {
    "gram": Statistic(
        gram_matrix,
        gram_loss,
        mean_square,
        lambda channels: (channels, channels),
    ),
    "mean-std": Statistic(
        mean_and_deviation,
        mean_and_deviation_loss,
        lambda target_t: 2 * mean_square(target_t),
        lambda channels: (2, channels),
    ),
    "wasserstein": Statistic(
        mean_and_covariance,
        wasserstein_loss,
        wasserstein_energy,
        lambda channels: (1 + channels, channels),
    ),
}


def _mean_squared_difference(a_t, b_t):
    return tf.reduce_mean(tf.math.squared_difference(a_t, b_t))


def _over_positions(maps_t):
    """The sum over positions, (1, H, W, C) -> (C,).

    Row by row, then over the rows: one sum of so many numbers would lose the last digits, which a
    variance is the difference of.
    """
    return tf.reduce_sum(tf.reduce_sum(maps_t, axis=2), axis=(0, 1))


def _total_weight(features_t, mask_t):
    """sum(m); without a mask the number of positions."""
    if mask_t is None:
        return tf.cast(tf.reduce_prod(tf.shape(features_t)[:-1]), features_t.dtype)
    return tf.reduce_sum(mask_t)


def _eigen(matrix_t):
    """Eigenvalues (C,) and vectors (C, C) of a symmetric matrix; of one not finite, NaN.

    TensorFlow ends the run there with an error of its own, and the loss is to say what is wrong.
    """
    finite_t = tf.reduce_all(tf.math.is_finite(matrix_t))
    values_t, vectors_t = tf.linalg.eigh(tf.where(finite_t, matrix_t, tf.zeros_like(matrix_t)))
    nothing_t = tf.zeros_like(values_t)
    return values_t + tf.where(finite_t, nothing_t, np.nan * nothing_t), vectors_t


def _matrix_root(matrix_t):
    """The symmetric root of a positive semidefinite matrix (C, C)."""
    values_t, vectors_t = _eigen(matrix_t)
    return tf.matmul(vectors_t * tf.sqrt(tf.nn.relu(values_t)), vectors_t, transpose_b=True)


def _trace_of_root(matrix_t):
    """tr(M^1/2) of a positive semidefinite (C, C), with gradient 1/2 M^-1/2.

    The gradient through the eigenvectors themselves is not finite where two eigenvalues meet. So
    they are held, and M - M, which is 0, brings the gradient in.
    """
    held_t = tf.stop_gradient(matrix_t)
    values_t, vectors_t = _eigen((held_t + tf.transpose(held_t)) / 2)
    # An eigenvalue this small is rounding; its inverse root would be all noise.
    floor_t = 1e-6 * tf.reduce_max(values_t) + SMALL
    roots_t = tf.sqrt(tf.maximum(values_t, floor_t))
    slope_t = tf.matmul(vectors_t * (0.5 / roots_t), vectors_t, transpose_b=True)
    trace_t = tf.reduce_sum(tf.sqrt(tf.nn.relu(values_t)))
    return trace_t + tf.reduce_sum(slope_t * (matrix_t - held_t))
