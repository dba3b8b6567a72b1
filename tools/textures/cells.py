"""Pictures made of cells: Voronoi glass, cracks, cobbles, mosaics, bricks, weaves, quilts."""

import numpy as np
from scipy import ndimage
from scipy.spatial import cKDTree

from tools.textures.noise import spectral, warp
from tools.textures.palette import SIZE, colour, coordinates, lit, palette, unit


def seeds(rng, n, order):
    """n points (n, 2) in the unit square; order 0 is random, 1 a grid."""
    side = int(np.ceil(np.sqrt(n)))
    grid = (np.stack(np.meshgrid(range(side), range(side)), -1).reshape(-1, 2) + 0.5) / side
    grid[:, 0] += (grid[:, 1] * side).astype(int) % 2 * 0.5 / side
    return grid + rng.uniform(-1, 1, grid.shape) * (1 - order) / side


def cells(rng, n, order=0.3, stretch=1.0):
    """Voronoi cells: number of the nearest seed, its distance and the next one's minus it.

    Distances are in cell widths, arrays (SIZE, SIZE).
    """
    x, y = coordinates()
    points = seeds(rng, n, order) * [1, stretch]
    distance, index = cKDTree(points).query(np.stack([x, y * stretch], -1).reshape(-1, 2), k=2)
    distance = distance.reshape(SIZE, SIZE, 2) * np.sqrt(n)
    return index[:, 0].reshape(SIZE, SIZE), distance[..., 0], distance[..., 1] - distance[..., 0]


def glass(rng):
    """Stained glass: lead between panes, each pane uneven."""
    n = int(rng.choice([40, 100, 250, 700]))
    index, _, edge = cells(rng, n, rng.uniform(0, 0.9), rng.choice([1, 1, 2]))
    colours = palette(rng, 10)[rng.integers(0, 10, index.max() + 1)]
    pane = colours[index] * (0.75 + 0.5 * spectral(rng, rng.uniform(0.8, 2)))[..., None]
    lead = np.clip((edge - rng.uniform(0.03, 0.15)) * 12, 0, 1)[..., None]
    return pane * lead + 0.06 * (1 - lead)


def cracks(rng):
    """Dry mud, old varnish, crocodile skin."""
    index, _, edge = cells(rng, int(rng.choice([60, 200, 600])), rng.uniform(0, 0.6))
    tone = rng.uniform(-0.15, 0.15, index.max() + 1)[index]
    depth = warp(rng, np.clip(edge * rng.uniform(3, 12), 0, 1), rng.uniform(5, 25), 1.5)
    field = np.clip(0.5 + tone + 0.5 * (spectral(rng, 1) - 0.5), 0, 1)
    return colour(field, palette(rng)) * (0.15 + 0.85 * depth)[..., None]


def cobbles(rng):
    """Rounded stones or scales with light from one side."""
    index, _, edge = cells(rng, int(rng.choice([80, 250, 800])), rng.uniform(0, 0.9))
    height = np.minimum(edge, 0.4) * rng.uniform(5, 14)
    tone = unit(rng.uniform(0, 1, index.max() + 1)[index] + 0.6 * spectral(rng, 1.2))
    shade = lit(ndimage.gaussian_filter(height, 1), rng.uniform(0.5, 2.5), rng.uniform(0, 6.3))
    return (
        colour(tone, palette(rng))
        * shade[..., None]
        * (0.3 + 0.7 * np.clip(edge * 6, 0, 1))[..., None]
    )


def mosaic(rng):
    """Small stones laid after a picture of soft colours, with mortar between."""
    index, _, edge = cells(rng, int(rng.choice([400, 1000, 2500])), rng.uniform(0.5, 0.95))
    field = spectral(rng, rng.uniform(1.6, 2.4))
    mean = ndimage.mean(field, index, np.arange(index.max() + 1))
    tone = np.clip(mean + rng.normal(0, 0.08, len(mean)), 0, 1)[index]
    mortar = np.clip((edge - 0.08) * 9, 0, 1)[..., None]
    return colour(tone, palette(rng, 8)) * mortar + palette(rng, 3)[1] * (1 - mortar)


def facets(rng):
    """Low polygons: each cell a plane of its own slope."""
    index, _, _ = cells(rng, int(rng.choice([60, 200, 700])), 0)
    x, y = coordinates()
    slope = rng.normal(0, rng.uniform(0.5, 3), (index.max() + 1, 2))
    level = rng.uniform(0, 1, index.max() + 1)
    field = level[index] + slope[index][..., 0] * (x % 0.2) + slope[index][..., 1] * (y % 0.2)
    return colour(unit(field), palette(rng))


def bricks(rng):
    """Courses of bricks or tiles, uneven and weathered."""
    x, y = coordinates()
    rows, aspect = rng.uniform(8, 40), rng.uniform(1, 4)
    bend = 0.02 * (spectral(rng, 2) - 0.5)
    v = (y + bend) * rows
    u = (x + bend) * rows / aspect + 0.5 * (np.floor(v) % 2) * rng.integers(0, 2)
    key = (np.floor(u) * 131 + np.floor(v) * 57).astype(int) % 997
    tone = unit(rng.uniform(0, 1, 997)[key] + spectral(rng, 1) * rng.uniform(0.3, 2))
    gap = np.minimum(np.minimum(u % 1, 1 - u % 1) * aspect, np.minimum(v % 1, 1 - v % 1))
    mortar = np.clip((gap - rng.uniform(0.03, 0.12)) * 15, 0, 1)[..., None]
    return colour(tone, palette(rng)) * mortar + palette(rng, 3)[rng.integers(0, 3)] * (1 - mortar)


def weave(rng):
    """Cloth: threads over and under, plain or twill, lit on their backs."""
    x, y = coordinates()
    count = rng.uniform(14, 70)
    wobble = rng.uniform(0, 1.5) * (spectral(rng, 1.6) - 0.5)
    u, v = x * count + wobble, y * count * rng.uniform(0.6, 1.5) + wobble
    over = (np.floor(u) + rng.integers(1, 3) * np.floor(v)) % rng.integers(2, 5) < 1
    back = np.where(over, np.sin(np.pi * (u % 1)), np.sin(np.pi * (v % 1)))
    warp_tone = rng.uniform(0, 1, 400)[np.floor(u).astype(int) % 400]
    weft_tone = rng.uniform(0, 1, 400)[np.floor(v).astype(int) % 400]
    spread = rng.uniform(0, 1)
    tone = np.where(over, 0.7 + 0.3 * spread * warp_tone, 0.3 * (1 - spread * weft_tone))
    fluff = 0.8 + 0.4 * spectral(rng, 0.5)
    return colour(np.clip(tone, 0, 1), palette(rng)) * (0.3 + 0.7 * back * fluff)[..., None]


def stripes(rng):
    """Tartans and stripes, turned and softly bent."""
    x, y = coordinates()
    angle = rng.uniform(0, np.pi)
    u = x * np.cos(angle) + y * np.sin(angle) + rng.uniform(0, 0.2) * spectral(rng, 2.2)
    v = y * np.cos(angle) - x * np.sin(angle)
    table = np.repeat(rng.uniform(0, 1, 64), rng.integers(1, 9, 64))
    count = rng.uniform(60, 400)
    field = table[(u * count).astype(int) % len(table)]
    if rng.random() < 0.5:
        field = (field + table[(v * count).astype(int) % len(table)]) / 2
    return colour(field, palette(rng, 7)) * (0.9 + 0.2 * spectral(rng, 0.5))[..., None]


def ornament(rng):
    """A motif mirrored and repeated: wallpaper, tiles, embroidery."""
    motif = np.round(unit(spectral(rng, rng.uniform(1.4, 2)) + 0.1) * 5) / 5
    part = motif[: SIZE // 2, : SIZE // 2]
    n = int(rng.choice([2, 3, 5, 8]))
    part = ndimage.zoom(part, 1 / n, order=1)
    tile = np.block([[part, part[:, ::-1]], [part[::-1], part[::-1, ::-1]]])
    reps = SIZE // tile.shape[0] + 2
    field = np.tile(tile, (reps, reps))[:SIZE, :SIZE]
    return colour(field, palette(rng)) * (0.85 + 0.3 * spectral(rng, 1))[..., None]
