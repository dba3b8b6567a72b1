"""VGG-19 in a TensorFlow graph: image tensor in, a tensor for each layer out."""

import tensorflow as tf

from stylenet.network.layers import LAYERS, Convolution, Pooling

POOLINGS = {"max": tf.nn.max_pool2d, "avg": tf.nn.avg_pool2d}
_BORDER = ((0, 0), (1, 1), (1, 1), (0, 0))  # a 3 x 3 kernel looks one pixel beyond


def conv2d_of_depth_one(features_t, kernel_t, stride, padding, name):
    """tf.nn.conv2d by tf.nn.conv3d: a picture is a space of depth 1.

    Of a single picture oneDNN, TensorFlow's library on CPUs, reads the kernel of a conv2d as it
    lies in memory, that of a conv3d in the order it computes in: with 512 channels it then takes
    two thirds of the time.
    """
    deep_t, deep_kernel_t = tf.expand_dims(features_t, 1), tf.expand_dims(kernel_t, 0)
    strides = (1, 1, stride, stride, 1)
    return tf.squeeze(tf.nn.conv3d(deep_t, deep_kernel_t, strides, padding, name=name), 1)


def apply_vgg19(
    image_t,
    kernels,
    biases,
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

    The graph gets all of them; a session computes only as deep as what is fetched needs.

    Args:
        image_t: (1, H, W, 3), RGB, mean pixel subtracted.
        kernels, biases: convolution name -> tensor or variable (3, 3, in, out), and (out,).
        pooling: "max" as trained, or "avg" (Gatys et al. 2015, section 2).
        padding: "zero" beyond the border, as trained, or "replicate", the border once more.
        n_strides, pool_strides: of every convolution, and of every pooling.
        pool_window: height and width of the pooling window.
        compute_type: tf.DType of the computation; that of the image when None.
        convolve: tf.nn.conv2d, or what gives the same faster.

    Returns a dict, layer name -> tensor (1, H_l, W_l, C_l) of the image's type, by depth.
    """
    tensors = {}
    compute_type = compute_type or image_t.dtype
    current_t = tf.cast(image_t, compute_type)
    for layer in LAYERS:
        if isinstance(layer, Convolution):
            kernel_t, bias_t = (tf.cast(w[layer.name], compute_type) for w in (kernels, biases))
            padded_t, edges = _padded(current_t, padding)
            sums_t = convolve(padded_t, kernel_t, n_strides, edges, name=layer.name)
            current_t = tf.nn.bias_add(sums_t, bias_t)
        elif isinstance(layer, Pooling):
            pool = POOLINGS[pooling]
            current_t = pool(current_t, pool_window, pool_strides, "SAME", name=layer.name)
        else:
            current_t = tf.nn.relu(current_t, name=layer.name)
        tensors[layer.name] = tf.cast(current_t, image_t.dtype)
    return tensors


def _padded(features_t, padding):
    """(Features with what lies beyond the border, what TensorFlow is to add itself)."""
    if padding == "zero":
        return features_t, "SAME"
    return tf.pad(features_t, _BORDER, "SYMMETRIC"), "VALID"  # mirroring one pixel repeats it
