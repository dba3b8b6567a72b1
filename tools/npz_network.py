"""Writes a VGG-19 as an .npz of codes, the form that `stylenet.network.npz_file` reads."""

from pathlib import Path

import numpy as np


def write_codes(path, codes, tables, biases, mean_pixel, readouts=None):
    """Write a network; the same input gives the same bytes.

    Args:
        path: the file to write.
        codes: convolution name -> uint8 (3, 3, in, out).
        tables: convolution name -> float32 (256,), what the codes stand for.
        biases: convolution name -> float32 (out,).
        mean_pixel: RGB mean pixel, 0-255, (3,).
        readouts: relu name -> float32 (C, C), see `stylenet.network.layers.Network`.
    """
    arrays = {}
    for name in codes:
        arrays[f"{name}_codes"] = np.ascontiguousarray(codes[name], np.uint8)
        arrays[f"{name}_table"] = np.asarray(tables[name], np.float32)
        arrays[f"{name}_bias"] = np.asarray(biases[name], np.float32)
    for name, readout in (readouts or {}).items():
        arrays[f"{name}_readout"] = np.asarray(readout, np.float32)
    with Path(path).open("wb") as file:
        np.savez_compressed(file, **arrays, mean_pixel=np.asarray(mean_pixel, np.float32))
