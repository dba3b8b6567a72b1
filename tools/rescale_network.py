"""Gives the layers of a network file other scales, which changes what each loss term weighs.

    python -m tools.rescale_network FROM.mat TO.mat

ReLU lets a layer's answers be multiplied by a factor when the next kernel is divided by it: the
network sees the same. A content loss grows with the square of its layer's factor, the Gram loss of
a layer with the fourth power.
"""

import sys

import numpy as np

from stylenet.layers import CONVOLUTION_NAMES
from stylenet.mat_file import read_network
from tools.network_file import write_network

# Chosen by looking at the default run: less content and less of the deep layers than the training
# left let the paint flow, see stylenet/models/README.md.
FACTORS = {
    "conv1_1": 1.177,
    "conv2_2": 1.0,
    "conv3_1": 0.872,
    "conv4_1": 0.788,
    "conv4_2": 0.346,
    "conv5_1": 0.662,
}


def main(source, target):
    """Read, rescale and write a network."""
    network = read_network(source)
    kernels, biases = rescaled(network.kernels, network.biases, FACTORS)
    write_network(target, kernels, biases, network.mean_pixel)


def rescaled(kernels, biases, factors):
    """Kernels and biases with the answers of each layer multiplied by its factor.

    Args:
        kernels: convolution name -> (3, 3, in, out).
        biases: convolution name -> (out,).
        factors: convolution name -> factor; a layer not named has that of the one before.
    """
    new_kernels, new_biases = {}, {}
    before = factor = 1.0
    for name in CONVOLUTION_NAMES:
        factor = factors.get(name, factor)
        new_kernels[name] = (kernels[name] * (factor / before)).astype(np.float32)
        new_biases[name] = (biases[name] * factor).astype(np.float32)
        before = factor
    return new_kernels, new_biases


if __name__ == "__main__":
    main(*sys.argv[1:])
