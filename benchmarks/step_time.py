"""Seconds per step with the full-width VGG-19, random weights.

    python -m benchmarks.step_time [--size 512] [--steps 8]

Speed does not depend on what the weights are, so no download is needed.
"""

import argparse
import statistics
import tempfile
from pathlib import Path

import numpy as np

from CNNStyleNet import CNNStyleNet
from stylenet.layers import CONVOLUTION_NAMES
from tools.network_file import write_network

FULL_WIDTH = [64] * 2 + [128] * 2 + [256] * 4 + [512] * 8
FLOP_PER_PIXEL = 2 * 722_304  # forward to relu5_1 and the gradient of the picture


def main():
    """Time steps and print the median."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.step_time", description=__doc__)
    parser.add_argument("--size", type=int, default=512, help="height and width in pixels")
    parser.add_argument("--steps", type=int, default=8, help="steps to time")
    arguments = parser.parse_args()
    seconds = step_seconds(arguments.size, arguments.steps)
    rate = FLOP_PER_PIXEL * arguments.size**2 / seconds / 1e9
    print(f"{arguments.size} x {arguments.size}, full width, float32: {seconds:.2f} s per step")
    print(f"that is {rate:.0f} GFLOP/s")


def step_seconds(size, steps):
    """Median seconds per step on a picture of size x size; the first two do not count."""
    generator = np.random.default_rng(0)
    picture = generator.uniform(0, 255, (size, size, 3)).astype(np.float32)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "full.mat"
        write_random_network(path)
        with CNNStyleNet(picture, picture[::-1], path, epochs=steps + 2) as net:
            times = [record["seconds"] for record in net.fit()._history.records]
    return statistics.median(np.diff(times)[2:-1])


def write_random_network(path, channels=FULL_WIDTH, seed=0):
    """A network of random He-initialised filters in the real file's structure."""
    generator = np.random.default_rng(seed)
    kernels, biases = {}, {}
    before = 3
    for name, after in zip(CONVOLUTION_NAMES, channels, strict=True):
        kernel = generator.standard_normal((3, 3, before, after), np.float32)
        kernels[name] = kernel * np.float32(np.sqrt(2 / (9 * before)))
        biases[name] = np.zeros(after, np.float32)
        before = after
    write_network(path, kernels, biases, (123.68, 116.779, 103.939))


if __name__ == "__main__":
    main()
