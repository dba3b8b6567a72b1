"""Painting-like pictures of kinds that are never trained on: the test set of the network.

They share eight palettes, so that a picture cannot be told from the others by its colours alone.
"""

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

from tools.textures.noise import spectral, warp
from tools.textures.palette import SIZE, colour, coordinates, lit, palette, unit
from tools.textures.strokes import SCALE, brush, shrink

PALETTES = 8


def paints(rng):
    """One of the PALETTES shared palettes (7, 3), its order of colours kept."""
    return palette(np.random.default_rng(9000 + rng.integers(PALETTES)), 7)


def motif(rng):
    """A composition: large shapes under a bright patch, (SIZE, SIZE) in 0..1."""
    x, y = coordinates()
    field = 0.5 * spectral(rng, 2.4) + 0.4 * (1 - y)
    for _ in range(rng.integers(2, 6)):
        cx, cy, r = rng.uniform(0, 1), rng.uniform(0, 1), rng.uniform(0.05, 0.25)
        shape = (
            np.maximum(abs(x - cx), abs(y - cy)) if rng.random() < 0.4 else np.hypot(x - cx, y - cy)
        )
        field = np.where(shape < r, rng.uniform(0, 1) * 0.7 + 0.3 * field, field)
    return np.clip(field, 0, 1)


def spiral_paint(rng):
    """Thick strokes that wind about several suns."""
    colours, field = paints(rng), motif(rng)
    picture = colour(field, colours)
    canvas = Image.fromarray((picture * 255).astype(np.uint8)).resize((SIZE * SCALE,) * 2)
    heights = Image.new("L", canvas.size, 100)
    centres, width = rng.uniform(0, SIZE, (rng.integers(3, 7), 2)), rng.uniform(5, 14)
    starts = rng.uniform(0, SIZE, (int(3 * SIZE**2 / (width**2 * 5)), 2))
    nearest = np.argmin(((starts[:, None] - centres[None]) ** 2).sum(-1), axis=1)
    delta = starts - centres[nearest]
    turn = np.linspace(0, 1, 6)[None] * 5 * width / np.maximum(np.hypot(*delta.T), width)[:, None]
    shift = delta[:, None, 0] * np.cos(turn) - delta[:, None, 1] * np.sin(turn)
    other = delta[:, None, 0] * np.sin(turn) + delta[:, None, 1] * np.cos(turn)
    curves = (np.stack([shift, other], -1) + centres[nearest][:, None]) * SCALE
    at = np.clip(starts, 0, SIZE - 1).astype(int)
    tones = picture[at[:, 1], at[:, 0]] + rng.normal(0, 0.09, (len(starts), 3))
    brush(rng, canvas, heights, curves, tones, width, 5)
    return shrink(canvas) * lit(shrink(heights), 2, 0.5)[..., None]


def woodblock(rng):
    """Flat inks with the grain of the board, dark key lines, bands of mist."""
    levels = rng.integers(4, 7)
    field = np.round(motif(rng) * levels) / levels
    grain = spectral(rng, 0.7, rng.uniform(15, 50), 0)
    edge = ndimage.gaussian_gradient_magnitude(field, rng.uniform(0.8, 1.6))
    picture = colour(field, paints(rng)) * (0.8 + 0.3 * grain)[..., None]
    return picture * (1 - np.clip(edge * 8, 0, 0.9))[..., None]


def watercolour(rng):
    """Washes with darker rims, blooms and the grain of the paper."""
    sheet = np.ones((SIZE, SIZE, 3))
    colours, wet = paints(rng), rng.uniform(10, 60)
    for tone in colours[rng.permutation(7)]:
        area = warp(rng, motif(rng), wet, 1.3) + 0.4 * (spectral(rng, 1.8) - 0.5)
        inside = 1 / (1 + np.exp(-60 * (area - rng.uniform(0.4, 0.7))))
        rim = ndimage.gaussian_gradient_magnitude(inside, 1.5) * rng.uniform(2, 7)
        bloom = 0.35 + 0.4 * spectral(rng, 1.2)
        sheet *= 1 - (inside * bloom + np.clip(rim, 0, 0.5))[..., None] * (1 - tone)
    return sheet * (0.92 + 0.1 * spectral(rng, 0.2))[..., None]


def knife(rng):
    """Slabs of paint pressed on with a knife: straight edges, streaks inside."""
    picture = colour(motif(rng), paints(rng))
    size, tilt = rng.uniform(14, 45), rng.uniform(0, np.pi)
    for _ in range(int(5 * SIZE**2 / (size * size * 2))):
        cx, cy = rng.integers(0, SIZE, 2)
        angle = tilt + rng.normal(0, 0.5)
        r = int(size * 1.6)
        y0, y1, x0, x1 = max(cy - r, 0), min(cy + r, SIZE), max(cx - r, 0), min(cx + r, SIZE)
        v, u = np.mgrid[y0 - cy : y1 - cy, x0 - cx : x1 - cx]
        along, across = u * np.cos(angle) + v * np.sin(angle), v * np.cos(angle) - u * np.sin(angle)
        slab = (np.abs(along) < size) & (np.abs(across) < size * 0.45)
        streak = rng.normal(0, 0.05, 64)[(across.astype(int)) % 64][..., None]
        ridge = 0.25 * (np.abs(across) > size * 0.4)[..., None]
        tone = np.clip(picture[cy, cx] + rng.normal(0, 0.07, 3), 0, 1)
        np.copyto(picture[y0:y1, x0:x1], tone + streak + ridge * tone, where=slab[..., None])
    return picture


def pastel(rng):
    """Chalk rubbed over rough paper: the colour stays on the tops of the grain."""
    colours, field = paints(rng), motif(rng)
    grain = spectral(rng, rng.uniform(0.2, 0.8), rng.choice([1, 3, 9]), rng.uniform(0, np.pi))
    soft = colour(ndimage.gaussian_filter(field, 3), colours)
    hold = np.clip((grain - rng.uniform(0.25, 0.6)) * rng.uniform(3, 10) + 0.5, 0, 1)[..., None]
    return soft * hold + colours[rng.integers(7)] * (1 - hold)


def splashes(rng):
    """Thrown paint: drips, threads and drops over each other."""
    colours = paints(rng)
    canvas = Image.new("RGB", (SIZE * SCALE,) * 2, tuple((colours[6] * 255).astype(int)))
    draw, thick = ImageDraw.Draw(canvas), rng.uniform(1, 7)
    for _ in range(rng.integers(60, 200)):
        tone = tuple((colours[rng.integers(6)] * 255).astype(int))
        walk = np.cumsum(np.cumsum(rng.normal(0, 1.2, (60, 2)), 0), 0) + rng.uniform(0, 1024, 2)
        draw.line([tuple(p) for p in walk], fill=tone, width=int(thick * rng.uniform(0.5, 3)) + 1)
        for x, y in walk[rng.integers(0, 60, 12)] + rng.normal(0, 25, (12, 2)):
            r = thick * rng.exponential(1.2)
            draw.ellipse([x - r, y - r, x + r, y + r], fill=tone)
    return shrink(canvas)


def batik(rng):
    """Dyed cloth with wax cracks and outlined rings."""
    x, y = coordinates()
    crackle = np.abs(spectral(rng, 1.1) - 0.5) < rng.uniform(0.008, 0.03)
    rings = np.sin(np.hypot((x % 0.25) - 0.125, (y % 0.25) - 0.125) * rng.uniform(60, 200))
    field = np.clip(0.6 * motif(rng) + 0.25 * np.sign(rings) * rng.integers(0, 2) + 0.1, 0, 1)
    field = warp(rng, field, rng.uniform(5, 40))
    return np.where(crackle[..., None], paints(rng)[0] * 0.6, colour(field, paints(rng)))


def comic(rng):
    """Printed colours: dots of three inks on turned screens, black lines."""
    x, y = coordinates()
    field, sheet = motif(rng), np.ones((SIZE, SIZE, 3))
    target, pitch = colour(np.round(field * 5) / 5, paints(rng)), rng.uniform(35, 80)
    for channel, angle in enumerate([0.26, 1.3, 0.0]):
        u, v = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
        dot = np.cos(2 * np.pi * pitch * u) * np.cos(2 * np.pi * pitch * v) * 0.5 + 0.5
        sheet[..., channel] = np.clip((target[..., channel] - dot) * 8 + 0.5, 0.1, 1)
    line = ndimage.gaussian_gradient_magnitude(np.round(field * 3), 1.2)
    return sheet * (1 - np.clip(line * 3, 0, 1))[..., None]


def fresco(rng):
    """Faded colours on plaster that has flaked away in places."""
    plaster = lit(spectral(rng, 1.0), rng.uniform(0.5, 3), 0.7)[..., None] * 0.85
    picture = colour(warp(rng, motif(rng), 12), paints(rng)) * 0.8 + 0.15
    loss = spectral(rng, rng.uniform(0.9, 1.6)) > rng.uniform(0.55, 0.85)
    return np.where(loss[..., None], plaster * [0.9, 0.87, 0.8], picture * plaster * 1.1)


def ribbons(rng):
    """Long bands that run beside each other, each with a shade and a rim."""
    field = warp(rng, spectral(rng, 2.6), rng.uniform(20, 120)) * rng.uniform(8, 30)
    index, inside = np.floor(field).astype(int), field % 1
    tones = paints(rng)[rng.integers(0, 7, index.max() + 2)]
    shade = 0.55 + 0.6 * unit(inside) * (inside < 0.93)
    return tones[index] * (shade + 0.1 * spectral(rng, 0.6))[..., None]


KINDS = {
    "spiral_paint": spiral_paint,
    "woodblock": woodblock,
    "watercolour": watercolour,
    "knife": knife,
    "pastel": pastel,
    "splashes": splashes,
    "batik": batik,
    "comic": comic,
    "fresco": fresco,
    "ribbons": ribbons,
}
