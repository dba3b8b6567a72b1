"""Training crops: cut, turned and sized from the pictures, coloured a little, some spoilt.

The spoilt ones carry the faults a painted picture must not have. The network learns to tell them
from sound ones, so that its Gram matrices see the faults.
"""

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

    def batch(self, number, size, count, spoilt=0.5):
        """Crops float32 (count, 3, size, size) in 0..255, classes (count,), damages (count,)."""
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
        crops, damages = spoil(crops, rng, spoilt)
        labels = torch.from_numpy(which * BANDS + band)
        return crops.clamp(0, 255).to(memory_format=torch.channels_last), labels, damages


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


def grain(crop, noise, rng):
    """Grey noise on every pixel."""
    return crop + noise.mean(0, keepdim=True) * rng.uniform(8, 30)


def speckle(crop, noise, rng):
    """Coloured noise, fine or two pixels wide."""
    if rng.random() < 0.5:
        noise = functional.avg_pool2d(noise, 3, 1, 1) * 2
    return crop + (noise - noise.mean(0, keepdim=True)) * rng.uniform(6, 20)


def fringe(crop, noise, rng):
    """Red and blue moved apart, as colour seams at edges."""
    by, axis = int(rng.integers(1, 3)), int(rng.integers(1, 3))
    return torch.stack([crop[0].roll(by, axis - 1), crop[1], crop[2].roll(-by, axis - 1)])


def grid(crop, noise, rng):
    """A faint lattice of one colour, as max pooling leaves behind."""
    period = int(rng.choice([2, 4, 8, 16]))
    tile = noise[:, :period, :period] - noise[:, :period, :period].mean((1, 2), keepdim=True)
    reps = -(-crop.shape[1] // period)
    return crop + tile.repeat(1, reps, reps)[:, : crop.shape[1], : crop.shape[2]] * rng.uniform(
        3, 10
    )


def blur(crop, noise, rng):
    """Edges lost."""
    for _ in range(int(rng.integers(1, 3))):
        crop = functional.avg_pool2d(crop, 3, 1, 1, count_include_pad=False)
    return crop


def harsh(crop, noise, rng):
    """Too much contrast."""
    mean = crop.mean((1, 2), keepdim=True)
    return mean + (crop - mean) * rng.uniform(1.35, 1.8)


def sharpen(crop, noise, rng):
    """Halos at edges."""
    soft = functional.avg_pool2d(crop, 3, 1, 1, count_include_pad=False)
    return crop + (crop - soft) * rng.uniform(0.6, 1.5)


DAMAGES = (None, grain, speckle, fringe, grid, blur, harsh, sharpen)


def spoil(crops, rng, share):
    """A share of the crops gets one of the damages; returns crops, number of the damage (B,)."""
    kinds = rng.integers(1, len(DAMAGES), len(crops)) * (rng.random(len(crops)) < share)
    for i, kind in enumerate(kinds):
        if kind:
            noise = torch.from_numpy(rng.standard_normal(crops[i].shape, dtype=np.float32))
            crops[i] = DAMAGES[kind](crops[i], noise, rng)
    return crops, torch.from_numpy(kinds.astype(np.int64))
