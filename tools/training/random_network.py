"""VGG-19 with random kernels, calibrated: what a network is worth before it has learnt anything."""

import numpy as np
import torch
from torch.nn import functional

from tools.textures import make_picture, training_list
from tools.training.network import MEAN_PIXEL, POOLED

DEPTHS = (2, 2, 4, 4, 4)
FULL = (64, 128, 256, 512, 512)  # channels of each block
QUARTER = (16, 32, 64, 128, 128)


def layer_widths(blocks):
    """Channels of the five blocks -> {layer: channels} of the 16 convolutions."""
    return {f"conv{b + 1}_{i + 1}": blocks[b] for b in range(len(DEPTHS)) for i in range(DEPTHS[b])}


def random_network(blocks, seed=0):
    """He's random kernels; over eight pictures each channel has mean 0 and deviation 1 before ReLU.

    Returns a folded network, layer name -> (kernel, bias).
    """
    rng, folded, channels = np.random.default_rng(seed), {}, 3
    pictures = np.stack([make_picture(*job)[:192, :192] for job in training_list(8)])
    x = torch.from_numpy(pictures).permute(0, 3, 1, 2).float()
    x = x - torch.tensor(MEAN_PIXEL).view(1, 3, 1, 1)
    for name, width in layer_widths(blocks).items():
        draw = rng.standard_normal((width, channels, 3, 3)) * np.sqrt(2 / (9 * channels))
        kernel = torch.from_numpy(draw).float()
        x = functional.conv2d(x, kernel, padding=1)
        mean, spread = x.mean((0, 2, 3)), x.std((0, 2, 3)) + 1e-6
        hwio = (kernel / spread.view(-1, 1, 1, 1)).permute(2, 3, 1, 0).contiguous()
        folded[name] = (hwio.numpy(), (-mean / spread).numpy())
        x = functional.relu((x - mean.view(1, -1, 1, 1)) / spread.view(1, -1, 1, 1))
        x = functional.max_pool2d(x, 2) if name in POOLED else x
        channels = width
    return folded
