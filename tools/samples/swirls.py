"""Style picture: thick swirling oil strokes, a sun and eddies of night air over ripe fields."""

import numpy as np
from PIL import Image
from scipy import ndimage

from .noise import blend, fbm, pixel_grid, relief, smoothstep
from .strokes import Canvas

SIZE = (720, 566)
_OVERSAMPLE = 2
# Eddies: centre x, y and radius in units of the picture's height, turning sense, core colour.
_EDDIES = [
    (0.84, 0.36, 0.36, 1, (1.00, 0.70, 0.14)),
    (0.26, 0.44, 0.25, -1, (0.50, 0.82, 0.78)),
    (0.30, 0.09, 0.15, 1, (0.22, 0.58, 0.78)),
    (1.20, 0.62, 0.12, -1, (0.96, 0.50, 0.14)),
    (0.55, 0.66, 0.10, 1, (0.95, 0.84, 0.46)),
]


def _hill(x):
    """Height of the skyline at `x`, both in picture heights from the top."""
    return 0.75 + 0.05 * np.sin(3.4 * x + 0.5) + 0.025 * np.sin(8 * x)


def _flow(x, y):
    """Stroke direction in radians at each point: round the eddies, along the waves of the land."""
    across, down = np.ones_like(x), 0.35 * np.sin(5 * x + 3 * y)
    for cx, cy, radius, sense, _ in _EDDIES:
        dx, dy = x - cx, y - cy
        pull = 5 * sense * np.exp(-((np.hypot(dx, dy) / radius) ** 2))
        away = np.hypot(dx, dy) + 0.02
        across = across - pull * (dy + 0.22 * dx) / away
        down = down + pull * (dx - 0.22 * dy) / away
    turn = 0.7 * (fbm(x * 3, y * 3, 2, 511) - 0.5)
    land = smoothstep(-0.01, 0.03, y - _hill(x))
    furrow = 0.75 * np.sin(3.1 * x - 5 * y + 1.2) + 0.15
    return np.arctan2(down, across) * (1 - land) + furrow * land + turn


def _tint(x, y):
    """Local colour (n×3, 0–1) of the composition at points in picture heights."""
    drift = fbm(x * 2.2, y * 4, 3, 521)
    colour = blend(np.float32([0.05, 0.12, 0.36]), [0.10, 0.38, 0.58], smoothstep(0.3, 0.72, drift))
    colour = blend(colour, [0.36, 0.66, 0.68], 0.8 * smoothstep(0.3, 0.75, y) * drift)
    for cx, cy, radius, _, core in _EDDIES:
        away = np.hypot(x - cx, y - cy) / radius
        turn = np.arctan2(y - cy, x - cx)
        # Bands with firm edges: half-way mixes of blue and yellow would be grey.
        band = smoothstep(-0.25, 0.25, np.sin(16 * away - 2 * turn))
        rim = blend(np.float32([0.16, 0.50, 0.62]), [0.46, 0.78, 0.70], drift)
        pale = blend(rim, core, smoothstep(0.88, 0.72, away))
        colour = blend(colour, pale, band * smoothstep(1.3, 1.1, away))
        colour = blend(colour, core, smoothstep(0.5, 0.36, away))
        colour = blend(colour, [1.0, 0.95, 0.70], smoothstep(0.24, 0.12, away))
    rows = fbm(x * 2 + 3, y * 9 - 2 * x, 3, 531)
    field = blend(np.float32([0.16, 0.30, 0.20]), [0.90, 0.62, 0.14], smoothstep(0.34, 0.56, rows))
    field = blend(field, [0.66, 0.26, 0.10], smoothstep(0.56, 0.70, rows))
    field = blend(field, [0.07, 0.13, 0.30], smoothstep(0.40, 0.30, rows))
    depth = y - _hill(x)
    far = blend(np.float32([0.07, 0.20, 0.38]), field, smoothstep(0.012, 0.06, depth))
    return blend(colour, far, smoothstep(-0.004, 0.004, depth))


def _vary(colour, rng):
    """Shift each stroke's colour (n×3) in brightness, warmth and, now and then, to an accent."""
    count = len(colour)
    colour = colour * (1 + 0.26 * rng.normal(size=(count, 1)))
    colour = colour + 0.05 * rng.normal(size=(count, 1)) * np.float32([1, 0.3, -1])
    accents = np.float32(
        [[0.98, 0.80, 0.34], [0.60, 0.84, 0.80], [0.03, 0.07, 0.26], [0.9, 0.42, 0.1]]
    )
    chosen = accents[rng.integers(4, size=count)]
    return np.clip(blend(colour, chosen, 0.5 * (rng.random(count) < 0.07)), 0.01, 1)


def _layer(canvas, count, length, width, load, rng):
    """Cover the canvas with `count` strokes of about the given half length and width (pixels)."""
    height, across = canvas.thickness.shape
    row, column = rng.random(count) * height, rng.random(count) * across
    x, y = column / height, row / height
    angle = _flow(x, y)
    ahead = _flow(x + 0.01 * np.cos(angle), y + 0.01 * np.sin(angle))
    turned = (ahead - angle + np.pi) % (2 * np.pi) - np.pi
    # Strokes get shorter where the flow turns fast, so that they follow the eddies.
    bend = np.clip(turned / (0.01 * height), -0.03, 0.03)
    long = length * np.exp(0.25 * rng.normal(size=count)) / (1 + 28 * np.abs(bend))
    wide = width * np.exp(0.22 * rng.normal(size=count))
    colour = _vary(_tint(x, y), rng)
    for k in range(count):
        size = max(long[k], 1.6 * wide[k]), wide[k]
        canvas.stroke(row[k], column[k], angle[k], size, bend[k], colour[k], load, k)


def render(seed=11):
    """Paint the picture; returns a PIL RGB picture of `SIZE`."""
    rng = np.random.default_rng(seed)
    width, height = SIZE[0] * _OVERSAMPLE, SIZE[1] * _OVERSAMPLE
    rows, columns = pixel_grid(height, width)
    canvas = Canvas(_tint(columns / height, rows / height) * 0.7)
    _layer(canvas, 1500, 88, 17, 1.0, rng)
    _layer(canvas, 2600, 56, 11, 0.9, rng)
    _layer(canvas, 2600, 34, 6, 0.8, rng)
    thick = canvas.thickness
    shade = relief(thick, 1.1) * (1 + 0.35 * (thick - ndimage.gaussian_filter(thick, 12)))
    gloss = np.clip(shade - 1.25, 0, 1)[..., None] * 0.35
    picture = canvas.colour * shade[..., None] + gloss
    small = picture.reshape(SIZE[1], _OVERSAMPLE, SIZE[0], _OVERSAMPLE, 3).mean(axis=(1, 3))
    return Image.fromarray((np.clip(small, 0, 1) * 255 + 0.5).astype(np.uint8))
