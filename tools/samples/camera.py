"""A level camera and its frame of depths, normals and surface colours."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

FAR = np.float32(1e6)


@dataclass(frozen=True)
class Camera:
    """Looks along +z from (0, `eye`, 0); metres in the world, pixels in the picture.

    A negative `eye` is the camera's mirror image below the water, which sees the reflections.
    """

    width: int
    height: int
    focal: float
    horizon: float
    eye: float

    def mirrored(self):
        """The camera below the water whose picture, upside down, fills the rows under horizon."""
        rows = self.height - int(self.horizon)
        return Camera(self.width, rows, self.focal, rows, -self.eye)

    def rays(self, rows=slice(None), columns=slice(None)):
        """Directions through the pixel centres, float32 h×w×3 with z = 1."""
        across = (np.arange(self.width, dtype=np.float32) + 0.5 - self.width / 2) / self.focal
        up = (self.horizon - np.arange(self.height, dtype=np.float32) - 0.5) / self.focal
        x, y = np.meshgrid(across[columns], up[rows])
        return np.stack([x, y, np.ones_like(x)], axis=-1)

    def project(self, points):
        """Picture columns and rows of world `points`, each of shape (n,)."""
        scale = self.focal / points[:, 2]
        columns = self.width / 2 + scale * points[:, 0]
        return columns, self.horizon - scale * (points[:, 1] - self.eye)


class Frame:
    """What one camera sees: `depth` H×W in metres, `normal` and `albedo` H×W×3 float32."""

    def __init__(self, camera):
        shape = (camera.height, camera.width)
        self.camera = camera
        self.depth = np.full(shape, FAR, np.float32)
        self.normal = np.zeros((*shape, 3), np.float32)
        self.albedo = np.zeros((*shape, 3), np.float32)

    def points(self):
        """World position of every pixel, H×W×3 metres (far away where nothing was drawn)."""
        return self.camera.rays() * self.depth[..., None] + np.float32([0, self.camera.eye, 0])

    def _window(self, columns, rows):
        """Slices of the pixels that the given outline may cover, or None if it is outside."""
        top, left = max(int(rows.min()), 0), max(int(columns.min()), 0)
        bottom = min(int(rows.max()) + 2, self.camera.height)
        right = min(int(columns.max()) + 2, self.camera.width)
        if top >= bottom or left >= right:
            return None
        return slice(top, bottom), slice(left, right)

    def draw_face(self, points, paint):
        """Draw a flat polygon of world `points` (n×3).

        `paint(u, v)` gives the colours (…×3, linear 0–1) at `u` metres along the first edge and
        `v` metres away from it.
        """
        columns, rows = self.camera.project(points)
        window = self._window(columns, rows)
        if window is None:
            return
        inside = Image.new(
            "1", (window[1].stop - window[1].start, window[0].stop - window[0].start)
        )
        outline = np.stack([columns - window[1].start - 0.5, rows - window[0].start - 0.5], axis=1)
        ImageDraw.Draw(inside).polygon([tuple(corner) for corner in outline], fill=1)
        along = points[1] - points[0]
        along = along / np.linalg.norm(along)
        away = points[-1] - points[0]
        away = away - along * (away @ along)
        away = away / np.linalg.norm(away)
        normal = np.cross(along, away)
        eye = np.array([0, self.camera.eye, 0])
        offset = (points[0] - eye) @ normal
        if offset > 0:
            normal, offset = -normal, -offset
        rays = self.camera.rays(*window)
        depth = offset / np.minimum(rays @ normal.astype(np.float32), -1e-6)
        position = rays * depth[..., None] + eye - points[0]
        above_water = position[..., 1] + points[0][1] > 0
        seen = np.array(inside) & (depth < self.depth[window]) & above_water
        self.depth[window][seen] = depth[seen]
        self.normal[window][seen] = normal
        self.albedo[window][seen] = paint(position[seen] @ along, position[seen] @ away)

    def draw_dots(self, points, normals, colours, size):
        """Draw square dots `size` metres wide (at least two pixels), the near over the far."""
        order = np.argsort(-points[:, 2])
        points, normals, colours = points[order], normals[order], colours[order]
        columns, rows = self.camera.project(points)
        reach = np.maximum(size * self.camera.focal / points[:, 2], 2)
        for step in np.ndindex(int(reach.max()) + 1, int(reach.max()) + 1):
            row, column = (rows + step[0]).astype(int), (columns + step[1]).astype(int)
            keep = (max(step) < reach) & (row >= 0) & (column >= 0) & (points[:, 1] > 0)
            keep &= (row < self.camera.height) & (column < self.camera.width)
            row, column = row[keep], column[keep]
            near = points[keep, 2] < self.depth[row, column]
            row, column, keep = row[near], column[near], np.flatnonzero(keep)[near]
            self.depth[row, column] = points[keep, 2]
            self.normal[row, column] = normals[keep]
            self.albedo[row, column] = colours[keep]
