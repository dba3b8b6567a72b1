"""A student as a network file, the form that `stylenet.network.npz_file` reads."""

import numpy as np

from stylenet.network.layers import CONVOLUTION_NAMES, STYLE_LAYERS
from tools.npz_network import write_codes
from tools.student.scales import INPUT_SCALE, MEAN_PIXEL, relu_name

LEVELS = 256  # values that the weights of a layer may have
ROUNDS = 25  # of Lloyd's algorithm


def export(path, kernels, biases, maps, sizes):
    """Write a student, its answers in the teacher's units.

    Args:
        path: the .npz file.
        kernels, biases: convolution name -> float32 (3, 3, in, out), (out,), of a student whose
            answers are divided by `sizes`.
        maps: relu name -> float32 (C, c), its answers to the teacher's.
        sizes: relu name -> float.
    """
    codes, tables, scaled, readouts, before = {}, {}, {}, {}, 1 / INPUT_SCALE
    for name in CONVOLUTION_NAMES:
        relu = relu_name(name)
        tables[name], codes[name] = rounded(kernels[name] * (sizes[relu] / before))
        scaled[name] = biases[name] * sizes[relu]
        readouts[relu] = readout(maps[relu], relu in STYLE_LAYERS)
        before = sizes[relu]
    write_codes(path, codes, tables, scaled, MEAN_PIXEL, readouts)


def readout(to_teacher, of_style):
    """R (c, c): losses of R s are what losses of M s would be, which has the teacher's C channels.

    |R d|^2 = |M d|^2 and |R D R^T|^2 = |M D M^T|^2 where R^T R = M^T M. A content loss is a mean
    over the channels, and neural-style divides the square of a Gram matrix by the fourth power of
    their number; R is so much smaller that the one or the other is as of C channels.

    Args:
        to_teacher: M (C, c).
        of_style: whether the layer is one of those a style is made of.
    """
    values, vectors = np.linalg.eigh(to_teacher.T.astype(np.float64) @ to_teacher)
    root = vectors * np.sqrt(values.clip(min=0)) @ vectors.T
    ratio = to_teacher.shape[1] / to_teacher.shape[0]
    return (root * (ratio if of_style else ratio**0.5)).astype(np.float32)


def rounded(kernel):
    """(table float32 (LEVELS,), codes uint8): each weight as the nearest of a few values.

    Lloyd's algorithm (1982), from even steps on.
    """
    flat = np.sort(kernel.ravel().astype(np.float64))
    table = np.linspace(flat[0], flat[-1], LEVELS)
    for _ in range(ROUNDS):
        parts = np.split(flat, np.searchsorted(flat, between(table)))
        pairs = zip(parts, table, strict=True)
        table = np.array([part.mean() if len(part) else value for part, value in pairs])
    return table.astype(np.float32), np.searchsorted(between(table), kernel).astype(np.uint8)


def between(table):
    """Half way between the values of a table that rises."""
    return (table[1:] + table[:-1]) / 2
