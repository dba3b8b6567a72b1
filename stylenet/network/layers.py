"""VGG-19 as one table of layers (Simonyan & Zisserman 2014, configuration E), and its weights."""

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Convolution:
    """A 3x3 convolution with bias and zero padding, as many channels as its kernel says."""

    name: str


@dataclass(frozen=True)
class Relu:
    """max(0, x); the losses look at these layers."""

    name: str


@dataclass(frozen=True)
class Pooling:
    """The largest value of each window; with the usual 2x2 window it halves height and width."""

    name: str


def _layer_table():
    layers = []
    for block, depth in enumerate((2, 2, 4, 4, 4), start=1):
        for position in range(1, depth + 1):
            layers += [Convolution(f"conv{block}_{position}"), Relu(f"relu{block}_{position}")]
        layers.append(Pooling(f"pool{block}"))
    return tuple(layers)


LAYERS = _layer_table()
LAYER_NAMES = tuple(layer.name for layer in LAYERS)
CONVOLUTION_NAMES = tuple(layer.name for layer in LAYERS if isinstance(layer, Convolution))
RELU_NAMES = tuple(layer.name for layer in LAYERS if isinstance(layer, Relu))

CONTENT_LAYER, SECOND_CONTENT_LAYER = "relu4_2", "relu5_2"
STYLE_LAYERS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")


MOST = 1e6  # of a number of a kernel; VGG-19's are below 10, and float32 is soon at its end


def trouble_in(kernel):
    """(what is wrong, what was expected) of a kernel that cannot answer to a picture; or None."""
    largest = float(np.abs(kernel).max())
    if largest == 0:
        return "zero all over", "the numbers of a trained network"
    if largest > MOST:
        return f"a kernel of numbers up to {largest:.3g}", f"numbers below {MOST:g}"
    return None


@dataclass(frozen=True)
class Network:
    """The weights of a VGG-19, of any width.

    Attributes:
        kernels: convolution name -> float32 (3, 3, in, out), TensorFlow's HWIO order.
        biases: convolution name -> float32 (out,).
        mean_pixel: float32 (3,), RGB in 0-255, subtracted from every picture.
        fingerprint: of all these numbers, as of `stylenet.descent.identity`.
        readouts: relu name -> float32 (C, C), what the answers of that layer are multiplied by
            before anybody looks at them; the next layer takes them as they are. A narrow network
            that was trained to stand for another has them, see `stylenet/models/README.md`.
    """

    kernels: dict
    biases: dict
    mean_pixel: np.ndarray
    fingerprint: str
    readouts: dict = field(default_factory=dict)
