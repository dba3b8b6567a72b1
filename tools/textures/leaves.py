"""Dead leaves: things in front of things, sizes without a scale, as in photographs.

The model of Matheron; Lee, Mumford, Huang (2001) show that it has the statistics of natural images.
"""

import numpy as np
from PIL import Image, ImageDraw

from tools.textures.noise import camouflage, clouds, fibres, leather, marble, spectral, three_noises
from tools.textures.palette import SIZE, colour, palette

SKINS = (clouds, fibres, leather, marble, three_noises, camouflage)


def radii(rng, n, small, large):
    """n radii with density r^-3 between small and large, the law that has no scale of its own."""
    u = rng.uniform(0, 1, n)
    return (small**-2 + u * (large**-2 - small**-2)) ** -0.5


def outline(rng, shape, radius):
    """Corners (k, 2) of one leaf around (0, 0), in pixels."""
    if shape == "ellipse":
        turn = np.linspace(0, 2 * np.pi, 24, endpoint=False)
        points = np.stack([np.cos(turn), np.sin(turn) * rng.uniform(0.3, 1)], axis=1)
    elif shape == "box":
        points = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * [1, rng.uniform(0.1, 0.9)]
    elif shape == "blade":
        turn = np.linspace(0, 2 * np.pi, 24, endpoint=False)
        points = np.stack([np.cos(turn), 0.3 * np.sin(turn) ** 3], axis=1)
    else:
        turn = np.linspace(0, 2 * np.pi, rng.integers(3, 12), endpoint=False)
        points = np.stack([np.cos(turn), np.sin(turn)], axis=1) * rng.uniform(
            0.4, 1, (len(turn), 1)
        )
    angle = rng.uniform(0, 2 * np.pi)
    spin = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return radius * points @ spin


def shading(radius, rng):
    """Light falling across one leaf: (2r, 2r) factors."""
    side = 2 * radius
    angle, depth = rng.uniform(0, 2 * np.pi), rng.uniform(0, 0.5)
    axis = np.linspace(-1, 1, side)
    return 1 + depth * (axis[:, None] * np.cos(angle) + axis[None, :] * np.sin(angle))


def lay(rng, picture, skins, tints, radius, shape):
    """Put one leaf on the picture (SIZE, SIZE, 3), in place."""
    r = int(np.ceil(radius)) + 1
    cx, cy = rng.integers(-r // 2, SIZE + r // 2, 2)
    mask = Image.new("L", (2 * r, 2 * r))
    ImageDraw.Draw(mask).polygon([tuple(p) for p in outline(rng, shape, radius) + r], fill=255)
    x0, y0, x1, y1 = max(cx - r, 0), max(cy - r, 0), min(cx + r, SIZE), min(cy + r, SIZE)
    if x0 >= x1 or y0 >= y1:
        return
    inside = (slice(y0 - cy + r, y1 - cy + r), slice(x0 - cx + r, x1 - cx + r))
    u, v = rng.integers(0, SIZE - (x1 - x0) + 1), rng.integers(0, SIZE - (y1 - y0) + 1)
    skin = skins[rng.integers(len(skins))][v : v + y1 - y0, u : u + x1 - x0]
    leaf = skin * 0.6 + 0.4 * tints[rng.integers(len(tints))]
    leaf = leaf * shading(r, rng)[inside][..., None]
    cover = np.asarray(mask)[inside][..., None] > 0
    np.copyto(picture[y0:y1, x0:x1], leaf, where=cover)


def dead_leaves(rng, shapes=("ellipse", "box", "blade", "blob"), small=None, skins=None):
    """Leaves with skins of their own, large ones few, small ones many; two to four skins."""
    small = small or rng.choice([2.0, 3.0, 5.0, 9.0])
    skins = skins or [SKINS[rng.integers(len(SKINS))](rng) for _ in range(rng.integers(2, 5))]
    tints = palette(rng, 8)
    picture = np.array(skins[0])
    shape = shapes[rng.integers(len(shapes))]
    sizes = radii(rng, int(min(9 * SIZE**2 / (np.pi * 12 * small**2), 4500)), small, 180)
    for radius in sizes:
        each = shapes[rng.integers(len(shapes))] if rng.random() < 0.15 else shape
        lay(rng, picture, skins, tints, radius, each)
    return picture


def flat_leaves(rng):
    """Cut paper: leaves of one flat colour each."""
    skins = [colour(np.full((SIZE, SIZE), t), palette(rng)) for t in (0.1, 0.5, 0.9)]
    return dead_leaves(rng, skins=skins)


def pebbles(rng):
    """Stones of nearly one size, shaded round."""
    skins = [SKINS[rng.integers(3)](rng) for _ in range(2)]
    small, tints = rng.uniform(6, 22), palette(rng, 6)
    picture = np.array(skins[0]) * 0.4
    for _ in range(int(5 * SIZE**2 / (np.pi * small**2))):
        lay(rng, picture, skins, tints, small * rng.uniform(0.8, 1.6), "ellipse")
    return picture


def foliage(rng):
    """Blades over darker blades: grass, leaves, feathers."""
    skins = [colour(spectral(rng, 1.2, 8, rng.uniform(0, 3)), palette(rng)) for _ in range(2)]
    tints, small = palette(rng, 8), rng.uniform(8, 30)
    picture = skins[0] * 0.5
    count = int(8 * SIZE**2 / (np.pi * small**2))
    for i in range(count):
        deep = 0.35 + 0.65 * i / count
        lay(
            rng,
            picture,
            [s * deep for s in skins] if i % 200 == 0 else skins,
            tints * deep,
            small * rng.uniform(0.6, 1.8),
            "blade",
        )
    return picture
