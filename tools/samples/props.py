"""Built things and trees of the harbour scene, as lists of flat faces and clouds of leaf dots.

A face is a pair (`points` n×3 in metres, `paint`); see `Frame.draw_face`.
"""

from itertools import pairwise

import numpy as np

from .noise import blend, fbm, value_noise

WHITE, RED, DARK = (0.82, 0.80, 0.75), (0.50, 0.09, 0.06), (0.045, 0.055, 0.07)


def plain(colour, grain=0.25, seed=0):
    """Paint of one `colour` with a fine weathered texture."""

    def paint(u, v):
        mottled = 1 - grain / 2 + grain * fbm(u * 1.3, v * 1.3 + 9, 4, seed + 201)
        return np.float32(colour) * mottled[..., None]

    return paint


def striped(colour, width, depth=0.35, seed=0):
    """Paint with a dark gap every `width` metres across `v`: planks, tile rows, sail seams."""

    def paint(u, v):
        board = np.floor(v / width)
        tone = 0.82 + 0.36 * value_noise(board, board + np.floor(u / 3.1), seed + 211)
        tone = tone * (0.9 + 0.2 * fbm(u * 0.8, v * 6, 3, seed + 221))
        gap = (v / width - board) < 0.14
        return np.float32(colour) * (tone * (1 - depth * gap))[..., None]

    return paint


def wall(colour, width, height, seed):
    """Boarded house wall with rows of framed windows and a door."""
    count, storeys = max(1, round(width / 2.7)), max(1, round(height / 2.9))
    cell, storey = width / count, height / storeys
    boards = striped(colour, 0.24, 0.12, seed)

    def paint(u, v):
        column, row = np.floor(u / cell), np.floor(v / storey)
        du = np.abs(u - (column + 0.5) * cell)
        dv = np.abs(v - (row + 0.54) * storey)
        door = (row == 0) & (column == seed % count) & (seed % 3 < 2)
        pane = (du < 0.44) & (dv < 0.66) & (row < storeys) & ~door
        frame = (du < 0.58) & (dv < 0.80) & (row < storeys) & ~door
        bar = (du < 0.05) | (np.abs(dv - 0.1) < 0.05)
        colours = blend(boards(u, v), WHITE, frame & ~(pane & ~bar))
        glass = value_noise(column * 3 + seed, row * 5, 231)[..., None] * 0.10
        colours = np.where((pane & ~bar)[..., None], np.float32(DARK) + glass, colours)
        opening = door & (du < 0.5) & (v < 2.1)
        return blend(colours, [0.16, 0.07, 0.04], opening)

    return paint


def placer(x, y, z, yaw):
    """Function that turns local (side, up, forward) corners by `yaw` and moves them to x, y, z."""
    turn = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    return lambda *corners: np.array(corners, float) @ turn.T + np.array([x, y, z])


def house(place, size, colours, seed):
    """Gabled house; `size` is width along the ridge, depth, wall height and roof height."""
    w, d, h, r = size[0] / 2, size[1] / 2, size[2], size[3]
    side, end = wall(colours[0], 2 * w, h, seed), wall(colours[0], 2 * d, h, seed + 1)
    tiles = striped(colours[1], 0.34, 0.3, seed)
    over, drop = 0.45, 0.45 * r / d
    faces = [
        (place((-w, -3, s * d), (w, -3, s * d), (w, 0, s * d), (-w, 0, s * d)), plain((0.3,) * 3))
        for s in (-1, 1)
    ]
    for s in (-1, 1):
        faces.append((place((-w, 0, s * d), (w, 0, s * d), (w, h, s * d), (-w, h, s * d)), side))
        gable = place(
            (s * w, 0, -d), (s * w, 0, d), (s * w, h, d), (s * w, h + r, 0), (s * w, h, -d)
        )
        faces.append((gable, end))
        eave, ridge = s * (d + over), h + r
        long = w + over
        roof = (-long, h - drop, eave), (long, h - drop, eave), (long, ridge, 0), (-long, ridge, 0)
        faces.append((place(*roof), tiles))
    chimney = place((w * 0.4, h + r * 0.5, d * 0.2))[0]
    return faces + prism(chimney, [(0.5, 0, RED), (0.5, r * 0.5 + 1.1, RED)], 4)


def prism(base, rings, sides, turn=0.0):
    """Stack of cone slices on `base`; each ring is (radius, height, colour of the slice below)."""
    angle = np.arange(sides + 1) * 2 * np.pi / sides + turn
    circle = np.stack([np.cos(angle), np.zeros(sides + 1), np.sin(angle)], axis=1)
    faces = []
    for (low, y_low, _), (high, y_high, colour) in pairwise(rings):
        bottom, top = base + circle * low + [0, y_low, 0], base + circle * high + [0, y_high, 0]
        paint = plain(colour)
        for k in range(sides):
            corners = [bottom[k], bottom[k + 1], top[k + 1], top[k]]
            faces.append((np.array(corners if high > 0 else corners[:3]), paint))
    return faces


def church(x, y, z, yaw):
    """White church with a copper-green spire."""
    nave = house(placer(x, y, z, yaw), (17, 9.5, 7, 6.5), (WHITE, (0.16, 0.15, 0.16)), 3)
    base = placer(x, y, z, yaw)((-10.5, 0, 0))[0]
    copper = (0.16, 0.27, 0.23)
    rings = [(4, -3, WHITE), (4, 19, WHITE), (4.5, 19.3, WHITE), (4.5, 20, WHITE), (0, 34, copper)]
    return nave + prism(base, rings, 4, np.pi / 4 - yaw)


def lighthouse(x, y, z):
    """White tower with red bands, gallery and lantern."""
    rings = [(3.4, -4, WHITE), (2.95, 6, WHITE), (2.65, 11, RED), (2.35, 16, WHITE)]
    rings += [(2.1, 20, RED), (3.1, 20.3, DARK), (3.1, 21, WHITE), (1.5, 21, DARK)]
    rings += [(1.5, 23.6, (0.55, 0.5, 0.32)), (2.0, 23.8, RED), (0, 26, RED)]
    return prism(np.array([x, y, z]), rings, 28)


def _hull(place, length, beam, board, colour):
    """Boat hull: two curved sides, open at the top, and a deck a little below the rim."""
    t = np.linspace(-1, 1, 15)
    half = (
        beam / 2 * np.clip(1 - np.abs(t) ** 2.6, 0, None) * np.where(t < 0, 0.8 + 0.2 * (1 + t), 1)
    )
    rim = board * (1 + 0.35 * t**2)
    faces = []
    for s in (-1, 1):
        top = place(*np.stack([t * length / 2, rim, s * half], axis=1))
        low = place(*np.stack([t * length / 2 * 0.93, 0 * t - 0.2, s * half * 0.6], axis=1))
        for k in range(14):
            corners = np.array([low[k], low[k + 1], top[k + 1], top[k]])
            faces.append((corners, striped(colour, 0.22, 0.25, 5)))
    deck = np.concatenate(
        [np.stack([t * length / 2, rim - 0.12, s * half], 1)[::s] for s in (1, -1)]
    )
    deck = deck[np.r_[0:15, 16:29]] * [0.97, 0.7, 0.92] + [0, 0.2 * board, 0]
    return [*faces, (place(*deck), striped((0.42, 0.28, 0.15), 0.25, 0.4, 6))]


def sailing_boat(x, z, yaw):
    """Small sloop with main sail and jib."""
    place = placer(x, 0, z, yaw)
    cloth = striped((0.90, 0.86, 0.76), 1.25, 0.12, 7)
    leech = [(-3.6 + 3.9 * t + 0.45 * np.sin(np.pi * t), 2 + 9.4 * t) for t in np.linspace(0, 1, 9)]
    main = place((0.3, 2, 0), *[(u, v, 0.5 * np.sin(v / 4)) for u, v in leech])
    jib = place((4.3, 1.3, 0), (0.75, 1.9, -0.3), (0.65, 8.6, -0.1))
    faces = _hull(place, 9.4, 2.8, 1.05, (0.06, 0.10, 0.22))
    mast = prism(place((0.4, 0.5, 0))[0], [(0.11, 0, WHITE), (0.07, 11.6, (0.4, 0.28, 0.16))], 6)
    boom = place((0.3, 1.75, 0), (-3.8, 1.75, 0), (-3.8, 1.95, 0), (0.3, 1.95, 0))
    return faces + mast + [(main, cloth), (jib, cloth), (boom, plain((0.35, 0.22, 0.12)))]


def rowing_boat(x, z, yaw, colour):
    """Open boat with three benches."""
    place = placer(x, 0, z, yaw)
    faces = _hull(place, 4.6, 1.7, 0.55, colour)
    for u in (-1.1, 0.1, 1.2):
        bench = place(
            (u, 0.56, -0.75), (u, 0.56, 0.75), (u + 0.3, 0.56, 0.75), (u + 0.3, 0.56, -0.75)
        )
        faces.append((bench, plain((0.5, 0.36, 0.2))))
    return faces


def jetty(start, end, width, y):
    """Plank walk on posts from `start` to `end` (x, z pairs)."""
    start, end = np.array(start, float), np.array(end, float)
    length = np.hypot(*(end - start))
    ahead = (end - start) / length
    yaw = np.arctan2(-ahead[1], ahead[0])
    place = placer(start[0], y, start[1], yaw)
    w = width / 2
    deck = place((0, 0, -w), (0, 0, w), (length, 0, w), (length, 0, -w))
    faces = [(deck, striped((0.36, 0.28, 0.21), 0.5, 0.45, 8))]
    for s in (-w, w):
        rim = place((0, -0.35, s), (length, -0.35, s), (length, 0, s), (0, 0, s))
        faces.append((rim, plain((0.22, 0.16, 0.11))))
        for along in np.arange(0.4, length, 3.4):
            foot = place((along, -y - 0.5, s * 1.07))[0]
            rings = [(0.17, 0, DARK), (0.17, y + 1.25, (0.24, 0.18, 0.13)), (0, y + 1.27, WHITE)]
            faces += prism(foot, rings, 8)
    front = place((length, -0.35, -w), (length, -0.35, w), (length, 0, w), (length, 0, -w))
    return [*faces, (front, plain((0.22, 0.16, 0.11)))]


def leaves(x, y, z, size, rng):
    """One broad-leaved tree `size` metres tall: dot positions, normals and colours, each n×3."""
    count = int(1100 + 60 * size)
    clump = rng.normal(size=(9, 3)) * [0.24, 0.22, 0.24]
    around = rng.normal(size=(count, 3))
    around /= np.linalg.norm(around, axis=1, keepdims=True)
    which = rng.integers(9, size=count)
    spread = 0.19 * rng.random((count, 1)) ** 0.3
    local = clump[which] + around * spread
    points = np.array([x, y + 0.6 * size, z]) + local * size
    normals = around + local * 2 + rng.normal(size=(count, 3)) * 0.25
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    tint = blend(
        np.float32([0.045, 0.10, 0.025]), [0.13, 0.17, 0.04], rng.random(1) * np.ones(count)
    )
    tint = tint * (0.6 + 0.8 * rng.random((count, 1))) * (0.55 + 1.6 * spread / 0.19 * 0.4)
    return points, normals, tint.astype(np.float32)
