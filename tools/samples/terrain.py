"""The land of the harbour scene: heights, ground colours, and which points the sun reaches.

World axes in metres: x to the right, y up from the water, z away from the viewer.
"""

import numpy as np
from scipy import ndimage

from .camera import FAR
from .noise import blend, fbm, ridged, smoothstep, value_noise

QUAY = 1.7
_STEPS = 1400


def town(x, z):
    """Rise of the town's hill in metres, below 0 where the lake is."""
    hill = 50 * np.exp(-(((x - 72) / 66) ** 2) - ((z - 235) / 105) ** 2)
    return hill - 11 + 7 * (fbm(x / 26, z / 26, 3, 11) - 0.5)


def _coast(x, z):
    """Town hill with a quay wall, the lighthouse rock and the stones in front."""
    rise = town(x, z)
    quay = np.where(rise > 0, QUAY + 0.85 * np.maximum(rise - 2.5, 0), rise)
    rock = 15 * np.exp(-(((x + 92) / 34) ** 2) - ((z - 262) / 24) ** 2) - 4
    rock = rock + 5 * (ridged(x / 15, z / 15, 4, 21) - 0.4)
    stones = 3.3 * np.exp(-(((x + 12) / 6) ** 2) - ((z - 28) / 7) ** 2) - 1.9
    stones = stones + 1.5 * _bumps(x, z, 3.4, 31, 0.5) + 0.55 * _bumps(x + 9, z, 1.5, 34, 0.5)
    stones = (
        stones + 0.35 * (ridged(x / 1.6, z / 1.6, 4, 37) - 0.5) + 0.16 * fbm(x * 5, z * 5, 3, 38)
    )
    return np.maximum(np.maximum(quay, rock), stones)


def _bumps(x, z, cell, seed, power=1.0):
    """Heights (0–1) of one bump per square of `cell` metres: cones, or domes for `power` 0.5."""
    column, row = np.floor(x / cell), np.floor(z / cell)
    # Noise at whole numbers is a plain random value per square.
    shift_x, shift_z = value_noise(column, row, seed), value_noise(column, row, seed + 1)
    away = np.hypot(x / cell - column - 0.3 - 0.4 * shift_x, z / cell - row - 0.3 - 0.4 * shift_z)
    return np.maximum(1 - away / 0.5, 0) ** power * (
        0.55 + 0.45 * value_noise(column, row, seed + 2)
    )


def _forest(x, z):
    """Height in metres of the trees that stand on the hills."""
    tops = np.maximum(_bumps(x, z, 8.5, 41), _bumps(x + 4.2, z + 3.7, 7.5, 51))
    return 13 * tops * smoothstep(0.36, 0.48, fbm(x / 130, z / 130, 3, 61))


def _hills(x, z):
    """Wooded hills behind the town and across the lake."""
    left = 175 * np.exp(-(((x + 1000) / 620) ** 2) - ((z - 1900) / 620) ** 2)
    right = 190 * np.exp(-(((x - 620) / 430) ** 2) - ((z - 1150) / 560) ** 2)
    middle = 90 * np.exp(-(((x + 150) / 800) ** 2) - ((z - 3300) / 500) ** 2)
    base = np.maximum(np.maximum(left, right), middle) - 20
    rise = base * (0.7 + 0.6 * fbm(x / 420, z / 420, 5, 71))
    return np.where(rise > 1, rise + _forest(x, z) * smoothstep(1, 6, rise), rise)


def _mountains(x, z):
    """Bare mountains at the end of the lake, higher the farther they are."""
    distance = smoothstep(3600, 9500, z)
    valley = 0.35 + 0.65 * smoothstep(0, 3200, np.abs(x + 350 + 0.05 * z))
    crest = ridged(x / 3300 + 3.4, z / 3300 + 1.2, 8, 81, gain=0.46)
    return distance * (260 + 1950 * crest * valley) - 120 + 60 * smoothstep(3000, 4000, z)


def height(x, z):
    """Height of the ground in metres at (`x`, `z`); below 0 is under water."""
    ground = np.full(x.shape, -50, np.float32)
    for part, near, far in ((_coast, 0, 450), (_hills, 200, 5500), (_mountains, 3300, np.inf)):
        inside = (z >= near) & (z < far)
        ground[inside] = np.maximum(ground[inside], part(x[inside], z[inside]))
    return ground


def draw_land(frame, height=height, colour=None, span=(20, 16000)):
    """Find the land in each pixel of an empty `frame` and set its depth, normal and colour.

    `height(x, z)` and `colour(x, y, z, flatness)` describe the land, the harbour's unless given;
    `span` is its nearest and farthest distance in metres.

    All heights along each picture column are computed once; a pixel shows the first of them that
    reaches its ray while the ray is above the water.
    """
    camera = frame.camera
    distance = np.geomspace(*span, _STEPS).astype(np.float32)
    across = camera.rays(slice(0, 1))[0, :, 0]
    heights = height(across[:, None] * distance, np.broadcast_to(distance, (camera.width, _STEPS)))
    up = np.where(heights > 0, (heights - camera.eye) / distance * camera.focal, -FAR)
    every, highest = np.arange(camera.width), up.max()
    for row in range(camera.height):
        level = camera.horizon - row - 0.5
        first, last = _above_water(camera, level, distance)
        if first == last or level > highest:
            continue
        reached = up[:, first:last] >= level
        step = reached.argmax(axis=1)
        hit = reached[every, step]
        step = step + first
        before = np.maximum(step - 1, 0)
        low, high = up[every, before] - level, up[every, step] - level
        part = np.where(low < 0, -low / np.maximum(high - low, 1e-6), 0)
        depth = distance[before] + part * (distance[step] - distance[before])
        frame.depth[row, hit] = depth[hit]
    _dress(frame, height, colour or _ground_colour)


def _above_water(camera, level, distance):
    """Range of distance steps in which the ray of the row `level` above horizon is over water."""
    if level * camera.eye >= 0:
        return (0, _STEPS) if camera.eye > 0 else (0, 0)
    meets = int(np.searchsorted(distance, -camera.eye * camera.focal / level))
    return (0, meets) if camera.eye > 0 else (meets, _STEPS)


def _dress(frame, height, colour):
    """Set the normals and colours of all land pixels."""
    land = frame.depth < FAR
    x, ground, z = np.moveaxis(frame.points()[land], -1, 0)
    step = np.maximum(0.04, 0.0011 * z)
    here = height(x, z)
    slope_x, slope_z = (height(x + step, z) - here) / step, (height(x, z + step) - here) / step
    normal = np.stack([-slope_x, np.ones_like(x), -slope_z], axis=-1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    frame.normal[land] = normal
    frame.albedo[land] = colour(x, ground, z, normal[:, 1])


def _ground_colour(x, y, z, flatness):
    """Linear colour (n×3) of the ground at the given points."""
    patches = fbm(x / 9, z / 9, 4, 91)
    colour = blend(
        np.float32([0.13, 0.19, 0.05]), [0.27, 0.25, 0.11], smoothstep(0.35, 0.7, patches)
    )
    speckle = 0.2 + 1.6 * fbm(x * 2.3, z * 2.3 + 2 * y, 6, 101, gain=0.7)
    stone = blend(
        np.float32([0.115, 0.105, 0.10]), [0.12, 0.12, 0.05], smoothstep(0.5, 0.62, patches)
    )
    stone = stone * speckle[:, None]
    rocky = smoothstep(0.86, 0.62, flatness + 0.25 * (patches - 0.5))
    shore = (z < 400) & ((x < -20) & (y < 8) | (z < 60))
    colour = blend(colour, stone, np.maximum(rocky, shore))
    paved = (town(x, z) < 2.9) & (z < 400) & (x > -30)
    colour = blend(colour, [0.42, 0.38, 0.33], paved * (0.75 + 0.25 * speckle / 1.4))
    wooded = (_forest(x, z) > 0.8) & (z > 400) & (z < 3900)
    leaves = np.float32([0.055, 0.10, 0.035]) * (0.7 + 1.3 * fbm(x / 14, z / 14, 3, 111))[:, None]
    colour = blend(colour, leaves, wooded)
    far = smoothstep(3600, 4300, z)
    crag = 0.5 + 0.8 * fbm(x / 240, z / 240 + y / 90, 6, 121)
    bare = blend(np.float32([0.10, 0.13, 0.07]), [0.20, 0.19, 0.20], smoothstep(180, 520, y))
    colour = blend(colour, bare * crag[:, None], far)
    line = y + 900 * (crag - 0.9) + 700 * (flatness - 0.75)
    colour = blend(colour, [0.86, 0.88, 0.92], far * smoothstep(820, 960, line))
    wet = np.where(z < 400, 0.45 + 0.55 * smoothstep(0.1, 0.55, y + 0.3 * patches), 1)
    return colour * wet[:, None]


class SunMap:
    """Heights below which a rectangle of land lies in shadow, on a grid of `cell` metres."""

    def __init__(self, left, right, near, far, cell):
        self.origin, self.cell = (near, left), cell
        z, x = np.mgrid[near:far:cell, left:right:cell].astype(np.float32)
        self.x, self.z, self.tops = x, z, height(x, z)

    def cast(self, sun, reach):
        """Spread the tops away from the `sun` (direction to it) over `reach` metres.

        Each round doubles the distance covered, so a few shifts of the whole grid are enough.
        """
        flat = np.hypot(sun[0], sun[2])
        stride = 0.5 * self.cell
        while stride < reach:
            shift = -stride * sun[2] / flat / self.cell, -stride * sun[0] / flat / self.cell
            moved = ndimage.shift(self.tops, shift, order=1, cval=-1e3)
            self.tops = np.maximum(self.tops, moved - stride * sun[1] / flat)
            stride *= 2

    def lit(self, points, softness):
        """Share of sunlight, 0–1, at `points` (n×3); edges fade over `softness` metres."""
        row = (points[:, 2] - self.origin[0]) / self.cell
        column = (points[:, 0] - self.origin[1]) / self.cell
        shade = ndimage.map_coordinates(self.tops, [row, column], order=1, cval=-1e3)
        return 1 - smoothstep(0.5 * softness, 1.5 * softness, shade - points[:, 1])
