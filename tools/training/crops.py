"""Training crops: cut, turned and sized from the pictures, coloured a little."""

import numpy as np
import torch
from torch.nn import functional

BANDS = 2  # 0: at .65 to 1 of the drawn size; 1: at .33 to .5
TURN = 0.2  # radians
GAIN, SHIFT = 0.15, 6.0  # brightness factor 1 +- GAIN, each channel +- SHIFT of 255


class Crops:
    """Batches of crops from pictures uint8 (n, S, S, 3); batch number -> the same batch always."""

    def __init__(self, pictures, seed):
        self.seed, self.count = seed, len(pictures)
        self.classes = self.count * BANDS
        self.full = np.ascontiguousarray(pictures)
        self.half = np.stack([halve(picture) for picture in pictures])

    def batch(self, number, size, count):
        """Crops float32 (count, 3, size, size) in 0..255, classes (count,)."""
        rng = np.random.default_rng([self.seed, number])
        which, band = rng.integers(self.count, size=count), rng.integers(BANDS, size=count)
        step = rng.uniform(1.0, 1.53, count)
        reach = int(np.ceil(size * 1.53 * (np.cos(TURN) + np.sin(TURN)))) + 2
        windows = np.empty((count, reach, reach, 3), np.uint8)
        for i in range(count):
            source = (self.full, self.half)[band[i]][which[i]]
            row, column = rng.integers(0, source.shape[0] - reach + 1, 2)
            windows[i] = source[row : row + reach, column : column + reach]
        crops = turn(windows, step, rng.uniform(-TURN, TURN, count), size)
        crops *= torch.from_numpy(rng.uniform(1 - GAIN, 1 + GAIN, (count, 1, 1, 1))).float()
        crops += torch.from_numpy(rng.uniform(-SHIFT, SHIFT, (count, 3, 1, 1))).float()
        labels = torch.from_numpy(which * BANDS + band)
        return crops.clamp(0, 255).to(memory_format=torch.channels_last), labels


def halve(picture):
    """A picture at half its size, each pixel the mean of four."""
    height, width, _ = picture.shape
    blocks = picture.reshape(height // 2, 2, width // 2, 2, 3).astype(np.uint16)
    return ((blocks.sum((1, 3)) + 2) // 4).astype(np.uint8)


def turn(windows, step, angles, size):
    """Sample size x size points, `step` window pixels apart and turned, from each window."""
    count, reach = windows.shape[:2]
    ratio = step * size / reach
    rows = np.zeros((count, 2, 3), np.float32)
    rows[:, 0, 0] = rows[:, 1, 1] = ratio * np.cos(angles)
    rows[:, 0, 1], rows[:, 1, 0] = -ratio * np.sin(angles), ratio * np.sin(angles)
    grid = functional.affine_grid(torch.from_numpy(rows), (count, 3, size, size), False)
    source = torch.from_numpy(windows).permute(0, 3, 1, 2).float()
    return functional.grid_sample(source, grid, align_corners=False)
