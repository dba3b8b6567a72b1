"""Style picture: a sunny river meadow in dots of pure colour that mix in the eye."""

import numpy as np
from PIL import Image

from .noise import blend, fbm, pixel_grid, smoothstep, value_noise

SIZE = (740, 590)
_OVERSAMPLE = 2
_INKS = np.float32([
    (0.99, 0.95, 0.78), (0.99, 0.86, 0.30), (0.98, 0.66, 0.14), (0.93, 0.40, 0.14),
    (0.84, 0.16, 0.16), (0.92, 0.50, 0.58), (0.60, 0.26, 0.56), (0.32, 0.22, 0.58),
    (0.12, 0.22, 0.60), (0.20, 0.46, 0.80), (0.52, 0.74, 0.92), (0.10, 0.54, 0.56),
    (0.06, 0.36, 0.24), (0.28, 0.58, 0.20), (0.66, 0.78, 0.22), (0.80, 0.86, 0.94),
])  # fmt: skip


def _tree(colour, x, y, base, size, spread, seed):
    """Lay one round tree and its long shadow over `colour`; `base` is the foot (x, y)."""
    dx, dy = x - base[0], y - base[1]
    shadow = np.abs(dy + 0.16 * dx - 0.012) < 0.028 * size + 0.02 * (
        fbm(x * 30, y * 30, 2, seed) - 0.3
    )
    reach = smoothstep(1.15 * size, 1.0 * size, -dx) * (dx < 0.02)
    colour = blend(colour, [0.16, 0.24, 0.50], 0.75 * shadow * reach)
    trunk = (np.abs(dx - 0.05 * dy) < 0.026 * size) & (dy < 0) & (dy > -0.6 * size)
    colour = blend(colour, [0.36, 0.16, 0.34], trunk)
    ragged = 0.55 * (fbm(x * 14 / size**0.5, y * 14 / size**0.5, 4, seed + 1) - 0.5)
    up = dy / size + 0.66
    crown = (dx / (spread * size)) ** 2 + (up / 0.42) ** 2 + 1.6 * ragged < 1
    clump = fbm(x * 9 / size**0.5, y * 12 / size**0.5, 3, seed + 2) - 0.5
    light = 0.45 * dx / (spread * size) - 0.45 * up / 0.42 + 2.8 * clump
    leaf = blend(np.float32([0.08, 0.18, 0.42]), [0.06, 0.38, 0.26], smoothstep(-0.9, -0.4, light))
    leaf = blend(leaf, [0.30, 0.58, 0.20], smoothstep(-0.25, 0.2, light))
    leaf = blend(leaf, [0.74, 0.80, 0.22], smoothstep(0.4, 0.75, light))
    return blend(colour, leaf, crown)


def _scene(x, y):
    """Colour field (…×3, 0–1) of the meadow; `x`, `y` in picture heights from the top left."""
    glow = np.exp(-((np.hypot(x - 0.98, (y - 0.24) * 1.15) / 0.34) ** 2))
    colour = blend(np.float32([0.34, 0.58, 0.86]), [0.92, 0.82, 0.74], smoothstep(0.02, 0.45, y))
    cloud = fbm(x * 2.6, y * 6.5, 4, 701)
    colour = blend(colour, [0.97, 0.86, 0.86], 0.8 * smoothstep(0.5, 0.66, cloud))
    colour = blend(colour, [1.0, 0.84, 0.46], 0.9 * glow)
    colour = blend(colour, [1.0, 0.97, 0.80], np.hypot(x - 0.98, y - 0.24) < 0.055)
    for line, tint, seed in [(0.41, (0.48, 0.50, 0.78), 711), (0.46, (0.24, 0.44, 0.56), 721)]:
        ridge = line - 0.10 * (fbm(x * 2.4, x * 0, 3, seed) - 0.35)
        colour = blend(colour, tint, smoothstep(-0.003, 0.003, y - ridge))
    near = smoothstep(0.46, 1.0, y)
    grass = blend(np.float32([0.74, 0.76, 0.30]), [0.34, 0.58, 0.20], near)
    grass = blend(grass, [0.92, 0.80, 0.28], smoothstep(0.52, 0.7, fbm(x * 3, y * 9, 3, 731)))
    colour = blend(colour, grass, smoothstep(-0.003, 0.003, y - 0.475 - 0.01 * np.sin(6 * x)))
    bank = 1.02 - 0.52 * near**0.6 + 0.07 * np.sin(near**0.6 * 7)
    wide = 0.022 + 0.20 * near
    river = smoothstep(-0.01, 0.01, wide - np.abs(x - bank)) * (y > 0.485)
    ripple = smoothstep(0.42, 0.62, fbm(x * 5, y * 34, 3, 741))
    water = blend(
        np.float32([0.22, 0.46, 0.78]), [0.98, 0.84, 0.56], ripple * (0.35 + 0.65 * (1 - near))
    )
    colour = blend(colour, water, river)
    for foot, size, spread in [((0.60, 0.50), 0.12, 0.3), ((0.68, 0.505), 0.16, 0.2),
                               ((0.50, 0.51), 0.15, 0.42), ((1.20, 0.53), 0.24, 0.36)]:  # fmt: skip
        colour = _tree(colour, x, y, foot, size, spread, 751)
    flowers = smoothstep(0.66, 0.70, value_noise(x * 48, y * 70, 761)) * smoothstep(0.6, 0.75, y)
    bloom = blend(
        np.float32([0.90, 0.16, 0.20]), [0.98, 0.90, 0.86], fbm(x * 4, y * 4, 2, 771) > 0.52
    )
    colour = blend(colour, bloom, flowers * (1 - river))
    return _tree(colour, x, y, (0.25, 0.80), 0.72, 0.34, 781)


def _divide(colour, rng):
    """Choose an ink (n×3) for each local colour (n×3) so that neighbours mix to it.

    The draw prefers near inks; one dot in nine takes the complement's side to set it vibrating.
    """
    pushed = colour + 0.10 * rng.normal(size=colour.shape)
    opposite = rng.random(len(colour)) < 0.11
    pushed[opposite] = (1.15 * colour.mean(axis=1, keepdims=True) * 1.6 - 0.75 * colour)[opposite]
    away = ((pushed[:, None] - _INKS[None]) ** 2 * [0.9, 1.2, 0.7]).sum(axis=-1)
    scores = -away / 0.022 + rng.gumbel(size=away.shape)
    return _INKS[scores.argmax(axis=1)]


def _dab(picture, row, column, radius, colour, squash):
    """Set one dot with a soft edge; `squash` flattens it a little, as a brush tip does."""
    reach = int(radius * 1.3) + 2
    top, left = max(int(row) - reach, 0), max(int(column) - reach, 0)
    window = picture[top : int(row) + reach + 1, left : int(column) + reach + 1]
    y = (np.arange(window.shape[0], dtype=np.float32) + top - row)[:, None]
    x = (np.arange(window.shape[1], dtype=np.float32) + left - column)[None]
    away = np.sqrt((x * squash) ** 2 + (y / squash) ** 2 + 0.35 * x * y * (squash - 1))
    cover = np.clip(radius - away + 0.5, 0, 1)[..., None]
    rim = 1.02 - 0.07 * np.clip(away / radius, 0, 1) ** 3
    window += (colour * rim[..., None] - window) * cover


def _layer(picture, spacing, radius, rng):
    """Cover the picture with dots about `spacing` apart and `radius` wide (pixels)."""
    height, width = picture.shape[:2]
    rows, columns = np.mgrid[0:height:spacing, 0:width:spacing].astype(np.float32)
    row = rows.ravel() + rng.uniform(-0.6, 0.6, rows.size) * spacing
    column = columns.ravel() + rng.uniform(-0.6, 0.6, rows.size) * spacing
    colour = _divide(_scene(column / height, row / height), rng)
    sizes = radius * rng.uniform(0.78, 1.22, rows.size)
    squash = rng.uniform(0.85, 1.18, rows.size)
    for k in rng.permutation(rows.size):
        if 0 <= row[k] < height and 0 <= column[k] < width:
            _dab(picture, row[k], column[k], sizes[k], colour[k], squash[k])


def render(seed=17):
    """Paint the meadow; returns a PIL RGB picture of `SIZE`."""
    rng = np.random.default_rng(seed)
    width, height = SIZE[0] * _OVERSAMPLE, SIZE[1] * _OVERSAMPLE
    rows, columns = pixel_grid(height, width)
    weave = 0.93 + 0.07 * fbm(columns / 3, rows / 3, 2, 791)[..., None]
    picture = (np.float32([0.93, 0.89, 0.78]) * weave).astype(np.float32)
    _layer(picture, 11.0, 7.5, rng)
    _layer(picture, 12.5, 6.0, rng)
    small = picture.reshape(SIZE[1], _OVERSAMPLE, SIZE[0], _OVERSAMPLE, 3).mean(axis=(1, 3))
    return Image.fromarray((np.clip(small, 0, 1) * 255 + 0.5).astype(np.uint8))
