"""Paint strokes one over the other on a canvas that keeps colours and paint thickness."""

import numpy as np

from .noise import value_noise


class Canvas:
    """`colour` H×W×3 float32 in 0–1 and `thickness` H×W, both changed by each stroke."""

    def __init__(self, ground):
        self.colour = np.array(ground, np.float32)
        self.thickness = np.zeros(self.colour.shape[:2], np.float32)

    def stroke(self, row, column, angle, size, bend, colour, load, number):
        """One bristly stroke centred at (`row`, `column`) pixels.

        `size` is (half length, half width) in pixels, `angle` in radians, `bend` the curvature in
        1/pixel, `load` the paint thickness; `number` picks the bristle pattern.
        """
        length, width = size
        bulge = width + 0.5 * abs(bend) * length**2 + 2
        down = int(abs(np.sin(angle)) * length + bulge)
        aside = int(abs(np.cos(angle)) * length + bulge)
        top, left = max(int(row) - down, 0), max(int(column) - aside, 0)
        window = slice(top, int(row) + down + 1), slice(left, int(column) + aside + 1)
        height, across = self.thickness[window].shape
        y = (np.arange(height, dtype=np.float32) + top - row)[:, None]
        x = (np.arange(across, dtype=np.float32) + left - column)[None]
        u = x * np.cos(angle) + y * np.sin(angle)
        v = y * np.cos(angle) - x * np.sin(angle) - 0.5 * bend * u * u
        u, v = u / length, v / width
        # The stroke starts round and ends ragged where the bristles leave the canvas.
        bristle = value_noise(v * 4.5 + 31.7 * number, u * 0.8 + 7.3 * number, 501)
        edge = 1 - u * u * np.where(u > 0, 0.75 + 0.75 * bristle, 1)
        body = np.clip(edge, 0, 1) ** 0.5 - np.abs(v)
        cover = np.clip(body * width * 0.8, 0, 1)
        ridge = load * (0.35 + 0.65 * bristle + 0.55 * np.maximum(np.abs(v) - 0.55, 0))
        tone = 1 + 0.34 * (bristle - 0.5)
        paint = np.float32(colour) * tone[..., None]
        here = self.colour[window]
        self.colour[window] = here + (paint - here) * cover[..., None]
        under = self.thickness[window]
        self.thickness[window] = under + (0.35 * under + ridge - under) * cover
