"""The losses: pure functions of tensors, in neural-style's normalisation.

Notation: F the features of the generated image at a layer, P those of the content image, S those
of a style image, each N x C with N = H*W positions and C channels.
"""

import tensorflow as tf


def gram_matrix(features_t):
    """Correlations between the channels of a layer, wherever in the picture they occur.

    G = F^T F / (C N): Gatys et al. 2015, equation 3, divided by the number of elements of F.

    Args:
        features_t: (1, H, W, C).

    Returns:
        (C, C).
    """
    channels = features_t.shape[-1]
    flat_t = tf.reshape(features_t, (-1, channels))  # (1, H, W, C) -> (N, C)
    elements = tf.cast(tf.size(flat_t), flat_t.dtype)
    return tf.matmul(flat_t, flat_t, transpose_a=True) / elements


def content_loss(features_t, target_t):
    """mean((F - P)^2) at one layer: Gatys et al. 2015, equation 1, as a mean.

    Args:
        features_t, target_t: (1, H, W, C).

    Returns:
        scalar.
    """
    return tf.reduce_mean(tf.math.squared_difference(features_t, target_t))


def style_loss(gram_t, target_t):
    """Mean over the C^2 entries of (G(F) - G(S))^2: Gatys et al. 2015, equation 4, as a mean.

    Args:
        gram_t, target_t: (C, C).

    Returns:
        scalar.
    """
    return tf.reduce_mean(tf.math.squared_difference(gram_t, target_t))


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


def _mean_square(difference_t):
    count = tf.cast(tf.maximum(tf.size(difference_t), 1), difference_t.dtype)
    return tf.reduce_sum(tf.square(difference_t)) / count
