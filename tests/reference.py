"""NumPy versions of what the graph computes, written for clarity and nothing else."""

import numpy as np

from stylenet.network.layers import LAYERS, Convolution, Pooling


def convolve(features, kernel, bias):
    """(H, W, in) with (3, 3, in, out) by adding up nine shifted pictures, zeros around."""
    height, width, _ = features.shape
    padded = np.pad(features, ((1, 1), (1, 1), (0, 0)))
    total = np.zeros((height, width, kernel.shape[3]))
    for row in range(3):
        for column in range(3):
            total += padded[row : row + height, column : column + width] @ kernel[row, column]
    return total + bias


def max_pool(features):
    """The largest of each 2x2 window; an odd last row or column makes a smaller window."""
    height, width, channels = features.shape
    pooled = np.empty((-(-height // 2), -(-width // 2), channels))
    for row in range(pooled.shape[0]):
        for column in range(pooled.shape[1]):
            window = features[2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
            pooled[row, column] = window.max(axis=(0, 1))
    return pooled


def vgg19(image, kernels, biases):
    """(H, W, 3), mean pixel subtracted -> {layer name: (H_l, W_l, C_l)}."""
    features, current = {}, image.astype(float)
    for layer in LAYERS:
        if isinstance(layer, Convolution):
            current = convolve(current, kernels[layer.name], biases[layer.name])
        elif isinstance(layer, Pooling):
            current = max_pool(current)
        else:
            current = np.maximum(current, 0)
        features[layer.name] = current
    return features


def gram(features):
    """(H, W, C) -> (C, C), by the sum over positions of outer products."""
    total = np.zeros((features.shape[2],) * 2)
    for vector in features.reshape(-1, features.shape[2]):
        total += np.outer(vector, vector)
    return total / features.size


def total_variation(image):
    rows = [(image[y + 1] - image[y]) ** 2 for y in range(image.shape[0] - 1)]
    columns = [(image[:, x + 1] - image[:, x]) ** 2 for x in range(image.shape[1] - 1)]
    return np.mean(rows) + np.mean(columns)
