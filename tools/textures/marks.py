"""Pen, pencil, print: hatching, engraving, dots, halftone, scribbles, contours, fractals."""

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

from tools.textures.noise import spectral
from tools.textures.palette import SIZE, colour, coordinates, palette, unit
from tools.textures.strokes import SCALE, flow, ground, paths, shrink


def ink_and_paper(rng):
    """A dark and a light colour (3,), sometimes reversed."""
    colours = palette(rng, 6)
    return (
        (colours[0] * 0.5, colours[-1]) if rng.random() < 0.8 else (colours[-1], colours[0] * 0.5)
    )


def engraving(rng):
    """Lines that swell with the tone; one or two crossing sets."""
    x, y = coordinates()
    tone, pitch = spectral(rng, 2), rng.uniform(25, 90)
    ink, paper = ink_and_paper(rng)
    light = np.ones((SIZE, SIZE))
    for _ in range(rng.integers(1, 4)):
        angle = rng.uniform(0, np.pi)
        across = x * np.cos(angle) + y * np.sin(angle) + rng.uniform(0, 0.15) * spectral(rng, 2.3)
        wave = 0.5 + 0.5 * np.sin(2 * np.pi * pitch * across)
        light *= np.clip((wave - tone * rng.uniform(0.6, 1.1)) * 5 + 0.5, 0, 1)
    return ink + light[..., None] * (paper - ink)


def hatching(rng):
    """Pen strokes along a flow, denser in the shadows."""
    ink, paper = ink_and_paper(rng)
    canvas = Image.new("L", (SIZE * SCALE, SIZE * SCALE), 255)
    draw = ImageDraw.Draw(canvas)
    tone, length = spectral(rng, 2), rng.uniform(10, 60)
    for _ in range(rng.integers(1, 4)):
        curves = paths(rng, flow(rng), int(rng.uniform(20000, 90000) / length), length)
        start = np.clip(curves[:, 0] / SCALE, 0, SIZE - 1).astype(int)
        dark = tone[start[:, 1], start[:, 0]] > rng.uniform(0, 1, len(curves))
        for curve in curves[dark]:
            draw.line(
                [tuple(p) for p in curve], fill=int(rng.uniform(0, 120)), width=rng.integers(1, 5)
            )
    return ink + shrink(canvas)[..., None] * (paper - ink)


def pencil(rng):
    """Coloured pencils: many thin strokes of palette colours on grained paper."""
    canvas = Image.new("RGB", (SIZE * SCALE, SIZE * SCALE), (250, 246, 238))
    draw = ImageDraw.Draw(canvas)
    picture, length = ground(rng), rng.uniform(15, 70)
    curves = paths(rng, flow(rng), int(rng.uniform(60000, 200000) / length), length, 4)
    middle = np.clip(curves[:, 1] / SCALE, 0, SIZE - 1).astype(int)
    tones = np.clip(
        picture[middle[:, 1], middle[:, 0]] + rng.normal(0, 0.08, (len(curves), 3)), 0, 1
    )
    width = int(rng.integers(2, 6))
    for curve, tone in zip(curves, (tones * 255).astype(int), strict=True):
        draw.line([tuple(p) for p in curve], fill=tuple(tone), width=width)
    grain = 0.35 * (spectral(rng, 0.4) > 0.6)[..., None]
    return shrink(canvas) * (1 - grain) + 0.95 * grain


def discs(rng, picture, n, radius, spread, bare):
    """n dots coloured after the picture with some spread, (SIZE, SIZE, 3)."""
    canvas = Image.new("RGB", (SIZE * SCALE, SIZE * SCALE), tuple((bare * 255).astype(int)))
    draw = ImageDraw.Draw(canvas)
    at = rng.uniform(0, SIZE, (n, 2))
    tones = picture[at[:, 1].astype(int), at[:, 0].astype(int)] + rng.normal(0, spread, (n, 3))
    sizes = radius * rng.uniform(0.7, 1.3, n) * SCALE
    for (x, y), r, tone in zip(at * SCALE, sizes, np.clip(tones, 0, 1) * 255, strict=True):
        draw.ellipse([x - r, y - r, x + r, y + r], fill=tuple(tone.astype(int)))
    return shrink(canvas)


def dots(rng):
    """Points of pure colour laid over each other."""
    radius = rng.choice([1.5, 2.5, 4, 7, 12])
    n = int(min(rng.uniform(0.6, 3) * SIZE**2 / (np.pi * radius**2), 40000))
    return discs(rng, ground(rng), n, radius, rng.uniform(0.03, 0.2), palette(rng, 4)[3])


def halftone(rng):
    """Printed dots or squares on a turned grid, sized by the tone."""
    x, y = coordinates()
    angle, pitch = rng.uniform(0, np.pi / 2), rng.uniform(25, 100)
    u = (x * np.cos(angle) + y * np.sin(angle)) * pitch
    v = (y * np.cos(angle) - x * np.sin(angle)) * pitch
    dot = np.cos(2 * np.pi * u) + np.cos(2 * np.pi * v)
    light = np.clip((dot / 4 + 0.5 - spectral(rng, 2)) * 8 + 0.5, 0, 1)
    ink, paper = ink_and_paper(rng)
    return ground(rng) * 0.3 + 0.7 * (ink + light[..., None] * (paper - ink))


def scribbles(rng):
    """Loose loops of a pen or a marker."""
    _, paper = ink_and_paper(rng)
    canvas = Image.new("RGB", (SIZE * SCALE,) * 2, tuple((paper * 255).astype(int)))
    draw, colours = ImageDraw.Draw(canvas), (palette(rng, 5) * 255).astype(int)
    width = int(rng.choice([2, 3, 6, 12]))
    loop = rng.uniform(8, 60)
    for _ in range(int(rng.uniform(40, 160))):
        t = np.linspace(0, rng.uniform(10, 60), 150)
        drift = rng.normal(0, 1, (2, 2))
        x = rng.uniform(0, SIZE) + loop * np.cos(t + rng.uniform(0, 6)) + t * drift[0, 0] * 4
        y = rng.uniform(0, SIZE) + loop * np.sin(t * rng.uniform(0.7, 1.3)) + t * drift[0, 1] * 4
        points = [tuple(p) for p in np.stack([x, y], 1) * SCALE]
        draw.line(points, fill=tuple(colours[rng.integers(5)]), width=width)
    return shrink(canvas)


def contours(rng):
    """Level lines of a landscape: maps, agate, finger prints."""
    field = spectral(rng, rng.uniform(1.6, 2.4)) * rng.uniform(6, 40)
    line = np.abs((field % 1) - 0.5) * 2
    if rng.random() < 0.5:
        return colour(field % 1, palette(rng))
    ink, paper = ink_and_paper(rng)
    light = np.clip(line * rng.uniform(1, 4), 0, 1)[..., None]
    return ink + light * (colour(unit(field), palette(rng)) * 0.5 + 0.5 * paper - ink)


def julia(rng):
    """A Julia set near the border of the Mandelbrot set, coloured by escape time."""
    x, y = coordinates()
    turn, zoom = rng.uniform(0, 2 * np.pi), rng.uniform(0.6, 3)
    z = ((x - 0.5) + 1j * (y - 0.5)) * zoom
    root = np.exp(1j * turn)
    c = (root / 2 - root**2 / 4) * rng.uniform(1.01, 1.08)
    escape = np.zeros((SIZE, SIZE))
    for _ in range(50):
        z = np.where(np.abs(z) < 4, z * z + c, z)
        escape += np.abs(z) < 4
    smooth = escape - np.log2(np.maximum(np.log2(np.maximum(np.abs(z), 1.01)), 1e-3))
    return colour((smooth / rng.uniform(4, 20)) % 1, palette(rng))


def gradients(rng):
    """Soft light and nothing else, perhaps with paper grain."""
    field = ndimage.gaussian_filter(spectral(rng, 3), 12)
    picture = colour(unit(field), palette(rng, 3))
    return picture + rng.uniform(0, 0.08) * (spectral(rng, rng.uniform(0, 1))[..., None] - 0.5)
