"""Curved surfaces drawn as dense clouds of points, and the soft shadows they cast."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

_COARSE = 25
_MOST = 1500


@dataclass(frozen=True)
class Surface:
    """A patch: `shape(u, v)` gives points (…×3 metres), `paint(u, v)` linear colours (…×3).

    `u` and `v` run over 0–1. `gloss` is the share of light mirrored head-on, `thin` the share of
    the light from behind that shines through.
    """

    shape: Callable
    paint: Callable
    gloss: float = 0.0
    thin: float = 0.0


def _grid(surface, spacing):
    """`u` and `v` (each n×m) so dense that neighbours are at most `spacing(z)` metres apart."""
    middle = (np.arange(_COARSE, dtype=np.float32) + 0.5) / _COARSE
    points = surface.shape(*np.meshgrid(middle, middle, indexing="ij"))
    step = spacing(float(points[..., 2].min()))
    counts = []
    for axis in (0, 1):
        edge = np.linalg.norm(np.diff(points, axis=axis), axis=-1)
        length = 1.1 * _COARSE * np.quantile(edge, 0.97)
        counts.append(int(np.clip(length / step, 3, _MOST)))
    u, v = ((np.arange(count, dtype=np.float32) + 0.5) / count for count in counts)
    return np.meshgrid(u, v, indexing="ij")


def cover(surfaces, spacing):
    """Surfaces' points as a dict: `point`, `normal` (n×3), `u`, `v` and `owner` (n)."""
    parts = {"point": [], "normal": [], "u": [], "v": [], "owner": []}
    for number, surface in enumerate(surfaces):
        u, v = _grid(surface, spacing)
        points = surface.shape(u, v).astype(np.float32)
        normal = np.cross(np.gradient(points, axis=0), np.gradient(points, axis=1))
        normal /= np.maximum(np.linalg.norm(normal, axis=-1, keepdims=True), 1e-20)
        parts["point"].append(points.reshape(-1, 3))
        parts["normal"].append(normal.reshape(-1, 3))
        parts["u"].append(u.ravel())
        parts["v"].append(v.ravel())
        parts["owner"].append(np.full(u.size, number, np.int32))
    return {name: np.concatenate(part) for name, part in parts.items()}


def draw(frame, surfaces, spread=0.6):
    """Draw `surfaces` into `frame`, points `spread` pixels apart.

    Returns the number of the surface that each pixel shows (H×W, -1 for none).
    """
    camera = frame.camera
    cloud = cover(surfaces, lambda z: spread * z / camera.focal)
    columns, rows = camera.project(cloud["point"])
    columns, rows = np.floor(columns).astype(np.int32), np.floor(rows).astype(np.int32)
    inside = (columns >= 0) & (columns < camera.width) & (rows >= 0) & (rows < camera.height)
    kept = np.flatnonzero(inside)
    kept = kept[np.argsort(-cloud["point"][kept, 2], kind="stable")]
    first = np.full((camera.height, camera.width), -1, np.int64)
    # Far points come first, so that the nearest one stays.
    first[rows[kept], columns[kept]] = kept
    depth = cloud["point"][first, 2]
    seen = (first >= 0) & (depth < frame.depth)
    owner = np.full(first.shape, -1, np.int32)
    owner[seen] = cloud["owner"][first[seen]]
    frame.depth[seen] = depth[seen]
    frame.normal[seen] = cloud["normal"][first[seen]]
    for number in np.unique(owner[seen]):
        place = owner == number
        chosen = first[place]
        frame.albedo[place] = surfaces[number].paint(cloud["u"][chosen], cloud["v"][chosen])
    return owner


class LightMap:
    """What a far light sees: the first surface along its rays on a grid of `cell` metres."""

    def __init__(self, toward, points, cell):
        toward = np.float32(toward) / np.linalg.norm(toward)
        side = np.cross(toward, [0.1, 1, 0.05])
        side /= np.linalg.norm(side)
        self.toward, self.cell = toward, cell
        self.axes = (np.stack([side, np.cross(side, toward)], axis=1) / cell).astype(np.float32)
        flat = points @ self.axes
        self.origin = np.floor([flat[:, 0].min(), flat[:, 1].min()]).astype(np.float32) - 1
        column, row = (flat - self.origin).astype(np.int32).T
        self.top = np.full((row.max() + 2, column.max() + 2), -1e9, np.float32)
        np.maximum.at(self.top, (row, column), points @ toward)

    def lit(self, points, bias):
        """True for the `points` (n×3) with nothing more than `bias` metres before them."""
        column, row = np.floor(points @ self.axes - self.origin).astype(np.int32).T
        row = np.clip(row, 0, self.top.shape[0] - 1)
        column = np.clip(column, 0, self.top.shape[1] - 1)
        return self.top[row, column] < points @ self.toward + bias


def cone(toward, spread, count, rng):
    """`count` unit directions around `toward`, evenly filling a disc of radius `spread` (n×3)."""
    number = np.arange(count) + 0.5
    angle = number * 2.399963 + rng.uniform(0, 2 * np.pi)
    radius = spread * np.sqrt(number / count)
    toward = np.float64(toward) / np.linalg.norm(toward)
    side = np.cross(toward, [0.1, 1, 0.05])
    side /= np.linalg.norm(side)
    across = radius * np.cos(angle), radius * np.sin(angle)
    rays = toward + across[0][:, None] * side + across[1][:, None] * np.cross(side, toward)
    return (rays / np.linalg.norm(rays, axis=1, keepdims=True)).astype(np.float32)
