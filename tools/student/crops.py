"""Training crops: cut from the pictures at any place and size, turned over, coloured a little."""

import numpy as np
import torch
from torch.nn import functional

from tools.student.scales import INPUT_SCALE, MEAN_PIXEL

LARGEST = 3.0  # times as large as the crop may be what it is cut from
GAIN, SHIFT = 0.15, 6.0  # brightness factor 1 +- GAIN, each channel +- SHIFT of 255


class Crops:
    """Batches of crops; the same number gives the same batch always.

    Args:
        kinds: list of lists of pictures uint8 (H, W, 3); each kind is as likely as the others.
        seed: of the draw.
        device: where the batches go.
    """

    def __init__(self, kinds, seed, device):
        self._kinds, self._seed, self._device = kinds, seed, device

    def batch(self, number, size, count):
        """Crops of size x size: float32 (count, 3, size, size) in the network's space."""
        rng = np.random.default_rng([self._seed, number])
        crops = [self._crop(rng, size) for _ in range(count)]
        return to_network(torch.stack(crops).to(self._device))

    def _crop(self, rng, size):
        kind = self._kinds[rng.integers(len(self._kinds))]
        picture = kind[rng.integers(len(kind))]
        side = min(*picture.shape[:2], int(size * LARGEST ** rng.uniform()))
        top, left = (rng.integers(length - side + 1) for length in picture.shape[:2])
        window = picture[top : top + side, left : left + side]
        if rng.random() < 0.5:
            window = window[:, ::-1]
        batch = torch.from_numpy(np.ascontiguousarray(window)).permute(2, 0, 1)[None].float()
        crop = functional.interpolate(
            batch, (size, size), mode="bilinear", antialias=True, align_corners=False
        )[0]
        shift = torch.from_numpy(rng.uniform(-SHIFT, SHIFT, (3, 1, 1))).float()
        return (crop * rng.uniform(1 - GAIN, 1 + GAIN) + shift).clamp(0, 255)


def to_network(pixels):
    """Pixels (B, 3, H, W) in 0-255 -> the network's space."""
    mean = torch.tensor(MEAN_PIXEL, device=pixels.device).view(1, 3, 1, 1)
    return (pixels - mean) * INPUT_SCALE


def to_pixels(pictures):
    """The network's space -> pixels."""
    mean = torch.tensor(MEAN_PIXEL, device=pictures.device).view(1, 3, 1, 1)
    return pictures / INPUT_SCALE + mean
