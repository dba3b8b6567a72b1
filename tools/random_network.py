"""Writes the embedded network: VGG-19 at a quarter of its width, random filters, calibrated.

    python -m tools.random_network [FILE]

The filters are drawn from a fixed seed. Then, layer by layer, the responses to the sample pictures
are brought to mean 0 and spread 1 in every channel, so that about half of the units of every layer
are active whatever the filter. Last, the layers are scaled so that neural-style's weights
5 / 500 / 100 act on it as they do on the real network.
"""

import sys

import numpy as np
from tqdm.auto import tqdm

from MLPreProcess import preprocess, read_image, resize_to_width
from stylenet.layers import LAYERS, Convolution, Pooling
from stylenet.model_files import EMBEDDED_FILE
from tools.network_file import write_network

SEED = 19
MEAN_PIXEL = np.array([123.68, 116.779, 103.939], np.float32)
CHANNELS = [16, 16, 32, 32, 64, 64, 64, 64] + [128] * 8
PICTURES = ("content_harbour", "style_swirls", "style_glass", "style_woodblock")
WIDTH = 160  # of the pictures during calibration

# Spread of the responses where the losses look; measured, see the module's text. The layers in
# between take the scale of the next one named.
SCALES = {
    "relu1_1": 100.0,
    "relu2_1": 120.0,
    "relu3_1": 150.0,
    "relu4_1": 200.0,
    "relu4_2": 500.0,
    "relu5_1": 200.0,
}


def main(path=EMBEDDED_FILE):
    """Draw, calibrate, scale and write the network."""
    images = [resize_to_width(read_image(f"images/{name}.jpg"), WIDTH) for name in PICTURES]
    kernels, biases = calibrated_filters([preprocess(image, MEAN_PIXEL)[0] for image in images])
    rescale(kernels, biases)
    write_network(path, kernels, biases, MEAN_PIXEL)


def calibrated_filters(features):
    """Random kernels and biases with responses of mean 0 and spread 1 on some pictures.

    Args:
        features: list of float32 (H, W, 3), mean pixel subtracted.

    Returns:
        (kernels, biases), dicts by layer name.
    """
    generator = np.random.default_rng(SEED)
    widths = iter(CHANNELS)
    kernels, biases = {}, {}
    for layer in tqdm(LAYERS, unit="layer"):
        if isinstance(layer, Convolution):
            shape = (3, 3, features[0].shape[2], next(widths))
            kernel = generator.standard_normal(shape, np.float32)
            features = [convolve(feature, kernel) for feature in features]
            positions = np.concatenate([f.reshape(-1, shape[3]) for f in features]).astype(float)
            spread, mean = _rounded(positions.std(axis=0)), positions.mean(axis=0)
            shift = _rounded(mean / spread)
            kernels[layer.name], biases[layer.name] = kernel / spread, -shift
            features = [feature / spread - shift for feature in features]
        elif isinstance(layer, Pooling):
            features = [pool(feature) for feature in features]
        else:
            features = [np.maximum(feature, 0) for feature in features]
    return kernels, biases


def rescale(kernels, biases):
    """Give each layer its scale; the next layer divides by it, so nothing else changes."""
    scale_before = 1.0
    names = list(SCALES)
    for name in kernels:
        relu = name.replace("conv", "relu")
        scale = SCALES[next((known for known in names if known >= relu), names[-1])]
        kernels[name] = (kernels[name] * (scale / scale_before)).astype(np.float32)
        biases[name] = (biases[name] * scale).astype(np.float32)
        scale_before = scale


def convolve(feature, kernel):
    """3x3 convolution with zero padding: (H, W, in), (3, 3, in, out) -> (H, W, out)."""
    padded = np.pad(feature, ((1, 1), (1, 1), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(0, 1))
    return np.einsum("hwcyx,yxco->hwo", windows, kernel, optimize=True)


def pool(feature):
    """The largest of each 2x2 window, sizes rounded up: (H, W, C) -> (H/2, W/2, C)."""
    height, width, channels = feature.shape
    rest = ((0, height % 2), (0, width % 2), (0, 0))
    padded = np.pad(feature, rest, constant_values=-np.inf)
    return padded.reshape(-(-height // 2), 2, -(-width // 2), 2, channels).max(axis=(1, 3))


def _rounded(values):
    """To 8 significant bits, so that a processor's last bit does not change the file."""
    mantissa, exponent = np.frexp(values)
    return np.ldexp(np.round(mantissa * 256) / 256, exponent).astype(np.float32)


if __name__ == "__main__":
    main(*sys.argv[1:])
