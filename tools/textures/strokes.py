"""Paint: strokes that follow a flow, with bristles and relief, over a ground of colour."""

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

from tools.textures.noise import spectral
from tools.textures.palette import SIZE, colour, coordinates, lit, palette

SCALE = 2  # strokes are drawn larger and shrunk, which smooths their edges


def flow(rng):
    """Directions (SIZE, SIZE) in radians: a drift bent by noise, or turning about centres."""
    angle = rng.uniform(0, np.pi) + rng.uniform(0.3, 5) * (spectral(rng, 2.2) - 0.5)
    if rng.random() < 0.5:
        return angle
    x, y = coordinates()
    for _ in range(rng.integers(1, 5)):
        cx, cy, radius = rng.uniform(0, 1), rng.uniform(0, 1), rng.uniform(0.1, 0.4)
        near = np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / radius**2)
        turn = np.arctan2(y - cy, x - cx) + np.pi / 2
        angle = angle * (1 - near) + turn * near
    return angle


def ground(rng):
    """What is painted: soft fields of colour (SIZE, SIZE, 3)."""
    field = spectral(rng, rng.uniform(1.4, 2.6), rng.choice([1, 2, 4]), rng.uniform(0, np.pi))
    return colour(field, palette(rng))


def paths(rng, angles, n, length, steps=6):
    """n curves along the flow: x, y in drawing pixels (n, steps, 2); length in picture pixels."""
    at = rng.uniform(-10, SIZE + 10, (n, 2))
    points = [at]
    wobble = rng.normal(0, 0.1, n)
    for _ in range(steps - 1):
        column, row = np.clip(at, 0, SIZE - 1).astype(int).T
        turn = angles[row, column] + wobble
        at = at + length / (steps - 1) * np.stack([np.cos(turn), np.sin(turn)], axis=1)
        points.append(at)
    return np.stack(points, axis=1) * SCALE


def shrink(canvas):
    """A drawing -> array in 0..1 at picture size."""
    return np.asarray(canvas.resize((SIZE, SIZE), Image.BOX), np.float32) / 255


def brush(rng, canvas, heights, curves, colours, width, bristles):
    """Draw each curve (steps, 2) as `bristles` lines side by side, each a shade of its colour."""
    draw, rise = ImageDraw.Draw(canvas), ImageDraw.Draw(heights)
    thick = max(1, round(1.6 * width * SCALE / bristles))
    offsets = (np.arange(bristles) - (bristles - 1) / 2) * width * SCALE / bristles
    shades = rng.normal(0, 9, (len(curves), bristles, 1))
    levels = np.clip(rng.normal(128, 50, (len(curves), bristles)), 0, 255).astype(int)
    for i, curve in enumerate(curves):
        along = curve[-1] - curve[0]
        normal = np.array([-along[1], along[0]]) / max(np.hypot(*along), 1e-6)
        tones = np.clip(colours[i] * 255 + shades[i], 0, 255).astype(int)
        for j, offset in enumerate(offsets):
            line = [tuple(point) for point in (curve + normal * offset)]
            draw.line(line, fill=tuple(tones[j]), width=thick)
            rise.line(line, fill=int(levels[i, j]), width=thick)


def paint(rng, picture, angles, width, ratio=5, jitter=0.06, bristles=4, relief=0.5, layers=2):
    """Repaint a picture (SIZE, SIZE, 3): `layers` coats of strokes, the last one finest.

    width in pixels, length = ratio * width; jitter is the spread of colour from stroke to stroke.
    """
    canvas = Image.fromarray((np.clip(picture, 0, 1) * 255).astype(np.uint8))
    canvas = canvas.resize((SIZE * SCALE, SIZE * SCALE))
    heights = Image.new("L", canvas.size, 110)
    for coat in range(layers):
        wide = width * 1.6 ** (layers - 1 - coat)
        count = int(1.6 * SIZE**2 / (wide * wide * ratio)) + 1
        curves = paths(rng, angles, count, wide * ratio)
        middle = np.clip(curves[:, 2] / SCALE, 0, SIZE - 1).astype(int)
        colours = picture[middle[:, 1], middle[:, 0]]
        colours = (
            colours + rng.normal(0, jitter, (count, 1)) + rng.normal(0, jitter / 2, (count, 3))
        )
        brush(rng, canvas, heights, curves, colours, wide, bristles)
    height = ndimage.gaussian_filter(shrink(heights), 0.7)
    return shrink(canvas) * lit(height, relief * 3, 0.8)[..., None]


def brushwork(rng):
    """Oil paint: any width, any flow."""
    width = rng.choice([3, 5, 8, 12, 18, 28])
    return paint(
        rng,
        ground(rng),
        flow(rng),
        width,
        ratio=rng.uniform(2, 9),
        jitter=rng.uniform(0.01, 0.14),
        bristles=int(np.clip(width / rng.choice([1.5, 3, 6]), 1, 12)),
        relief=rng.uniform(0, 1.2),
        layers=int(rng.integers(1, 4)),
    )


def dabs(rng):
    """Short broken touches laid side by side over a bare ground."""
    picture = ground(rng)
    bare = palette(rng, 3)[rng.integers(0, 3)] + np.zeros_like(picture)
    mixed = paint(
        rng, picture, flow(rng), rng.uniform(4, 12), rng.uniform(1.2, 2.5), 0.12, 2, 0.6, 1
    )
    covered = spectral(rng, 0.8) > rng.uniform(0.05, 0.4)
    return np.where(ndimage.median_filter(covered, 5)[..., None], mixed, bare)


def dry_brush(rng):
    """Dragged paint that leaves the canvas weave showing."""
    angle = rng.uniform(0, np.pi)
    picture = paint(rng, ground(rng), flow(rng), rng.uniform(10, 30), 6, 0.08, 10, 0.4, 1)
    x, y = coordinates()
    pitch = rng.uniform(60, 170)
    weave = np.sin(2 * np.pi * x * pitch) * np.sin(2 * np.pi * y * pitch)
    gap = spectral(rng, 1, 12, angle) + 0.25 * weave > rng.uniform(0.55, 0.85)
    under = palette(rng, 2)[rng.integers(0, 2)]
    return np.where(gap[..., None], under, picture * (1 + 0.06 * weave[..., None]))


def blended(rng):
    """Wet in wet: strokes smeared along the flow, few edges left."""
    picture = paint(rng, ground(rng), flow(rng), rng.uniform(8, 24), 4, 0.12, 3, 0, 2)
    soft = ndimage.gaussian_filter(picture, (rng.uniform(1, 4), rng.uniform(1, 4), 0))
    height = spectral(rng, 0.7, 10, rng.uniform(0, np.pi))
    return soft * lit(height, rng.uniform(0.1, 0.6), 0.8)[..., None]
