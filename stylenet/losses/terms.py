"""The losses that look at features and pixels one by one, in neural-style's normalisation.

Those of the style are in `stylenet.losses.statistics`.

Notation: F the features of the generated image at a layer, P those of the content image, each
N x C with N = H*W positions and C channels. `over` says what sums are taken over, see
`stylenet.losses.sums`.
"""

import tensorflow as tf

from stylenet.losses.sums import everywhere, mean


def content_loss(features_t, target_t, over=everywhere):
    """mean((F - P)^2) at one layer: Gatys et al. 2015, equation 1, as a mean.

    Args:
        features_t, target_t: (1, H, W, C).

    Returns:
        scalar.
    """
    return mean(over, lambda part: tf.math.squared_difference(part(features_t), part(target_t)))


def content_energy(target_t, over=everywhere):
    """mean(P^2), what a layer asks for: the content loss of a picture that answers nothing.

    Args:
        target_t: (1, H, W, C).

    Returns:
        scalar.
    """
    return mean(over, lambda part: tf.square(part(target_t)))


def total_variation_loss(image_t, over=everywhere):
    """mean(dy^2) + mean(dx^2), each over the elements of its own difference (neural-style).

    A window counts the differences of its pixels to the next below and to the right alone, so that
    windows which cover a picture count each difference once.

    Args:
        image_t: (1, H, W, 3). A picture of one row or column has no difference that way: 0.

    Returns:
        scalar.
    """
    rows_t = image_t[:, 1:, :, :] - image_t[:, :-1, :, :]
    columns_t = image_t[:, :, 1:, :] - image_t[:, :, :-1, :]
    downwards_t = mean(over, lambda part: tf.square(part(rows_t)))
    sideways_t = mean(over, lambda part: tf.square(part(columns_t)))
    return downwards_t + sideways_t


def range_loss(picture_t, over=everywhere):
    """mean(max(x - 255, 0, -x)^2) of the pixels x: what saving cuts off.

    Args:
        picture_t: (1, H, W, 3), with its mean pixel.

    Returns:
        scalar.
    """

    def beyond(part):
        pixels_t = part(picture_t)
        return tf.square(pixels_t - tf.clip_by_value(pixels_t, 0, 255))

    return mean(over, beyond)


def temporal_loss(picture_t, before_t, reliability_t, over=everywhere):
    """mean(c (x - w)^2): a frame x of a clip against those before it, moved as the content moved.

    Ruder et al. 2016, equation 7 (and 9, where w and c are put together of several frames).

    Args:
        picture_t: x, (1, H, W, 3).
        before_t: w, (1, H, W, 3).
        reliability_t: c, (1, H, W, 1), 0-1.
    """

    def weighted(part):
        distance_t = tf.math.squared_difference(part(picture_t), part(before_t))
        return part(reliability_t) * distance_t

    return mean(over, weighted)
