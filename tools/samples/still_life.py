"""A content picture: flowers in a vase and fruit on a linen cloth, lit by a window."""

import numpy as np

from . import fruit
from .camera import FAR, Camera, Frame
from .film import develop
from .noise import blend, fbm, smoothstep
from .shapes import unit
from .surfels import LightMap, cone, cover, draw

SIZE = (384, 500)
_OVERSAMPLE = 2
_WINDOW = unit([-0.80, 0.50, -0.42])
_DAYLIGHT = np.float32([2.7, 2.4, 1.95])
_ROOM = np.float32([0.20, 0.20, 0.22])
_EDGE, _WALL = 1.31, 2.5
_STALK = (0.06, 0.11, 0.03)
_FLOWERS = [
    ((-0.105, 0.40, 1.50), (-0.6, 0.5, -0.8), 0.050, (0.74, 0.30, 0.24)),
    ((0.020, 0.475, 1.53), (0.0, 0.7, -0.7), 0.054, (0.80, 0.72, 0.62)),
    ((0.105, 0.385, 1.47), (0.5, 0.4, -0.9), 0.050, (0.66, 0.14, 0.11)),
    ((-0.015, 0.355, 1.43), (-0.15, 0.15, -1), 0.056, (0.80, 0.50, 0.14)),
    ((-0.085, 0.505, 1.57), (-0.4, 0.8, -0.4), 0.042, (0.80, 0.70, 0.58)),
]


def _bouquet(mouth, rng):
    """Flowers on stalks and leafy twigs, all from the vase's `mouth`."""
    things = []
    for middle, face, size, colour in _FLOWERS:
        middle = np.float32(middle)
        back = middle - unit(face) * 0.05
        path = fruit.bend(mouth, [middle[0] * 0.3, middle[1] - 0.02, mouth[2]], back)
        path = np.concatenate([path, [middle]])
        things.append(fruit.Surface(fruit.tube(path, np.full(13, 0.002)), fruit.flat(_STALK)))
        things += fruit.flower(middle, face, size, colour, rng)
    ends = [(-0.19, 0.43, 1.55), (0.19, 0.47, 1.56), (0.085, 0.56, 1.6), (-0.155, 0.30, 1.42)]
    ends += [(0.165, 0.31, 1.44), (-0.03, 0.57, 1.6), (0.07, 0.30, 1.4)]
    for end in ends:
        things += fruit.spray(mouth, end, np.float32([0, 0.05, 0]), 13, rng)
    return things


def _things(rng):
    """Every surface of the scene except table and wall."""
    things = fruit.cloth(-0.20, 0.20, 1.60, _EDGE, 0.12)
    things += fruit.vase((-0.03, 0.008, 1.52), 0.26)
    things += _bouquet(np.float32([-0.03, 0.245, 1.52]), rng)
    things += fruit.apple((0.125, 0.006, 1.50), 0.041, (0.25, 1, -0.15), 1)
    things += fruit.apple((0.085, 0.012, 1.405), 0.039, (-0.45, 0.9, -0.30), 2)
    things += fruit.orange((-0.145, 0.004, 1.46), 0.041, (0.4, 0.7, -0.6), 3)
    things += fruit.orange((0.205, 0.0, 1.43), 0.038, (-0.3, 0.9, 0.2), 4)
    things += fruit.grapes((-0.085, 0.006, 1.385), 0.12, 44, 0.0118, rng)
    return things


def _lights(things, rng):
    """Window rays and room rays: two lists of `LightMap`."""
    points = cover(things, lambda z: 0.0018)["point"]
    window = [LightMap(ray, points, 0.0022) for ray in cone(_WINDOW, 0.30, 18, rng)]
    room = [LightMap(ray, points, 0.004) for ray in cone([0.1, 1, -0.35], 1.3, 12, rng)]
    return window, room


def _wood(x, z):
    """Dark table boards, linear colours (n×3)."""
    board = np.floor(z / 0.16)
    ring = fbm(x * 3 + 7 * board, z * 60, 4, 81) + 0.25 * fbm(x * 18, z * 420, 3, 82)
    tone = 0.25 + 0.5 * smoothstep(0.3, 1.0, ring)
    colour = blend(np.float32([0.070, 0.034, 0.016]), [0.19, 0.098, 0.045], tone)
    gap = smoothstep(0.012, 0.004, np.abs(z / 0.16 - board - 0.5))
    return colour * (1 - 0.75 * gap)[..., None]


def _draw_room(frame):
    """Fill what is behind the things; returns the pixels of the wall and of the table (H×W)."""
    rays, eye = frame.camera.rays(), frame.camera.eye
    with np.errstate(divide="ignore"):
        top = np.where(rays[..., 1] < 0, -eye / rays[..., 1], FAR)
    front = top < _EDGE
    depth = np.minimum(np.where(front, _EDGE, top), _WALL)
    behind = depth < frame.depth
    wall, top = behind & (depth >= _WALL), behind & ~front & (depth < _WALL)
    frame.depth[behind] = depth[behind]
    points = frame.points()
    frame.normal[top], frame.albedo[top] = (0, 1, 0), _wood(points[top, 0], points[top, 2])
    front &= behind
    frame.normal[front] = (0, 0, -1)
    frame.albedo[front] = 0.7 * _wood(points[front, 0], points[front, 1] * 0.4 + 0.03)
    return wall, top | front


def _wall(points):
    """Light (n×3) that the wall sends back: a soft pool on the right, dusk on the left."""
    x, y = points[:, 0], points[:, 1]
    pool = np.exp(-(((x - 0.26) / 0.42) ** 2) - ((y - 0.42) / 0.45) ** 2)
    mottle = 0.85 + 0.3 * fbm(x * 4 + 9, y * 4, 5, 91)
    dark, bright = np.float32([0.022, 0.028, 0.026]), np.float32([0.26, 0.225, 0.16])
    return blend(dark, bright, pool) * mottle[:, None]


def _mirrored(ray):
    """What a polished thing shows in the directions `ray` (n×3): the window, a dim room."""
    across = ray @ unit(np.cross([0, 1, 0], _WINDOW))
    up = ray[:, 1] - _WINDOW[1]
    toward = ray @ _WINDOW > 0
    pane = smoothstep(0.26, 0.21, np.abs(across)) * smoothstep(0.34, 0.28, np.abs(up)) * toward
    bar = smoothstep(0.012, 0.030, np.abs(across)) * smoothstep(0.012, 0.03, np.abs(up - 0.06))
    room = (0.05 + 0.10 * np.clip(ray[:, 1], 0, 1))[:, None] * np.float32([1, 0.98, 0.95])
    return room + (pane * bar)[:, None] * 4.2 * _DAYLIGHT


def _light(frame, gloss, thin, lights):
    """Pixels that show a thing or the table (H×W) and the light (n×3) they send.

    `gloss` and `thin` are H×W, `gloss` negative elsewhere; `lights` comes from `_lights`.
    """
    seen = gloss >= 0
    points, normal = frame.points()[seen], frame.normal[seen]
    ray = frame.camera.rays()[seen]
    ray = ray / np.linalg.norm(ray, axis=1, keepdims=True)
    normal = np.where((np.sum(normal * ray, axis=1) > 0)[:, None], -normal, normal)
    thin = thin[seen]
    got, share = [], []
    for maps, bias in zip(lights, (0.004, 0.008), strict=True):
        sums = np.zeros(len(points), np.float32)
        clear = np.zeros(len(points), np.float32)
        lifted = points + bias * 0.6 * normal
        for light in maps:
            facing = normal @ light.toward
            through = np.maximum(facing, 0) + thin * np.maximum(-facing, 0)
            open_way = light.lit(lifted, bias)
            sums += through * open_way
            clear += open_way
        got.append(sums / len(maps))
        share.append(clear / len(maps))
    bounce = np.clip(0.35 - 0.65 * normal[:, 1], 0, 1)[:, None] * np.float32([0.12, 0.09, 0.06])
    light = got[0][:, None] * _DAYLIGHT + 2.2 * got[1][:, None] * _ROOM
    light = light + bounce * (0.3 + 0.7 * share[1][:, None])
    facing = np.clip(-np.sum(normal * ray, axis=1), 0, 1)
    fresnel = np.where(gloss[seen] > 0, gloss[seen] + 0.55 * (1 - facing) ** 5, 0)
    shine = _mirrored(ray + 2 * facing[:, None] * normal)
    occluded = (0.25 + 0.75 * share[0]) * (0.3 + 0.7 * share[1])
    return seen, frame.albedo[seen] * light + (fresnel * occluded)[:, None] * shine


def render(seed=23):
    """Render the still life; returns a PIL RGB picture of `SIZE`."""
    rng = np.random.default_rng(seed)
    width, height = SIZE[0] * _OVERSAMPLE, SIZE[1] * _OVERSAMPLE
    frame = Frame(Camera(width, height, 2.85 * width, int(0.325 * height), 0.37))
    things = _things(rng)
    lights = _lights(things, rng)
    owner = draw(frame, things)
    gloss = np.float32([thing.gloss for thing in things] + [-1])[owner]
    thin = np.float32([thing.thin for thing in things] + [0])[owner]
    wall, wood = _draw_room(frame)
    gloss[wood] = 0.0
    picture = np.zeros((height, width, 3), np.float32)
    picture[wall] = _wall(frame.points()[wall])
    seen, light = _light(frame, gloss, thin, lights)
    picture[seen] = light
    return develop(picture, SIZE, rng)
