"""Style picture: a stained-glass window with a sun, its rays, hills, water and a leafy vine."""

import numpy as np
from PIL import Image
from scipy import ndimage, spatial

from .noise import blend, fbm, pixel_grid, relief, smoothstep

SIZE = (606, 734)
_OVERSAMPLE = 2
_SUN = (0.56, 0.36)
# Region numbers of the design.
_CORE, _RING, _RAY, _HILL, _WATER, _LEAF, _STEM, _BORDER = range(8)
_PALETTE = {
    _CORE: [(1.00, 0.80, 0.22), (1.00, 0.70, 0.12)],
    _RING: [(1.00, 0.42, 0.06), (0.95, 0.26, 0.06), (1.00, 0.58, 0.10)],
    _RAY: [(0.10, 0.34, 0.80), (0.20, 0.58, 0.90), (0.42, 0.26, 0.74), (0.06, 0.20, 0.58),
           (0.86, 0.30, 0.42), (0.98, 0.66, 0.34), (0.44, 0.78, 0.90)],
    _HILL: [(0.10, 0.46, 0.22), (0.36, 0.62, 0.14), (0.05, 0.34, 0.30), (0.62, 0.68, 0.12)],
    _WATER: [(0.04, 0.42, 0.62), (0.06, 0.60, 0.66), (0.03, 0.24, 0.52), (0.36, 0.76, 0.78)],
    _LEAF: [(0.82, 0.10, 0.14), (0.93, 0.30, 0.10), (0.66, 0.05, 0.24), (0.96, 0.54, 0.12)],
    _STEM: [(0.30, 0.12, 0.06)],
    _BORDER: [(0.46, 0.06, 0.20), (0.08, 0.14, 0.44), (0.82, 0.56, 0.12)],
}  # fmt: skip


def _sky(x, y):
    """Sun disc, two rings of flames and rays; returns (region, cell), both H×W integers."""
    dx, dy = x - _SUN[0], y - _SUN[1]
    away, turn = np.hypot(dx, dy), np.arctan2(dy, dx) / (2 * np.pi) % 1
    flame = 0.018 * np.sin(turn * 2 * np.pi * 16)
    region = np.full(x.shape, _RAY)
    region[away < 0.225 + flame] = _RING
    region[away < 0.105] = _CORE
    bent = turn + 0.035 * np.sin(away * 9)
    ray = np.floor(bent * 22).astype(int)
    # Each ray is cut across at its own distances, as real panes are.
    cut = np.floor((away + 0.05 * ((ray * 7) % 5)) / 0.17).astype(int)
    cell = ray * 10 + cut
    ring = np.floor(turn * 16 + 0.25).astype(int) * 2 + (away > 0.165)
    core = np.floor(turn * 6).astype(int) * 2 + (away < 0.05)
    return region, np.where(region == _RING, ring, np.where(region == _CORE, core, cell))


def _land(x, y, region, cell, rng):
    """Lay hills and water over the lower part, cut into irregular panes."""
    seeds = rng.random((150, 2)) * [1.0, 1.25]
    bent = np.stack([x + 0.03 * np.sin(9 * y), (y + 0.03 * np.sin(8 * x)) * 1.7], axis=-1)
    pane = spatial.cKDTree(seeds * [1, 1.7]).query(bent.reshape(-1, 2))[1].reshape(x.shape)
    skyline = 0.70 + 0.06 * np.sin(4.6 * x + 0.4) - 0.05 * x
    second = 0.80 + 0.05 * np.sin(5.5 * x + 2.6)
    shore = 0.91 + 0.02 * np.sin(7 * x + 1)
    for depth, (line, kind) in enumerate([(skyline, _HILL), (second, _HILL), (shore, _WATER)]):
        below = y > line
        region[below] = kind
        cell[below] = pane[below] + 1000 * (depth + 1)
    wave = np.floor((y - shore + 0.014 * np.sin(16 * x + 20 * y)) / 0.055).astype(int)
    strip = np.floor(x * 4.2 + 0.43 * wave).astype(int)
    water = y > shore
    cell[water] = (wave * 20 + strip)[water] + 4000


def _vine(x, y, region, cell):
    """Lay a rising stem with paired leaves over the left side."""
    t = np.linspace(1.22, 0.10, 18)
    stem_x = 0.17 + 0.055 * np.sin(6.2 * t + 0.4)
    line = 0.17 + 0.055 * np.sin(6.2 * y + 0.4)
    stem = (np.abs(x - line) < 0.004 + 0.007 * y) & (y > 0.08)
    region[stem], cell[stem] = _STEM, 5000
    for k in range(1, 18):
        side = 1 if k % 2 else -1
        size = 0.135 + 0.03 * np.sin(2.3 * k)
        angle = -0.5 if side > 0 else np.pi + 0.5
        dx, dy = x - stem_x[k] - side * 0.006, y - t[k]
        u = (dx * np.cos(angle) + dy * np.sin(angle)) / size
        v = (dy * np.cos(angle) - dx * np.sin(angle)) / size - side * 0.16 * np.sin(3 * u)
        width = 0.30 * np.sin(np.pi * np.clip(u, 0, 1) ** 0.8)
        leaf = (np.abs(v) < width) & (u > 0.01) & (u < 1)
        region[leaf], cell[leaf] = _LEAF, 5100 + 10 * k + (v > 0)[leaf]


def _frame(x, y, region, cell):
    """Lay the border of small oblong panes round the window."""
    edge = np.minimum(np.minimum(x, 1 - x), np.minimum(y, y.max() - y))
    border = edge < 0.042
    along = np.where(np.minimum(x, 1 - x) < np.minimum(y, y.max() - y), y, x)
    region[border] = _BORDER
    cell[border] = 9000 + np.floor(along[border] / 0.0905).astype(int)


def _glass(region, cell, x, y, rng):
    """Colour H×W×3 of the panes (streaks, bubbles, light from behind) and their numbers."""
    code = region * 20000 + cell
    pane = np.unique(code, return_inverse=True)[1].reshape(code.shape)
    count = pane.max() + 1
    kinds = np.zeros(count, int)
    kinds[pane] = region
    tints = np.array(
        [_PALETTE[kind][rng.integers(len(_PALETTE[kind]))] for kind in kinds], np.float32
    )
    tints = np.clip(tints * (1 + 0.16 * rng.normal(size=(count, 1))), 0, 1)
    angle = (rng.random(count) * np.pi)[pane]
    u, v = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    streak = fbm(u * 9 + pane * 3.7, v * 46, 4, 611)
    cloud = fbm(x * 6 + pane * 1.3, y * 6, 4, 621)
    colour = tints[pane] * (0.42 + 0.62 * streak + 0.5 * cloud)[..., None]
    colour = blend(colour, [1, 0.97, 0.86], 0.55 * smoothstep(0.60, 0.86, streak))
    bubbles = smoothstep(0.80, 0.90, fbm(x * 95, y * 95, 2, 631))
    return colour * (1 + 0.35 * bubbles[..., None]), pane


def _lead(colour, pane):
    """Lay rounded lead strips along the edges of the panes."""
    edge = np.zeros(pane.shape, bool)
    edge[:, 1:] |= pane[:, 1:] != pane[:, :-1]
    edge[1:] |= pane[1:] != pane[:-1]
    away = ndimage.distance_transform_edt(~edge)
    rows, columns = pixel_grid(*pane.shape)
    half = 3.4 + 2.2 * fbm(columns / 60, rows / 60, 2, 641)
    dome = np.sqrt(np.clip(1 - (away / half) ** 2, 0, 1))
    worn = 0.6 + 0.8 * fbm(columns / 5, rows / 5, 3, 651)
    metal = np.float32([0.085, 0.085, 0.10]) * (worn * relief(dome * half, 0.55) ** 2)[..., None]
    colour = colour * (0.62 + 0.38 * smoothstep(half, half + 16, away))[..., None]
    return blend(colour, metal, smoothstep(half + 0.8, half - 0.8, away))


def render(seed=13):
    """Make the window; returns a PIL RGB picture of `SIZE`."""
    rng = np.random.default_rng(seed)
    width, height = SIZE[0] * _OVERSAMPLE, SIZE[1] * _OVERSAMPLE
    rows, columns = pixel_grid(height, width)
    x, y = columns / width, rows / width
    wobble = 0.012
    bent_x = x + wobble * (fbm(x * 5, y * 5, 2, 661) - 0.5)
    bent_y = y + wobble * (fbm(x * 5, y * 5, 2, 671) - 0.5)
    region, cell = _sky(bent_x, bent_y)
    _land(bent_x, bent_y, region, cell, rng)
    _vine(bent_x, bent_y, region, cell)
    _frame(x, y, region, cell)
    colour, pane = _glass(region, cell, x, y, rng)
    shine = 0.82 + 0.75 * np.exp(-((np.hypot(x - _SUN[0], y - _SUN[1]) / 0.42) ** 2))
    picture = _lead(colour * shine[..., None], pane)
    glow = ndimage.gaussian_filter(np.maximum(picture - 0.55, 0), (14, 14, 0))
    picture = picture + 0.9 * glow
    small = picture.reshape(SIZE[1], _OVERSAMPLE, SIZE[0], _OVERSAMPLE, 3).mean(axis=(1, 3))
    return Image.fromarray((np.clip(small, 0, 1) ** 0.86 * 255 + 0.5).astype(np.uint8))
