"""A full-width VGG-19 of random weights, and the time and memory its steps take.

Neither depends on what the weights are, so no download is needed.
"""

import os
import subprocess
import sys
from dataclasses import dataclass

import numpy as np

from stylenet.network.layers import CONVOLUTION_NAMES
from tools.network_file import cell, write_network

FULL_WIDTH = [64] * 2 + [128] * 2 + [256] * 4 + [512] * 8
_TAIL = {"fc6": (7, 7, 512, 4096), "fc7": (1, 1, 4096, 4096), "fc8": (1, 1, 4096, 1000)}
FLOP_PER_PIXEL = 2 * 722_304  # forward to relu5_1 and the gradient of the picture

PRODUCT = 3000  # rows and columns of the matrices whose product is the measure of the machine

_MEASURE = """
import sys, time
import numpy as np
import tensorflow as tf
from CNNStyleNet import CNNStyleNet
from stylenet.engine.machine import peak_memory

size, steps, product = map(int, sys.argv[1:4])
precision, path = sys.argv[4:]
pairs, begun = [], None

def product_after_step(record):
    global begun
    step_end = time.perf_counter()
    tf.linalg.matmul(matrix, matrix).numpy()
    if begun:
        pairs.append((step_end - begun, time.perf_counter() - step_end))
    begun = time.perf_counter()

with tf.device("CPU:0"):  # a share of the processor's rate, whatever else there is
    matrix = tf.random.normal((product, product))
picture = np.random.default_rng(0).uniform(0, 255, (size, size, 3)).astype(np.float32)
options = {"epochs": steps + 2, "scales": 1, "precision": precision}
with CNNStyleNet(picture, picture[::-1], path, **options) as net:
    net.fit([product_after_step])
seconds, products = np.transpose(pairs[1:-1])
print(np.median(seconds), np.median(seconds / products), peak_memory())
"""


@dataclass(frozen=True)
class Measured:
    """Of the steps of a run; what is told in products does not depend on who else is computing.

    Attributes:
        seconds: of a step, median.
        products: what a step takes / what the product of two float32 matrices of PRODUCT rows takes
            right after it, median.
        peak: bytes of the process.
    """

    seconds: float
    products: float
    peak: float


def measured(path, size, steps, precision="float32"):
    """Measured of a run on a picture of size x size."""
    arguments = [sys.executable, "-c", _MEASURE, *map(str, (size, steps, PRODUCT, precision, path))]
    environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(arguments, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return Measured(*map(float, done.stdout.split()))


def write_random_network(path, channels=FULL_WIDTH, seed=0, whole=False):
    """A network of random He-initialised filters in the real file's structure.

    Args:
        path: the file to write.
        channels: of the 16 convolutions.
        seed: of the filters.
        whole: as large as the real file, with fc6 to fc8, and packed as it is.
    """
    generator = np.random.default_rng(seed)
    kernels, biases = {}, {}
    before = 3
    for name, after in zip(CONVOLUTION_NAMES, channels, strict=True):
        kernel = generator.standard_normal((3, 3, before, after), np.float32)
        kernels[name] = kernel * np.float32(np.sqrt(2 / (9 * before)))
        biases[name] = np.zeros(after, np.float32)
        before = after
    tail = [_behind(name, shape, generator) for name, shape in _TAIL.items()] if whole else []
    mean_pixel = 123.68, 116.779, 103.939
    write_network(path, kernels, biases, mean_pixel, tail=tail, packed=whole)


def _behind(name, shape, generator):
    """A layer that no run looks at."""
    kernel = np.float32(0.01) * generator.standard_normal(shape, np.float32)
    weights = cell([kernel, np.zeros(shape[-1], np.float32)])
    return {"name": name, "type": "conv", "weights": weights}
