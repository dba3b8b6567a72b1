"""Smooth random fields: value noise and its octave sums, with small picture helpers."""

from functools import lru_cache

import numpy as np
from scipy import ndimage

_PERIOD = 256


@lru_cache(maxsize=64)
def _lattice(seed):
    """Random values in 0–1 on a `_PERIOD` × `_PERIOD` lattice, flattened."""
    return np.random.default_rng(seed).random(_PERIOD * _PERIOD, dtype=np.float32)


def smoothstep(low, high, value):
    """Cubic ramp from 0 at `low` to 1 at `high`, element by element."""
    t = np.clip((value - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def value_noise(x, y, seed):
    """Value noise in 0–1 at the points (`x`, `y`), lattice spacing 1; float32, shape of `x`."""
    column, row = np.floor(x), np.floor(y)
    fx, fy = (x - column).astype(np.float32), (y - row).astype(np.float32)
    fx, fy = fx * fx * (3 - 2 * fx), fy * fy * (3 - 2 * fy)
    column, row = column.astype(np.int32), row.astype(np.int32)
    left, right = column & (_PERIOD - 1), (column + 1) & (_PERIOD - 1)
    top, bottom = (row & (_PERIOD - 1)) * _PERIOD, ((row + 1) & (_PERIOD - 1)) * _PERIOD
    table = _lattice(seed)
    upper = table[top + left] * (1 - fx) + table[top + right] * fx
    lower = table[bottom + left] * (1 - fx) + table[bottom + right] * fx
    return upper * (1 - fy) + lower * fy


def _octaves(x, y, octaves, seed, gain):
    """Yield (weight, noise) per octave; each one is turned so that no lattice direction shows."""
    weight = 1.0
    for octave in range(octaves):
        yield weight, value_noise(x, y, seed + octave)
        x, y = 1.62 * x + 1.18 * y + 17.3, 1.62 * y - 1.18 * x + 5.9
        weight *= gain


def fbm(x, y, octaves, seed, gain=0.5):
    """Sum of `octaves` noises, each twice as fine and `gain` as strong, scaled to 0–1."""
    total, scale = 0.0, 0.0
    for weight, noise in _octaves(x, y, octaves, seed, gain):
        total, scale = total + weight * noise, scale + weight
    return total / scale


def ridged(x, y, octaves, seed, gain=0.5):
    """Like `fbm` but with sharp crests, as mountain ridges have them; 0–1."""
    total, scale, crest = 0.0, 0.0, 1.0
    for weight, noise in _octaves(x, y, octaves, seed, gain):
        crest = (1 - np.abs(2 * noise - 1)) ** 2 * (0.3 + 0.7 * crest)
        total, scale = total + weight * crest, scale + weight
    return total / scale


def pixel_grid(height, width):
    """Row and column numbers of a picture, two float32 arrays of shape H×W."""
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    return rows, columns


def blend(base, top, amount):
    """Mix two H×W×3 pictures (or colours); `amount` is H×W in 0–1, 1 shows `top`."""
    return base + (np.asarray(top, np.float32) - base) * np.asarray(amount)[..., None]


def relief(heights, strength):
    """Shade in about 0–2 (1 is flat) of an H×W height map lit from the upper left."""
    down, right = np.gradient(ndimage.gaussian_filter(heights, 0.7))
    return np.clip(1 + strength * (0.8 * right + 0.6 * down), 0, 2)
