"""The network against Keras' VGG-19 and against NumPy."""

import numpy as np
import pytest
import tensorflow as tf

from stylenet.network.convolution import conv2d_of_depth_one, fast_conv2d
from stylenet.network.layers import CONVOLUTION_NAMES, LAYERS, RELU_NAMES
from stylenet.network.network_file import read_network
from stylenet.network.vgg19 import apply_vgg19
from tests import reference
from tests.conftest import MEAN_PIXEL, random_image, random_weights
from tools.network_file import write_network

FULL = [64] * 2 + [128] * 2 + [256] * 4 + [512] * 8


def _relative_error(got, expected):
    return np.linalg.norm(got - expected) / np.linalg.norm(expected)


def test_table_is_configuration_e():
    assert len(LAYERS) == 37
    assert len(CONVOLUTION_NAMES) == len(RELU_NAMES) == 16
    assert [layer.name for layer in LAYERS[-3:]] == ["conv5_4", "relu5_4", "pool5"]


@pytest.mark.parametrize("convolve", [tf.nn.conv2d, conv2d_of_depth_one, fast_conv2d])
def test_activations_equal_numpy_at_odd_sizes(narrow_weights, convolve):
    image = random_image(21, 35) - MEAN_PIXEL
    expected = reference.vgg19(image, *narrow_weights)
    got = apply_vgg19(tf.constant(image[None]), *narrow_weights, convolve=convolve)
    assert list(got) == list(expected)
    for name in expected:
        assert got[name].shape[1:] == expected[name].shape, name
        assert _relative_error(got[name][0], expected[name]) < 1e-5, name


def test_a_readout_is_for_who_looks_and_not_for_the_next_layer(narrow_weights):
    image = random_image(21, 35) - MEAN_PIXEL
    expected = reference.vgg19(image, *narrow_weights)
    channels = expected["relu2_1"].shape[-1]
    readout = np.random.default_rng(0).normal(size=(channels, channels)).astype(np.float32)
    got = apply_vgg19(tf.constant(image[None]), *narrow_weights, {"relu2_1": readout})
    assert _relative_error(got["relu2_1"][0], expected["relu2_1"] @ readout) < 1e-5
    assert _relative_error(got["relu2_2"][0], expected["relu2_2"]) < 1e-5


@pytest.mark.parametrize("layout", ["beta16", "beta23"])
def test_activations_equal_keras_vgg19(tmp_path, layout):
    """The full-width network, weights read from the file, against an independent VGG-19."""
    kernels, biases = random_weights(FULL, seed=4)
    path = tmp_path / "full.mat"
    write_network(path, kernels, biases, MEAN_PIXEL, layout)
    network = read_network(path)
    keras_vgg = tf.keras.applications.VGG19(weights=None, include_top=False)
    convolutions = [layer for layer in keras_vgg.layers if "conv" in layer.name]
    for layer, name in zip(convolutions, CONVOLUTION_NAMES, strict=True):
        layer.set_weights([kernels[name], biases[name]])
    outputs = [layer.output for layer in convolutions]  # Keras' convolutions include the ReLU
    image = random_image(64, 96)[None] - MEAN_PIXEL
    expected = tf.keras.Model(keras_vgg.input, outputs)(image)
    got = apply_vgg19(tf.constant(image), network.kernels, network.biases)
    for name, features in zip(RELU_NAMES, expected, strict=True):
        assert _relative_error(got[name].numpy(), features.numpy()) < 1e-4, name


def test_kernels_are_height_width_in_out(tmp_path, narrow_weights):
    """A first filter that looks one row up and nowhere else moves the picture down, not right."""
    kernels, biases = ({k: v.copy() for k, v in d.items()} for d in narrow_weights)
    kernels["conv1_1"][:] = 0
    kernels["conv1_1"][0, 1, 1, 0] = 1  # row above, same column, green, to channel 0
    biases["conv1_1"][:] = 0
    path = tmp_path / "asymmetric.mat"
    write_network(path, kernels, biases, MEAN_PIXEL)
    network = read_network(path)
    image = random_image(9, 13)
    relu = apply_vgg19(tf.constant(image[None]), network.kernels, network.biases)["relu1_1"]
    np.testing.assert_array_equal(relu[0, 1:, :, 0], image[:-1, :, 1])
    assert not np.any(relu[0, 0, :, 0])


def test_average_pooling_is_the_mean_of_each_window():
    from stylenet.network.vgg19 import POOLINGS

    features = np.arange(24, dtype=np.float32).reshape(1, 4, 6, 1)
    expected = features.reshape(1, 2, 2, 3, 2, 1).mean(axis=(2, 4))
    np.testing.assert_allclose(POOLINGS["avg"](features, 2, 2, "SAME"), expected)
