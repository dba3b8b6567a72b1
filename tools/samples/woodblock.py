"""Style picture: a woodblock print of breaking waves, islands and a low sun in a few flat inks."""

import numpy as np
from PIL import Image, ImageDraw
from scipy import interpolate, ndimage

from .noise import blend, fbm, pixel_grid, smoothstep

SIZE = (758, 534)
_OVERSAMPLE = 3
# Numbers in the drawing; paper and foam stay bare, every other one is an ink
# with its own block.
_PAPER, _FOAM, _PALE, _BLUE, _INDIGO, _OCHRE, _RED, _GREY = range(8)
_INKS = {
    _PALE: (0.56, 0.71, 0.72),
    _BLUE: (0.16, 0.35, 0.52),
    _OCHRE: (0.83, 0.63, 0.33),
    _RED: (0.78, 0.29, 0.17),
    _GREY: (0.47, 0.52, 0.52),
    _INDIGO: (0.07, 0.12, 0.26),
}
# Outline of a wave of height 1 that breaks to the right; x to the right, y up.
_BACK = [
    (-1.9, -0.05),
    (-1.2, 0.12),
    (-0.62, 0.44),
    (-0.2, 0.82),
    (0.22, 1.03),
    (0.62, 0.98),
    (0.93, 0.68),
]
_FACE = [
    (1.9, -0.05),
    (1.05, 0.02),
    (0.52, 0.16),
    (0.24, 0.44),
    (0.30, 0.70),
    (0.56, 0.80),
    (0.93, 0.68),
]


def _curve(corners, count):
    """Smooth curve of `count` points (n×2) through the given corners."""
    corners = np.array(corners, float)
    along = np.append(0, np.cumsum(np.hypot(*np.diff(corners, axis=0).T)))
    return interpolate.CubicSpline(along / along[-1], corners)(np.linspace(0, 1, count))


class _Block:
    """A drawing of ink numbers; coordinates in picture heights from the top left."""

    def __init__(self, width, height):
        self.image = Image.new("L", (width, height), _PAPER)
        self.pen = ImageDraw.Draw(self.image)
        self.scale = height

    def area(self, points, ink):
        """Fill a closed outline (n×2)."""
        self.pen.polygon([tuple(p) for p in np.asarray(points) * self.scale], fill=ink)

    def line(self, points, width, ink=_INDIGO):
        """Draw a line that swells in the middle and thins out at its ends, as a cut line does."""
        points = np.asarray(points) * self.scale
        ahead = np.gradient(points, axis=0)
        ahead /= np.hypot(*ahead.T)[:, None] + 1e-9
        swell = np.sin(np.pi * np.linspace(0.04, 0.96, len(points)))[:, None] ** 0.5
        side = ahead[:, ::-1] * [-1, 1] * swell * width * self.scale / 2
        outline = np.concatenate([points + side, (points - side)[::-1]])
        self.pen.polygon([tuple(p) for p in outline], fill=ink)

    def disc(self, centre, radius, ink, edge=0.0):
        """Fill a disc, with an outline `edge` wide if that is not 0."""
        x, y, r, e = (np.array([*centre, radius, edge]) * self.scale).tolist()
        if edge:
            self.pen.ellipse([x - r - e, y - r - e, x + r + e, y + r + e], fill=_INDIGO)
        self.pen.ellipse([x - r, y - r, x + r, y + r], fill=ink)


def _claw(foot, angle, length, curl):
    """Outline of one foam finger: a hook that starts at `foot` and bends by `curl` radians."""
    t = np.linspace(0, 1, 14)
    turn = angle + curl * t
    spine = foot + np.cumsum(np.stack([np.cos(turn), np.sin(turn)], 1), axis=0) * length / 14
    side = np.stack([-np.sin(turn), np.cos(turn)], 1) * (0.26 * length * (1 - t) ** 0.75)[:, None]
    return np.concatenate([spine + side, (spine - side)[::-1]])


def _foam(block, crest, size, flip, rng):
    """Foam along the `crest` (n×2), thin at its start: puffs, then fingers that reach forward."""
    count = len(crest)
    for k, foot in enumerate(crest):
        radius = size * (0.022 + 0.030 * k / count) * rng.uniform(0.75, 1.3)
        centre = foot + rng.normal(size=2) * 0.012 * size
        block.disc(centre, radius, _FOAM, 0.0024)
        if k % 3 == 0:
            block.disc(centre + radius * np.array([0.25 * flip, 0.3]), radius * 0.4, _PALE)
    for rank in range(2):
        for k in range(rank, count, 2 - rank):
            angle = rng.uniform(0.15, 1.35)
            length = size * (0.07 + 0.10 * k / count) * rng.uniform(0.7, 1.3)
            foot = crest[k] + rng.normal(size=2) * 0.022 * size
            angle = angle if flip > 0 else np.pi - angle
            finger = _claw(foot, angle, length, flip * rng.uniform(0.5, 1.5))
            block.area(finger, _FOAM)
            # The open foot of the finger melts into the foam behind it.
            block.line(finger[2:-2], 0.0036)


def _wave(block, foot, size, flip, inks, rng):
    """One breaking wave with its `foot` at (x, y), `size` high; `flip` is -1 to break leftward."""
    spot = np.array([flip, -1]) * size
    back, face = (np.array(foot) + _curve(side, 80) * spot for side in (_BACK, _FACE))
    deep = [np.array([face[0][0], 3]), np.array([back[0][0], 3])]
    block.area(np.concatenate([back, face[::-1], deep]), inks[0])
    bands = 15 if size > 0.5 else 9
    for band in range(1, bands, 2):
        left = back + (face - back) * (band - 0.42 + 0.05 * rng.normal()) / bands
        right = back + (face - back) * (band + 0.42 + 0.05 * rng.normal()) / bands
        stop = 70 - int(rng.integers(18))
        tip = (left[stop] + right[stop])[None] / 2
        block.area(np.concatenate([left[:stop], tip, right[:stop][::-1]]), inks[1 + band // 2 % 2])
    for band in range(bands):
        line = back + (face - back) * (band + 0.5) / bands
        block.line(line[int(rng.integers(3, 20)) : 72], 0.0028)
    block.line(back, 0.0075)
    block.line(face, 0.0065)
    block.line(face[8:60] + np.array([flip * 0.03, 0]) * size, 0.003)
    crest = np.concatenate([back[38:], face[-2:-12:-2]])
    _foam(block, crest, size, flip, rng)


def _swell(block, level, depth, inks, phase, rng):
    """A band of scalloped water across the whole print, `depth` high, its top at `level`."""
    x = np.linspace(-0.05, 1.5, 300)
    scallops = 0.30 * depth * np.abs(np.sin(3.4 * x / depth**0.35 + phase)) ** 1.6
    for row in range(6):
        top = level + row * depth / 5 - scallops
        block.area(
            np.concatenate([np.stack([x, top], 1), [(1.5, 3), (-0.05, 3)]]), inks[row % len(inks)]
        )
        start = 0
        while start < 290:
            stop = start + int(rng.integers(25, 90))
            block.line(np.stack([x, top], 1)[start:stop], 0.0045 if row == 0 else 0.003)
            start = stop + int(rng.integers(0, 6))


def _island(block, x, base, width, height, ink):
    """Steep little island with terraces and a few pines on top."""
    t = np.linspace(-1, 1, 60)
    top = (1 - np.abs(t) ** 2.4) * (0.75 + 0.25 * np.sin(5 * t + 9 * x)) * height
    outline = np.stack([x + t * width, base - top], 1)
    block.area(outline, ink)
    block.line(outline, 0.0035)
    for k in range(8, 52, 7):
        stroke = outline[k] + np.linspace(0, 1, 8)[:, None] * [0.012, 0.75 * top[k]]
        block.line(stroke, 0.003)
    for k in (20, 27, 33, 41):
        trunk = outline[k] + np.linspace(0, 1, 6)[:, None] * [0.006, -0.035]
        block.line(trunk, 0.004)
        for level in (0.6, 1.0):
            block.line(
                outline[k]
                + [[-0.018, -0.03 * level], [0.006, -0.042 * level], [0.024, -0.03 * level]],
                0.011,
            )


def _birds(block, rng):
    """A line of birds crossing the sky."""
    for k in range(7):
        centre = np.array([0.86 + 0.055 * k, 0.20 - 0.022 * k]) + rng.normal(size=2) * 0.009
        wing = 0.013 + 0.003 * (k % 3)
        t = np.linspace(-1, 1, 15)
        shape = np.stack([t * wing, -np.abs(np.sin(t * 2.2)) * wing * 0.6], 1)
        block.line(centre + shape, 0.0042)


def _drawing(width, height, rng):
    """The whole design as an H×W array of ink numbers."""
    block = _Block(width, height)
    block.disc((1.03, 0.44), 0.15, _RED)
    for level, left, right in [
        (0.36, 0.72, 1.12),
        (0.405, 0.95, 1.40),
        (0.30, 1.05, 1.36),
        (0.12, 0.10, 0.55),
    ]:
        t = np.linspace(left, right, 40)
        block.line(np.stack([t, level + 0.004 * np.sin(9 * t)], 1), 0.017, _PAPER)
    _island(block, 1.27, 0.56, 0.13, 0.17, _GREY)
    _island(block, 0.74, 0.57, 0.07, 0.07, _GREY)
    _swell(block, 0.55, 0.10, (_PALE, _FOAM), 0.4, rng)
    for x, size in [(1.36, 0.13), (1.12, 0.10), (0.86, 0.12)]:
        _wave(block, (x, 0.66), size, -1, (_PALE, _BLUE, _FOAM), rng)
    _swell(block, 0.66, 0.10, (_BLUE, _PALE), 1.6, rng)
    _wave(block, (1.22, 0.80), 0.27, -1, (_BLUE, _INDIGO, _PALE), rng)
    _wave(block, (0.34, 0.84), 0.66, 1, (_BLUE, _INDIGO, _PALE), rng)
    _swell(block, 0.84, 0.12, (_INDIGO, _BLUE, _PALE), 2.2, rng)
    _wave(block, (1.12, 0.97), 0.20, 1, (_PALE, _BLUE, _FOAM), rng)
    _wave(block, (0.60, 1.03), 0.19, 1, (_BLUE, _PALE, _INDIGO), rng)
    _swell(block, 0.97, 0.10, (_BLUE, _INDIGO), 0.9, rng)
    for _ in range(90):
        far, turn = 0.05 + rng.gamma(2.0, 0.06), rng.uniform(-1.5, 0.9)
        centre = np.array([0.90, 0.28]) + far * np.array([np.cos(turn), np.sin(turn)])
        block.disc(centre, rng.uniform(0.0012, 0.0042), _FOAM, 0.0012)
    _birds(block, rng)
    # A design is pasted face down on the block, so it prints the other way round.
    return np.array(block.image)[:, ::-1]


def _grain(columns, rows, seed):
    """Wood grain in 0–1, H×W: long wavy lines along the plank, with a knot or two."""
    bend = fbm(columns / 900, rows / 300, 3, seed) * 9
    rings = 0.5 + 0.5 * np.sin(rows / 10 + bend * 9)
    fibre = fbm(columns / 190, rows / 3.2, 3, seed + 5)
    return 0.5 * rings + 0.5 * fibre


def _print(drawing, rng):
    """Press the blocks one after the other on paper; H×W×3 in 0–1."""
    rows, columns = pixel_grid(*drawing.shape)
    height = drawing.shape[0]
    fibres = fbm(columns / 4, rows / 4, 4, 801) + 0.5 * fbm(columns / 60, rows / 1.8, 2, 811)
    paper = np.float32([0.945, 0.895, 0.785]) * (0.90 + 0.12 * fibres)[..., None]
    fade = smoothstep(0.18, 0.62, rows / height) * 0.55
    dusk = smoothstep(0.24, 0.0, rows / height) * 0.85
    sky = ndimage.binary_dilation(drawing == _PAPER, iterations=2) & (rows < 0.6 * height)
    picture = paper
    grain = _grain(columns, rows, 821)
    for tint, amount in [(_INKS[_OCHRE], fade), (_INKS[_BLUE], dusk)]:
        press = amount * (0.8 + 0.2 * grain) * sky
        picture = picture * blend(np.ones(3, np.float32), tint, press)
    for number, tint in _INKS.items():
        shift = rng.uniform(-3.5, 3.5, 2)
        plate = ndimage.shift(
            (drawing == number).astype(np.float32), shift, order=1, mode="nearest"
        )
        grain = _grain(columns + 700 * number, rows + 431 * number, 831)
        worn = smoothstep(0.16, 0.34, fbm(columns / 7, rows / 7, 4, 841 + number))
        press = plate * (0.74 + 0.26 * grain) * (0.72 + 0.28 * worn)
        picture = picture * blend(np.ones(3, np.float32), np.float32(tint) / 0.95, press)
    return picture


def render(seed=19):
    """Print the picture; returns a PIL RGB picture of `SIZE`."""
    rng = np.random.default_rng(seed)
    drawing = _drawing(SIZE[0] * _OVERSAMPLE, SIZE[1] * _OVERSAMPLE, rng)
    picture = _print(drawing, rng)
    small = picture.reshape(SIZE[1], _OVERSAMPLE, SIZE[0], _OVERSAMPLE, 3).mean(axis=(1, 3))
    return Image.fromarray((np.clip(small, 0, 1) * 255 + 0.5).astype(np.uint8))
