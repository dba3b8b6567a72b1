"""Writes a VGG-19 in the structure of imagenet-vgg-verydeep-19.mat, in every published layout.

The real file comes in four versions (MatConvNet beta16, beta17-18, beta19-22, beta23-25) that
differ in top-level keys and in the fields of a layer and their order. The tests read all of them.
"""

from io import BytesIO
from pathlib import Path

import numpy as np
from scipy.io import savemat

from stylenet.network.layers import LAYERS, Convolution, Pooling

CONVOLUTION_FIELDS = {
    "beta16": ("weights", "pad", "type", "name", "stride"),
    "beta17": ("name", "type", "weights", "pad", "stride"),
    "beta19": ("name", "type", "weights", "size", "pad", "stride", "precious", "opts"),
    "beta23": ("name", "type", "weights", "size", "pad", "stride", "precious", "dilate", "opts"),
}

# savemat writes the platform and the time here; a fixed text makes the same network the same bytes.
HEADER = b"MATLAB 5.0 MAT-file, CNN-StyleNet, VGG-19 in MatConvNet's structure".ljust(116)


def write_network(path, kernels, biases, mean_pixel, layout="beta23", tail=(), packed=False):
    """Write a network to a MATLAB 5 file; the same input gives the same bytes.

    Args:
        path: the file to write.
        kernels: layer name -> float32 (3, 3, in, out), for the 16 convolutions.
        biases: layer name -> float32 (out,).
        mean_pixel: RGB mean pixel, 0-255, shape (3,).
        layout: a key of CONVOLUTION_FIELDS.
        tail: further layers behind pool5, each a dict of fields (the real file has fc6 to softmax).
        packed: whether each variable is compressed, as in the real file.
    """
    fields = CONVOLUTION_FIELDS[layout]
    layers = [_layer_fields(layer, kernels, biases, fields) for layer in LAYERS]
    content = {"layers": cell([*layers, *tail])} | _normalization(mean_pixel, layout)
    save_mat(path, content, packed)


def save_mat(path, content, packed=False):
    """Write top-level variables (name -> value) as a MATLAB 5 file with a fixed header."""
    buffer = BytesIO()
    savemat(buffer, content, oned_as="row", do_compression=packed)
    data = bytearray(buffer.getvalue())
    data[: len(HEADER)] = HEADER
    Path(path).write_bytes(data)


def cell(items):
    """A list as a 1 x n MATLAB cell array."""
    array = np.empty((1, len(items)), dtype=object)
    for index, item in enumerate(items):
        array[0, index] = item
    return array


def _layer_fields(layer, kernels, biases, fields):
    if isinstance(layer, Convolution):
        kernel = np.asarray(kernels[layer.name], np.float32)
        values = {
            "name": layer.name,
            "type": "conv",
            "weights": cell([kernel, np.asarray(biases[layer.name], np.float32)]),
            "size": np.array(kernel.shape, float),
            "pad": np.ones((1, 4)),
            "stride": np.ones((1, 2)),
            "precious": False,
            "dilate": 1.0,
            "opts": cell([]),
        }
        return {field: values[field] for field in fields}
    if isinstance(layer, Pooling):
        window, stride = np.full((1, 2), 2.0), np.full((1, 2), 2.0)
        pool = {"method": "max", "pool": window, "stride": stride, "pad": np.zeros((1, 4))}
        return {"name": layer.name, "type": "pool"} | pool
    return {"name": layer.name, "type": "relu"}


def _normalization(mean_pixel, layout):
    mean = np.asarray(mean_pixel, np.float32)
    if layout == "beta16":
        image = np.broadcast_to(mean, (224, 224, 3)).copy()
        return {"normalization": {"averageImage": image}, "classes": {"name": cell([])}}
    image = mean.reshape(1, 1, 3)
    return {"meta": {"normalization": {"averageImage": image}, "classes": {"name": cell([])}}}
