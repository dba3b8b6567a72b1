"""A content picture: a lane with trees, fence and cottage in morning mist, against a low sun."""

import numpy as np
from scipy import ndimage

from . import props, terrain
from .camera import FAR, Camera, Frame
from .film import develop
from .noise import blend, fbm, smoothstep, value_noise
from .shapes import tube, unit
from .surfels import LightMap, Surface, cone, cover, draw
from .trees import bark, tree

SIZE = (500, 376)
_OVERSAMPLE = 2
_SUN = unit([-0.40, 0.20, 0.90])
_SUNLIGHT = np.float32([5.6, 3.5, 1.7])
_SKYLIGHT = np.float32([0.34, 0.42, 0.58])
_FOG, _FOG_TOP = 0.015, 7.0
_BASE = 2.0


def _middle(z):
    """Where the middle of the lane lies (x in metres) at distance `z`."""
    return 1.1 + 2.6 * np.sin(z / 30 - 0.35) - 0.012 * z


def _height(x, z):
    """Height of the ground in metres at (`x`, `z`): meadow, sunken lane, far hills."""
    off = x - _middle(z)
    meadow = _BASE + 0.35 * (fbm(x / 9, z / 9, 3, 611) - 0.5) + 0.9 * smoothstep(3, 26, off)
    bank = 0.28 * smoothstep(1.3, 2.4, np.abs(off)) + 0.05 * np.exp(-((off / 0.35) ** 2))
    grass = 0.13 * fbm(x * 5, z * 5, 3, 621) * smoothstep(1.3, 1.9, np.abs(off))
    rise = 60 * smoothstep(110, 520, z + 0.25 * x) * (0.4 + fbm(x / 130 + 3, z / 130, 4, 631))
    woods = 7 * fbm(x / 6, z / 6, 3, 641) * smoothstep(150, 190, z)
    return (meadow + bank + grass + rise + woods).astype(np.float32)


def _colour(x, y, z, flatness):
    """Linear colour (n×3) of the ground: earth in the lane, grass beside it."""
    off = np.abs(x - _middle(z))
    patches = fbm(x / 2.5, z / 2.5, 4, 651)
    grass = blend(np.float32([0.075, 0.115, 0.022]), [0.22, 0.19, 0.06], patches)
    grass = grass * (0.5 + fbm(x * 9, z * 9, 3, 655))[:, None]
    clods = 0.55 + 0.9 * fbm(x * 3, z * 3, 5, 661, 0.65)
    earth = np.float32([0.26, 0.195, 0.13]) * clods[:, None]
    edge = off + 0.5 * (fbm(x * 1.8, z * 1.8, 3, 671) - 0.5)
    bare = smoothstep(1.6, 1.25, edge) * (1 - 0.75 * smoothstep(0.42, 0.2, edge))
    return blend(blend(grass, earth, bare), [0.05, 0.075, 0.03], smoothstep(140, 190, z))


def _on_ground(x, z):
    """The point (3) on the ground at (`x`, `z`)."""
    return np.float32([x, _height(np.float32([x]), np.float32([z]))[0], z])


def _fence():
    """Posts and two rails along the right of the lane, as surfaces."""
    z = np.arange(3.6, 62, 2.6)
    feet = np.array([_on_ground(_middle(d) + 2.75, d) for d in z])
    lean = value_noise(z, z * 0, 681)[:, None] * [0.16, 0, 0.1] - [0.08, 0, 0.05]
    parts = []
    for foot, aside in zip(feet, lean, strict=True):
        top = foot + aside + [0, 1.22, 0]
        path = np.array([foot - [0, 0.2, 0], top, top + np.float32([0, 0.02, 0])])
        parts.append(_rod(path, [0.085, 0.075, 0.0]))
    for up in (0.52, 0.98):
        for k in range(len(feet) - 1):
            ends = [feet[j] + lean[j] * up + [-0.07, up, 0] for j in (k, k + 1)]
            parts.append(_rod(np.array(ends), [0.045, 0.045]))
    return parts


def _rod(path, radii):
    """Rough wooden rod along `path` (n×3 metres)."""
    return Surface(tube(path, radii), bark)


def _trees(rng):
    """Wood and leaves of the row on the left and a few trees on the right."""
    spots = [(_middle(z) - 3.1 - rng.uniform(0, 0.5), z) for z in 8.6 * 1.33 ** np.arange(9)]
    spots += [(_middle(z) + off, z) for z, off in ((30, 15), (47, 7), (64, 5), (75, 16), (88, 5))]
    wood, leaves = [], []
    for x, z in spots:
        stems, dots = tree(_on_ground(x, z), rng.uniform(8.5, 11), _SUN, rng)
        wood += stems
        leaves.append(dots)
    return wood, [np.concatenate(part) for part in zip(*leaves, strict=True)]


def _tufts(rng):
    """Grass blades on both sides of the lane as dots: points, normals, colours (n×3)."""
    z = 3 * 12 ** rng.random(26000)
    off = (1.55 + 5 * rng.random(z.size) ** 1.6) * rng.choice([-1, 1], z.size)
    x = _middle(z) + off
    foot = np.stack([x, _height(x, z), z], axis=1)
    t = np.linspace(0, 1, 5)[None, :, None]
    tall = rng.uniform(0.10, 0.34, (z.size, 1, 1))
    lean = rng.normal(size=(z.size, 1, 3)) * [0.12, 0, 0.12] + [0.03, 0, 0]
    points = foot[:, None] + t * tall * [0, 1, 0] + t**2 * lean
    normals = np.broadcast_to(unit(_SUN + np.float32([0, 0.5, 0])), points.shape)
    tint = np.float32([0.035, 0.055, 0.012]) + rng.random((z.size, 1, 1)) * [0.075, 0.05, 0.01]
    tint = tint * (0.35 + 0.75 * t)
    return [part.reshape(-1, 3).astype(np.float32) for part in (points, normals, tint)]


def _cottage():
    """Faces of the cottage and rough points of its outside (n×3) for its shadow."""
    x, z = 11.5, 40
    place = props.placer(x, _on_ground(x, z)[1], z, 0.45)
    faces = props.house(place, (9.5, 6.2, 2.9, 3.4), ((0.72, 0.66, 0.54), (0.40, 0.13, 0.07)), 8)
    grid = np.random.default_rng(5).random((9000, 3)) * [9.5, 1, 6.2] - [4.75, 0, 3.1]
    grid[:, 1] *= 2.9 + 3.4 * (1 - np.abs(grid[:, 2]) / 3.1)
    return faces, place(*grid).astype(np.float32)


def _sky(rays):
    """Linear sky (…×3) in the directions `rays` (…×3): glow around the sun, thin clouds."""
    rays = rays / np.linalg.norm(rays, axis=-1, keepdims=True)
    up, near = np.clip(rays[..., 1], 0, 1), np.clip(rays @ _SUN, 0, 1)
    colour = blend(np.float32([0.95, 0.66, 0.42]), [0.30, 0.44, 0.66], smoothstep(0, 0.42, up))
    glow = near[..., None]
    colour = colour * (0.55 + 0.55 * glow**4) + glow**40 * np.float32([1.1, 0.75, 0.36])
    colour = colour + smoothstep(0.9990, 0.9996, near)[..., None] * np.float32([9, 7, 5])
    streak = fbm(rays[..., 0] * 4 / (up + 0.12), 1.6 / (up + 0.12), 5, 691)
    cloud = smoothstep(0.45, 0.75, streak) * smoothstep(0.03, 0.2, up)
    return blend(colour, np.float32([1.05, 0.75, 0.55]) * (0.5 + 0.6 * glow), 0.6 * cloud)


def _mist(frame, light):
    """Share of mist (H×W) before every pixel, and how much of it the sun reaches (H×W)."""
    rays, eye = frame.camera.rays(), frame.camera.eye
    depth = np.minimum(frame.depth, 260)
    clear, glow = np.ones_like(depth), np.zeros_like(depth)
    coarse = (slice(None, None, 3), slice(None, None, 3))
    jitter = value_noise(*np.mgrid[: depth.shape[0], : depth.shape[1]] * 0.77, 695)
    count = 22
    for step in range(count):
        near, far = ((step + k) / count for k in (0, 1))
        z = depth * ((step + jitter) / count) ** 1.6
        long = depth * (far**1.6 - near**1.6)
        y = eye + rays[..., 1] * z
        thick = 1 - np.exp(-_FOG * long * np.exp(-np.maximum(y - _BASE, 0) / _FOG_TOP))
        points = (rays * z[..., None])[coarse] + np.float32([0, eye, 0])
        lit = light.lit(points.reshape(-1, 3), 0.3).reshape(points.shape[:2]).astype(np.float32)
        lit = lit.repeat(3, 0).repeat(3, 1)[: depth.shape[0], : depth.shape[1]]
        glow += clear * thick * lit
        clear *= 1 - thick
    return 1 - clear, ndimage.gaussian_filter(glow, 3)


def _light(frame, thin, maps):
    """Linear picture (H×W×3) of the finished `frame` in sun, sky light and mist.

    `thin` (H×W) marks leaves and grass, which the sun lights from both sides; `maps` are the
    `LightMap`s of the sun.
    """
    rays = frame.camera.rays()
    picture = _sky(rays)
    seen = frame.depth < FAR
    points, normal = frame.points()[seen], frame.normal[seen]
    normal = np.where((np.sum(normal * rays[seen], axis=1) > 0)[:, None], -normal, normal)
    leafy = np.abs(frame.normal[seen] @ _SUN)
    facing = np.where(thin[seen], leafy, np.clip(normal @ _SUN, 0, 1))
    lifted = points + 0.05 * normal + 0.05 * _SUN
    lit = np.mean([light.lit(lifted, 0.12) for light in maps], axis=0)
    sky = (0.62 + 0.38 * normal[:, 1:2]) * _SKYLIGHT
    picture[seen] = frame.albedo[seen] * ((facing * lit)[:, None] * _SUNLIGHT + sky)
    share, glow = _mist(frame, maps[0])
    ahead = np.clip(rays @ _SUN / np.linalg.norm(rays, axis=-1), 0, 1)[..., None]
    veil = np.float32([0.27, 0.28, 0.33]) * share[..., None]
    veil = veil + glow[..., None] * np.float32([0.62, 0.40, 0.19]) * (0.35 + 1.2 * ahead**6)
    return picture * (1 - share[..., None]) + veil


def render(seed=29):
    """Render the lane; returns a PIL RGB picture of `SIZE`."""
    rng = np.random.default_rng(seed)
    width, height = SIZE[0] * _OVERSAMPLE, SIZE[1] * _OVERSAMPLE
    frame = Frame(Camera(width, height, 0.98 * width, int(0.56 * height), _BASE + 1.75))
    terrain.draw_land(frame, _height, _colour, (1.5, 900))
    faces, walls = _cottage()
    for points, paint in faces:
        frame.draw_face(points, paint)
    wood, leaves = _trees(rng)
    wood += _fence()
    draw(frame, wood, 0.7)
    solid = frame.depth.copy()
    for dots, size in ((leaves, 0.034), (_tufts(rng), 0.012)):
        frame.draw_dots(*dots, size)
    thin = frame.depth < solid
    casters = np.concatenate([cover(wood, lambda z: 0.05)["point"], leaves[0], walls])
    maps = [LightMap(ray, casters, 0.07) for ray in cone(_SUN, 0.012, 6, rng)]
    return develop(_light(frame, thin, maps), SIZE, rng, exposure=1.5)
