"""Sums over the positions of a layer, which is all that a loss needs to know of a picture.

Sums add up over the parts of a picture. So an equation is written once, as a function of what it
adds up `over`: over everything that is there, or over a `Sums`, which takes note of how each sum is
built, and can build it again inside the window of one tile.
"""

import tensorflow as tf


def everywhere(build):
    """The sums over all positions.

    Args:
        build: part -> tuple of sums, where `part` gives of each tensor (1, H, W, C) what is to be
            counted, and of None None.
    """
    return build(lambda tensor: tensor)


class Sums:
    """What one loss term needs to know of a picture; stands in for `everywhere`.

    Args:
        layer: name of the layer whose positions are counted; None: the pixels themselves.
        layer_t: tensor (1, H_l, W_l, C_l) of that layer; None likewise.

    Attributes:
        tensors: over all positions, in the order they were asked for.
    """

    def __init__(self, layer=None, layer_t=None):
        self.layer, self.layer_t = layer, layer_t
        self.tensors, self._builds = [], []

    def __call__(self, build):
        tensors = everywhere(build)
        self._builds.append(build)
        self.tensors += tensors
        return tensors

    def inside(self, window_t):
        """The same over the positions in a window (top, bottom, left, right), int32 (4,)."""

        def part(tensor):
            return inside(tensor, window_t)

        return [tensor for build in self._builds for tensor in build(part)]


def flat(sums):
    """The tensors of a list of Sums."""
    return [tensor for item in sums for tensor in item.tensors]


def inside(tensor, window):
    """The part of a tensor (1, H, W, C) in a window (top, bottom, left, right); of None, None."""
    if tensor is None:
        return None
    top, bottom, left, right = tf.unstack(window, 4)
    return tensor[:, top:bottom, left:right]


def mean(over, elements):
    """The mean of all elements; of none it is 0.

    Args:
        over: `everywhere`, or a Sums.
        elements: part -> tensor of any shape, see `everywhere`.
    """
    total_t, count_t = over(lambda part: _sum_and_count(elements(part)))
    return total_t / tf.maximum(count_t, 1)


def _sum_and_count(tensor):
    count_t = tf.cast(tf.size(tensor, tf.int64), tensor.dtype)
    return tf.reduce_sum(tensor), count_t
