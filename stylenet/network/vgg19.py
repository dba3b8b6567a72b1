"""VGG-19 in a TensorFlow graph: image tensor in, a tensor for each layer out."""

import tensorflow as tf

from stylenet.network.layers import LAYERS, Convolution, Pooling

POOLINGS = {"max": tf.nn.max_pool2d, "avg": tf.nn.avg_pool2d}
_BORDER = ((0, 0), (1, 1), (1, 1), (0, 0))  # a 3 x 3 kernel looks one pixel beyond


def apply_vgg19(
    image_t,
    kernels,
    biases,
    readouts=None,
    *,
    pooling="max",
    padding="zero",
    n_strides=1,
    pool_window=2,
    pool_strides=2,
    compute_type=None,
    convolve=tf.nn.conv2d,
):
    """Apply the network by one walk of the layer table.

    Args:
        image_t: (1, H, W, 3), RGB, mean pixel subtracted.
        kernels, biases: convolution name -> tensor or variable (3, 3, in, out), and (out,).
        readouts: relu name -> tensor or variable (C, C), see `Network`.
        pooling: "max" as trained, or "avg" (Gatys et al. 2015, section 2).
        padding: "zero" beyond the border, as trained, or "replicate", the border once more.
        n_strides, pool_strides: of every convolution, and of every pooling.
        pool_window: height and width of the pooling window.
        compute_type: tf.DType of the computation; that of the image when None.
        convolve: tf.nn.conv2d, or what gives the same faster.

    Returns a dict, layer name -> tensor (1, H_l, W_l, C_l) of the image's type, by depth.
    """
    tensors, readouts = {}, readouts or {}
    current_t = tf.cast(image_t, compute_type or image_t.dtype)
    for layer in LAYERS:
        if isinstance(layer, Convolution):
            kernel_t, bias_t = (tf.cast(w[layer.name], current_t.dtype) for w in (kernels, biases))
            padded_t, edges = _padded(current_t, padding)
            sums_t = convolve(padded_t, kernel_t, n_strides, edges, name=layer.name)
            current_t = tf.nn.bias_add(sums_t, bias_t)
        elif isinstance(layer, Pooling):
            pool = POOLINGS[pooling]
            current_t = pool(current_t, pool_window, pool_strides, "SAME", name=layer.name)
        else:
            current_t = tf.nn.relu(current_t, name=layer.name)
        read_t = _read(current_t, readouts.get(layer.name), convolve)
        tensors[layer.name] = tf.cast(read_t, image_t.dtype)
    return tensors


def _read(features_t, readout_t, convolve):
    """What losses are shown of a layer."""
    if readout_t is None:
        return features_t
    kernel_t = tf.cast(readout_t, features_t.dtype)[None, None]
    return convolve(features_t, kernel_t, 1, "VALID")


def _padded(features_t, padding):
    """(Features with what lies beyond the border, what TensorFlow is to add itself)."""
    if padding == "zero":
        return features_t, "SAME"
    return tf.pad(features_t, _BORDER, "SYMMETRIC"), "VALID"  # mirroring one pixel repeats it
