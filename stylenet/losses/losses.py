"""The losses: pure functions of tensors, in neural-style's normalisation.

Notation: F the features of the generated image at a layer, P those of the content image, S those
of a style image, each N x C with N = H*W positions and C channels. A mask m gives each position a
weight from 0 to 1; without one every position counts 1.

Every term is a function of sums over positions (`…_sums`), which add up over the parts of a
picture, and of nothing else: so the same functions serve a picture in one piece and in tiles.
"""

from dataclasses import dataclass

import numpy as np
import tensorflow as tf

SMALL = 1e-8  # keeps quotients and roots of nothing finite


def inside(tensor, window):
    """The part of a tensor (1, H, W, C) in a window (top, bottom, left, right); all if None."""
    if window is None or tensor is None:
        return tensor
    top, bottom, left, right = tf.unstack(window, 4)
    return tensor[:, top:bottom, left:right]


def content_loss(features_t, target_t):
    """mean((F - P)^2) at one layer: Gatys et al. 2015, equation 1, as a mean.

    Args:
        features_t, target_t: (1, H, W, C).

    Returns:
        scalar.
    """
    return mean_of_sums(*content_sums(features_t, target_t))


def content_sums(features_t, target_t):
    """Of (F - P)^2: the sum and the number of elements, both scalars."""
    return _sum_and_count(tf.math.squared_difference(features_t, target_t))


def square_sums(features_t):
    """Of F^2: the sum and the number of elements, both scalars."""
    return _sum_and_count(tf.square(features_t))


def mean_of_sums(total_t, count_t):
    """A mean from the sum and the number of elements; of none it is 0."""
    return total_t / tf.maximum(count_t, 1)


def total_variation_loss(image_t):
    """mean(dy^2) + mean(dx^2), each over the elements of its own difference (neural-style).

    Args:
        image_t: (1, H, W, 3). A picture of one row or column has no difference that way: 0.

    Returns:
        scalar.
    """
    return total_variation_of_sums(*total_variation_sums(image_t))


def total_variation_sums(image_t, window=None):
    """Of dy^2 and of dx^2: the sum and the number of elements, four scalars.

    Args:
        image_t: (1, H, W, 3).
        window: counts the differences of its pixels to the next below and to the right alone, so
            that windows which cover a picture count each difference once.
    """
    rows_t = image_t[:, 1:, :, :] - image_t[:, :-1, :, :]
    columns_t = image_t[:, :, 1:, :] - image_t[:, :, :-1, :]
    differences = inside(rows_t, window), inside(columns_t, window)
    return tuple(t for d in differences for t in _sum_and_count(tf.square(d)))


def total_variation_of_sums(rows_t, row_count_t, columns_t, column_count_t):
    """The total variation loss from its sums."""
    return mean_of_sums(rows_t, row_count_t) + mean_of_sums(columns_t, column_count_t)


def range_loss(image_t, mean_pixel):
    """mean(max(x - 255, 0, -x)^2), x what the picture is with its mean pixel: what saving cuts off.

    Args:
        image_t: (1, H, W, 3), in the network's space.
        mean_pixel: (3,).

    Returns:
        scalar.
    """
    return mean_of_sums(*range_sums(image_t, mean_pixel))


def range_sums(image_t, mean_pixel):
    """Of what lies outside of 0-255, squared: the sum and the number of elements, both scalars."""
    picture_t = image_t + mean_pixel
    return _sum_and_count(tf.square(picture_t - tf.clip_by_value(picture_t, 0, 255)))


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
    return gram_of_sums(*gram_sums(features_t, mask_t))


def gram_sums(features_t, mask_t=None):
    """F^T diag(m) F (C, C) and sum(m)."""
    weighted_t = features_t if mask_t is None else features_t * tf.sqrt(mask_t)
    flat_t = tf.reshape(weighted_t, (-1, features_t.shape[-1]))  # (1, H, W, C) -> (N, C)
    return _products(flat_t), _total_weight(features_t, mask_t)


@tf.custom_gradient
def _products(flat_t):
    """F^T F, (N, C) -> (C, C), whose gradient F (D + D^T) takes one large product, not two."""

    def gradient(upstream_t):
        return tf.matmul(flat_t, upstream_t + tf.transpose(upstream_t))

    return tf.matmul(flat_t, flat_t, transpose_a=True), gradient


def gram_of_sums(products_t, total_t):
    """The Gram matrix (C, C) from its sums."""
    channels = tf.cast(tf.shape(products_t)[0], products_t.dtype)
    return products_t / (channels * tf.maximum(total_t, SMALL))


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
    return deviation_of_sums(*deviation_sums(features_t, mask_t))


def deviation_sums(features_t, mask_t=None):
    """The sums over positions of m F and of m F^2, both (C,), and sum(m)."""
    weighted_t = features_t if mask_t is None else features_t * mask_t
    values_t, squares_t = _over_positions(weighted_t), _over_positions(weighted_t * features_t)
    return values_t, squares_t, _total_weight(features_t, mask_t)


def deviation_of_sums(values_t, squares_t, total_t):
    """Mean and standard deviation (2, C) from their sums."""
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


def mean_and_covariance(features_t, mask_t=None):
    """Mean (first row) and covariance (the others) of the channels: a Gaussian of the layer.

    Args:
        features_t: (1, H, W, C).
        mask_t: (1, H, W, 1), or None.

    Returns:
        (1 + C, C).
    """
    return covariance_of_sums(*covariance_sums(features_t, mask_t))


def covariance_sums(features_t, mask_t=None):
    """The sum over positions of m F (1, C), F^T diag(m) F (C, C) and sum(m)."""
    values_t = _over_positions(features_t if mask_t is None else features_t * mask_t)
    return values_t[tf.newaxis], *gram_sums(features_t, mask_t)


def covariance_of_sums(values_t, products_t, total_t):
    """Mean and covariance (1 + C, C) from their sums."""
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
        sums: (features_t, mask_t) -> tensors that add up over the parts of a picture.
        of_sums: those tensors -> the statistic.
        loss: (statistic, target statistic) -> scalar.
        energy: target statistic -> scalar, the loss of a picture that answers nothing at all.
        shape: channels -> shape of the statistic.
    """

    sums: object
    of_sums: object
    loss: object
    energy: object
    shape: object


STATISTICS = {
    "gram": Statistic(
        gram_sums,
        gram_of_sums,
        gram_loss,
        mean_square,
        lambda channels: (channels, channels),
    ),
    "mean-std": Statistic(
        deviation_sums,
        deviation_of_sums,
        mean_and_deviation_loss,
        lambda target_t: 2 * mean_square(target_t),
        lambda channels: (2, channels),
    ),
    "wasserstein": Statistic(
        covariance_sums,
        covariance_of_sums,
        wasserstein_loss,
        wasserstein_energy,
        lambda channels: (1 + channels, channels),
    ),
}


def _mean_squared_difference(a_t, b_t):
    return tf.reduce_mean(tf.math.squared_difference(a_t, b_t))


def _sum_and_count(squares_t):
    count_t = tf.cast(tf.size(squares_t, tf.int64), squares_t.dtype)
    return tf.reduce_sum(squares_t), count_t


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
