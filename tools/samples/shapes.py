"""Shapes for `surfels.Surface`: functions of `u` and `v` in 0–1 that give points (…×3 metres)."""

import numpy as np


def unit(vector):
    """`vector` scaled to length 1."""
    return np.asarray(vector, np.float32) / np.linalg.norm(vector)


def frame_of(axis):
    """3×3 matrix whose columns are two directions across `axis` and, second, `axis` itself."""
    axis = unit(axis)
    side = unit(np.cross(axis, [0.31, 0.17, 0.93]))
    return np.stack([side, axis, np.cross(side, axis)], axis=1)


def lathe(profile, foot, axis=(0, 1, 0)):
    """Surface of revolution; `profile(u)` gives radius and height along `axis` from `foot`.

    `profile` may also take the angle (radians) to make the round slightly uneven.
    """
    turn, foot = frame_of(axis), np.float32(foot)

    def shape(u, v):
        angle = 2 * np.pi * v
        radius, height = profile(u, angle)
        local = np.stack([radius * np.cos(angle), height, radius * np.sin(angle)], axis=-1)
        return (local @ turn.T + foot).astype(np.float32)

    return shape


def tube(path, radii):
    """Round rod along `path` (n×3) with `radii` (n) at its corners."""
    path, t = np.float32(path), np.linspace(0, 1, len(path))
    across = frame_of(path[-1] - path[0])

    def shape(u, v):
        middle = np.stack([np.interp(u, t, path[:, k]) for k in range(3)], axis=-1)
        angle, radius = 2 * np.pi * v, np.interp(u, t, radii)
        ring = np.cos(angle)[..., None] * across[:, 0] + np.sin(angle)[..., None] * across[:, 2]
        return middle + ring * radius[..., None]

    return shape


def bend(start, control, end, count=12):
    """`count` points (n×3) on the curve from `start` to `end` that leans towards `control`."""
    t = np.linspace(0, 1, count)[:, None]
    return (
        (1 - t) ** 2 * np.float32(start)
        + 2 * t * (1 - t) * np.float32(control)
        + t * t * np.float32(end)
    ).astype(np.float32)


def blade(base, along, face, size, curl=0.2, cup=0.3, blunt=0.6):
    """Leaf or petal from `base` towards `along`, its upper side towards `face`.

    `size` is (length, half width); the tip rises by `curl` lengths, the rims by `cup` half
    widths; `blunt` moves the widest place from the base (0) to the tip (1).
    """
    along = unit(along)
    side = unit(np.cross(along, face))
    face = np.cross(side, along)
    base, power = np.float32(base), 2.2 * blunt

    def shape(u, v):
        across = 2 * v - 1
        width = np.sqrt(np.clip(np.sin(np.pi * u**power), 0.001, 1)) * size[1]
        rise = size[0] * curl * u * u + size[1] * cup * across**2 * np.sin(np.pi * u)
        reach = size[0] * u
        offset = (reach, along), (across * width, side), (rise, face)
        return base + sum(amount[..., None] * way for amount, way in offset).astype(np.float32)

    return shape
