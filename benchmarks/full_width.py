"""A full-width VGG-19 of random weights, and the time and memory its steps take.

Neither depends on what the weights are, so no download is needed.
"""

import os
import subprocess
import sys

import numpy as np

from stylenet.layers import CONVOLUTION_NAMES
from tools.network_file import cell, write_network

FULL_WIDTH = [64] * 2 + [128] * 2 + [256] * 4 + [512] * 8
_TAIL = {"fc6": (7, 7, 512, 4096), "fc7": (1, 1, 4096, 4096), "fc8": (1, 1, 4096, 1000)}
FLOP_PER_PIXEL = 2 * 722_304  # forward to relu5_1 and the gradient of the picture

_MEASURE = """
import resource, sys
import numpy as np
from CNNStyleNet import CNNStyleNet
size, steps, precision, path = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
picture = np.random.default_rng(0).uniform(0, 255, (size, size, 3)).astype(np.float32)
options = {"epochs": steps + 2, "scales": 1, "precision": precision}
with CNNStyleNet(picture, picture[::-1], path, **options) as net:
    times = [record["seconds"] for record in net.fit([])._history.records]
print(np.median(np.diff(times)[2:]), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
"""


def measured(path, size, steps, precision="float32"):
    """(median seconds per step, peak bytes of the process) on a picture of size x size."""
    arguments = [sys.executable, "-c", _MEASURE, str(size), str(steps), precision, str(path)]
    environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(arguments, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    seconds, peak = done.stdout.split()
    return float(seconds), float(peak)


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
