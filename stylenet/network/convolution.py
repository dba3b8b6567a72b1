"""Convolutions as TensorFlow's library on CPUs, oneDNN, does them fast, and back again."""

import tensorflow as tf

DEEP = 256  # channels from which on a kernel's order in memory counts, measured
BACKWARD = "ConvolutionByConvolution"  # what `gradient_override_map` knows `_backward` by


def conv2d_of_depth_one(features_t, kernel_t, stride, padding, name=None):
    """tf.nn.conv2d by tf.nn.conv3d: a picture is a space of depth 1.

    Of a single picture oneDNN reads the kernel of a conv2d as it lies in memory, that of a conv3d
    in the order it computes in: with 512 channels it then takes two thirds of the time.
    """
    deep_t, deep_kernel_t = tf.expand_dims(features_t, 1), tf.expand_dims(kernel_t, 0)
    strides = (1, 1, stride, stride, 1)
    return tf.squeeze(tf.nn.conv3d(deep_t, deep_kernel_t, strides, padding, name=name), 1)


def fast_conv2d(features_t, kernel_t, stride, padding, name=None):
    """tf.nn.conv2d by whichever of the two is faster on a CPU.

    In a graph, and with stride 1, its gradient is a convolution again, see `_backward`. The kernel
    then has none.
    """
    convolve = _faster_for(kernel_t)
    if stride != 1 or tf.executing_eagerly():
        return convolve(features_t, kernel_t, stride, padding, name=name)
    ways = {"Conv2D": BACKWARD, "Conv3D": BACKWARD}
    with tf.compat.v1.get_default_graph().gradient_override_map(ways):
        return convolve(features_t, kernel_t, stride, padding, name=name)


def _faster_for(kernel_t):
    return conv2d_of_depth_one if kernel_t.shape[2] >= DEEP else tf.nn.conv2d


@tf.RegisterGradient(BACKWARD)
def _backward(op, gradient_t):
    """The gradient of a convolution of stride 1 by its features: one by the turned kernel.

    oneDNN takes two to four times as long for what TensorFlow puts here, the fewer channels the
    longer.
    """
    kernel_t = op.inputs[1]
    deep = op.type == "Conv3D"
    if deep:
        kernel_t, gradient_t = tf.squeeze(kernel_t, 0), tf.squeeze(gradient_t, 1)
    padding = op.get_attr("padding").decode()
    if padding == "VALID":
        height, width = (int(length) - 1 for length in kernel_t.shape[:2])
        gradient_t = tf.pad(gradient_t, ((0, 0), (height, height), (width, width), (0, 0)))
    turned_t = tf.transpose(tf.reverse(kernel_t, (0, 1)), (0, 1, 3, 2))
    back_t = _faster_for(turned_t)(gradient_t, turned_t, 1, padding)
    return (tf.expand_dims(back_t, 1) if deep else back_t), None
