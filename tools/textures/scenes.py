"""Pictures of something: hills, towns, things on a table; plain, painted or dotted."""

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

from tools.textures.leaves import SKINS
from tools.textures.marks import discs
from tools.textures.noise import spectral
from tools.textures.palette import SIZE, colour, coordinates, lit, palette
from tools.textures.strokes import flow, paint


def ridge(rng, rough):
    """A skyline: SIZE heights in 0..1, the rougher the more jagged."""
    frequency = np.maximum(np.fft.rfftfreq(SIZE) * SIZE, 1)
    spectrum = np.fft.rfft(rng.standard_normal(SIZE)) / frequency**rough
    line = np.fft.irfft(spectrum, SIZE)
    return (line - line.min()) / max(np.ptp(line), 1e-9)


def hills(rng):
    """Sky, clouds and ridges that fade with distance."""
    _, y = coordinates()
    sky, land = palette(rng, 5), palette(rng, 8)
    picture = colour(np.clip(y + 0.5 * (spectral(rng, 1.8, 4) - 0.5), 0, 1), sky)
    layers = rng.integers(2, 7)
    for layer in range(layers):
        near = (layer + 1) / layers
        top = 0.3 + 0.6 * near - rng.uniform(0.05, 0.3) * ridge(rng, rng.uniform(1, 2))
        skin = SKINS[rng.integers(len(SKINS))](rng) if rng.random() < 0.4 else None
        tone = spectral(rng, rng.uniform(0.8, 1.6), rng.choice([1, 3, 8])) * 0.6 + 0.2
        ground = colour(tone, land) if skin is None else skin * 0.5 + 0.5 * land[rng.integers(8)]
        mixed = ground * near + sky[-1] * (1 - near)
        picture = np.where((y > top[None, :])[..., None], mixed, picture)
    return picture


def town(rng):
    """House fronts with windows under a sky."""
    picture = hills(rng)
    canvas = Image.fromarray((np.clip(picture, 0, 1) * 255).astype(np.uint8))
    draw, walls = ImageDraw.Draw(canvas), (palette(rng, 10) * 255).astype(int)
    pane = tuple((palette(rng, 4)[rng.integers(4)] * 255).astype(int))
    for depth in np.linspace(0.35, 0.9, rng.integers(2, 5)):
        x = -20
        while x < SIZE:
            width = int(rng.uniform(25, 110))
            top = int(SIZE * (depth - rng.uniform(0.05, 0.3)))
            wall = tuple(walls[rng.integers(10)])
            draw.rectangle([x, top, x + width, SIZE], fill=wall)
            roof = [(x - 4, top), (x + width // 2, top - rng.integers(0, 50)), (x + width + 4, top)]
            draw.polygon(roof, fill=tuple(walls[rng.integers(10)]))
            step = int(rng.uniform(12, 26))
            for wy in range(top + 8, SIZE, step):
                for wx in range(x + 6, x + width - 8, step):
                    draw.rectangle([wx, wy, wx + step // 2, wy + step // 2], fill=pane)
            x += width + int(rng.uniform(0, 15))
    fronts = np.asarray(canvas, np.float32) / 255
    return fronts * (0.7 + 0.6 * spectral(rng, 1.2))[..., None]


def ball(x, y, cx, cy, radius, light):
    """Mask and light of a sphere seen from the front, arrays (SIZE, SIZE)."""
    u, v = (x - cx) / radius, (y - cy) / radius
    inside = u * u + v * v < 1
    depth = np.sqrt(np.clip(1 - u * u - v * v, 0, 1))
    glow = np.clip(u * light[0] + v * light[1] + depth * light[2], 0, 1)
    return inside, 0.2 + 0.8 * glow + 0.5 * glow**30


def still_life(rng):
    """Spheres with skins on a table against a wall, soft shadows under them."""
    x, y = coordinates()
    skins = [SKINS[rng.integers(len(SKINS))](rng) for _ in range(3)]
    edge = rng.uniform(0.3, 0.6)
    picture = np.where((y > edge)[..., None], skins[0], skins[1] * 0.8)
    light = np.array([rng.uniform(-0.8, 0.8), -0.5, 0.6])
    light = light / np.linalg.norm(light)
    tints = palette(rng, 6)
    for cy in np.sort(rng.uniform(edge - 0.05, 1, rng.integers(4, 16))):
        cx, radius = rng.uniform(0, 1), rng.uniform(0.04, 0.18)
        shadow = ((x - cx + light[0] * radius) / 1.3) ** 2 + ((y - cy - radius) * 2.5) ** 2
        picture = picture * (1 - 0.6 * np.exp(-shadow / radius**2 * 2))[..., None]
        inside, glow = ball(x, y, cx, cy, radius, light)
        skin = skins[2] * 0.5 + 0.5 * tints[rng.integers(6)]
        picture = np.where(inside[..., None], skin * glow[..., None], picture)
    return picture


SCENES = (hills, town, still_life)


def some_scene(rng):
    """One of the scenes."""
    return SCENES[rng.integers(len(SCENES))](rng)


def edge_flow(rng, picture):
    """Directions along the edges of a picture, with a drift where it is flat."""
    grey = ndimage.gaussian_filter(picture.mean(-1), 4)
    dy, dx = np.gradient(grey)
    drift = flow(rng)
    calm = np.exp(-np.hypot(dx, dy) * 150)
    return np.arctan2(dx, -dy) * (1 - calm) + drift * calm


def painted_scene(rng):
    """A scene in oil: strokes along the edges, with relief."""
    picture = some_scene(rng)
    width = rng.choice([3, 5, 8, 12, 18])
    return paint(
        rng,
        picture,
        edge_flow(rng, picture),
        width,
        ratio=rng.uniform(2, 7),
        jitter=rng.uniform(0.02, 0.12),
        bristles=int(np.clip(width / 2, 1, 8)),
        relief=rng.uniform(0.1, 1),
        layers=int(rng.integers(1, 4)),
    )


def dotted_scene(rng):
    """A scene in points of colour."""
    radius = rng.choice([2, 3, 5, 8])
    n = int(min(2.5 * SIZE**2 / (np.pi * radius**2), 40000))
    return discs(rng, some_scene(rng), n, radius, rng.uniform(0.05, 0.2), palette(rng, 4)[3])


def inked_scene(rng):
    """A scene in few flat colours with dark outlines."""
    picture = ndimage.median_filter(some_scene(rng), (5, 5, 1))
    levels = rng.integers(3, 7)
    flat = np.round(picture * levels) / levels
    grey = ndimage.gaussian_filter(picture.mean(-1), rng.uniform(1, 2.5))
    line = np.clip(ndimage.gaussian_gradient_magnitude(grey, 1) * rng.uniform(15, 50), 0, 1)
    return flat * (1 - line)[..., None]


def hazy_scene(rng):
    """A scene out of focus in places, with the grain of a film."""
    picture = some_scene(rng)
    soft = ndimage.gaussian_filter(picture, (5, 5, 0))
    near = spectral(rng, 2.5)[..., None]
    shade = lit(spectral(rng, 0.3), rng.uniform(0, 0.3), 0)
    return (picture * near + soft * (1 - near)) * shade[..., None]
