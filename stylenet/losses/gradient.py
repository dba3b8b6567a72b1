"""The gradient of the pixels, one layer after the other from the deepest up."""

import tensorflow as tf

from stylenet.losses.sums import flat
from stylenet.network.layers import LAYER_NAMES

# What `apply_vgg19` makes of a layer for those who look at it: a readout, a cast. The layer itself
# ends with none of these, a convolution with its bias.
READING = ("Cast", "Conv2D", "Squeeze", "Conv3D", "ExpandDims")


def gradient_by_layers(sums, slopes, image):
    """The gradient of a loss, what each layer adds to it computed when its turn has come.

    What the first layers add is as large as these layers. It could be computed as soon as their
    losses are known, and a session does so, and then holds it until the gradient has come up from
    all deeper layers. Here it waits for that gradient.

    Args:
        sums: list of Sums, what the loss is a function of.
        slopes: the derivative of the loss by each of their tensors, in the order of `flat`.
        image: tensor or variable (1, H, W, 3) that layers and sums are functions of.

    Returns:
        tensor (1, H, W, 3).
    """
    slopes = {tensor.ref(): slope for tensor, slope in zip(flat(sums), slopes, strict=True)}
    places = {item.layer: item.layer_t for item in sums}
    gradient_t = below_t = None
    for name in (*reversed(LAYER_NAMES), None):
        if name not in places:
            continue
        here = image if name is None else _on_the_way(places[name])
        arrived = [] if below_t is None else tf.gradients(below_t, [here], [gradient_t])
        own = flat([item for item in sums if item.layer == name])
        with tf.control_dependencies(arrived):
            added = tf.gradients(own, [here], [slopes[tensor.ref()] for tensor in own])
        gradient_t, below_t = tf.add_n(arrived + added), here
    return gradient_t


def _on_the_way(layer_t):
    """The tensor that deeper layers are computed from; losses may look at a reading of it."""
    while layer_t.op.type in READING:
        layer_t = layer_t.op.inputs[0]
    return layer_t
