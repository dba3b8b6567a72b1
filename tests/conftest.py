"""What several tests use: a narrow VGG-19 as a .mat file, small pictures that are not square."""

import os

import numpy as np
import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("MPLBACKEND", "Agg")

from stylenet.layers import CONVOLUTION_NAMES
from tools.network_file import write_network

MEAN_PIXEL = np.array([123.68, 116.779, 103.939], np.float32)
NARROW = [2, 3, 3, 2] + [4, 3, 2, 3] * 3


def random_weights(channels, seed=0):
    """He-initialised kernels (3, 3, in, out) and small biases, dicts by layer name."""
    generator = np.random.default_rng(seed)
    kernels, biases = {}, {}
    before = 3
    for name, after in zip(CONVOLUTION_NAMES, channels, strict=True):
        spread = np.sqrt(2 / (9 * before))
        kernels[name] = generator.normal(0, spread, (3, 3, before, after)).astype(np.float32)
        biases[name] = generator.normal(1, 0.1, after).astype(np.float32)
        before = after
    return kernels, biases


def random_image(height, width, seed=0):
    """A smooth picture with some noise, float32 (height, width, 3), 0-255."""
    generator = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    phases = generator.uniform(0, 6, 3)
    waves = [np.sin(x / 7 + y / (5 + i) + phase) for i, phase in enumerate(phases)]
    noise = generator.normal(0, 12, (height, width, 3))
    return np.clip(127 + 90 * np.stack(waves, axis=2) + noise, 0, 255).astype(np.float32)


class Seen:
    """A callback that keeps every picture, and keeps the progress bar away."""

    def __init__(self):
        self.pictures = []

    def __call__(self, record):
        self.pictures.append(record.image)


@pytest.fixture(scope="session")
def narrow_weights():
    return random_weights(NARROW)


@pytest.fixture(scope="session")
def narrow_file(tmp_path_factory, narrow_weights):
    path = tmp_path_factory.mktemp("network") / "narrow.mat"
    write_network(path, *narrow_weights, MEAN_PIXEL)
    return path


@pytest.fixture
def content():
    return random_image(37, 53, seed=1)


@pytest.fixture
def style():
    return random_image(41, 30, seed=2)
