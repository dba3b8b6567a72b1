"""Broad-leaved trees: trunk and branches as surfaces, leaves as dots."""

import numpy as np

from .noise import fbm
from .shapes import bend, tube, unit
from .surfels import Surface


def bark(u, v):
    """Grey-brown bark with long cracks; linear colours (…×3)."""
    crack = 0.45 + 1.1 * fbm(v * 16, u * 22, 4, 601)
    return np.float32([0.105, 0.078, 0.055]) * crack[..., None]


def tree(foot, tall, sun, rng):
    """Surfaces of the wood and (points, normals, colours) of the leaves, each n×3.

    `foot` is the place in metres, `tall` the height; leaves turn towards `sun`, as light shines
    through them.
    """
    foot = np.float32(foot)
    top = foot + np.float32([rng.normal() * 0.4, 0.86 * tall, rng.normal() * 0.4])
    stem = bend(foot - [0, 0.3, 0], (foot + top) / 2 + np.float32([rng.normal() * 0.3, 0, 0]), top)
    thick = 0.024 * tall * np.linspace(1, 0.12, 12) * (1 + 0.6 * np.exp(-np.arange(12)))
    wood, tips = [Surface(tube(stem, thick), bark)], [top]
    for number in range(17):
        rise = 0.26 + 0.68 * number / 17
        start = np.array([np.interp(rise, np.linspace(0, 1, 12), stem[:, k]) for k in range(3)])
        angle = number * 2.4 + rng.uniform(-0.4, 0.4)
        reach = tall * 0.33 * np.sqrt(np.clip(1.22 - rise, 0, 1)) * rng.uniform(0.75, 1.1)
        away = np.float32([np.cos(angle), 0, np.sin(angle)]) * reach
        end = start + away + np.float32([0, reach * rng.uniform(0.25, 0.65), 0])
        path = bend(start, start + away * 0.6 + np.float32([0, reach * 0.05, 0]), end)
        wood.append(Surface(tube(path, 0.0075 * tall * np.linspace(1.2 - rise, 0.1, 12)), bark))
        tips += [end, path[8], path[5] + [0, 0.03 * tall, 0]]
    return wood, _leaves(np.array(tips), tall, sun, rng)


def _leaves(tips, tall, sun, rng):
    """Dots scattered around the `tips` (n×3) of the twigs."""
    count = 15000
    which = rng.integers(len(tips), size=count)
    offset = rng.normal(size=(count, 3)) * [0.052, 0.034, 0.052] * tall
    normals = rng.normal(size=(count, 3)) * 0.8 + unit(sun)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    tint = np.float32([0.21, 0.19, 0.025]) + rng.random((count, 1)) * [0.16, 0.05, 0.0]
    tint = tint * rng.uniform(0.6, 1.25, size=(len(tips), 1))[which]
    return tips[which] + offset, normals, tint.astype(np.float32)
